/** A panel beside the stage; on a small screen it lies over it. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "../../shared/icons.js";

interface PanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Closes with its cross and with Escape. */
export function Panel({ title, onClose, children }: PanelProps) {
  const id = useId();
  return (
    <aside
      class="panel"
      aria-labelledby={id}
      onKeyDown={(event) => {
        // A dialog that was opened from here closes by itself.
        if (event.key === "Escape" && document.querySelector("dialog[open]") === null) onClose();
      }}
    >
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          class="button quiet square compact"
          aria-label={`Close ${title.toLowerCase()}`}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      {children}
    </aside>
  );
}
