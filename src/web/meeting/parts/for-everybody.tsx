/** What a moderator can do about everybody at once, and the bans. */
import { useState } from "preact/hooks";
import type { RoomView } from "../model/room-view.js";
import type { RoomActions } from "../store/room-actions.js";
import { EndDialog } from "./leave-dialog.js";

interface ForEverybodyProps {
  readonly view: RoomView;
  readonly actions: RoomActions;
}

/** The buttons below the list of people. */
export function ForEverybody({ view: { locked, mediaLocks, bans, tiles }, actions }: ForEverybodyProps) {
  const [ending, setEnding] = useState(false);
  const others = tiles.filter(({ local }) => !local);
  return (
    <section class="stack tight" aria-label="For everybody">
      <h3>For everybody</h3>
      <div class="moderation">
        <button
          type="button"
          class="button compact"
          disabled={!others.some(({ mic }) => mic === "on")}
          onClick={() => void actions.turnOffAll("mic")}
        >
          Mute all
        </button>
        <button
          type="button"
          class="button compact"
          disabled={!others.some(({ webcam }) => webcam === "on")}
          onClick={() => void actions.turnOffAll("webcam")}
        >
          All cameras off
        </button>
        <Lock label="Lock mics" on={mediaLocks.mic} onLock={(on) => void actions.lockAll("mic", on)} />
        <Lock
          label="Lock cameras"
          on={mediaLocks.webcam}
          onLock={(on) => void actions.lockAll("webcam", on)}
        />
        <Lock label="Lock the room" on={locked} onLock={(on) => void actions.lockRoom(on)} />
        <button type="button" class="button compact danger" onClick={() => setEnding(true)}>
          End for all
        </button>
      </div>
      {bans.length === 0 ? null : (
        <>
          <h3>Banned</h3>
          <ul class="people" aria-label="Banned">
            {bans.map((id) => (
              <li key={id} class="person">
                <code class="person-name">{id}</code>
                <button
                  type="button"
                  class="button compact"
                  aria-label={`Lift the ban on ${id}`}
                  onClick={() => void actions.unban(id)}
                >
                  Lift
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {ending ? <EndDialog actions={actions} onClose={() => setEnding(false)} /> : null}
    </section>
  );
}

interface LockProps {
  readonly label: string;
  readonly on: boolean;
  readonly onLock: (on: boolean) => void;
}

function Lock({ label, on, onLock }: LockProps) {
  return (
    <button type="button" class="button compact" aria-pressed={on} onClick={() => onLock(!on)}>
      {label}
    </button>
  );
}
