import { createArchive } from "../../src/archive/create-archive.js";
import type { Archive } from "../../src/archive/archive.js";
import type { Records } from "../../src/log/records.js";
import { FollowedRoom, type Names } from "../unit/archive/support.js";

/** Answers records that nothing is in yet. */
export type EmptyRecords = () => Promise<Records>;

/** How long the archives of these tests keep what is over. */
export const RETENTION_MS = 3_600_000;

/** An archive with nothing in it, and the rooms that are followed into it. */
export interface Filled {
  readonly records: Records;
  readonly archive: Archive;
  /** Creates a room whose log is followed into this archive. */
  readonly room: (names?: Names) => FollowedRoom;
}

export async function emptyArchive(empty: EmptyRecords): Promise<Filled> {
  const records = await empty();
  const archive = createArchive({ records, retentionMs: RETENTION_MS });
  return { records, archive, room: (names) => new FollowedRoom(records, archive, names) };
}
