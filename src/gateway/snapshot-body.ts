/** What a stored snapshot holds: the state, and the ids of the commits before it, by which a fork finds the last common one. */
import { z } from "zod";
import type { LoadedRoom } from "../log/port.js";
import { decodeState, encodeState, NO_ROOM, type RoomState } from "../room/state.js";

/** Commit ids that a snapshot remembers; as many as a node holds events of, at most. */
const LINEAGE = 2_000;

const bodySchema = z.object({ lineage: z.array(z.string()), state: z.string() });

/** Text for the log. `lineage`: commit ids up to this state, oldest first. */
export function encodeSnapshotBody(state: RoomState, lineage: readonly string[]): string {
  return JSON.stringify({ lineage: lineage.slice(-LINEAGE), state: encodeState(state) });
}

/** The state of a loaded room at its snapshot, and every commit id that the room's history is known to hold. */
export function readLoaded({ snapshot, tail }: LoadedRoom): {
  base: RoomState;
  commits: ReadonlySet<string>;
} {
  const body = snapshot === null ? null : bodySchema.parse(JSON.parse(snapshot.body));
  const base = body === null ? NO_ROOM : decodeState(body.state);
  const commits = new Set(body?.lineage ?? []);
  if (snapshot !== null) commits.add(snapshot.token);
  for (const { commit } of tail) commits.add(commit);
  return { base, commits };
}
