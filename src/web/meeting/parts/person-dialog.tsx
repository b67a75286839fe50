/** What a moderator can do about one person. */
import { useState } from "preact/hooks";
import type { RoomPermission } from "../../../client/meeting-types.js";
import { Dialog } from "../../shared/dialog.js";
import type { PersonView } from "../model/people.js";
import type { RoomActions } from "../store/room-actions.js";
import { VerdictDialog } from "./verdict-dialog.js";

interface PersonDialogProps {
  readonly person: PersonView;
  /** Oneself: one can only give rights that one holds. */
  readonly self: PersonView;
  readonly actions: RoomActions;
  readonly onClose: () => void;
}

/** Stays open for several steps, and shows what each of them did. */
export function PersonDialog({ person, self, actions, onClose }: PersonDialogProps) {
  const [removing, setRemoving] = useState(false);
  const { id, name } = person;
  if (removing) {
    return (
      <VerdictDialog
        title={`Remove ${name}?`}
        hint="They read this. The link that they came with does not open this session again."
        ban="Ban: they cannot come back, in this session or another"
        action="Remove"
        onClose={() => setRemoving(false)}
        onDecide={(verdict) => {
          onClose();
          void actions.remove(id, verdict);
        }}
      />
    );
  }
  return (
    <Dialog title={name} onClose={onClose}>
      <Medium kind="mic" name="Microphone" person={person} actions={actions} />
      <Medium kind="webcam" name="Camera" person={person} actions={actions} />
      <section class="stack tight">
        <h3>Rights</h3>
        <div class="moderation">
          <Right
            right="allow_join"
            label="Host"
            holds={person.host}
            may={self.host}
            id={id}
            actions={actions}
          />
          <Right
            right="allow_mod"
            label="Moderator"
            holds={person.moderator}
            may={self.moderator}
            id={id}
            actions={actions}
          />
        </div>
      </section>
      <section class="stack tight">
        <h3>Stay</h3>
        <div class="moderation">
          <button
            type="button"
            class="button compact"
            onClick={() => {
              onClose();
              void actions.toLobby(id);
            }}
          >
            Back to the lobby
          </button>
          <button type="button" class="button compact danger" onClick={() => setRemoving(true)}>
            Remove…
          </button>
        </div>
      </section>
    </Dialog>
  );
}

interface MediumProps {
  readonly kind: "mic" | "webcam";
  readonly name: string;
  readonly person: PersonView;
  readonly actions: RoomActions;
}

function Medium({ kind, name, person, actions }: MediumProps) {
  const on = person[kind] === "on";
  const locked = kind === "mic" ? person.micLocked : person.webcamLocked;
  const off = kind === "mic" ? "Mute" : "Turn camera off";
  const ask = kind === "mic" ? "Ask to unmute" : "Ask for the camera";
  return (
    <section class="stack tight">
      <h3>
        {name} <span class={on ? "badge ok" : "badge"}>{person[kind]}</span>
      </h3>
      <div class="moderation">
        {on ? (
          <button type="button" class="button compact" onClick={() => void actions.turnOff(person.id, kind)}>
            {off}
          </button>
        ) : (
          <button type="button" class="button compact" onClick={() => void actions.askFor(person.id, kind)}>
            {ask}
          </button>
        )}
        <button
          type="button"
          class="button compact"
          aria-pressed={locked}
          title="A locked one stays off until it is released, or until they accept a request"
          onClick={() => void actions.lock(person.id, kind, !locked)}
        >
          Lock {name.toLowerCase()}
        </button>
      </div>
    </section>
  );
}

interface RightProps {
  readonly right: RoomPermission;
  readonly label: string;
  readonly holds: boolean;
  /** Oneself holds it too, so one can give it. */
  readonly may: boolean;
  readonly id: string;
  readonly actions: RoomActions;
}

function Right({ right, label, holds, may, id, actions }: RightProps) {
  return (
    <button
      type="button"
      class="button compact"
      aria-pressed={holds}
      disabled={!may && !holds}
      onClick={() => void actions.setRight(id, right, !holds)}
    >
      {label}
    </button>
  );
}
