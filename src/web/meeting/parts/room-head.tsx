/** The line above the room: where one is, for how long, and whether it is locked. */
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../shared/icons.js";
import { useNow } from "../../shared/use-store.js";
import type { RoomView } from "../model/room-view.js";
import { clockSpan, count } from "../model/time.js";

interface RoomHeadProps {
  readonly view: RoomView;
  readonly roomId: string;
  readonly now: () => number;
  readonly onSettings: () => void;
}

/** Draws it. */
export function RoomHead({ view, roomId, now, onSettings }: RoomHeadProps) {
  const time = useNow(now);
  const title = useRef<HTMLHeadingElement>(null);
  // A screen reader begins here when the room follows the page before it.
  useEffect(() => title.current?.focus(), []);
  return (
    <header class="room-head">
      <h1 ref={title} tabIndex={-1} class="room-name" title={roomId}>
        <span class="visually-hidden">Meeting in room </span>
        {roomId}
      </h1>
      {view.locked ? (
        <span class="badge warn">
          <Icon name="lock" /> Locked
        </span>
      ) : null}
      {view.knocks.length > 0 ? (
        // On a phone a panel lies over those who knock; that somebody does is seen here.
        <span class="badge accent" data-testid="waiting-count">
          {view.knocks.length} waiting
        </span>
      ) : null}
      <span class="room-facts muted small">
        <span>{count(view.tiles.length, "person", "people")}</span>
        {view.startedAt === null ? null : (
          <span class="ticking" title="Since the meeting began">
            {clockSpan(time - view.startedAt)}
          </span>
        )}
      </span>
      <button
        type="button"
        class="button quiet square"
        aria-label="Devices"
        title="Camera, microphone, speaker"
        onClick={onSettings}
      >
        <Icon name="settings" />
      </button>
    </header>
  );
}
