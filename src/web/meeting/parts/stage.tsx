/** Everybody's tiles, as large as they fit, and a shared screen beside them. */
import { useEffect, useRef, useState } from "preact/hooks";
import { GAP, gridFor } from "../model/grid.js";
import type { ShareView, TileView } from "../model/room-view.js";
import { Picture } from "./picture.js";
import { Tile } from "./tile.js";

interface StageProps {
  readonly tiles: readonly TileView[];
  readonly share: ShareView | null;
}

/** Draws the middle of the room. */
export function Stage({ tiles, share }: StageProps) {
  return (
    <div class={share === null ? "stage" : "stage with-share"}>
      {share === null ? null : (
        <figure class="share" data-testid="share">
          <Picture stream={share.stream} whole label={`Screen of ${share.name}`} />
          <figcaption class="tile-name">
            <bdi>Screen of {share.name}</bdi>
          </figcaption>
        </figure>
      )}
      <Tiles tiles={tiles} />
    </div>
  );
}

/** The grid measures its own place, so that a panel that opens, or a turned phone, is just another size. */
function Tiles({ tiles }: { readonly tiles: readonly TileView[] }) {
  const area = useRef<HTMLUListElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = area.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.offsetWidth, height: element.offsetHeight });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const grid = gridFor(tiles.length, size.width, size.height);
  const template = `repeat(${grid.columns}, ${grid.tileWidth}px)`;
  const known = size.width > 0;
  return (
    <ul
      ref={area}
      class={grid.scrolls ? "tiles scrolls" : "tiles"}
      aria-label="People in the meeting"
      // A list that scrolls must be reachable by keyboard.
      tabIndex={grid.scrolls ? 0 : undefined}
      style={{
        gap: `${GAP}px`,
        gridTemplateColumns: template,
        gridAutoRows: `${grid.tileHeight}px`,
        visibility: known ? "visible" : "hidden",
      }}
    >
      {tiles.map((tile) => (
        <Tile key={tile.id} tile={tile} />
      ))}
    </ul>
  );
}
