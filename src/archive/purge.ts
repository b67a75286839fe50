/** Forgets sessions that ended long ago, with everything that was kept of them (`docs/rules.md` H12). */
import type { Change, Condition, Records } from "../log/records.js";
import {
  attendanceAt,
  endedOf,
  ongoingOf,
  sessionTextsOf,
  sessionsOf,
  sessionsOfParticipant,
  sessionsOfRoom,
} from "./names.js";
import { decodeSession } from "./stored.js";

/** Sessions looked up at a time. */
const SESSIONS = 100;
/** Participants of a session that one write forgets: the store does nothing else while it writes. */
const PARTICIPANTS = 500;

/**
 * Forgets the sessions of an app that ended before `before` (epoch milliseconds), in many small writes; answers how many. Safe to
 * do on several nodes at once, and to do again where it was broken off.
 */
export async function purgeEnded(records: Records, app: string, before: number): Promise<number> {
  let total = 0;
  for (;;) {
    const due = await records.range(endedOf(app), { max: before - 1, limit: SESSIONS });
    let forgotten = 0;
    for (const { member } of due) if (await forget(records, app, member)) forgotten += 1;
    total += forgotten;
    // Where others forget the same sessions, the rest is theirs too.
    if (due.length < SESSIONS || forgotten === 0) return total;
  }
}

async function forget(records: Records, app: string, id: string): Promise<boolean> {
  const [texts, attendance] = await Promise.all([
    records.fields(sessionTextsOf(app), [id]),
    records.fields(attendanceAt(app, id)),
  ]);
  const text = texts.get(id);
  // A session may go on again after a loss of data (H8): nothing of it is forgotten unless it is still what was read.
  const unchanged: Condition[] = [{ map: sessionTextsOf(app), field: id, is: text ?? null }];
  const participants = [...attendance.keys()];
  for (let at = 0; at < participants.length; at += PARTICIPANTS) {
    const some = participants.slice(at, at + PARTICIPANTS);
    const changes = some.map((one): Change => ({ unrank: sessionsOfParticipant(app, one), member: id }));
    if (!(await records.write(changes, unchanged))) return false;
  }
  const room = text === undefined ? null : decodeSession(text).roomId;
  const changes: Change[] = [
    { drop: sessionTextsOf(app), field: id },
    { clear: attendanceAt(app, id) },
    { unrank: sessionsOf(app), member: id },
    { unrank: ongoingOf(app), member: id },
    { unrank: endedOf(app), member: id },
    ...(room === null ? [] : [{ unrank: sessionsOfRoom(app, room), member: id }]),
  ];
  return records.write(changes, unchanged);
}
