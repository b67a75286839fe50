import { parseRoomName, roomName } from "../plan.js";
import type { NodeDirectory, RoomDirectory } from "../port.js";
import type { Keys } from "./keys.js";
import type { Link } from "./link.js";
import { listOf, numberOf, taggedOf, textOf } from "./replies.js";
import { runScript, scripts } from "./scripts.js";

/** Customers' names of rooms: one key each, which never expires. */
export function createRedisRoomDirectory(link: Link, keys: Keys): RoomDirectory {
  return {
    async name(app, customRoomId, roomId) {
      const key = keys.name(app, customRoomId);
      const bound: unknown = await link.run((client) =>
        client.sendCommand(["SET", key, roomId, "NX", "GET"]),
      );
      return bound === null ? roomId : textOf(bound);
    },
    async rename(app, customRoomId, from, to) {
      const reply = await runScript(link, scripts.rename, [keys.name(app, customRoomId)], [from, to]);
      return textOf(taggedOf(reply, ["bound"]).rest[0]);
    },
    async named(app, customRoomId) {
      const key = keys.name(app, customRoomId);
      const bound: unknown = await link.run((client) => client.sendCommand(["GET", key]));
      return bound === null ? null : textOf(bound);
    },
  };
}

/** Nodes by the server's clock, so that nodes whose own clocks differ agree on who is silent. */
export function createRedisNodeDirectory(link: Link, keys: Keys): NodeDirectory {
  return {
    async beat(node, ttlMs) {
      const reply = await runScript(
        link,
        scripts.beat,
        [keys.nodesSeen, keys.nodesKnown],
        [node, String(ttlMs)],
      );
      const { tag, rest } = taggedOf(reply, ["known", "new"]);
      return { now: numberOf(rest[0]), dead: listOf(rest[1]).map(textOf), known: tag === "known" };
    },
    async serve(node, room) {
      const both = [keys.nodesSeen, keys.nodeRooms(node)];
      taggedOf(await runScript(link, scripts.serve, both, [node, roomName(room)]), ["noted"]);
    },
    async release(node, room) {
      const name = roomName(room);
      await link.run((client) => client.sendCommand(["SREM", keys.nodeRooms(node), name]));
    },
    async served(node) {
      const names: unknown = await link.run((client) => client.sMembers(keys.nodeRooms(node)));
      return listOf(names).map((name) => parseRoomName(textOf(name)));
    },
    async forget(node) {
      const all = [keys.nodesSeen, keys.nodeRooms(node), keys.nodesKnown];
      taggedOf(await runScript(link, scripts.forget, all, [node]), ["forgotten"]);
    },
  };
}
