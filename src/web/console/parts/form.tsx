/** Inputs with their labels, hints and faults. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { sentenceOf, type Fault } from "../api/fault.js";
import { FaultNote } from "./basics.js";

interface Told {
  readonly label: string;
  /** Name of the member in the API's body; a fault that names it is shown here. */
  readonly name: string;
  readonly hint?: string;
  readonly fault?: Fault | null;
}

interface Control {
  readonly id: string;
  readonly name: string;
  readonly "aria-describedby"?: string;
  readonly "aria-invalid"?: true;
}

function Labelled(props: Told & { readonly control: (attributes: Control) => ComponentChildren }) {
  const { label, name, hint, fault, control } = props;
  const id = useId();
  const problem = isAbout(fault ?? null, name) ? fault : null;
  const described = [hint === undefined ? "" : `${id}-hint`, problem ? `${id}-fault` : ""].join(" ").trim();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {control({
        id,
        name,
        ...(described === "" ? {} : { "aria-describedby": described }),
        ...(problem ? { "aria-invalid": true as const } : {}),
      })}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p class="field-fault" id={`${id}-fault`} role="alert">
          {sentenceOf(problem)} <code class="code-tag">{problem.kind === "refused" ? problem.code : ""}</code>
        </p>
      )}
    </div>
  );
}

/** Whether a fault is about this member. */
function isAbout(fault: Fault | null, name: string): boolean {
  return fault?.kind === "refused" && fault.field !== null && fault.field.split(".").at(-1) === name;
}

/** Each kind by itself: what else an input may have depends on it. */
const TYPES = {
  text: { type: "text" },
  password: { type: "password" },
  number: { type: "number" },
  url: { type: "url" },
  "datetime-local": { type: "datetime-local" },
  search: { type: "search" },
} as const;

/** A line of text, a number or an instant. */
export function TextField(
  props: Told & {
    readonly value: string;
    readonly onValue: (value: string) => void;
    readonly type?: keyof typeof TYPES;
    readonly required?: boolean;
    readonly min?: number;
    readonly max?: number;
    readonly placeholder?: string;
    readonly disabled?: boolean;
  },
) {
  const { value, onValue, type = "text", required = false, min, max, placeholder, disabled = false } = props;
  return (
    <Labelled
      {...props}
      control={(attributes) => (
        <input
          {...attributes}
          {...TYPES[type]}
          value={value}
          required={required}
          disabled={disabled}
          {...(min === undefined ? {} : { min })}
          {...(max === undefined ? {} : { max })}
          {...(placeholder === undefined ? {} : { placeholder })}
          // Nothing here is for a browser to remember or to correct.
          autoComplete={type === "password" ? "current-password" : "off"}
          spellcheck={false}
          autoCapitalize="off"
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    />
  );
}

/** A longer text. */
export function LongField(
  props: Told & { readonly value: string; readonly onValue: (value: string) => void; readonly rows?: number },
) {
  const { value, onValue, rows = 3 } = props;
  return (
    <Labelled
      {...props}
      control={(attributes) => (
        <textarea
          {...attributes}
          rows={rows}
          value={value}
          spellcheck={false}
          autoComplete="off"
          class="code-input"
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    />
  );
}

/** One of a few choices, each with its text. */
export function ChoiceField<T extends string>(
  props: Told & {
    readonly value: T;
    readonly onValue: (value: T) => void;
    readonly choices: readonly (readonly [T, string])[];
    readonly disabled?: boolean;
  },
) {
  const { value, onValue, choices, disabled = false } = props;
  return (
    <Labelled
      {...props}
      control={(attributes) => (
        <select
          {...attributes}
          value={value}
          disabled={disabled}
          onChange={(event) => {
            const chosen = choices.find(([choice]) => choice === event.currentTarget.value);
            if (chosen !== undefined) onValue(chosen[0]);
          }}
        >
          {choices.map(([choice, text]) => (
            <option key={choice} value={choice} selected={choice === value}>
              {text}
            </option>
          ))}
        </select>
      )}
    />
  );
}

/** Yes or no. */
export function Check(props: {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
  readonly disabled?: boolean;
}) {
  const id = useId();
  const { label, hint, checked, onChecked, disabled = false } = props;
  return (
    <div class="check">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        {...(hint === undefined ? {} : { "aria-describedby": `${id}-hint` })}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{label}</label>
        {hint !== undefined && (
          <p class="muted small" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** A form: its inputs, why it failed (unless an input says so), and its buttons. */
export function Form(props: {
  readonly label: string;
  readonly onSubmit: () => void;
  readonly fault?: Fault | null;
  /** Names of the inputs that show their own faults. */
  readonly fields?: readonly string[];
  readonly buttons: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const { label, onSubmit, fault = null, fields = [], buttons, children } = props;
  const isShownInside = fields.some((name) => isAbout(fault, name));
  return (
    <form
      class="form"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      {!isShownInside && <FaultNote fault={fault} />}
      <div class="row">{buttons}</div>
    </form>
  );
}
