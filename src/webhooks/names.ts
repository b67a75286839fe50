/** Under which names webhooks are kept in the records, and what a lane's name says. */
import { parseRoomName, roomName } from "../log/plan.js";
import type { RoomKey } from "../log/port.js";

/** Lanes by when they are to be looked at, epoch milliseconds. */
export const DUE = "webhooks:due";
/** The same for the questions to policies: they are urgent, so that nothing else may stand before them. */
export const DUE_POLICIES = "webhooks:due-policies";
/** Messages that nobody waits for any more, by when they are forgotten. */
export const EXPIRY = "webhooks:expiry";
/** What all nodes share. */
export const SHARED = "webhooks:shared";

/** Prefix of the id of a room's own endpoint. */
export const ROOM_ENDPOINT = "room-";
/** Prefix of the id under which the questions to a room's policy are listed. */
export const POLICY_ENDPOINT = "policy-";

/** A line of messages that go one after the other: those of one room to one endpoint, or one question about one knock. */
export interface Lane {
  readonly name: string;
  readonly room: RoomKey;
  readonly endpointId: string;
}

/** The lane of a room and an endpoint; `question` makes it one of its own. */
export function laneOf(room: RoomKey, endpointId: string, question?: string): Lane {
  const parts = [roomName(room), encodeURIComponent(endpointId)];
  if (question !== undefined) parts.push(encodeURIComponent(question));
  return { name: parts.join("|"), room, endpointId };
}

/** Undoes `laneOf`. Throws an `Error` for text that it did not make. */
export function parseLane(name: string): Lane {
  const [room, endpointId] = name.split("|");
  if (room === undefined || endpointId === undefined) throw new Error(`not a lane: ${name}`);
  return { name, room: parseRoomName(room), endpointId: decodeURIComponent(endpointId) };
}

/** The map of a lane: who serves it, how it fares, and a mark that every newcomer to its queue changes. */
export function laneMap(lane: string): string {
  return `webhooks:lane:${lane}`;
}

/** The index of a lane's waiting messages, by position. */
export function queueOf(lane: string): string {
  return `webhooks:queue:${lane}`;
}

/** The map of a room: up to which position its lanes were filled. */
export function roomMap(room: RoomKey): string {
  return `webhooks:room:${roomName(room)}`;
}

/** The map of an app's endpoints by id. */
export function endpointsOf(app: string): string {
  return `webhooks:endpoints:${encodeURIComponent(app)}`;
}

/** Names of one endpoint's delivery log. */
export interface LogNames {
  readonly messages: string;
  readonly bodies: string;
  /** Indexes by status; all have the same scores. */
  readonly index: (status: "all" | "pending" | "delivered" | "failed") => string;
  /** A member of `EXPIRY`. */
  readonly expiryOf: (id: string) => string;
}

/** Where the messages to an endpoint are kept. */
export function logOf(app: string, endpointId: string): LogNames {
  const base = `${encodeURIComponent(app)}:${encodeURIComponent(endpointId)}`;
  return {
    messages: `webhooks:messages:${base}`,
    bodies: `webhooks:bodies:${base}`,
    index: (status) => `webhooks:${status}:${base}`,
    expiryOf: (id) => `${base}:${encodeURIComponent(id)}`,
  };
}

/** Undoes `LogNames.expiryOf`. */
export function parseExpiry(member: string): { app: string; endpointId: string; id: string } {
  const [app = "", endpointId = "", id = ""] = member.split(":").map(decodeURIComponent);
  return { app, endpointId, id };
}
