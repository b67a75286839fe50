/** Lists of the archive: an app's rooms and sessions, newest first, page by page (`docs/rules.md` H10, H11). */
import type { RangeQuery, Ranked, Records } from "../log/records.js";
import type { Page, PageQuery, SessionFilter, SessionRecord } from "./archive.js";
import {
  ongoingOf,
  roomsOf,
  sessionTextsOf,
  sessionsOf,
  sessionsOfParticipant,
  sessionsOfRoom,
} from "./names.js";
import { decodeSession } from "./stored.js";

/** Sessions that a scan reads at a time. */
const CHUNK = 500;

/** `Archive.rooms`. */
export async function listRooms(records: Records, app: string, query: PageQuery): Promise<Page<string>> {
  const { total, data } = await pageOf(records, roomsOf(app), {}, query);
  return { total, data: data.map(({ member }) => member) };
}

/**
 * `Archive.sessions`. Filters by room alone, by participant alone, by `ongoing` alone, each with times or without, are answered
 * from one index: a range, a count, and the sessions of the page. `ended`, and a participant, a room and a status together, are
 * answered by reading all sessions that the best index has, some hundred at a time, since the total is exact.
 */
export async function listSessions(
  records: Records,
  app: string,
  filter: SessionFilter,
  query: PageQuery,
): Promise<Page<SessionRecord>> {
  const { startedFrom, startedTo } = filter;
  const bounds = {
    ...(startedFrom === undefined ? {} : { min: startedFrom }),
    ...(startedTo === undefined ? {} : { max: startedTo }),
  };
  const { index, isMatch } = planOf(app, filter);
  if (isMatch !== null) return scan(records, app, { index, isMatch, bounds }, query);
  const { total, data } = await pageOf(records, index, bounds, query);
  return { total, data: await sessionsBy(records, app, data) };
}

type Bounds = Pick<RangeQuery, "min" | "max">;
type Match = (session: SessionRecord) => boolean;

/** The index with the fewest sessions besides those asked for, and what is still to be asked of each; null: nothing. */
function planOf(
  app: string,
  { participantId, roomId, status }: SessionFilter,
): { readonly index: string; readonly isMatch: Match | null } {
  const hasStatus: Match = ({ end }) => status === undefined || (end === null) === (status === "ongoing");
  if (participantId !== undefined) {
    const index = sessionsOfParticipant(app, participantId);
    if (roomId === undefined && status === undefined) return { index, isMatch: null };
    const inRoom: Match = (session) => roomId === undefined || session.roomId === roomId;
    return { index, isMatch: (session) => inRoom(session) && hasStatus(session) };
  }
  if (roomId !== undefined)
    return { index: sessionsOfRoom(app, roomId), isMatch: status === undefined ? null : hasStatus };
  if (status === "ongoing") return { index: ongoingOf(app), isMatch: null };
  return { index: sessionsOf(app), isMatch: status === undefined ? null : hasStatus };
}

async function pageOf(
  records: Records,
  index: string,
  bounds: Bounds,
  { page, perPage }: PageQuery,
): Promise<Page<Ranked>> {
  const [total, data] = await Promise.all([
    records.count(index, bounds),
    records.range(index, { ...bounds, descending: true, offset: (page - 1) * perPage, limit: perPage }),
  ]);
  return { total, data };
}

async function scan(
  records: Records,
  app: string,
  { index, isMatch, bounds }: { index: string; isMatch: Match; bounds: Bounds },
  { page, perPage }: PageQuery,
): Promise<Page<SessionRecord>> {
  // A session that begins meanwhile moves the others on, so that one is met twice.
  const found = new Map<string, SessionRecord>();
  for (let offset = 0; ; offset += CHUNK) {
    const some = await records.range(index, { ...bounds, descending: true, offset, limit: CHUNK });
    for (const session of await sessionsBy(records, app, some))
      if (isMatch(session)) found.set(session.id, session);
    if (some.length < CHUNK) break;
  }
  const first = (page - 1) * perPage;
  return { total: found.size, data: [...found.values()].slice(first, first + perPage) };
}

async function sessionsBy(
  records: Records,
  app: string,
  ranked: readonly Ranked[],
): Promise<readonly SessionRecord[]> {
  if (ranked.length === 0) return [];
  const ids = ranked.map(({ member }) => member);
  const texts = await records.fields(sessionTextsOf(app), ids);
  return ids.flatMap((id) => {
    const text = texts.get(id);
    // Forgotten since the index was read.
    return text === undefined ? [] : [decodeSession(text)];
  });
}
