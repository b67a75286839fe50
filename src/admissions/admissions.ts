/**
 * The admission record of one store: who knocked and who came in, with which token, by whose decision or which rule, and when;
 * room by room (`docs/rules.md` Q).
 */
import type { Followed } from "../gateway/following.js";
import type { Change, Records } from "../log/records.js";
import { collect } from "./collect.js";
import { purge } from "./purge.js";
import { knows, list, type AdmissionPage, type AdmissionQuery } from "./reading.js";

/**
 * The record. All methods reject with a `LogFault` where the store is away, and with an `Error` where a text that they need is
 * damaged or of another version.
 */
export interface Admissions {
  /**
   * Works out what a step of a room's log changes. Reads records and writes nothing: whoever asks writes the changes together
   * with the room's cursor, so that each event is recorded once.
   */
  collect(followed: Followed): Promise<readonly Change[]>;
  /** The record of a room by its id, oldest first. A room that is forgotten has its record all the same. */
  list(app: string, roomId: string, query: AdmissionQuery): Promise<AdmissionPage>;
  /** Whether there is any record of a room of this id. */
  knows(app: string, roomId: string): Promise<boolean>;
  /** Forgets entries older than the retention, in many small writes; answers how many. `now` in epoch milliseconds. */
  purge(app: string, now: number): Promise<number>;
}

/** What the record is made of. */
export interface AdmissionsOptions {
  readonly records: Records;
  /** How long an entry is kept, milliseconds. */
  readonly retentionMs: number;
}

/** Makes the record. It keeps nothing by itself, so there may be any number over the same records. */
export function createAdmissions({ records, retentionMs }: AdmissionsOptions): Admissions {
  return {
    collect: (followed) => collect(records, followed),
    list: (app, roomId, query) => list(records, app, roomId, query),
    knows: (app, roomId) => knows(records, app, roomId),
    purge: (app, now) => purge(records, app, now - retentionMs),
  };
}
