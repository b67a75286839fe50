/** Leaving, and ending for all: the two are easily mistaken for each other, so a moderator is asked. */
import { Dialog } from "../../shared/dialog.js";
import type { RoomActions } from "../store/room-actions.js";

interface LeaveDialogProps {
  readonly actions: RoomActions;
  readonly onClose: () => void;
}

/** For a moderator who leaves. */
export function LeaveDialog({ actions, onClose }: LeaveDialogProps) {
  return (
    <Dialog title="Leave the meeting?" onClose={onClose}>
      <p>The others can go on without you. If you end the meeting, everybody is out, those who wait too.</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          Stay
        </button>
        <button type="button" class="button danger" onClick={() => void actions.end().then(onClose)}>
          End for all
        </button>
        <button type="button" class="button primary" onClick={() => void actions.leave().then(onClose)}>
          Leave
        </button>
      </div>
    </Dialog>
  );
}

/** For a moderator who ends the meeting from the list of people. */
export function EndDialog({ actions, onClose }: LeaveDialogProps) {
  return (
    <Dialog title="End the meeting for everybody?" onClose={onClose}>
      <p>Everybody is put out, you and those who wait too. It cannot be undone.</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          Go on
        </button>
        <button type="button" class="button danger" onClick={() => void actions.end().then(onClose)}>
          End for all
        </button>
      </div>
    </Dialog>
  );
}
