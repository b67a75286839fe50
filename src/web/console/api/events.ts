/** What happened in a room, and waiting for what happens next. */
import { pathOf, type Ask } from "./client.js";
import type { Place } from "./live.js";
import type { Reader } from "./reader.js";

/** An event of a room's log. `body` has the members that go with its type. */
export interface RoomEvent {
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly type: string;
  readonly body: Reader;
}

/** Events in the order of their numbers, none left out. */
export interface RoomEvents {
  readonly events: readonly RoomEvent[];
  /** `<epoch>:<seq>`: where to go on. */
  readonly next: string;
}

/** How long the gateway keeps an answer back for the next event, seconds. */
const WAIT_SECONDS = 25;

/** The events after `since`; where there is none yet, the next one, if it comes in time. Refused with `history_gone`. */
export function followEvents({ app, roomId }: Place, since: string): Ask<RoomEvents> {
  return {
    method: "GET",
    path: pathOf`/v2/rooms/${roomId}/events`,
    query: { since, wait: WAIT_SECONDS, limit: 500 },
    app,
    heldMs: WAIT_SECONDS * 1_000,
    read: (answer) => ({ events: answer.list("events", readEvent), next: answer.text("next") }),
  };
}

/** A place so many events before this one, in the same epoch. */
export function before(position: string, events: number): string {
  const at = position.lastIndexOf(":");
  const seq = Number(position.slice(at + 1));
  return `${position.slice(0, at)}:${Math.max(0, seq - events)}`;
}

/** Reads an event. */
export function readEvent(event: Reader): RoomEvent {
  return { seq: event.number("seq"), at: event.instant("at"), type: event.text("type"), body: event };
}
