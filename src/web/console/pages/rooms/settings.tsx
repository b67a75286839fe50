/** What a room is set to, and its end. */
import { useState } from "preact/hooks";
import { changeRoom, deactivateRoom, type Room, type RoomSettings } from "../../api/rooms.js";
import { Facts, FaultNote, Note, Section, When } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Confirm } from "../../parts/dialog.js";
import { Check, ChoiceField, Form, TextField } from "../../parts/form.js";
import { useAction, useConsole } from "../../state/console.js";
import { secondsInWords } from "../../words/time.js";
import { POLICY_CHOICES } from "../apps/app-settings.js";

const NUMBERS = [
  ["maxParticipants", "Most participants", 1, 10_000, undefined],
  ["knockTimeout", "A knock lasts, seconds", 10, 86_400, "Then the knocker is told that nobody answered."],
  ["resumeWindow", "A seat is kept, seconds", 1, 3_600, "For somebody whose line is lost."],
] as const;

/** The settings of a room. */
export function RoomSettingsForm({
  room,
  onChanged,
}: {
  readonly room: Room;
  readonly onChanged: () => void;
}) {
  const { app, say } = useConsole();
  const [touched, setTouched] = useState<Partial<RoomSettings>>({});
  const save = useAction<Room>();
  const now: RoomSettings = { ...room.settings, ...touched };
  const touch = (change: Partial<RoomSettings>): void => setTouched({ ...touched, ...change });
  const isOver = room.status === "deactivated";
  const submit = async (): Promise<void> => {
    if ((await save.run(changeRoom(app, room.roomId, touched))) === null) return;
    setTouched({});
    onChanged();
    say("The settings are saved.");
  };
  return (
    <>
      <Section title="Settings">
        {isOver && <Note tone="warn">This room is closed for good and cannot be changed.</Note>}
        <Form
          label="Settings of the room"
          fault={save.fault}
          fields={NUMBERS.map(([name]) => name)}
          onSubmit={() => void submit()}
          buttons={
            <Button
              weight="primary"
              submits
              isBusy={save.isBusy}
              disabled={isOver || Object.keys(touched).length === 0}
            >
              Save settings
            </Button>
          }
        >
          <div class="columns">
            {NUMBERS.map(([name, label, min, max, hint]) => (
              <TextField
                key={name}
                label={label}
                name={name}
                type="number"
                min={min}
                max={max}
                required
                disabled={isOver}
                value={String(now[name])}
                fault={save.fault}
                {...(hint === undefined ? {} : { hint })}
                onValue={(text) => touch({ [name]: Number(text) })}
              />
            ))}
            <ChoiceField
              label="A knock while no host is there"
              name="hostAbsent"
              value={now.hostAbsent}
              disabled={isOver}
              onValue={(hostAbsent) => touch({ hostAbsent })}
              choices={[
                ["hold", "hold: waits for a host"],
                ["refuse", "refuse: is sent away"],
              ]}
            />
            <ChoiceField
              label="When a token expires in the meeting"
              name="tokenExpiry"
              value={now.tokenExpiry ?? "app"}
              disabled={isOver}
              onValue={(policy) => touch({ tokenExpiry: policy === "app" ? null : policy })}
              choices={[["app", "as the app says"], ...POLICY_CHOICES]}
            />
          </div>
          <Check
            label="Everybody knocks"
            hint="Whatever their tokens say, but for moderators and those who were in during this session."
            checked={now.lobbyForAll}
            disabled={isOver}
            onChecked={(lobbyForAll) => touch({ lobbyForAll })}
          />
        </Form>
      </Section>
      <Section title="More">
        <Facts rows={factsOf(room)} />
        <p class="small muted">These are set over the REST API.</p>
      </Section>
      {!isOver && <RoomDoor room={room} onChanged={onChanged} />}
    </>
  );
}

function factsOf(room: Room): Parameters<typeof Facts>[0]["rows"] {
  const { createdAt, webhook, autoClose, allowedParticipantIds, knockPolicy } = room;
  return [
    ["Created", <When key="at" at={createdAt} />],
    ["Webhook", webhook === null ? "none" : <code key="hook">{webhook.endPoint}</code>],
    [
      "Closes by itself",
      autoClose === null ? "no" : `${secondsInWords(autoClose.duration)} after the start (${autoClose.type})`,
    ],
    ["Only these participants", allowedParticipantIds === null ? "no" : allowedParticipantIds.join(", ")],
    [
      "Knock policy",
      knockPolicy === null
        ? "none"
        : `${knockPolicy.url}, ${knockPolicy.timeout} s, else ${knockPolicy.fallback}`,
    ],
  ];
}

function RoomDoor({ room, onChanged }: { readonly room: Room; readonly onChanged: () => void }) {
  const { app, say } = useConsole();
  const [isClosing, setIsClosing] = useState(false);
  const change = useAction<unknown>();
  const isOpen = room.status === "enabled";
  const toggle = async (): Promise<void> => {
    const status = isOpen ? "disabled" : "enabled";
    if ((await change.run(changeRoom(app, room.roomId, { status }))) === null) return;
    onChanged();
    say(`The room is ${status}.`);
  };
  const close = async (): Promise<void> => {
    if ((await change.run(deactivateRoom(app, room.roomId))) === null) return;
    setIsClosing(false);
    onChanged();
    say("The room is closed for good.");
  };
  return (
    <Section title="The room's end">
      <p class="muted">
        A disabled room lets nobody in, and whoever is in is out; it can be enabled again. A room that is
        closed for good never opens again.
      </p>
      {!isClosing && <FaultNote fault={change.fault} />}
      <div class="row">
        <Button onPress={() => void toggle()} isBusy={change.isBusy}>
          {isOpen ? "Disable" : "Enable"}
        </Button>
        <Button weight="danger" onPress={() => setIsClosing(true)}>
          Close for good…
        </Button>
      </div>
      {isClosing && (
        <Confirm
          title="Close the room for good?"
          act="Close for good"
          word={room.customRoomId ?? room.roomId}
          isBusy={change.isBusy}
          fault={change.fault}
          onAct={() => void close()}
          onClose={() => setIsClosing(false)}
        >
          <p>Everybody is out, and no token opens this room again. This cannot be taken back.</p>
        </Confirm>
      )}
    </Section>
  );
}
