/** The geometry of plots. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  across,
  areaPath,
  dotsPath,
  down,
  linePath,
  niceTop,
  ticks,
} from "../../../../src/web/console/plot/paths.js";

const FRAME = { width: 100, height: 50, from: 0, to: 10, top: 10 };

describe("plots", () => {
  test("a line goes through its points", () => {
    const points = [
      { at: 0, value: 0 },
      { at: 5, value: 10 },
      { at: 10, value: 5 },
    ];
    expect(linePath(points, FRAME)).toBe("M0 50L50 0L100 25");
    expect(areaPath(points, FRAME)).toBe("M0 50L0 50L50 0L100 25L100 50Z");
  });

  test("a line breaks where a value is missing, and does not fall to zero", () => {
    const points = [
      { at: 0, value: 10 },
      { at: 2, value: 10 },
      { at: 4, value: null },
      { at: 6, value: 10 },
      { at: 8, value: 10 },
    ];
    expect(linePath(points, FRAME)).toBe("M0 0L20 0M60 0L80 0");
    expect(areaPath(points, FRAME)).toBe("M0 50L0 0L20 0L20 50ZM60 50L60 0L80 0L80 50Z");
  });

  test("a point alone is a dot, on no line and above no area", () => {
    const alone = [
      { at: 0, value: null },
      { at: 5, value: 5 },
    ];
    expect([linePath(alone, FRAME), areaPath(alone, FRAME)]).toEqual(["", ""]);
    expect(dotsPath(alone, FRAME)).toBe("M50 25h0");
    const together = [...alone, { at: 6, value: 5 }];
    expect(dotsPath(together, FRAME)).toBe("");
    expect(linePath(together, FRAME)).toBe("M50 25L60 25");
    expect(linePath([{ at: 5, value: null }], FRAME)).toBe("");
  });

  test("nothing is drawn outside of the frame", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (at, value) => {
        const [x, y] = [across(FRAME, at), down(FRAME, value)];
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(100);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(50);
      }),
    );
  });

  test.each([
    [[], 2],
    [[null, 0, 1], 2],
    [[2], 4],
    [[9], 10],
    [[10], 20],
    [[37, null], 40],
    [[99], 100],
    [[1_234], 2_000],
  ])("above %j the edge is %d", (values, top) => {
    expect(niceTop(values)).toBe(top);
  });

  test("marks stand at round times within the axis, and there are not too many", () => {
    expect(ticks(1_500, 10_500, 5)).toEqual([2_000, 4_000, 6_000, 8_000, 10_000]);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e12 }),
        fc.integer({ min: 1, max: 3e9 }),
        fc.integer({ min: 1, max: 10 }),
        (from, length, most) => {
          const found = ticks(from, from + length, most);
          expect(found.length).toBeLessThanOrEqual(most);
          for (const at of found) {
            expect(at).toBeGreaterThanOrEqual(from);
            expect(at).toBeLessThanOrEqual(from + length);
            expect(at % 1_000).toBe(0);
          }
        },
      ),
    );
  });
});
