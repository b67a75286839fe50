/** A panel beside the stage; on a small screen it lies over it. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "../../shared/icons.js";

interface PanelProps {
  readonly title: string;
  /** The title takes the focus when the panel opens; else something in it does. */
  readonly takesFocus?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Closes with its cross and with Escape; the focus then goes back to where it was. */
export function Panel({ title, takesFocus = false, onClose, children }: PanelProps) {
  const id = useId();
  const before = useRef(document.activeElement);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, []);
  const close = (): void => {
    onClose();
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  return (
    <aside
      class="panel"
      aria-labelledby={id}
      onKeyDown={(event) => {
        // A dialog that was opened from here closes by itself.
        if (event.key === "Escape" && document.querySelector("dialog[open]") === null) close();
      }}
    >
      <div class="panel-head">
        <h2 ref={heading} id={id} tabIndex={-1} class="panel-title">
          {title}
        </h2>
        <button
          type="button"
          class="button quiet square compact"
          aria-label={`Close ${title.toLowerCase()}`}
          onClick={close}
        >
          <Icon name="close" />
        </button>
      </div>
      {children}
    </aside>
  );
}
