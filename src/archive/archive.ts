/** What stays of rooms when nobody is in them: which rooms an app has, their sessions, and who attended (`docs/rules.md` H). */
import type { RoomKey } from "../log/port.js";
import type { Change } from "../log/records.js";
import type { RoomEvent } from "../room/events.js";
import type { Followed } from "../gateway/following.js";

/** From when to when, epoch milliseconds; `end` null: still going on. */
export interface Span {
  readonly start: number;
  readonly end: number | null;
}

/** Somebody's attendance of one session. Of each list the last 1,000 spans are kept (H5). */
export interface Attendance {
  readonly participantId: string;
  /** As given at the last join. */
  readonly name: string;
  /** One entry for each stay, oldest first; a lost line within the resume window does not end one. */
  readonly timelog: readonly Span[];
  /** When the microphone and the webcam were on, oldest first. */
  readonly mic: readonly Span[];
  readonly webcam: readonly Span[];
}

/** One session of a room. */
export interface SessionRecord {
  readonly id: string;
  readonly app: string;
  readonly roomId: string;
  readonly customRoomId: string | null;
  /** Epoch milliseconds. */
  readonly start: number;
  /** Null while it goes on. */
  readonly end: number | null;
}

/** Which sessions to list; what is not given is not asked. */
export interface SessionFilter {
  readonly roomId?: string;
  readonly status?: "ongoing" | "ended";
  /** Sessions that began at or after, at or before; epoch milliseconds. */
  readonly startedFrom?: number;
  readonly startedTo?: number;
  /** Sessions that this participant attended. */
  readonly participantId?: string;
}

/** One page of a list, and how many entries there are on all pages. */
export interface Page<T> {
  readonly total: number;
  readonly data: readonly T[];
}

/** Which page: `page` counts from 1, `perPage` is at least 1; both whole, and so is their product. */
export interface PageQuery {
  readonly page: number;
  readonly perPage: number;
}

/** An event as the outside is told of it, with what it takes from the session it fell into. */
export interface Told {
  readonly seq: number;
  readonly event: RoomEvent;
  /** The session in which it happened; null: outside of any. */
  readonly session: Pick<SessionRecord, "id" | "start"> | null;
  /** The participant that joined or left by it, with their name (empty: the joining is lost); otherwise null. */
  readonly participant: Pick<Attendance, "participantId" | "name"> | null;
  /** Who was inside when the session ended by it, in the order of their joining; otherwise empty. */
  readonly ejected: readonly Pick<Attendance, "participantId" | "name">[];
}

/**
 * The archive of one store. All methods reject with a `LogFault` where the store is away, and with an `Error` where a record that
 * they need is damaged or of another version.
 */
export interface Archive {
  /**
   * Works out what a step of a room's log changes, and one `told` for each of its events; after a gap, nothing is told. Reads
   * records, in two round trips at most, and writes nothing: whoever asks writes the changes together with the room's cursor.
   */
  collect(
    followed: Followed,
  ): Promise<{ readonly changes: readonly Change[]; readonly told: readonly Told[] }>;
  /** Rooms of an app, newest first, as ids. Rooms that are gone may still be listed: see `forgetRoom`. */
  rooms(app: string, page: PageQuery): Promise<Page<string>>;
  /** Takes a room that does not exist any more out of the list. */
  forgetRoom(room: RoomKey): Promise<void>;
  /** Sessions of an app, newest first by their start, and where that is the same the greatest id first. */
  sessions(app: string, filter: SessionFilter, page: PageQuery): Promise<Page<SessionRecord>>;
  /** One session; null: there is none in this app, or not any more. */
  session(app: string, sessionId: string): Promise<SessionRecord | null>;
  /** Everybody who attended a session, in the order of their first joining. */
  attendance(app: string, sessionId: string): Promise<readonly Attendance[]>;
  /**
   * Forgets sessions that ended longer ago than the retention, in many small writes; answers how many. `now` in epoch
   * milliseconds. A session that goes on is never forgotten, not even where its room does not exist any more.
   */
  purge(app: string, now: number): Promise<number>;
}
