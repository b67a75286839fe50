/** Before somebody is turned away or put out: the words that they will read, and whether the door stays closed. */
import { useId, useState } from "preact/hooks";
import { Dialog } from "../../shared/dialog.js";
import type { Verdict } from "../store/room-actions.js";

interface VerdictDialogProps {
  readonly title: string;
  readonly hint: string;
  /** What a ban means here. */
  readonly ban: string;
  readonly action: string;
  readonly onClose: () => void;
  readonly onDecide: (verdict: Verdict) => void;
}

/** The wire takes 512 characters (`LIMITS.noteLength`); more than a few sentences nobody reads at a door. */
const LONGEST = 300;

/** Asks for both. */
export function VerdictDialog({ title, hint, ban, action, onClose, onDecide }: VerdictDialogProps) {
  const [note, setNote] = useState("");
  const [banned, setBanned] = useState(false);
  const id = useId();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onDecide({ note, ban: banned });
        }}
      >
        <div class="field">
          <label for={id}>Reason (optional)</label>
          <textarea
            id={id}
            rows={3}
            maxLength={LONGEST}
            aria-describedby={`${id}-hint`}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
          <span class="hint" id={`${id}-hint`}>
            {hint}
          </span>
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={banned}
            onChange={(event) => setBanned(event.currentTarget.checked)}
          />
          <span>{ban}</span>
        </label>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button danger">
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
