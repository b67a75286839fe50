import { roomName } from "../plan.js";
import type { RoomKey } from "../port.js";

/** The keys of one room. They share a hash tag, so that one script may use them all in a cluster. */
export interface RoomKeys {
  readonly head: string;
  readonly log: string;
  readonly snapshot: string;
  /** Name of the sharded channel, in the slot of the keys. */
  readonly channel: string;
}

/** Names every key of a store. `prefix` keeps stores on one server apart. */
export interface Keys {
  room(room: RoomKey): RoomKeys;
  /** Where the room id behind a customer's name is kept. */
  name(app: string, customRoomId: string): string;
  /** When each node was last heard of. */
  readonly nodesSeen: string;
  /** Which nodes have beaten and were not forgotten since; in the slot of `nodesSeen`. */
  readonly nodesKnown: string;
  /** What a node serves; in the slot of `nodesSeen`. */
  nodeRooms(node: string): string;
  /** A map or an index of the records. All share one slot, for any of them may meet in one write. */
  record(name: string): string;
}

/** Makes the keys of a store. Throws a `RangeError` for a prefix with braces, which would take the place of the hash tags. */
export function createKeys(prefix: string): Keys {
  if (/[{}]/.test(prefix)) throw new RangeError("the key prefix must not have braces");
  return {
    room(room) {
      const tag = `${prefix}{${roomName(room)}}`;
      return {
        head: `${tag}:head`,
        log: `${tag}:log`,
        snapshot: `${tag}:snapshot`,
        channel: `${tag}:channel`,
      };
    },
    name: (app, customRoomId) => `${prefix}name:${app}:${customRoomId}`,
    nodesSeen: `${prefix}{nodes}:seen`,
    nodesKnown: `${prefix}{nodes}:known`,
    nodeRooms: (node) => `${prefix}{nodes}:rooms:${node}`,
    record: (name) => `${prefix}{records}:${name}`,
  };
}
