import { parseRoomName, roomName } from "../plan.js";
import { answering } from "./answering.js";
import type { NodeDirectory, RoomDirectory, RoomKey } from "../port.js";

/** Names of rooms, for as long as the process lives. `guard` throws once the store is closed. */
export function createMemoryRoomDirectory(guard: () => void): RoomDirectory {
  const names = new Map<string, string>();
  const answer = answering(guard);
  return {
    name: (app, customRoomId, roomId) =>
      answer(() => {
        const key = `${app}:${customRoomId}`;
        const bound = names.get(key) ?? roomId;
        names.set(key, bound);
        return bound;
      }),
    rename: (app, customRoomId, from, to) =>
      answer(() => {
        const key = `${app}:${customRoomId}`;
        const bound = names.get(key) ?? from;
        const next = bound === from ? to : bound;
        names.set(key, next);
        return next;
      }),
    named: (app, customRoomId) => answer(() => names.get(`${app}:${customRoomId}`) ?? null),
  };
}

/** Nodes that share this store. `guard` throws once the store is closed. */
export function createMemoryNodeDirectory(now: () => number, guard: () => void): NodeDirectory {
  const seen = new Map<string, number>();
  const heard = new Set<string>();
  const rooms = new Map<string, Set<string>>();
  const answer = answering(guard);
  return {
    beat: (node, ttlMs) =>
      answer(() => {
        const time = now();
        seen.set(node, time);
        const dead = [...seen].filter(([, at]) => at < time - ttlMs).map(([name]) => name);
        const known = heard.has(node);
        heard.add(node);
        return { now: time, dead, known };
      }),
    serve: (node, room: RoomKey) =>
      answer(() => {
        if (!seen.has(node)) seen.set(node, now());
        rooms.set(node, (rooms.get(node) ?? new Set()).add(roomName(room)));
      }),
    release: (node, room) =>
      answer(() => {
        rooms.get(node)?.delete(roomName(room));
      }),
    served: (node) => answer(() => [...(rooms.get(node) ?? [])].map(parseRoomName)),
    forget: (node) =>
      answer(() => {
        seen.delete(node);
        heard.delete(node);
        rooms.delete(node);
      }),
  };
}
