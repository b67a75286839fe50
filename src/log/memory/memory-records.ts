import type { Change, Condition, Ranked, RangeQuery, Records } from "../records.js";
import { answering } from "./answering.js";

/** How often maps and indexes that expired without anybody looking are swept out, in ms. */
const SWEEP_EVERY_MS = 60_000;

/**
 * Records in this process's memory. `guard` throws once the store is closed; `now` answers epoch milliseconds. A call rejects
 * with a `TypeError` if a map is used as an index or the other way round, and with a `RangeError` for a number that no store
 * could keep or look for; both are bugs of the caller, and nothing was written.
 */
export function createMemoryRecords(now: () => number, guard: () => void): Records {
  const maps = new Map<string, Map<string, string>>();
  const indexes = new Map<string, Map<string, number>>();
  const expiries = new Map<string, number>();
  let time = now();
  let sweptAt = time;

  const inOneMoment = answering(() => {
    guard();
    // Read once: nothing may expire between a condition and the change that relies on it.
    time = now();
  });
  const forget = (name: string): void => {
    maps.delete(name);
    indexes.delete(name);
    expiries.delete(name);
  };
  const freshen = (name: string): void => {
    if ((expiries.get(name) ?? Infinity) <= time) forget(name);
  };
  const sweep = (): void => {
    if (time - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = time;
    for (const name of expiries.keys()) freshen(name);
  };

  const mapOf = (name: string): Map<string, string> => {
    freshen(name);
    if (indexes.has(name)) throw mistyped();
    return maps.get(name) ?? new Map<string, string>();
  };
  const indexOf = (name: string): Map<string, number> => {
    freshen(name);
    if (maps.has(name)) throw mistyped();
    return indexes.get(name) ?? new Map<string, number>();
  };
  const requireKinds = (steps: readonly (Condition | Change)[]): void => {
    const used = new Map<string, boolean>();
    for (const { name, isMap } of steps.flatMap(useOf)) {
      if (isMap) mapOf(name);
      else indexOf(name);
      if ((used.get(name) ?? isMap) !== isMap) throw mistyped();
      used.set(name, isMap);
    }
  };
  const holds = (condition: Condition): boolean =>
    "map" in condition
      ? (mapOf(condition.map).get(condition.field) ?? null) === condition.is
      : (indexOf(condition.index).get(condition.member) ?? null) === condition.is;
  const remove = (name: string, entry: string): void => {
    const all = maps.get(name) ?? indexes.get(name);
    all?.delete(entry);
    if (all?.size === 0) forget(name);
  };
  const expire = (name: string, ttlMs: number | null): void => {
    freshen(name);
    if (ttlMs === null) expiries.delete(name);
    else if (maps.has(name) || indexes.has(name)) expiries.set(name, time + Math.ceil(ttlMs));
    freshen(name);
  };

  const change = (one: Change): void => {
    if ("put" in one) maps.set(one.put, mapOf(one.put).set(one.field, one.text));
    else if ("drop" in one) remove(one.drop, one.field);
    // Minus nought becomes nought: Redis is not sent the difference.
    else if ("rank" in one) indexes.set(one.rank, indexOf(one.rank).set(one.member, one.score + 0));
    else if ("unrank" in one) remove(one.unrank, one.member);
    else if ("cap" in one) {
      const doomed = select(indexOf(one.cap), { descending: true, offset: one.keep });
      for (const { member } of doomed) remove(one.cap, member);
    } else if ("clear" in one) forget(one.clear);
    else expire(one.expire, one.ttlMs);
  };

  return {
    fields: (map, names) =>
      inOneMoment(() => {
        const all = mapOf(map);
        if (names === undefined) return new Map(all);
        return new Map(
          names.flatMap((name) => {
            const text = all.get(name);
            return text === undefined ? [] : [[name, text] as const];
          }),
        );
      }),
    range: (index, query = {}) => inOneMoment(() => select(indexOf(index), query)),
    count: (index, bounds = {}) => inOneMoment(() => within(indexOf(index), bounds).length),
    scores: (index, members) =>
      inOneMoment(() => {
        const all = indexOf(index);
        return members.map((member) => all.get(member) ?? null);
      }),
    write: (changes, conditions = []) =>
      inOneMoment(() => {
        const steps = [...conditions, ...changes];
        for (const step of steps) requireNumbers(step);
        sweep();
        requireKinds(steps);
        if (!conditions.every(holds)) return false;
        for (const one of changes) change(one);
        return true;
      }),
  };
}

/** Which name a condition or change uses as a map or as an index; none, if it takes either. */
function useOf(one: Condition | Change): { readonly name: string; readonly isMap: boolean }[] {
  if ("map" in one) return [{ name: one.map, isMap: true }];
  if ("put" in one) return [{ name: one.put, isMap: true }];
  if ("drop" in one) return [{ name: one.drop, isMap: true }];
  if ("index" in one) return [{ name: one.index, isMap: false }];
  if ("rank" in one) return [{ name: one.rank, isMap: false }];
  if ("unrank" in one) return [{ name: one.unrank, isMap: false }];
  if ("cap" in one) return [{ name: one.cap, isMap: false }];
  return [];
}

function requireNumbers(one: Condition | Change): void {
  const score = "index" in one ? one.is : "rank" in one ? one.score : null;
  if (score !== null && !Number.isFinite(score)) throw new RangeError(`records: no score: ${score}`);
  if ("cap" in one) requireWhole(one.keep);
  if ("expire" in one && one.ttlMs !== null && !Number.isSafeInteger(Math.ceil(one.ttlMs)))
    throw new RangeError(`records: no length of a life: ${one.ttlMs}`);
}

function requireWhole(number: number): void {
  if (!Number.isSafeInteger(number) || number < 0)
    throw new RangeError(`records: no number of members: ${number}`);
}

function mistyped(): TypeError {
  return new TypeError("records: a map is used as an index, or an index as a map");
}

function select(index: ReadonlyMap<string, number>, query: RangeQuery): Ranked[] {
  const { descending = false, offset = 0, limit = Infinity } = query;
  requireWhole(offset);
  if (limit !== Infinity) requireWhole(limit);
  const found = within(index, query).sort((a, b) => a.score - b.score || compareBytes(a.member, b.member));
  return (descending ? found.reverse() : found).slice(offset, offset + limit);
}

function within(
  index: ReadonlyMap<string, number>,
  { min = -Infinity, max = Infinity }: RangeQuery,
): Ranked[] {
  if (Number.isNaN(min) || Number.isNaN(max)) throw new RangeError("records: a bound is no number");
  return Array.from(index, ([member, score]) => ({ member, score })).filter(
    ({ score }) => score >= min && score <= max,
  );
}

/** As Redis orders: UTF-16, in which JavaScript compares, has the characters beyond its first 65,536 before some of those. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
