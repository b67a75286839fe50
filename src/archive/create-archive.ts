/** The archive over the records of a store. */
import type { Records } from "../log/records.js";
import type { Archive } from "./archive.js";
import { collect } from "./collect.js";
import { byFirstJoining, shown } from "./entry.js";
import { listRooms, listSessions } from "./lists.js";
import { attendanceAt, roomsOf, sessionTextsOf } from "./names.js";
import { purgeEnded } from "./purge.js";
import { decodeEntries, decodeSession } from "./stored.js";

/** What an archive is made of. */
export interface ArchiveOptions {
  readonly records: Records;
  /** How long a session is kept after its end, milliseconds. */
  readonly retentionMs: number;
}

/** Makes an archive. It keeps nothing by itself, so there may be any number over the same records. */
export function createArchive({ records, retentionMs }: ArchiveOptions): Archive {
  const session: Archive["session"] = async (app, sessionId) => {
    const text = (await records.fields(sessionTextsOf(app), [sessionId])).get(sessionId);
    return text === undefined ? null : decodeSession(text);
  };
  return {
    collect: (followed) => collect(records, followed),
    rooms: (app, page) => listRooms(records, app, page),
    async forgetRoom({ app, room }) {
      await records.write([{ unrank: roomsOf(app), member: room }]);
    },
    sessions: (app, filter, page) => listSessions(records, app, filter, page),
    session,
    async attendance(app, sessionId) {
      const [found, texts] = await Promise.all([
        session(app, sessionId),
        records.fields(attendanceAt(app, sessionId)),
      ]);
      if (found === null) return [];
      return Array.from(decodeEntries(texts))
        .sort(byFirstJoining)
        .map(([participantId, entry]) => shown(participantId, entry, found));
    },
    purge: (app, now) => purgeEnded(records, app, now - retentionMs),
  };
}
