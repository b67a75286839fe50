/**
 * Random sequences of writes and reads give the same answers on Redis as in memory. A failing run prints its seed; set
 * ADMITONE_SEED to it to see the same run again.
 */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import { LogFault, type Store } from "../../src/log/port.js";
import type { Change, Condition, RangeQuery, Records } from "../../src/log/records.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { connectAdmin, type RedisAdmin } from "../support/redis-admin.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";

const RUNS = 300;
const LIMIT_MS = 20_000;
const named = Number(process.env["ADMITONE_SEED"] ?? NaN);
const seed = Number.isSafeInteger(named) ? named : Math.floor(Math.random() * 2 ** 31);

/** One thing to do with records; what it answers is to be the same everywhere. */
type Deed =
  | { readonly changes: readonly Change[]; readonly conditions: readonly Condition[] }
  | { readonly fields: string; readonly names: readonly string[] | null }
  | { readonly range: string; readonly query: RangeQuery }
  | { readonly count: string; readonly bounds: Pick<RangeQuery, "min" | "max"> }
  | { readonly scores: string; readonly members: readonly string[] }
  /** Redis alone: the server forgets all scripts. */
  | { readonly flush: true };

let server: RedisServer;
let redis: Store;
let admin: RedisAdmin;

beforeAll(async () => {
  server = await startRedis();
  redis = await connectRedisStore({ url: server.url, prefix: "ao:" });
  admin = await connectAdmin(server.url);
});

afterAll(async () => {
  await redis.close();
  admin.close();
  await server.stop();
});

// Few of each, so that deeds meet; some texts that JavaScript and Redis order differently.
const map = fc.constantFrom("map1", "map2");
const index = fc.constantFrom("index1", "index2");
const either = fc.oneof(map, index);
const text = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("", "a", "__proto__", "ü", "\uFF5E", "😀") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
);
const score = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(-1, 0, 0.5, 1, 1_760_000_000_000) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
);
const bound = fc.oneof(score, fc.constantFrom(-Infinity, Infinity));
// Lives that end at once or never within a run: what lies between is up to the clock.
const ttlMs = fc.constantFrom(null, 0, -5, 1_000_000);

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ map, field: text, is: fc.option(text) }),
  fc.record({ index, member: text, is: fc.option(score) }),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ put: map, field: text, text }) },
  { weight: 20, arbitrary: fc.record({ rank: index, member: text, score }) },
  { weight: 5, arbitrary: fc.record({ drop: map, field: text }) },
  { weight: 5, arbitrary: fc.record({ unrank: index, member: text }) },
  { weight: 5, arbitrary: fc.record({ cap: index, keep: fc.nat(4) }) },
  { weight: 5, arbitrary: fc.record({ clear: either }) },
  { weight: 5, arbitrary: fc.record({ expire: either, ttlMs }) },
  // Wrong on purpose; seldom, for it makes the whole write an error.
  { weight: 1, arbitrary: fc.record({ rank: map, member: text, score }) },
);
const query: fc.Arbitrary<RangeQuery> = fc.record(
  { min: bound, max: bound, descending: fc.boolean(), offset: fc.nat(3), limit: fc.nat(4) },
  { requiredKeys: [] },
);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      changes: fc.array(change, { maxLength: 8 }),
      conditions: fc.oneof(fc.constant([]), fc.array(condition, { maxLength: 2 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ fields: either, names: fc.option(fc.array(text, { maxLength: 3 })) }) },
  { weight: 2, arbitrary: fc.record({ range: index, query }) },
  { weight: 1, arbitrary: fc.record({ count: either, bounds: query }) },
  { weight: 1, arbitrary: fc.record({ scores: index, members: fc.array(text, { maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ flush: fc.constant(true as const) }) },
);

test("memory and Redis answer the same to whatever is written and read", async () => {
  const told = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 25 }), async (deeds) => {
      await admin.send("FLUSHALL");
      const model = createMemoryStore({ now: () => Date.now() });
      for (const one of deeds) {
        if ("flush" in one) await admin.send("SCRIPT", "FLUSH");
        const expected = await outcomeOf(model.records, one);
        expect(await outcomeOf(redis.records, one)).toEqual(expected);
        if ("changes" in one) told.set(String(expected), (told.get(String(expected)) ?? 0) + 1);
        expect(await allOf(redis.records)).toEqual(await allOf(model.records));
      }
    }),
    { numRuns: RUNS, seed, interruptAfterTimeLimit: LIMIT_MS },
  );
  process.stdout.write(`records: seed ${seed}, writes ${JSON.stringify(Object.fromEntries(told))}\n`);
  // The sequences must reach every outcome, or they prove little.
  expect([...told.keys()].sort()).toEqual(["TypeError", "false", "true"]);
});

test("SCRIPT FLUSH between writes changes nothing", async () => {
  await admin.send("FLUSHALL");
  for (let round = 0; round < 20; round += 1) {
    const flushed = admin.send("SCRIPT", "FLUSH");
    const is = round === 0 ? null : `${round - 1}`;
    const conditions = [{ map: "map", field: "turn", is }];
    const changes = [{ put: "map", field: "turn", text: `${round}` }];
    expect(await redis.records.write(changes, conditions)).toBe(true);
    expect(await redis.records.write(changes, conditions)).toBe(false);
    await flushed;
  }
});

test("all records of a store share one hash tag, and nothing is left of those that are empty", async () => {
  await admin.send("FLUSHALL");
  const { records } = redis;
  const rank = { rank: "due:{b}", member: "x", score: 1 };
  await records.write(
    [{ put: "session:a", field: "f", text: "1" }, rank],
    [{ map: "c", field: "f", is: null }],
  );
  expect(await admin.keys()).toEqual(["ao:{records}:due:{b}", "ao:{records}:session:a"]);
  await records.write([
    { drop: "session:a", field: "f" },
    { cap: "due:{b}", keep: 0 },
  ]);
  expect(await admin.keys()).toEqual([]);
});

test("a server that is full makes all changes or none", async () => {
  await admin.send("FLUSHALL");
  const { records } = redis;
  await records.write([{ put: "map", field: "old", text: "1" }]);
  await admin.send("CONFIG", "SET", "maxmemory", "1");
  const put: Change = { put: "map", field: "a", text: "1" };
  const drop: Change = { drop: "map", field: "old" };
  await expect(records.write([put, drop])).rejects.toBeInstanceOf(LogFault);
  expect(Object.fromEntries(await records.fields("map"))).toEqual({ old: "1" });
  // Redis lets a script go on that began with what frees memory.
  expect(await records.write([drop, put])).toBe(true);
  expect(Object.fromEntries(await records.fields("map"))).toEqual({ a: "1" });
  await admin.send("CONFIG", "SET", "maxmemory", "0");
});

/** What a deed answers, or the name of the error that it rejects with. */
async function outcomeOf(records: Records, one: Deed): Promise<unknown> {
  try {
    if ("changes" in one) return await records.write(one.changes, one.conditions);
    if ("fields" in one) return await records.fields(one.fields, ...(one.names === null ? [] : [one.names]));
    if ("range" in one) return await records.range(one.range, one.query);
    if ("count" in one) return await records.count(one.count, one.bounds);
    if ("scores" in one) return await records.scores(one.scores, one.members);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

/** Everything that is kept. */
async function allOf(records: Records): Promise<unknown> {
  const maps = ["map1", "map2"].map((name) => outcomeOf(records, { fields: name, names: null }));
  const indexes = ["index1", "index2"].map((name) => outcomeOf(records, { range: name, query: {} }));
  return Promise.all([...maps, ...indexes]);
}
