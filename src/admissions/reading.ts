/** Reading the record of a room: oldest first, page by page (`docs/rules.md` Q2, Q10). */
import type { Ranked, Records } from "../log/records.js";
import type { AdmissionEntry } from "./entry.js";
import { textsOf, timesOf } from "./names.js";
import { decodeEntry } from "./stored.js";

/** Entries looked up at a time. */
const CHUNK = 500;

/** A place in a room's record, behind one entry. Its text is opaque to whoever holds it. */
export interface Cursor {
  readonly at: number;
  readonly key: string;
}

/** Which entries to read. Times are epoch milliseconds, both inclusive; what is not given is not asked. */
export interface AdmissionQuery {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** At most so many; at least 1. */
  readonly limit: number;
  /** Only what comes behind it. */
  readonly after?: Cursor | undefined;
}

/** Some entries, oldest first. */
export interface AdmissionPage {
  readonly entries: readonly AdmissionEntry[];
  /** Where to go on; null: these were the last that fit. */
  readonly next: Cursor | null;
}

/** The text of a place. */
export function cursorText({ at, key }: Cursor): string {
  return `${at}:${key}`;
}

/** A place from its text; null: it is none. Whether there is an entry at the place is not asked. */
export function cursorFrom(text: string): Cursor | null {
  const found = /^(\d{1,16}):(\d{15}:\d{6}:[A-Za-z0-9_.-]{1,64})$/.exec(text);
  return found?.[2] === undefined ? null : { at: Number(found[1]), key: found[2] };
}

/** `Admissions.list`. */
export async function list(
  records: Records,
  app: string,
  roomId: string,
  { from = -Infinity, to = Infinity, limit, after }: AdmissionQuery,
): Promise<AdmissionPage> {
  const found: { readonly entry: AdmissionEntry; readonly cursor: Cursor }[] = [];
  let last: Cursor = after ?? { at: -Infinity, key: "" };
  let offset = 0;
  while (found.length <= limit) {
    const min = Math.max(from, last.at);
    const ranked = await records.range(timesOf(app, roomId), { min, max: to, offset, limit: CHUNK });
    const { at, key } = last;
    // Many entries may have the time of the one before.
    const behind = ranked.filter(({ member, score }) => score > at || member > key);
    found.push(
      ...(await entriesOf(records, textsOf(app, roomId), behind.slice(0, limit + 1 - found.length))),
    );
    const end = ranked.at(-1);
    if (end === undefined || ranked.length < CHUNK) break;
    // Going on from the last one, not by counting: the oldest may be forgotten meanwhile.
    offset = end.score > min ? 0 : offset + CHUNK;
    if (behind.length > 0) last = { at: end.score, key: end.member };
  }
  const page = found.slice(0, limit);
  const next = found.length > limit ? (page.at(-1)?.cursor ?? null) : null;
  return { entries: page.map(({ entry }) => entry), next };
}

async function entriesOf(records: Records, map: string, ranked: readonly Ranked[]) {
  if (ranked.length === 0) return [];
  const texts = await records.fields(
    map,
    ranked.map(({ member }) => member),
  );
  return ranked.flatMap(({ member: key, score: at }) => {
    const text = texts.get(key);
    // Forgotten since the index was read.
    return text === undefined ? [] : [{ entry: decodeEntry(text), cursor: { at, key } }];
  });
}

/** `Admissions.knows`. */
export async function knows(records: Records, app: string, roomId: string): Promise<boolean> {
  return (await records.range(timesOf(app, roomId), { limit: 1 })).length > 0;
}
