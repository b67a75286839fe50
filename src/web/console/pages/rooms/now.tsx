/** What goes on in a room: who waits, who is in, what has happened, and what can be done about it. */
import { useEffect, useMemo, useState } from "preact/hooks";
import {
  endSession,
  getLiveRoom,
  lockMedia,
  lockRoom,
  turnOff,
  type LiveRoom,
  type Place,
} from "../../api/live.js";
import type { Room } from "../../api/rooms.js";
import { Badge, Facts, FaultNote, Link, Loaded, Section, When } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Confirm } from "../../parts/dialog.js";
import { useAction, useConsole, useLive, useRoomLog } from "../../state/console.js";
import { namesIn } from "../../words/events.js";
import { Bans } from "./bans.js";
import { EventList } from "./event-list.js";
import { Lobby } from "./lobby.js";
import { People } from "./people.js";

/** The room as it is, and its events as they come. */
export function RoomNow({ room }: { readonly room: Room }) {
  const { app } = useConsole();
  const place: Place = useMemo(() => ({ app, roomId: room.roomId }), [app, room.roomId]);
  const live = useLive(getLiveRoom(app, room.roomId), 2_000);
  const log = useRoomLog(place);
  const newest = log.events.at(-1)?.seq;
  // What the log tells has just changed the room.
  useEffect(() => {
    if (newest !== undefined) live.again();
  }, [newest]);
  const names = useMemo(() => {
    const people = [...(live.data?.participants ?? []), ...(live.data?.lobby ?? [])];
    return namesIn(log.events, new Map(people.map(({ participantId, name }) => [participantId, name])));
  }, [log.events, live.data]);
  return (
    <div class="beside">
      <Loaded live={live} what="who is in the room">
        {(now) => (
          <div class="stack">
            <Summary room={room} now={now} place={place} onDone={live.again} />
            <Lobby place={place} knocks={now.lobby} onDone={live.again} />
            <People place={place} people={now.participants} onDone={live.again} />
            {now.bans.length > 0 && <Bans place={place} bans={now.bans} onDone={live.again} />}
          </div>
        )}
      </Loaded>
      <EventList log={log} names={names} />
    </div>
  );
}

function Summary(props: {
  readonly room: Room;
  readonly now: LiveRoom;
  readonly place: Place;
  readonly onDone: () => void;
}) {
  const { room, now, place, onDone } = props;
  const { session, locked, mediaLocks, participants } = now;
  return (
    <Section title="The room">
      <Facts
        rows={[
          [
            "Seats",
            <span key="seats" class="tabular">
              {participants.length} of {room.settings.maxParticipants} used
            </span>,
          ],
          ["Door", locked ? <Badge tone="danger">locked</Badge> : "open"],
          [
            "Session",
            session === null ? (
              "none: nobody is in"
            ) : (
              <span key="session">
                since <When at={session.startedAt} />,{" "}
                <Link to={{ page: "session", sessionId: session.id }}>attendance</Link>
              </span>
            ),
          ],
          ["Microphones", mediaLocks.mic ? <Badge tone="warn">locked for all</Badge> : "free"],
          ["Webcams", mediaLocks.webcam ? <Badge tone="warn">locked for all</Badge> : "free"],
        ]}
      />
      <Controls now={now} place={place} onDone={onDone} />
    </Section>
  );
}

function Controls(props: { readonly now: LiveRoom; readonly place: Place; readonly onDone: () => void }) {
  const { now, place, onDone } = props;
  const { locked, mediaLocks, session } = now;
  const { say } = useConsole();
  const [isEnding, setIsEnding] = useState(false);
  const command = useAction<null>();
  const end = useAction<null>();
  const run = async (ask: Parameters<typeof command.run>[0], text: string): Promise<void> => {
    if ((await command.run(ask)) === null) return;
    say(text);
    onDone();
  };
  const isBusy = command.isBusy;
  return (
    <div class="stack-small">
      <div class="row">
        <Button
          isBusy={isBusy}
          onPress={() =>
            void run(lockRoom(place, !locked), locked ? "The room is open." : "The room is locked.")
          }
        >
          {locked ? "Open the room" : "Lock the room"}
        </Button>
        <Button
          isBusy={isBusy}
          disabled={session === null}
          onPress={() => void run(turnOff(place, null, "mic"), "All microphones are off.")}
        >
          Mute everybody
        </Button>
        {(["mic", "webcam"] as const).map((kind) => (
          <Button
            key={kind}
            isBusy={isBusy}
            disabled={session === null && !mediaLocks[kind]}
            onPress={() => void run(lockMedia(place, null, kind, !mediaLocks[kind]), "Done.")}
          >
            {mediaLocks[kind] ? "Release" : "Lock"} {kind === "mic" ? "microphones" : "webcams"}
          </Button>
        ))}
        <Button weight="danger" disabled={session === null} onPress={() => setIsEnding(true)}>
          End for all…
        </Button>
      </div>
      <FaultNote fault={command.fault} />
      {isEnding && (
        <Confirm
          title="End the session for all?"
          act="End for all"
          isBusy={end.isBusy}
          fault={end.fault}
          onClose={() => {
            end.clear();
            setIsEnding(false);
          }}
          onAct={() =>
            void end.run(endSession(place)).then((done) => {
              if (done === null) return;
              setIsEnding(false);
              say("The session is over.");
              onDone();
            })
          }
        >
          <p>Everybody in the room and in the lobby is out. The room stays and can be joined again.</p>
        </Confirm>
      )}
    </div>
  );
}
