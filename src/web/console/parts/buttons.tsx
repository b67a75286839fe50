/** Buttons. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useConsole } from "../state/console.js";

/** How much a button matters. */
export type Weight = "primary" | "danger" | "quiet" | "plain";

/** A button. While busy it keeps its size and its focus, and does nothing. */
export function Button(props: {
  readonly children: ComponentChildren;
  readonly onPress?: () => void;
  readonly weight?: Weight;
  readonly isBusy?: boolean;
  readonly disabled?: boolean;
  readonly compact?: boolean;
  readonly submits?: boolean;
  /** Where the text alone does not tell what it is about. */
  readonly label?: string;
}) {
  const {
    children,
    onPress,
    weight = "plain",
    isBusy = false,
    disabled = false,
    compact,
    submits,
    label,
  } = props;
  return (
    <button
      type={submits === true ? "submit" : "button"}
      class={`button ${weight} ${compact === true ? "compact" : ""}`}
      disabled={disabled}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...(isBusy ? { "aria-disabled": "true" as const } : {})}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onPress?.();
      }}
    >
      {children}
    </button>
  );
}

/** Copies a text, and says whether that worked. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const { surroundings } = useConsole();
  const [came, setCame] = useState<"" | "copied" | "failed">("");
  useEffect(() => (came === "" ? undefined : surroundings.after(2_500, () => setCame(""))), [came]);
  const press = (): void => {
    void surroundings.copy(text).then((done) => setCame(done ? "copied" : "failed"));
  };
  return (
    <>
      <Button compact onPress={press} label={`Copy ${what}`}>
        {came === "copied" ? "Copied" : "Copy"}
      </Button>
      <span role="status" class={came === "failed" ? "small" : "visually-hidden"}>
        {came === "copied"
          ? `${what} copied`
          : came === "failed"
            ? "Select the text and copy it by hand."
            : ""}
      </span>
    </>
  );
}

/** A secret behind dots, until somebody wants to see it. */
export function Secret(props: {
  readonly text: string;
  readonly what: string;
  /** Shown at once: the first and last time. */
  readonly isOpen?: boolean;
}) {
  const { text, what } = props;
  const [isOpen, setIsOpen] = useState(props.isOpen ?? false);
  return (
    <div class="secret">
      <code class="secret-text">{isOpen ? text : "•".repeat(24)}</code>
      <div class="row">
        <Button compact onPress={() => setIsOpen(!isOpen)} label={isOpen ? `Hide ${what}` : `Reveal ${what}`}>
          {isOpen ? "Hide" : "Reveal"}
        </Button>
        <CopyButton text={text} what={what} />
      </div>
    </div>
  );
}
