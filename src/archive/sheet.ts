/** One session while a step is worked out: what was read of it, and what the step makes of it. */
import type { Change } from "../log/records.js";
import type { SessionRecord } from "./archive.js";
import { newestOf } from "./entry.js";
import {
  attendanceAt,
  endedOf,
  ongoingOf,
  sessionTextsOf,
  sessionsOf,
  sessionsOfParticipant,
  sessionsOfRoom,
} from "./names.js";
import { encodeEntry, encodeSession, type Entry } from "./stored.js";

/** A session, and the changes that take it from what is stored to what it has become. */
export class Sheet {
  private readonly touched = new Map<string, Entry>();
  private rewritten: boolean;

  /**
   * @param current as it is stored, or as it begins
   * @param known the entries that were read, by participant id: all, or those that the step can touch
   * @param begins whether the session is to be stored as it is, because it begins or goes on again
   */
  constructor(
    private current: SessionRecord,
    private readonly known: ReadonlyMap<string, Entry>,
    begins: boolean,
  ) {
    this.rewritten = begins;
  }

  /** The session as it has become. */
  get session(): SessionRecord {
    return this.current;
  }

  /** Ends the session; not before its start, whatever the clocks of two nodes say. */
  end(at: number): void {
    this.current = { ...this.current, end: Math.max(this.current.start, at) };
    this.rewritten = true;
  }

  /** Somebody's attendance; undefined: none, as far as it was read. */
  get(participantId: string): Entry | undefined {
    return this.touched.get(participantId) ?? this.known.get(participantId);
  }

  /** Sets somebody's attendance. */
  set(participantId: string, entry: Entry): void {
    this.touched.set(participantId, entry);
  }

  /** Every attendance that was read or set, by participant id. */
  entries(): ReadonlyMap<string, Entry> {
    return new Map([...this.known, ...this.touched]);
  }

  /** The greatest time that is known of the session. */
  newestTime(): number {
    let newest = this.current.start;
    for (const entry of this.entries().values()) newest = Math.max(newest, newestOf(entry));
    return newest;
  }

  /** What is to be written: nothing of what stayed as it was. */
  changes(): readonly Change[] {
    return [...(this.rewritten ? this.sessionChanges() : []), ...this.attendanceChanges()];
  }

  private sessionChanges(): readonly Change[] {
    const { id, app, roomId, start, end } = this.current;
    const [ongoing, ended] = [ongoingOf(app), endedOf(app)];
    return [
      { put: sessionTextsOf(app), field: id, text: encodeSession(this.current) },
      { rank: sessionsOf(app), member: id, score: start },
      { rank: sessionsOfRoom(app, roomId), member: id, score: start },
      end === null ? { rank: ongoing, member: id, score: start } : { unrank: ongoing, member: id },
      end === null ? { unrank: ended, member: id } : { rank: ended, member: id, score: end },
    ];
  }

  private attendanceChanges(): readonly Change[] {
    const { id, app, start } = this.current;
    return Array.from(this.touched).flatMap(([participantId, entry]): Change[] => {
      const before = this.known.get(participantId);
      const text = encodeEntry(entry);
      if (before !== undefined && encodeEntry(before) === text) return [];
      const put: Change = { put: attendanceAt(app, id), field: participantId, text };
      if (before !== undefined) return [put];
      return [put, { rank: sessionsOfParticipant(app, participantId), member: id, score: start }];
    });
  }
}
