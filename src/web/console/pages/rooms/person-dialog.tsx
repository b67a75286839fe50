/** What can be done about somebody in a room. */
import { useState } from "preact/hooks";
import {
  askFor,
  changeRight,
  lockMedia,
  remove,
  sendToLobby,
  turnOff,
  type MediaKind,
  type Participant,
  type Place,
  type Right,
} from "../../api/live.js";
import type { Ask } from "../../api/client.js";
import { FaultNote } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Dialog } from "../../parts/dialog.js";
import { Check, Form, TextField } from "../../parts/form.js";
import { useAction, useConsole } from "../../state/console.js";
import { shownName } from "../../words/names.js";

const RIGHTS: readonly (readonly [Right, string, string])[] = [
  ["allow_join", "Answers knocks", "allow_join"],
  ["allow_mod", "Moderates", "allow_mod"],
];

/** Moderates one person; what it shows follows the room. `person` null: not in the room any more. */
export function PersonDialog(props: {
  readonly place: Place;
  readonly participantId: string;
  readonly person: Participant | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const { place, participantId, person, onDone, onClose } = props;
  const { say } = useConsole();
  const command = useAction<null>();
  const run = async (ask: Ask<null>, text: string, isLast = false): Promise<void> => {
    if ((await command.run(ask)) === null) return;
    say(text);
    onDone();
    if (isLast) onClose();
  };
  if (person === null)
    return (
      <Dialog title={participantId} onClose={onClose}>
        <p>This person is not in the room any more.</p>
      </Dialog>
    );
  const shown = shownName(person);
  return (
    <Dialog title={`Moderate ${shown}`} onClose={onClose} wide>
      <FaultNote fault={command.fault} />
      <div class="columns">
        {(["mic", "webcam"] as const).map((kind) => (
          <DeviceControls
            key={kind}
            kind={kind}
            person={person}
            place={place}
            run={run}
            isBusy={command.isBusy}
          />
        ))}
      </div>
      <fieldset class="stack-small">
        <legend>Rights</legend>
        {RIGHTS.map(([right, label, hint]) => (
          <Check
            key={right}
            label={label}
            hint={hint}
            disabled={command.isBusy}
            checked={person.permissions.includes(right)}
            onChecked={(held) =>
              void run(changeRight(place, participantId, right, held), `The rights of ${shown} are changed.`)
            }
          />
        ))}
      </fieldset>
      <fieldset class="stack-small">
        <legend>Out of the room</legend>
        <div>
          <Button
            isBusy={command.isBusy}
            onPress={() => void run(sendToLobby(place, participantId), `${shown} is in the lobby.`, true)}
          >
            Send to the lobby
          </Button>
        </div>
        <RemoveForm
          isBusy={command.isBusy}
          onRemove={(how) => void run(remove(place, participantId, how), `${shown} is removed.`, true)}
        />
      </fieldset>
    </Dialog>
  );
}

function DeviceControls(props: {
  readonly kind: MediaKind;
  readonly person: Participant;
  readonly place: Place;
  readonly isBusy: boolean;
  readonly run: (ask: Ask<null>, text: string) => Promise<void>;
}) {
  const { kind, person, place, isBusy, run } = props;
  const { participantId } = person;
  const [isOn, isLocked] =
    kind === "mic" ? [person.micOn, person.micLocked] : [person.webcamOn, person.webcamLocked];
  const device = kind === "mic" ? "microphone" : "webcam";
  return (
    <fieldset>
      <legend>{kind === "mic" ? "Microphone" : "Webcam"}</legend>
      <div class="row">
        {isOn ? (
          <Button
            isBusy={isBusy}
            onPress={() => void run(turnOff(place, participantId, kind), `The ${device} is off.`)}
          >
            Turn off
          </Button>
        ) : (
          <Button
            isBusy={isBusy}
            disabled={isLocked}
            onPress={() => void run(askFor(place, participantId, kind), `Asked for the ${device}.`)}
          >
            Ask to turn on
          </Button>
        )}
        <Button
          isBusy={isBusy}
          onPress={() =>
            void run(
              lockMedia(place, participantId, kind, !isLocked),
              `The ${device} is ${isLocked ? "released" : "locked"}.`,
            )
          }
        >
          {isLocked ? "Release" : "Lock"}
        </Button>
      </div>
    </fieldset>
  );
}

function RemoveForm(props: {
  readonly isBusy: boolean;
  readonly onRemove: (how: { readonly note: string; readonly ban: boolean }) => void;
}) {
  const [note, setNote] = useState("");
  const [ban, setBan] = useState(false);
  return (
    <Form
      label="Remove"
      onSubmit={() => props.onRemove({ note, ban })}
      buttons={
        <Button weight="danger" submits isBusy={props.isBusy}>
          {ban ? "Remove and ban" : "Remove"}
        </Button>
      }
    >
      <TextField label="Reason" name="note" value={note} onValue={setNote} hint="It may stay empty." />
      <Check
        label="Ban"
        hint="No token opens this room for them until the ban is lifted."
        checked={ban}
        onChecked={setBan}
      />
    </Form>
  );
}
