import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { decodeTolerantly } from "../../../src/kit/tolerant.js";

const inner = z.strictObject({ kind: z.literal("a"), list: z.array(z.strictObject({ n: z.number() })) });
const shape = z.strictObject({
  inner,
  either: z.union([
    z.strictObject({ on: z.literal(false) }),
    z.strictObject({ on: z.literal(true), by: z.string() }),
  ]),
});
const good = { inner: { kind: "a", list: [{ n: 1 }, { n: 2 }] }, either: { on: true, by: "ann" } } as const;

describe("answers of a newer gateway", () => {
  test("what is not known is left out, wherever it is", () => {
    const newer = {
      ...{
        extra: 1,
        inner: {
          ...good.inner,
          extra: {},
          list: [
            { n: 1, extra: 1 },
            { n: 2, more: [] },
          ],
        },
      },
      either: { ...good.either, extra: null },
    };
    expect(decodeTolerantly(shape, newer)).toEqual({ value: good });
  });

  test("what fits is as it was", () => {
    expect(decodeTolerantly(shape, good)).toEqual({ value: good });
  });

  test.each([
    ["something is missing", { inner: good.inner }],
    ["something is of another kind", { ...good, inner: { kind: "a", list: [{ n: "1" }] } }],
    ["something is missing beside what is not known", { ...good, either: { on: true, extra: 1 } }],
    ["a name that is not known", { ...good, inner: { ...good.inner, kind: "b" } }],
    ["no object", []],
    ["nothing", null],
  ])("%s: no answer", (_name, value) => {
    expect(decodeTolerantly(shape, value)).toBeNull();
  });
});
