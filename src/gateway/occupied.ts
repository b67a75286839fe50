/** The rooms of an app with somebody in them or in their lobby, on whatever node. */
import { LogFault, type RoomKey, type Store } from "../log/port.js";
import type { RoomState } from "../room/state.js";
import type { Logger } from "./environment.js";
import type { LiveRoom } from "./live-room.js";
import { stateOf } from "./recovery.js";

/** What is looked at. */
export interface OccupiedOptions {
  readonly store: Pick<Store, "log" | "nodes">;
  readonly logger: Pick<Logger, "warn">;
  /** The room of this key, if it is served here. */
  readonly served: (key: RoomKey) => LiveRoom | null;
}

/** Rooms that are listed at most. */
const MOST_LISTED = 200;
/** Rooms that are looked at for one list at most: each that is served elsewhere is read whole. */
const MOST_LOOKED_AT = 1_000;
/** Rooms that are read at a time. */
const AT_ONCE = 16;

/**
 * The occupied rooms of an app among those that `nodes` serve, or did when they died; 200 at most, where somebody came or knocked
 * last before the others. A list for people: what is served here is told as it is known here, a moment old. Rejects with a fault.
 */
export async function occupiedRooms(
  options: OccupiedOptions,
  app: string,
  nodes: readonly string[],
): Promise<readonly RoomState[]> {
  const served = await Promise.all(nodes.map((node) => options.store.nodes.served(node)));
  const ids = new Set(served.flat().flatMap((key) => (key.app === app ? [key.room] : [])));
  const all = [...ids].slice(0, MOST_LOOKED_AT);
  const found: RoomState[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE).map((room) => look(options, { app, room }));
    found.push(...(await Promise.all(some)).filter((state) => state !== null));
  }
  return found
    .map((state) => ({ state, at: lastComing(state) }))
    .sort((a, b) => b.at - a.at)
    .slice(0, MOST_LISTED)
    .map(({ state }) => state);
}

/** Null: nobody is there, or no room. */
async function look({ store, logger, served }: OccupiedOptions, key: RoomKey): Promise<RoomState | null> {
  const here = served(key);
  if (here !== null && here.replica.head !== null) return ifOccupied(here.replica.state);
  try {
    const loaded = await store.log.load(key);
    return loaded === null ? null : ifOccupied(stateOf(loaded));
  } catch (error) {
    if (error instanceof LogFault) throw error;
    // One room that cannot be read must not hide the others.
    logger.warn({ ...key, err: error }, "a room cannot be read");
    return null;
  }
}

function ifOccupied(state: RoomState): RoomState | null {
  return state.room !== null && state.participants.size + state.knocks.size > 0 ? state : null;
}

function lastComing({ participants, knocks }: RoomState): number {
  let last = 0;
  for (const { view } of participants.values()) last = Math.max(last, view.joinedAt);
  for (const { view } of knocks.values()) last = Math.max(last, view.since);
  return last;
}
