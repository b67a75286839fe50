/** Choosing devices in the middle of a meeting. */
import { Dialog } from "../../shared/dialog.js";
import type { DeviceDesk } from "../store/ports.js";
import { DeviceChoice } from "./device-choice.js";

interface SettingsDialogProps {
  readonly desk: DeviceDesk;
  readonly onClose: () => void;
}

/** What is chosen counts at once. */
export function SettingsDialog({ desk, onClose }: SettingsDialogProps) {
  return (
    <Dialog title="Devices" onClose={onClose}>
      <DeviceChoice desk={desk} />
      <div class="dialog-actions">
        <button type="button" class="button primary" onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  );
}
