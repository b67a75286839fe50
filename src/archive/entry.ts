/** Somebody's attendance, event by event (`docs/rules.md` H3 to H5). Pure; times are epoch milliseconds. */
import type { MediaKind } from "../protocol/commands.js";
import type { ParticipantView } from "../protocol/events.js";
import type { Attendance, SessionRecord, Span } from "./archive.js";
import type { Entry } from "./stored.js";

/** Spans kept in each list; the oldest go first, so that nobody grows a record without end by leaving and coming back (H5). */
export const KEPT_SPANS = 1_000;

/** What of a joining the archive keeps. */
export type Joining = Pick<ParticipantView, "name" | "joinedAt" | "micOn" | "webcamOn">;

/** H3, H4: a stay begins. `order` is the number of the event; it counts the first time only. */
export function joined(before: Entry | undefined, joining: Joining, order: number): Entry {
  const { name, joinedAt, micOn, webcamOn } = joining;
  const entry = before ?? { order, name, timelog: [], mic: [], webcam: [] };
  if (isSameStay(entry, joinedAt))
    return { ...entry, name, timelog: [...entry.timelog.slice(0, -1), { start: joinedAt, end: null }] };
  const between = left(entry, joinedAt);
  return {
    order: entry.order,
    name,
    timelog: opened(between.timelog, joinedAt),
    mic: micOn ? opened(between.mic, joinedAt) : between.mic,
    webcam: webcamOn ? opened(between.webcam, joinedAt) : between.webcam,
  };
}

/** H3, H4: a stay ends, and with it what was on. */
export function left(entry: Entry, at: number): Entry {
  return {
    ...entry,
    timelog: closed(entry.timelog, at),
    mic: closed(entry.mic, at),
    webcam: closed(entry.webcam, at),
  };
}

/** H4: microphone or webcam go on or off. Says nothing of somebody who is not inside. */
export function switched(entry: Entry, kind: MediaKind, on: boolean, at: number): Entry {
  if (!isInside(entry)) return entry;
  return { ...entry, [kind]: on ? opened(entry[kind], at) : closed(entry[kind], at) };
}

/** Whether somebody has an open stay. */
export function isInside({ timelog }: Entry): boolean {
  return timelog.at(-1)?.end === null;
}

/** The greatest time that an attendance tells of. */
export function newestOf({ timelog, mic, webcam }: Entry): number {
  const times = [timelog, mic, webcam].map((spans) => {
    const last = spans.at(-1);
    return last === undefined ? -Infinity : (last.end ?? last.start);
  });
  return Math.max(...times);
}

/** An attendance as it is shown: where the session is over, nobody is inside any more (H2). */
export function shown(participantId: string, entry: Entry, { end }: SessionRecord): Attendance {
  const { name, timelog, mic, webcam } = end === null ? entry : left(entry, end);
  return { participantId, name, timelog, mic, webcam };
}

/** In the order of first joining. */
export function byFirstJoining(one: readonly [string, Entry], other: readonly [string, Entry]): number {
  return one[1].order - other[1].order || (one[0] < other[0] ? -1 : 1);
}

/** After a loss of data a joining may be told again, with its first time: that is no second stay. */
function isSameStay({ timelog }: Entry, joinedAt: number): boolean {
  const last = timelog.at(-1);
  return last?.start === joinedAt && (last.end === null || last.end > joinedAt);
}

function opened(spans: readonly Span[], start: number): readonly Span[] {
  if (spans.at(-1)?.end === null) return spans;
  return [...spans, { start, end: null }].slice(-KEPT_SPANS);
}

/** Clocks of two nodes may differ: no span ends before it begins. */
function closed(spans: readonly Span[], at: number): readonly Span[] {
  const last = spans.at(-1);
  if (last?.end !== null) return spans;
  return [...spans.slice(0, -1), { start: last.start, end: Math.max(last.start, at) }];
}
