import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { GAP, gridFor } from "../../../../src/web/meeting/model/grid.js";

const area = { width: fc.integer({ min: 300, max: 3_000 }), height: fc.integer({ min: 200, max: 2_000 }) };

describe("The grid of tiles", () => {
  test("fits everybody into its area, or says that it scrolls", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), area.width, area.height, (count, width, height) => {
        const { columns, tileWidth, tileHeight, scrolls } = gridFor(count, width, height);
        const rows = Math.ceil(count / columns);
        expect(columns * tileWidth + (columns - 1) * GAP).toBeLessThanOrEqual(width);
        expect(tileWidth).toBeGreaterThan(0);
        expect(tileHeight).toBeGreaterThan(0);
        if (!scrolls) expect(rows * tileHeight + (rows - 1) * GAP).toBeLessThanOrEqual(height);
      }),
    );
  });

  test("never shows anybody too small to be seen", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), area.width, area.height, (count, width, height) => {
        expect(gridFor(count, width, height).tileWidth).toBeGreaterThanOrEqual(140);
      }),
    );
  });

  test.each([
    [1, 1, 1],
    [2, 2, 1],
    [4, 2, 2],
    [6, 3, 2],
    [20, 5, 4],
  ])("puts %i people on a wide screen into %i columns and %i rows, all in view", (count, columns, rows) => {
    const grid = gridFor(count, 1_896, 950);
    expect([grid.columns, Math.ceil(count / grid.columns), grid.scrolls]).toEqual([columns, rows, false]);
  });

  test("puts two people on a phone below each other, and scrolls with twenty", () => {
    expect(gridFor(2, 344, 600)).toMatchObject({ columns: 1, scrolls: false });
    expect(gridFor(20, 344, 600)).toMatchObject({ columns: 2, scrolls: true });
  });

  test("answers something for a place that has no size yet", () => {
    const { columns, tileWidth } = gridFor(3, 0, 0);
    expect(columns).toBe(1);
    expect(tileWidth).toBeGreaterThanOrEqual(0);
  });
});
