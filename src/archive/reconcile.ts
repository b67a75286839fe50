/** What becomes of the archive where events are lost for good: there is only the room as it is now (`docs/rules.md` H8). */
import type { Followed } from "../gateway/following.js";
import type { Change, Records } from "../log/records.js";
import type { RoomState } from "../room/state.js";
import type { SessionRecord } from "./archive.js";
import { isInside, joined, left, switched } from "./entry.js";
import { goingOnChanges, readGoingOn } from "./going-on.js";
import { attendanceAt, roomsOf, sessionTextsOf } from "./names.js";
import { Sheet } from "./sheet.js";
import { decodeEntries, decodeSession, type Entry } from "./stored.js";

/**
 * The changes after which the archive agrees with the room. Where a time is lost, the latest takes its place that can be told
 * from the records and the room: never one after what really happened next, and never one from a clock.
 */
export async function reconcile(records: Records, followed: Followed): Promise<readonly Change[]> {
  const { room: key, state } = followed;
  const before = await readGoingOn(records, key);
  const now = state.session;
  const [recorded, lost, nowEntries] = await Promise.all([
    now === null ? null : readSession(records, key.app, now.id),
    before === null || before.id === now?.id ? null : sheetOf(records, before),
    now === null ? new Map<string, Entry>() : readAll(records, key.app, now.id),
  ]);
  const changes: Change[] = [];
  if (state.room !== null)
    changes.push({ rank: roomsOf(key.app), member: key.room, score: state.room.createdAt });
  if (lost !== null) {
    lost.end(now?.startedAt ?? lost.newestTime());
    changes.push(...lost.changes());
  }
  let after: SessionRecord | null = null;
  if (now !== null) {
    const begins = recorded?.end !== null;
    const sheet = new Sheet(
      {
        id: now.id,
        app: key.app,
        roomId: key.room,
        customRoomId: state.room?.customRoomId ?? null,
        start: recorded?.start ?? now.startedAt,
        end: null,
      },
      nowEntries,
      begins,
    );
    bringUpTo(sheet, state, followed.upTo);
    changes.push(...sheet.changes());
    after = sheet.session;
  }
  return [...changes, ...goingOnChanges(key, before, after)];
}

/** Makes everybody in the room have an open stay, and nobody else. */
function bringUpTo(sheet: Sheet, { participants }: RoomState, upTo: number): void {
  let newest = sheet.newestTime();
  for (const { view } of participants.values()) newest = Math.max(newest, view.joinedAt);
  for (const [id, entry] of sheet.entries()) {
    if (!participants.has(id) && isInside(entry)) sheet.set(id, left(entry, newest));
  }
  // Each of the unknown joined by an event that is lost, so there are enough numbers between what was followed and this.
  const unknown = [...participants.keys()].filter((id) => sheet.get(id) === undefined);
  let order = upTo - unknown.length;
  for (const [id, { view }] of participants.entries()) {
    const entry = sheet.get(id);
    if (entry === undefined) order += 1;
    const inside = joined(entry, view, order);
    const mic = switched(inside, "mic", view.micOn, newest);
    sheet.set(id, switched(mic, "webcam", view.webcamOn, newest));
  }
}

async function readSession(records: Records, app: string, id: string): Promise<SessionRecord | null> {
  const text = (await records.fields(sessionTextsOf(app), [id])).get(id);
  return text === undefined ? null : decodeSession(text);
}

async function readAll(records: Records, app: string, id: string): Promise<ReadonlyMap<string, Entry>> {
  return decodeEntries(await records.fields(attendanceAt(app, id)));
}

async function sheetOf(records: Records, session: SessionRecord): Promise<Sheet> {
  return new Sheet(session, await readAll(records, session.app, session.id), false);
}
