/** A secret that is shown once. */
import type { NewSecret } from "../../api/apps.js";
import { Facts, Note } from "../../parts/basics.js";
import { Button, CopyButton, Secret } from "../../parts/buttons.js";
import { Dialog } from "../../parts/dialog.js";

/** Shows a new key and its secret, and says that this is the only time. */
export function NewSecretDialog({
  made,
  onClose,
}: {
  readonly made: NewSecret;
  readonly onClose: () => void;
}) {
  return (
    <Dialog title="The new secret" onClose={onClose} wide>
      <Note tone="warn">
        Copy the secret now. It is shown this once, and nobody can read it again: who loses it makes the next
        one.
      </Note>
      <Facts
        rows={[
          [
            "API key",
            <div key="key" class="row">
              <code>{made.apiKey}</code>
              <CopyButton text={made.apiKey} what="API key" />
            </div>,
          ],
          ["Secret", <Secret key="secret" text={made.secret} what="secret" isOpen />],
        ]}
      />
      <div class="dialog-actions">
        <Button weight="primary" onPress={onClose}>
          I have copied it
        </Button>
      </div>
    </Dialog>
  );
}
