/** Which session goes on in a room, as the archive knows it: with this a step begins, and this it leaves to the next. */
import type { RoomKey } from "../log/port.js";
import type { Change, Records } from "../log/records.js";
import type { SessionRecord } from "./archive.js";
import { goingOnIn } from "./names.js";
import { decodeSession, encodeSession } from "./stored.js";

/** Reads the session that goes on in a room; null: none. */
export async function readGoingOn(records: Records, { app, room }: RoomKey): Promise<SessionRecord | null> {
  const text = (await records.fields(goingOnIn(app), [room])).get(room);
  return text === undefined ? null : decodeSession(text);
}

/** What is to be written when the session that goes on was `before` and is `after`. */
export function goingOnChanges(
  { app, room }: RoomKey,
  before: SessionRecord | null,
  after: SessionRecord | null,
): readonly Change[] {
  const map = goingOnIn(app);
  if (before?.id === after?.id) return [];
  return [
    after === null ? { drop: map, field: room } : { put: map, field: room, text: encodeSession(after) },
  ];
}
