/** Rooms: those that are alive, all of an app, one with its settings. */
import { EXPIRY_POLICIES, type ExpiryPolicy } from "./apps.js";
import { pathOf, type Ask } from "./client.js";
import { readNothing, readPage, type PageOf } from "./paging.js";
import type { Reader } from "./reader.js";

/** A room with somebody in it or before it. */
export interface LiveRoomRow {
  readonly roomId: string;
  readonly customRoomId: string | null;
  readonly participants: number;
  readonly lobby: number;
  readonly maxParticipants: number;
  readonly locked: boolean;
  /** When the session began, epoch milliseconds; null: nobody is in. */
  readonly startedAt: number | null;
}

/** What a room is set to. Durations are seconds. */
export interface RoomSettings {
  readonly maxParticipants: number;
  readonly hostAbsent: "hold" | "refuse";
  readonly knockTimeout: number;
  readonly resumeWindow: number;
  /** Null: as the app says. */
  readonly tokenExpiry: ExpiryPolicy | null;
  readonly lobbyForAll: boolean;
}

/** A room. Times are epoch milliseconds. */
export interface Room {
  readonly roomId: string;
  readonly customRoomId: string | null;
  readonly status: "enabled" | "disabled" | "deactivated";
  readonly createdAt: number;
  readonly settings: RoomSettings;
  readonly webhook: { readonly endPoint: string; readonly events: readonly string[] } | null;
  readonly autoClose: { readonly type: string; readonly duration: number } | null;
  readonly allowedParticipantIds: readonly string[] | null;
  readonly knockPolicy: {
    readonly url: string;
    readonly timeout: number;
    readonly fallback: string;
  } | null;
}

/** The rooms of an app that have somebody in them or before them, over all nodes. */
export function listLiveRooms(app: string): Ask<readonly LiveRoomRow[]> {
  return {
    method: "GET",
    path: pathOf`/v2/admin/apps/${app}/rooms/live`,
    read: (answer) => answer.list("data", readLiveRow),
  };
}

/** All rooms of an app, newest first; `query` is a part of an id. */
export function listRooms(app: string, page: number, query: string): Ask<PageOf<Room>> {
  return {
    method: "GET",
    path: "/v2/rooms",
    query: { page, perPage: 20, query: query === "" ? null : query },
    app,
    read: readPage(readRoom),
  };
}

/** Makes a room. */
export function createRoom(app: string, body: { readonly customRoomId?: string }): Ask<Room> {
  return { method: "POST", path: "/v2/rooms", app, body, read: readRoom };
}

/** A room, by either of its ids. */
export function getRoom(app: string, roomId: string): Ask<Room> {
  return { method: "GET", path: pathOf`/v2/rooms/${roomId}`, app, read: readRoom };
}

/** Changes what is given. */
export function changeRoom(
  app: string,
  roomId: string,
  body: Partial<RoomSettings> & { readonly status?: "enabled" | "disabled" },
): Ask<Room> {
  return { method: "POST", path: pathOf`/v2/rooms/${roomId}`, app, body, read: readRoom };
}

/** Closes a room for good. */
export function deactivateRoom(app: string, roomId: string): Ask<null> {
  return { method: "POST", path: "/v2/rooms/deactivate", app, body: { roomId }, read: readNothing };
}

function readLiveRow(row: Reader): LiveRoomRow {
  return {
    roomId: row.text("roomId"),
    customRoomId: row.textOrNull("customRoomId"),
    participants: row.number("participants"),
    lobby: row.number("lobby"),
    maxParticipants: row.number("maxParticipants"),
    locked: row.flag("locked"),
    startedAt: row.instantOrNull("startedAt"),
  };
}

/** Reads a room. */
export function readRoom(room: Reader): Room {
  const settings = room.inside("settings");
  const webhook = room.insideOrNull("webhook");
  const autoClose = room.insideOrNull("autoCloseConfig");
  const policy = room.insideOrNull("knockPolicy");
  const guests = room.any("allowedParticipantIds");
  return {
    roomId: room.text("roomId"),
    customRoomId: room.textOrNull("customRoomId"),
    status: room.oneOf("status", ["enabled", "disabled", "deactivated"]),
    createdAt: room.instant("createdAt"),
    settings: {
      maxParticipants: settings.number("maxParticipants"),
      hostAbsent: settings.oneOf("hostAbsent", ["hold", "refuse"]),
      knockTimeout: settings.number("knockTimeout"),
      resumeWindow: settings.number("resumeWindow"),
      tokenExpiry: settings.oneOfOrNull("tokenExpiry", EXPIRY_POLICIES),
      lobbyForAll: settings.flag("lobbyForAll"),
    },
    webhook:
      webhook === null ? null : { endPoint: webhook.text("endPoint"), events: webhook.texts("events") },
    autoClose:
      autoClose === null ? null : { type: autoClose.text("type"), duration: autoClose.number("duration") },
    allowedParticipantIds:
      guests === null || guests === undefined ? null : room.texts("allowedParticipantIds"),
    knockPolicy:
      policy === null
        ? null
        : {
            url: policy.text("url"),
            timeout: policy.number("timeout"),
            fallback: policy.text("fallback"),
          },
  };
}
