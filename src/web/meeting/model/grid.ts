/** How many tiles stand beside each other, and how large they are. */

/** A grid of equal tiles. Lengths are in CSS pixels. */
export interface Grid {
  readonly columns: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** The tiles do not all fit at a size at which one still sees people; the area scrolls. */
  readonly scrolls: boolean;
}

/** Room between tiles. */
export const GAP = 8;
/** Below this width nobody is seen any more. */
const LEAST = 148;
/** The widest shape of a tile, and the narrowest: on an upright phone a tile may be upright too; elsewhere that would cut pictures off. */
const WIDEST = 16 / 9;
const narrowest = (width: number, height: number): number => (width > height ? 4 / 3 : 3 / 4);

/** The largest tiles with which `count` of them fit into the area; where they would be too small, as many columns as fit, and it scrolls. */
export function gridFor(count: number, width: number, height: number): Grid {
  const tiles = Math.max(1, count);
  let best: Grid | null = null;
  for (let columns = 1; columns <= tiles; columns += 1) {
    const rows = Math.ceil(tiles / columns);
    const roomX = (width - GAP * (columns - 1)) / columns;
    const roomY = (height - GAP * (rows - 1)) / rows;
    if (roomX < Math.min(LEAST, width) || roomY <= 0) continue;
    const grid = { columns, ...fitted(roomX, roomY, narrowest(width, height)), scrolls: false };
    if (grid.tileWidth < Math.min(LEAST, width)) continue;
    if (best === null || areaOf(grid) > areaOf(best)) best = grid;
  }
  return best ?? scrolling(width);
}

function scrolling(width: number): Grid {
  const columns = Math.max(1, Math.floor((width + GAP) / (LEAST + GAP)));
  const tileWidth = Math.floor((width - GAP * (columns - 1)) / columns);
  return { columns, tileWidth, tileHeight: Math.floor(tileWidth / (4 / 3)), scrolls: true };
}

function fitted(width: number, height: number, least: number): Pick<Grid, "tileWidth" | "tileHeight"> {
  const shape = Math.min(WIDEST, Math.max(least, width / height));
  const tileWidth = Math.min(width, height * shape);
  return { tileWidth: Math.floor(tileWidth), tileHeight: Math.floor(tileWidth / shape) };
}

function areaOf({ tileWidth, tileHeight }: Grid): number {
  return tileWidth * tileHeight;
}
