import { expect, test } from "@jest/globals";
import { LogFault } from "../../src/log/port.js";
import type { Change, Condition, Ranked, RangeQuery } from "../../src/log/records.js";
import { eventually } from "../support/eventually.js";
import { describeStore, type StoreKind } from "./log-fixture.js";

const SHORT_MS = 20;
const LONG_MS = 1_000_000;

const put = (field: string, text: string, map = "map"): Change => ({ put: map, field, text });
const rank = (member: string, score: number, index = "index"): Change => ({ rank: index, member, score });
const fieldIs = (field: string, is: string | null, map = "map"): Condition => ({ map, field, is });
const memberIs = (member: string, is: number | null): Condition => ({ index: "index", member, is });

/** Maps and indexes that change by compare-and-write (`src/log/records.ts`). */
export function recordsContract(kind: StoreKind): void {
  describeStore(kind, "records: writes", (fixture) => {
    test("what one store writes, another reads: all fields, or those named", async () => {
      const [{ records }, other] = [await fixture.connect(), await fixture.connect()];
      expect(await records.write([put("a", "1"), put("b", ""), put("", "3"), put("a", "4")])).toBe(true);
      const all = { a: "4", b: "", "": "3" };
      expect(Object.fromEntries(await other.records.fields("map"))).toEqual(all);
      expect(await other.records.fields("map", ["b", "no", "a", "b"])).toEqual(mapOf({ a: "4", b: "" }));
      expect(await other.records.fields("map", [])).toEqual(new Map());
    });

    test("a name that is not there reads as empty, and its conditions are those of nothing", async () => {
      const { records } = await fixture.connect();
      expect(await records.fields("no")).toEqual(new Map());
      expect(await records.fields("no", ["a"])).toEqual(new Map());
      expect(await records.range("no")).toEqual([]);
      expect(await records.count("no")).toBe(0);
      expect(await records.scores("no", ["a"])).toEqual([null]);
      expect(await records.scores("no", [])).toEqual([]);
      const gone: Change[] = [
        { drop: "no", field: "a" },
        { clear: "no" },
        { expire: "no", ttlMs: LONG_MS },
        { expire: "no", ttlMs: null },
      ];
      expect(await records.write(gone, [fieldIs("a", null, "no")])).toBe(true);
      expect(
        await records.write([
          { unrank: "no", member: "a" },
          { cap: "no", keep: 0 },
        ]),
      ).toBe(true);
      expect(await records.fields("no")).toEqual(new Map());
    });

    test("drop, unrank and clear take away what they name and nothing else", async () => {
      const { records } = await fixture.connect();
      await records.write([put("a", "1"), put("b", "2"), put("a", "1", "map2")]);
      await records.write([rank("x", 1), rank("y", 2), rank("x", 1, "index2")]);
      await records.write([
        { drop: "map", field: "a" },
        { unrank: "index", member: "x" },
      ]);
      expect(await records.fields("map")).toEqual(mapOf({ b: "2" }));
      expect(await records.scores("index", ["x", "y"])).toEqual([null, 2]);
      await records.write([{ clear: "map" }, { clear: "index" }]);
      expect(await records.fields("map")).toEqual(new Map());
      expect(await records.count("index")).toBe(0);
      expect(await records.fields("map2")).toEqual(mapOf({ a: "1" }));
      expect(await records.scores("index2", ["x"])).toEqual([1]);
    });

    test.each<[Condition, boolean]>([
      [fieldIs("a", "1"), true],
      [fieldIs("a", "01"), false],
      [fieldIs("a", ""), false],
      [fieldIs("a", null), false],
      [fieldIs("empty", ""), true],
      [fieldIs("empty", null), false],
      [fieldIs("no", null), true],
      [fieldIs("no", ""), false],
      [fieldIs("a", null, "no"), true],
      [fieldIs("a", "1", "no"), false],
      [memberIs("half", 0.5), true],
      [memberIs("half", 0.25), false],
      [memberIs("half", null), false],
      [memberIs("nought", 0), true],
      [memberIs("nought", -0), true],
      [memberIs("nought", null), false],
      [memberIs("third", 1 / 3), true],
      [memberIs("no", null), true],
      [memberIs("no", 0), false],
    ])("a write with the condition %j happens: %p", async (condition, happens) => {
      const { records } = await fixture.connect();
      await records.write([put("a", "1"), put("empty", "")]);
      await records.write([rank("half", 0.5), rank("nought", 0), rank("third", 1 / 3)]);
      expect(await records.write([], [condition])).toBe(happens);
      expect(await records.write([put("b", "2")], [fieldIs("a", "1"), condition])).toBe(happens);
      expect((await records.fields("map")).has("b")).toBe(happens);
    });

    test("one condition that fails, and nothing happens at all", async () => {
      const { records } = await fixture.connect();
      await records.write([put("a", "1"), rank("x", 1)]);
      const changes: Change[] = [put("a", "2"), rank("x", 2), { clear: "map" }, { cap: "index", keep: 0 }];
      const conditions = [fieldIs("a", "1"), memberIs("x", 1), fieldIs("a", "2")];
      expect(await records.write(changes, conditions)).toBe(false);
      expect(await records.fields("map")).toEqual(mapOf({ a: "1" }));
      expect(await records.scores("index", ["x"])).toEqual([1]);
      expect(await records.write([], [])).toBe(true);
    });

    test("changes happen in their order, after all conditions", async () => {
      const { records } = await fixture.connect();
      const changes: Change[] = [put("a", "1"), { clear: "map" }, put("b", "1"), put("b", "2")];
      const more: Change[] = [put("c", "1"), { drop: "map", field: "c" }, { drop: "map", field: "a" }];
      expect(await records.write([...changes, ...more], [fieldIs("a", null)])).toBe(true);
      expect(await records.fields("map")).toEqual(mapOf({ b: "2" }));
      await records.write([rank("x", 1), rank("y", 2), { cap: "index", keep: 1 }, rank("z", 0)]);
      expect(await records.range("index")).toEqual(ranked(["z", 0], ["y", 2]));
    });

    test("a name is a map or an index until it is gone; confusing them is an error, and changes nothing", async () => {
      const { records } = await fixture.connect();
      await records.write([put("a", "1"), rank("x", 1)]);
      const confused: readonly (() => Promise<unknown>)[] = [
        () => records.write([put("b", "2"), rank("x", 1, "map")]),
        () => records.write([put("b", "2"), put("b", "2", "index")]),
        () => records.write([put("b", "2")], [fieldIs("x", null, "index")]),
        () => records.write([put("b", "2"), put("a", "1", "new"), rank("x", 1, "new")]),
        () => records.write([{ clear: "map" }, rank("x", 1, "map")]),
        () => records.fields("index"),
        () => records.fields("index", ["x"]),
        () => records.fields("index", []),
        () => records.range("map"),
        () => records.count("map"),
        () => records.scores("map", ["a"]),
      ];
      for (const call of confused) await expect(call()).rejects.toThrow(TypeError);
      expect(await records.fields("map")).toEqual(mapOf({ a: "1" }));
      expect(await records.fields("new")).toEqual(new Map());
      await records.write([{ drop: "map", field: "a" }, { clear: "index" }]);
      expect(await records.write([rank("x", 1, "map"), put("a", "1", "index")])).toBe(true);
    });

    test("numbers that cannot be kept are an error, and change nothing", async () => {
      const { records } = await fixture.connect();
      const bad: readonly Change[] = [
        ...[NaN, Infinity, -Infinity].map((score) => rank("x", score)),
        ...[NaN, Infinity, -1, 0.5].map((keep) => ({ cap: "index", keep })),
        ...[NaN, Infinity, -Infinity, 1e300].map((ttlMs) => ({ expire: "map", ttlMs })),
      ];
      for (const change of bad) {
        await expect(records.write([put("a", "1"), change])).rejects.toThrow(RangeError);
      }
      await expect(records.write([put("a", "1")], [memberIs("x", NaN)])).rejects.toThrow(RangeError);
      expect(await records.fields("map")).toEqual(new Map());
    });

    test("any text is kept as it is, in names, fields and texts", async () => {
      const { records } = await fixture.connect();
      const odd = ["__proto__", "constructor", "ü 漢 😀", "a\0b\r\n", "{x}:*", " ", "10", "9"];
      for (const name of odd) {
        await records.write(odd.map((text) => put(text, `${text}!`, name)));
        expect(await records.fields(name)).toEqual(new Map(odd.map((text) => [text, `${text}!`])));
        expect(await records.fields(name, ["__proto__"])).toEqual(new Map([["__proto__", "__proto__!"]]));
        expect(await records.write([], [fieldIs("ü 漢 😀", "ü 漢 😀!", name)])).toBe(true);
      }
      await records.write(odd.map((text) => rank(text, 1)));
      expect((await records.range("index")).map(({ member }) => member).sort()).toEqual([...odd].sort());
      const large = "ü".repeat(1_000_000);
      await records.write([put("large", large)]);
      expect((await records.fields("map")).get("large") === large).toBe(true);
      expect(await records.write([{ drop: "map", field: "large" }], [fieldIs("large", large)])).toBe(true);
    });

    test("2,000 changes under 2,000 conditions are one write", async () => {
      const { records } = await fixture.connect();
      const numbers = Array.from({ length: 1_000 }, (_, index) => index);
      const changes = numbers.flatMap((n) => [put("a", `${n}`, `map${n}`), rank(`member${n}`, n)]);
      const conditions = numbers.flatMap((n) => [
        fieldIs("a", null, `map${n}`),
        memberIs(`member${n}`, null),
      ]);
      expect(await records.write(changes, conditions)).toBe(true);
      expect(await records.write(changes, conditions)).toBe(false);
      expect(await records.count("index")).toBe(1_000);
      const members = numbers.map((n) => `member${n}`);
      expect(await records.scores("index", members)).toEqual(numbers);
      expect(await records.fields("map999")).toEqual(mapOf({ a: "999" }));
      await records.write(numbers.map((n) => put(`field${n}`, `${n}`)));
      expect(
        (
          await records.fields(
            "map",
            numbers.map((n) => `field${n}`),
          )
        ).size,
      ).toBe(1_000);
    });

    test("of two nodes that race on the same condition exactly one wins", async () => {
      const stores = [await fixture.connect(), await fixture.connect()];
      for (let round = 0; round < 200; round += 1) {
        const conditions = [fieldIs("turn", round === 0 ? null : `${round - 1}`)];
        const racers = round % 2 === 0 ? [...stores.entries()] : [...stores.entries()].reverse();
        const won = await Promise.all(
          racers.map(async ([number, { records }]) => {
            const changes = [put("turn", `${round}`), put("winner", `${number}`)];
            return (await records.write(changes, conditions)) ? [`${number}`] : [];
          }),
        );
        const kept = await stores[0]?.records.fields("map", ["winner"]);
        expect(won.flat()).toEqual([kept?.get("winner")]);
      }
    });

    test("a closed store rejects with a fault", async () => {
      const store = await fixture.connect();
      const { records } = store;
      await store.close();
      const calls: readonly (() => Promise<unknown>)[] = [
        () => records.fields("map"),
        () => records.fields("map", []),
        () => records.range("index"),
        () => records.count("index"),
        () => records.scores("index", []),
        () => records.write([]),
        () => records.write([put("a", "1")], [fieldIs("a", null)]),
      ];
      for (const call of calls) await expect(call()).rejects.toThrow(LogFault);
    });
  });

  describeStore(kind, "records: lives", (fixture) => {
    test("a map or index that has outlived its time is gone", async () => {
      const { records } = await fixture.connect();
      const life = { ttlMs: SHORT_MS };
      // What is added later lives no longer.
      await records.write([put("a", "1"), { expire: "map", ...life }, put("b", "2")]);
      await records.write([rank("x", 1), { expire: "index", ...life }, rank("y", 2)]);
      await eventually(async () => expect(await records.fields("map")).toEqual(new Map()));
      await eventually(async () => expect(await records.range("index")).toEqual([]));
      expect(await records.write([], [fieldIs("a", null), memberIs("x", null)])).toBe(true);
      expect(await records.write([rank("x", 1, "map")])).toBe(true);
    });

    test("a life that is not above nought ends at once, and a fraction counts", async () => {
      const { records } = await fixture.connect();
      for (const ttlMs of [0, -1, -0.5]) {
        await records.write([put("a", "1"), { expire: "map", ttlMs }]);
        expect(await records.fields("map")).toEqual(new Map());
      }
      await records.write([put("a", "1"), { expire: "map", ttlMs: 0.5 }]);
      await eventually(async () => expect(await records.fields("map")).toEqual(new Map()));
    });

    test("a life may be lengthened and lifted, and ends with what it was set for", async () => {
      const { records } = await fixture.connect();
      const names = ["lengthened", "lifted", "cleared", "dropped", "last"];
      // In one write, so that a slow machine changes nothing.
      await records.write([
        ...names.flatMap((name): Change[] => [put("a", "1", name), { expire: name, ttlMs: SHORT_MS }]),
        { expire: "lengthened", ttlMs: LONG_MS },
        { expire: "lifted", ttlMs: null },
        { clear: "cleared" },
        put("a", "1", "cleared"),
        { drop: "dropped", field: "a" },
        put("a", "1", "dropped"),
      ]);
      await eventually(async () => expect(await records.fields("last")).toEqual(new Map()));
      for (const name of names.slice(0, -1)) {
        expect([name, await records.fields(name)]).toEqual([name, mapOf({ a: "1" })]);
      }
    });
  });

  describeStore(kind, "records: indexes", (fixture) => {
    test.each<[RangeQuery, string]>([
      [{}, "a b c d e"],
      [{ descending: true }, "e d c b a"],
      [{ min: 1, max: 2 }, "b c d"],
      [{ min: 1, max: 2, descending: true }, "d c b"],
      [{ min: 1.5 }, "d e"],
      [{ max: 1 }, "a b c"],
      [{ max: -0.5 }, "a"],
      [{ min: -Infinity, max: Infinity, limit: Infinity }, "a b c d e"],
      [{ min: 2, max: 1 }, ""],
      [{ min: 1e16 }, ""],
      [{ offset: 1, limit: 2 }, "b c"],
      [{ offset: 1, limit: 2, descending: true }, "d c"],
      [{ min: 1, offset: 1 }, "c d e"],
      [{ max: 2, limit: 1, descending: true }, "d"],
      [{ limit: 0 }, ""],
      [{ offset: 5 }, ""],
      [{ offset: 4, limit: 10 }, "e"],
    ])("a range %j is %p, and its bounds count", async (query, members) => {
      const { records } = await fixture.connect();
      await records.write([rank("e", 1e15), rank("c", 1), rank("b", 1), rank("a", -0.5), rank("d", 2)]);
      const found = await records.range("index", query);
      expect(found.map(({ member }) => member).join(" ")).toBe(members);
      const { offset, limit, ...bounds } = query;
      if (offset === undefined && limit === undefined) {
        expect(await records.count("index", bounds)).toBe(found.length);
      }
    });

    test("members of equal score come in the order of their text, by its bytes in UTF-8", async () => {
      const { records } = await fixture.connect();
      const members = ["", "A", "B", "a", "aa", "b", "ü", "漢", "\uFF5E", "😀"];
      await records.write([...members].reverse().map((member) => rank(member, 7)));
      const inOrder = ranked(...members.map((member) => [member, 7] as const));
      expect(await records.range("index")).toEqual(inOrder);
      expect(await records.range("index", { descending: true })).toEqual([...inOrder].reverse());
      await records.write([{ cap: "index", keep: 2 }]);
      expect(await records.range("index")).toEqual(inOrder.slice(-2));
    });

    test("scores return exactly", async () => {
      const { records } = await fixture.connect();
      const numbers = [0, -0, 0.5, 0.1, 1 / 3, -2.75, 1_760_000_000_000, 1_760_000_000_000.25];
      const extremes = [2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e21, 1e-7, 5e-324, Number.MAX_VALUE];
      const all = [...numbers, ...extremes];
      await records.write(all.map((score, at) => rank(`m${at}`, score)));
      const kept = await records.scores(
        "index",
        [...all.keys(), "no"].map((at) => `m${at}`),
      );
      // Minus nought is nought.
      expect(kept).toEqual([...all.map((score) => score + 0), null]);
      expect(new Map((await records.range("index")).map(({ member, score }) => [member, score]))).toEqual(
        new Map(all.map((score, at) => [`m${at}`, score + 0])),
      );
      for (const [at, score] of all.entries()) {
        const conditions = [memberIs(`m${at}`, score)];
        expect([score, await records.write([rank(`m${at}`, score)], conditions)]).toEqual([score, true]);
        expect(await records.count("index", { min: score, max: score })).toBeGreaterThan(0);
      }
    });

    test.each([0, 1, 2, 3, 4])("a cap of %d keeps the highest of three", async (keep) => {
      const { records } = await fixture.connect();
      await records.write([rank("c", 3), rank("a", 1), rank("b", 2), { cap: "index", keep }]);
      const kept = ranked(["a", 1], ["b", 2], ["c", 3]).slice(Math.max(0, 3 - keep));
      expect(await records.range("index")).toEqual(kept);
    });

    test("ranges that nobody can mean are an error", async () => {
      const { records } = await fixture.connect();
      const queries = [
        { min: NaN },
        { max: NaN },
        { offset: -1 },
        { offset: 0.5 },
        { limit: -1 },
        { limit: NaN },
      ];
      for (const query of queries) await expect(records.range("index", query)).rejects.toThrow(RangeError);
      await expect(records.count("index", { min: NaN })).rejects.toThrow(RangeError);
    });
  });
}

function mapOf(fields: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(fields));
}

function ranked(...pairs: readonly (readonly [member: string, score: number])[]): Ranked[] {
  return pairs.map(([member, score]) => ({ member, score }));
}
