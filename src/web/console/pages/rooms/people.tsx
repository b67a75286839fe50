/** Who is in a room. */
import { useState } from "preact/hooks";
import { turnOff, type Participant, type Place } from "../../api/live.js";
import { Badge, Empty, FaultNote, Section, When } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Table, type Column } from "../../parts/table.js";
import { useAction } from "../../state/console.js";
import { shownName } from "../../words/names.js";
import { PersonDialog } from "./person-dialog.js";

/** Everybody in the room, with their devices and rights. */
export function People(props: {
  readonly place: Place;
  readonly people: readonly Participant[];
  readonly onDone: () => void;
}) {
  const { place, people, onDone } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  const mute = useAction<null>();
  const columns: readonly Column<Participant>[] = [
    {
      head: "Participant",
      cell: (person) => (
        <span class="room-name">
          <strong>
            <bdi>{shownName(person)}</bdi>
          </strong>
          <code class="muted small">{person.participantId}</code>
        </span>
      ),
    },
    {
      head: "Line",
      cell: ({ online }) => (online ? "online" : <Badge tone="warn">line lost, seat kept</Badge>),
    },
    { head: "Microphone", cell: ({ micOn, micLocked }) => <Device isOn={micOn} isLocked={micLocked} /> },
    {
      head: "Webcam",
      cell: ({ webcamOn, webcamLocked }) => <Device isOn={webcamOn} isLocked={webcamLocked} />,
    },
    {
      head: "Rights",
      cell: ({ permissions }) =>
        permissions.length === 0 ? (
          "none"
        ) : (
          <span class="row">
            {permissions.map((one) => (
              <Badge key={one}>{one}</Badge>
            ))}
          </span>
        ),
    },
    { head: "In since", cell: ({ joinedAt }) => <When at={joinedAt} /> },
    {
      head: "Actions",
      actions: true,
      cell: (person) => (
        <span class="row">
          <Button
            compact
            label={`Mute ${shownName(person)}`}
            disabled={!person.micOn}
            onPress={() =>
              void mute.run(turnOff(place, person.participantId, "mic")).then((done) => done && onDone())
            }
          >
            Mute
          </Button>
          <Button
            compact
            label={`Moderate ${shownName(person)}`}
            onPress={() => setChosen(person.participantId)}
          >
            Moderate…
          </Button>
        </span>
      ),
    },
  ];
  return (
    <Section title={`Participants (${people.length})`}>
      <FaultNote fault={mute.fault} />
      {people.length === 0 ? (
        <Empty title="Nobody is in the room.">The session begins when the first one comes in.</Empty>
      ) : (
        <Table
          label="Participants"
          columns={columns}
          rows={people}
          idOf={({ participantId }) => participantId}
        />
      )}
      {chosen !== null && (
        <PersonDialog
          place={place}
          participantId={chosen}
          person={people.find(({ participantId }) => participantId === chosen) ?? null}
          onDone={onDone}
          onClose={() => setChosen(null)}
        />
      )}
    </Section>
  );
}

function Device({ isOn, isLocked }: { readonly isOn: boolean; readonly isLocked: boolean }) {
  return (
    <span class="row">
      {isOn ? <Badge tone="ok">on</Badge> : "off"}
      {isLocked && <Badge tone="warn">locked</Badge>}
    </span>
  );
}
