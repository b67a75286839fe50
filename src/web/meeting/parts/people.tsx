/** Who is here, and what a moderator can do about everybody. */
import { useState } from "preact/hooks";
import { Icon } from "../../shared/icons.js";
import { describePerson, inListOrder } from "../model/people.js";
import type { PersonView } from "../model/people.js";
import type { RoomView } from "../model/room-view.js";
import type { RoomActions } from "../store/room-actions.js";
import { ForEverybody } from "./for-everybody.js";
import { Panel } from "./panel.js";
import { PersonDialog } from "./person-dialog.js";

interface PeopleProps {
  readonly view: RoomView;
  readonly actions: RoomActions;
  readonly onClose: () => void;
}

/** The list. Raised hands stand first. */
export function People({ view, actions, onClose }: PeopleProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const { tiles, self, maxParticipants } = view;
  const moderates = self?.moderator === true && !view.restricted;
  const person = tiles.find(({ id, local }) => id === chosen && !local);
  return (
    <Panel title="People" takesFocus onClose={onClose}>
      <div class="panel-body">
        <p class="muted small">
          {tiles.length} of {maxParticipants} seats taken
        </p>
        <ul class="people" aria-label="People">
          {inListOrder(tiles).map((one) => (
            <Row
              key={one.id}
              person={one}
              moderates={moderates && !one.local}
              onMute={() => void actions.turnOff(one.id, "mic")}
              onMore={() => setChosen(one.id)}
            />
          ))}
        </ul>
        {moderates ? <ForEverybody view={view} actions={actions} /> : null}
      </div>
      {person !== undefined && moderates ? (
        <PersonDialog person={person} self={self} actions={actions} onClose={() => setChosen(null)} />
      ) : null}
    </Panel>
  );
}

interface RowProps {
  readonly person: PersonView;
  readonly moderates: boolean;
  readonly onMute: () => void;
  readonly onMore: () => void;
}

function Row({ person, moderates, onMute, onMore }: RowProps) {
  const { name, local, host, moderator, mic, webcam, handSince, online } = person;
  return (
    <li class="person" data-testid="person" data-participant={person.id}>
      <span class="avatar small" aria-hidden="true">
        {person.initials}
      </span>
      <span class="visually-hidden">{describePerson(person)}</span>
      <span class="person-name" aria-hidden="true">
        <bdi>{local ? `${name} (you)` : name}</bdi>
        <span class="person-marks">
          {handSince === null ? null : <span class="badge accent">Hand</span>}
          {host ? <span class="badge">Host</span> : null}
          {moderator ? <span class="badge">Moderator</span> : null}
          {online ? null : <span class="badge warn">Offline</span>}
        </span>
      </span>
      <span class="person-media" aria-hidden="true">
        <Icon name={mic === "on" ? "mic" : mic === "locked" ? "lock" : "micOff"} />
        <Icon name={webcam === "on" ? "camera" : "cameraOff"} />
      </span>
      {moderates ? (
        <>
          <button
            type="button"
            class="button compact"
            aria-label={`Mute ${name}`}
            disabled={mic !== "on"}
            onClick={onMute}
          >
            Mute
          </button>
          <button
            type="button"
            class="button compact square"
            aria-label={`More about ${name}`}
            aria-haspopup="dialog"
            onClick={onMore}
          >
            <Icon name="more" />
          </button>
        </>
      ) : null}
    </li>
  );
}
