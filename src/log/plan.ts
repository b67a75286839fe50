import type { AppendRequest, Head, Publication, RoomKey, Snapshot } from "./port.js";

/** The most events that a conflict lists; who is further behind loads the room (`log.md` rule 8). */
export const MAX_MISSED_EVENTS = 2_000;

/** What a request would store if its expectation holds. */
export interface AppendPlan {
  readonly head: Head;
  readonly commit: Publication;
  /** Replaces everything stored before. Null, when nothing is opened. */
  readonly opening: { readonly snapshot: Snapshot | null; readonly ttlMs: number | null } | null;
}

/**
 * Works out what an append would store, so that every store stores the same: numbers, tokens and the snapshot of an opening.
 * Null: nothing, the request only compares. Throws a `RangeError` for a request that no store could keep (a bug of the caller).
 *
 * An opening with a snapshot needs a token for its base number. Without events the commit itself ends there, so its id is
 * the token. With events the commit ends later: the base gets the commit id with `:base` behind it, and the commit follows
 * that, so that a loaded room (snapshot and tail) continues like any other.
 */
export function planAppend(request: AppendRequest): AppendPlan | null {
  const { expect, open, commit, events } = request;
  if (commit === "") throw new RangeError("append: a commit needs an id");
  if (open === undefined) {
    if (expect === null)
      throw new RangeError("append: to expect nothing is to open the room, and `open` is missing");
    if (events.length === 0) return null;
    return {
      head: { epoch: expect.epoch, seq: expect.seq + events.length, token: commit },
      commit: { epoch: expect.epoch, first: expect.seq + 1, commit, prev: expect.token, events },
      opening: null,
    };
  }
  const { epoch, base, ttlMs } = open;
  if (epoch === "") throw new RangeError("append: an epoch needs a name");
  if (!Number.isSafeInteger(base) || base < 0) throw new RangeError(`append: no number to open at: ${base}`);
  if (open.snapshot === null && base > 0) throw new RangeError("append: to open above 0 takes a snapshot");
  const baseToken = open.snapshot === null ? "" : events.length === 0 ? commit : `${commit}:base`;
  return {
    head: { epoch, seq: base + events.length, token: commit },
    commit: { epoch, first: base + 1, commit, prev: baseToken, events },
    opening: {
      snapshot: open.snapshot === null ? null : { epoch, seq: base, token: baseToken, body: open.snapshot },
      ttlMs,
    },
  };
}

/** How long a winner waits for the slowest recent loser, whose round trip in ms this is (`log.md` rule 11); null: nobody lost. */
export function yieldFor(roundTripMs: number | null): number {
  return roundTripMs === null ? 0 : Math.min(50, 2 * roundTripMs + 1);
}

/** Text that names a room within a store, free of what keys are made with. Throws a `RangeError` for an empty id. */
export function roomName({ app, room }: RoomKey): string {
  if (app === "" || room === "") throw new RangeError("a room is named by two ids");
  return `${encodeURIComponent(app)}:${encodeURIComponent(room)}`;
}

/** Undoes `roomName`. Throws an `Error` for text that it did not make. */
export function parseRoomName(name: string): RoomKey {
  const [app, room, ...rest] = name.split(":");
  if (app === undefined || room === undefined || rest.length > 0)
    throw new Error(`not a room's name: ${name}`);
  return { app: decodeURIComponent(app), room: decodeURIComponent(room) };
}
