import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Table } from "../../../src/room/table.js";

type Change = readonly ["set" | "delete" | "push", number, number];

const key = fc.nat({ max: 40 });
const change: fc.Arbitrary<Change> = fc.tuple(fc.constantFrom("set", "delete", "push"), key, fc.nat());

describe("a table is a map that stays as it was", () => {
  test("the same content, order and size as a Map, from any start, with folds and without", () => {
    fc.assert(
      fc.property(fc.uniqueArray(key), fc.array(change, { maxLength: 120 }), (start, changes) => {
        const entries = start.map((id) => [String(id), id] as const);
        const model = new Map<string, number>(entries);
        let table = Table.of(entries);
        for (const [how, id, value] of changes) {
          const name = String(id);
          if (how === "delete") {
            model.delete(name);
            table = table.delete(name);
          } else if (how === "set") {
            model.set(name, value);
            table = table.set(name, value);
          } else {
            const max = 1 + (value % 20);
            model.delete(name);
            model.set(name, value);
            for (const oldest of [...model.keys()].slice(0, Math.max(0, model.size - max)))
              model.delete(oldest);
            table = table.push(name, value, max);
          }
          expect(table.size).toBe(model.size);
          expect(table.has(name)).toBe(model.has(name));
          expect(table.get(name)).toBe(model.get(name));
        }
        expect([...table.entries()]).toEqual([...model]);
        expect([...table.keys()]).toEqual([...model.keys()]);
        expect([...table.values()]).toEqual([...model.values()]);
      }),
      { numRuns: 1_000 },
    );
  });

  test("a change leaves the table before it as it was", () => {
    fc.assert(
      fc.property(fc.uniqueArray(key), fc.array(change, { maxLength: 60 }), (start, changes) => {
        let table = Table.of(start.map((id) => [String(id), id] as const));
        for (const [how, id, value] of changes) {
          const before = table;
          const text = JSON.stringify([...before.entries()]);
          table = how === "delete" ? table.delete(String(id)) : table.set(String(id), value);
          expect(JSON.stringify([...before.entries()])).toBe(text);
        }
      }),
      { numRuns: 200 },
    );
  });
});
