/** Two histories of a room, and what a recovery makes of them. */
import type { EventType } from "../../../src/protocol/events.js";
import { HOST, Room, yes } from "./support.js";

/** What the recovery of the last fork asserted. */
export const asserted: EventType[] = [];

/**
 * Two histories that part: `log` goes on as the room, `lost` on a node whose events the log does not have. Its events are
 * asserted twice, as by two nodes that held them.
 */
export function fork(
  before: (room: Room) => void,
  lost: (room: Room) => void,
  log: (room: Room) => void,
  room = new Room(),
): Room {
  room.join("mod", HOST);
  before(room);
  const common = { state: room.state, length: room.log.length };
  lost(room);
  const missing = room.log.splice(common.length);
  room.state = common.state;
  log(room);
  const recover = () => yes(room.gateway({ type: "recover", events: missing })).events;
  asserted.splice(0, asserted.length, ...recover().map(({ type }) => type));
  recover();
  return room;
}
