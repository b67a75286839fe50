/** Following a room over REST: all that happens in it, in order, without a gap, for as long as somebody listens. */
import type { Call } from "./caller.js";
import type { LiveRoom, RoomEvent } from "./answers.js";
import { OPERATIONS } from "./operations.js";
import { RestError } from "./rest-error.js";

/** What a follower is told. `position` is where they are then: keep it, and go on from it later. */
export type Followed =
  /**
   * The room as it is now. It comes first where no position was given, and again where the events behind the last position are not
   * kept any more: forget what you know of the room, and begin with this.
   */
  | { readonly kind: "room"; readonly room: LiveRoom; readonly position: string }
  | { readonly kind: "event"; readonly event: RoomEvent; readonly position: string };

/** How a room is followed. */
export interface FollowOptions {
  /** A position that an answer gave; what happened after it is told. Not given: from now on, beginning with the room as it is. */
  readonly since?: string | undefined;
  /** Ends it: the loop over it is over. */
  readonly signal?: AbortSignal | undefined;
  /** How long the gateway holds an answer back where nothing happens, seconds, 1 to 30; 25 unless said. */
  readonly waitSeconds?: number | undefined;
}

const WAIT_SECONDS = 25;
const LONGEST_WAIT_SECONDS = 30;
const MOST_EVENTS = 1_000;

/**
 * Reads on and on. Throws a RangeError for a `waitSeconds` that is no wait, or longer than the gateway allows. Faults and broken lines are waited out, however long they last; refusals, such as `room_unknown`, are thrown as
 * `RestError`.
 */
export async function* followRoom(
  call: Call,
  id: string,
  { since, signal, waitSeconds = WAIT_SECONDS }: FollowOptions = {},
): AsyncGenerator<Followed, void, undefined> {
  if (!(waitSeconds >= 1 && waitSeconds <= LONGEST_WAIT_SECONDS))
    throw new RangeError(`waitSeconds must be from 1 to ${LONGEST_WAIT_SECONDS}`);
  const params = { id };
  const endless = { endless: true } as const;
  let position = since ?? null;
  try {
    for (;;) {
      if (position === null) {
        const room: LiveRoom = await call(OPERATIONS.live, { params }, { signal }, endless);
        position = room.position;
        yield { kind: "room", room, position };
      }
      const query = { since: position, limit: MOST_EVENTS, wait: waitSeconds };
      const patience = { ...endless, heldMs: waitSeconds * 1_000 };
      const page = await call(OPERATIONS.events, { params, query }, { signal }, patience).catch(
        (error: unknown) => {
          if (error instanceof RestError && error.code === "history_gone") return null;
          throw error;
        },
      );
      if (page === null) {
        position = null;
        continue;
      }
      const epoch = page.next.slice(0, page.next.lastIndexOf(":"));
      for (const event of page.events) {
        position = `${epoch}:${event.seq}`;
        yield { kind: "event", event, position };
        if (signal?.aborted === true) return;
      }
      position = page.next;
    }
  } catch (error) {
    // Whoever ended it knows.
    if (signal?.aborted !== true) throw error;
  }
}
