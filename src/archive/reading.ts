/** What a step needs to read of which sessions, and the reading of it in one round trip. */
import type { Followed } from "../gateway/following.js";
import type { Records } from "../log/records.js";
import type { RoomEvent } from "../room/events.js";
import { attendanceAt } from "./names.js";
import { decodeEntries, type Entry } from "./stored.js";

/** An event, and the id of the session that went on when it happened, or that began or ended by it; null: none. */
export interface Placed {
  readonly seq: number;
  readonly event: RoomEvent;
  readonly sessionId: string | null;
}

/** Puts events into sessions. `goingOn`: the session that goes on before the first of them. */
export function placed(events: Followed["events"], goingOn: string | null): readonly Placed[] {
  let sessionId = goingOn;
  return events.map(({ seq, event }) => {
    if (event.type === "session-started") sessionId = event.body.sessionId;
    const place = { seq, event, sessionId };
    if (endsSession(event)) sessionId = null;
    return place;
  });
}

/** Whether no session goes on after an event. A room that is made anew has lost the session that it had (H8). */
export function endsSession(event: RoomEvent): boolean {
  return event.type === "session-ended" || event.type === "room-created";
}

/** Reads the entries that events touch or tell of: for each session those of the participants named, or all where it takes all. */
export async function readEntries(
  records: Records,
  app: string,
  events: readonly Placed[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, Entry>>> {
  const needed = new Map<string, Set<string> | "all">();
  for (const { event, sessionId } of events) {
    if (sessionId === null) continue;
    const before = needed.get(sessionId) ?? new Set();
    const one = participantOf(event);
    if (takesAll(event) || before === "all") needed.set(sessionId, "all");
    else needed.set(sessionId, one === null ? before : before.add(one));
  }
  const read = Array.from(needed, async ([sessionId, ids]): Promise<[string, ReadonlyMap<string, Entry>]> => {
    if (ids !== "all" && ids.size === 0) return [sessionId, new Map()];
    const map = attendanceAt(app, sessionId);
    const texts = await (ids === "all" ? records.fields(map) : records.fields(map, [...ids]));
    return [sessionId, decodeEntries(texts)];
  });
  return new Map(await Promise.all(read));
}

/** Everybody who was put out by the end is told of (H2); the newest time of a session that was lost is anybody's (H8). */
function takesAll(event: RoomEvent): boolean {
  return event.type === "session-ended" ? event.body.cause !== "last-left" : event.type === "room-created";
}

function participantOf(event: RoomEvent): string | null {
  switch (event.type) {
    case "participant-joined":
      return event.body.participant.participantId;
    case "participant-left":
    case "participant-renamed":
    case "stream-enabled":
    case "stream-disabled":
      return event.body.participantId;
    default:
      return null;
  }
}
