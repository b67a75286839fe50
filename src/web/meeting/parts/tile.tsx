/** One person: picture or initials, name, and how they stand. */
import { Icon } from "../../shared/icons.js";
import { describePerson } from "../model/people.js";
import type { TileView } from "../model/room-view.js";
import { Picture } from "./picture.js";

/** Draws a tile. What the small marks say is in its text for screen readers. */
export function Tile({ tile }: { readonly tile: TileView }) {
  const { name, local, video, speaking, online, trouble, handSince } = tile;
  const classes = ["tile", speaking ? "speaking" : "", online ? "" : "offline"];
  return (
    <li
      class={classes.filter((part) => part !== "").join(" ")}
      data-testid="tile"
      data-participant={tile.id}
      data-mic={tile.mic}
      data-webcam={tile.webcam}
      data-online={online}
    >
      <span class="visually-hidden">{describePerson(tile)}</span>
      <div class="tile-look" aria-hidden="true">
        {video === null ? (
          <span class="avatar large">{tile.initials}</span>
        ) : (
          <Picture stream={video} mirrored={local} label="" />
        )}
        <span class="tile-marks">
          {handSince === null ? null : (
            <span class="mark hand">
              <Icon name="hand" />
            </span>
          )}
          {online ? null : (
            <span class="mark">
              <Icon name="offline" />
            </span>
          )}
        </span>
        <Trouble online={online} trouble={trouble} />
        <span class="tile-name">
          {tile.mic === "on" ? null : <Icon name={tile.mic === "locked" ? "lock" : "micOff"} />}
          {tile.host ? <Icon name="host" /> : null}
          {tile.moderator ? <Icon name="shield" /> : null}
          <bdi>{local ? "You" : name}</bdi>
        </span>
      </div>
    </li>
  );
}

function Trouble({ online, trouble }: Pick<TileView, "online" | "trouble">) {
  if (!online) return <span class="tile-trouble">Connection lost, the seat is kept</span>;
  if (trouble === null) return null;
  return (
    <span class="tile-trouble">{trouble === "lost" ? "Picture and sound interrupted" : "Connecting…"}</span>
  );
}
