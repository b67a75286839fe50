/** From a step of a room's log to changes of the record (`docs/rules.md` Q1 to Q7). */
import type { Followed } from "../gateway/following.js";
import type { RoomKey } from "../log/port.js";
import type { Change, Records } from "../log/records.js";
import { derive, type Derived } from "./derive.js";
import type { AdmissionEntry, Happening } from "./entry.js";
import { UNKNOWN, peopleIn, type Known, type Present } from "./known.js";
import {
  FACTS,
  allOf,
  inAll,
  keyOf,
  knownOf,
  personField,
  personOfField,
  roomsOf,
  textsOf,
  timesOf,
} from "./names.js";
import { reconcile } from "./reconcile.js";
import { decodeEntry, decodeFacts, decodePresent, encode } from "./stored.js";

/** Entries of the same time that are read at once. */
const CHUNK = 500;

/** `Admissions.collect`. One round trip; where the room has had more than one epoch, it may be some more. */
export async function collect(records: Records, followed: Followed): Promise<readonly Change[]> {
  const needed = neededFor(followed);
  if (needed === null) return [];
  const before = await readKnown(records, followed.room, needed);
  const derived = followed.gap ? reconcile(before, followed) : derive(before, followed);
  const entries = await notYetTold(records, followed.room, derived, before);
  return [
    ...entryChanges(followed.room, entries),
    ...peopleChanges(followed.room, before.people, derived.after.people),
    ...factsChanges(followed.room, before.facts, derived.after.facts),
  ];
}

/** Whom the step needs to know; null: nothing of it is for the record. */
function neededFor({ events, gap }: Followed): readonly string[] | "all" | null {
  if (gap) return "all";
  const needed = events.map(({ event }) => peopleIn(event)).filter((ids) => ids !== null);
  if (needed.length === 0) return null;
  return needed.includes("all") ? "all" : [...new Set(needed.flat())];
}

async function readKnown(
  records: Records,
  { app, room }: RoomKey,
  needed: readonly string[] | "all",
): Promise<Known> {
  const map = knownOf(app, room);
  const texts = await (needed === "all"
    ? records.fields(map)
    : records.fields(map, [FACTS, ...needed.map(personField)]));
  const people = new Map<string, Present>();
  for (const [field, text] of texts) {
    const id = personOfField(field);
    if (id !== null) people.set(id, decodePresent(text));
  }
  const facts = texts.get(FACTS);
  return { facts: facts === undefined ? UNKNOWN : decodeFacts(facts), people };
}

/**
 * The entries without those that the record has from another epoch: after a loss of data, events are told again with their first
 * time, and where the records lost nothing these have been followed before (Q7).
 */
async function notYetTold(
  records: Records,
  room: RoomKey,
  { entries, after }: Derived,
  before: Known,
): Promise<readonly AdmissionEntry[]> {
  if (!after.facts.reopened) return entries;
  // What is only concluded from a loss is told by no event.
  const isTold = ({ what, reason }: AdmissionEntry): boolean => ![what, reason].includes("events-lost");
  const old = entries.filter((entry) => entry.at <= before.facts.newest && isTold(entry));
  if (old.length === 0) return entries;
  const told = new Set<string>();
  for (const at of new Set(old.map((entry) => entry.at)))
    for (const entry of await entriesAt(records, room, at)) told.add(sameness(entry));
  return entries.filter((entry) => !isTold(entry) || !told.has(sameness(entry)));
}

async function entriesAt(records: Records, { app, room }: RoomKey, at: number): Promise<AdmissionEntry[]> {
  const found: AdmissionEntry[] = [];
  for (let offset = 0; ; offset += CHUNK) {
    const some = await records.range(timesOf(app, room), { min: at, max: at, offset, limit: CHUNK });
    if (some.length === 0) return found;
    const texts = await records.fields(
      textsOf(app, room),
      some.map(({ member }) => member),
    );
    found.push(...Array.from(texts.values(), decodeEntry));
    if (some.length < CHUNK) return found;
  }
}

/** What two entries of the same thing have in common, and no others: whoever shows a token twice in a moment shows two. */
function sameness({ at, what, participantId, token, reason }: AdmissionEntry): string {
  const shown = SHOWS_TOKEN.has(what) ? token : null;
  return JSON.stringify([at, what, participantId, reason, shown]);
}

/** What these entries say of a token stands in their event; the others say what was known when they were made. */
const SHOWS_TOKEN: ReadonlySet<Happening> = new Set([
  "knocked",
  "reknocked",
  "joined",
  "rejoined",
  "refreshed",
]);

function entryChanges({ app, room }: RoomKey, entries: readonly AdmissionEntry[]): readonly Change[] {
  let place = 0;
  return entries.flatMap((entry, index): Change[] => {
    place = entries[index - 1]?.seq === entry.seq ? place + 1 : 0;
    const key = keyOf(entry, place);
    return [
      { put: textsOf(app, room), field: key, text: encode(entry) },
      { rank: timesOf(app, room), member: key, score: entry.at },
      { rank: allOf(app), member: inAll(room, key), score: entry.at },
    ];
  });
}

function peopleChanges(
  { app, room }: RoomKey,
  before: Known["people"],
  after: Known["people"],
): readonly Change[] {
  const map = knownOf(app, room);
  const gone = [...before.keys()].filter((id) => !after.has(id));
  const changed = [...after].filter(([id, one]) => {
    const then = before.get(id);
    return then === undefined || encode(then) !== encode(one);
  });
  return [
    ...gone.map((id): Change => ({ drop: map, field: personField(id) })),
    ...changed.map(([id, one]): Change => ({ put: map, field: personField(id), text: encode(one) })),
  ];
}

function factsChanges(
  { app, room }: RoomKey,
  before: Known["facts"],
  after: Known["facts"],
): readonly Change[] {
  const text = encode(after);
  if (encode(before) === text) return [];
  return [
    { put: knownOf(app, room), field: FACTS, text },
    { rank: roomsOf(app), member: room, score: after.newest },
  ];
}
