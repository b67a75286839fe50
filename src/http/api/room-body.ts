/** Rooms between the API and the gateway: what a body says, and how a room is shown (`reference/videosdk.md` section 2.2). */
import { hash } from "node:crypto";
import type { z } from "zod";
import type { RoomSettings } from "../../protocol/events.js";
import type { BackOffice } from "../../room/events.js";
import type { RoomState } from "../../room/state.js";
import { isoTime } from "./times.js";
import type { changeBody, deactivatedRoomSchema, roomSchema } from "./room-shapes.js";

/** VideoSDK's own events: what a room webhook gets that names none. */
const FOUR = ["session-started", "session-ended", "participant-joined", "participant-left"] as const;

type Given = Omit<z.infer<typeof changeBody>, "status">;

/** The settings that a body gives. */
export function settingsOf(given: Given): Partial<RoomSettings> {
  const { knockTimeout, resumeWindow, autoCloseConfig } = given;
  return {
    ...(given.maxParticipants === undefined ? {} : { maxParticipants: given.maxParticipants }),
    ...(given.hostAbsent === undefined ? {} : { hostAbsent: given.hostAbsent }),
    ...(given.tokenExpiry === undefined ? {} : { tokenExpiry: given.tokenExpiry }),
    ...(given.lobbyForAll === undefined ? {} : { lobbyForAll: given.lobbyForAll }),
    ...(knockTimeout === undefined ? {} : { knockTimeoutMs: knockTimeout * 1_000 }),
    ...(resumeWindow === undefined ? {} : { resumeWindowMs: resumeWindow * 1_000 }),
    ...(autoCloseConfig === undefined
      ? {}
      : {
          autoClose:
            autoCloseConfig === null
              ? null
              : { type: autoCloseConfig.type, afterMs: autoCloseConfig.duration * 1_000 },
        }),
  };
}

/** What a body gives that only back ends know of. */
export function backOfficeOf(given: Given): Partial<BackOffice> {
  const { webhook: to, knockPolicy, allowedParticipantIds } = given;
  return {
    ...(to === undefined
      ? {}
      : { webhook: to === null ? null : { endPoint: to.endPoint, events: [...(to.events ?? FOUR)] } }),
    ...(knockPolicy === undefined
      ? {}
      : {
          knockPolicy:
            knockPolicy === null
              ? null
              : {
                  url: knockPolicy.url,
                  timeoutMs: knockPolicy.timeout * 1_000,
                  fallback: knockPolicy.fallback,
                },
        }),
    ...(allowedParticipantIds === undefined ? {} : { allowedParticipantIds }),
  };
}

type Room = NonNullable<RoomState["room"]>;

/** A room as VideoSDK's callers read it, and beside it the settings that only we have; without its owner. */
export function roomBody(app: string, room: Room, base: string): z.infer<typeof roomSchema> {
  const { roomId, customRoomId, settings, backOffice, status } = room;
  const { autoClose } = settings;
  const { knockPolicy } = backOffice;
  return {
    roomId,
    customRoomId,
    disabled: status !== "enabled",
    status,
    createdAt: isoTime(room.createdAt),
    updatedAt: isoTime(Math.max(room.settingsAt, room.statusAt)),
    id: documentId(app, roomId),
    webhook: backOffice.webhook,
    autoCloseConfig:
      autoClose === null ? null : { type: autoClose.type, duration: autoClose.afterMs / 1_000 },
    allowedParticipantIds: backOffice.allowedParticipantIds,
    knockPolicy:
      knockPolicy === null
        ? null
        : { url: knockPolicy.url, timeout: knockPolicy.timeoutMs / 1_000, fallback: knockPolicy.fallback },
    settings: {
      maxParticipants: settings.maxParticipants,
      hostAbsent: settings.hostAbsent,
      knockTimeout: settings.knockTimeoutMs / 1_000,
      resumeWindow: settings.resumeWindowMs / 1_000,
      tokenExpiry: settings.tokenExpiry,
      lobbyForAll: settings.lobbyForAll,
    },
    links: linksOf(roomId, null, base),
  };
}

/** The same under the names of v1, which a deactivation answers with. */
export function deactivatedBody(app: string, room: Room): z.infer<typeof deactivatedRoomSchema> {
  return {
    meetingId: room.roomId,
    userMeetingId: room.customRoomId,
    userId: userIdOf(app),
    user: ownerOf(app),
    webhook: room.backOffice.webhook,
    disabled: true,
    id: documentId(app, room.roomId),
    createdAt: isoTime(room.createdAt),
    updatedAt: isoTime(Math.max(room.settingsAt, room.statusAt)),
  };
}

/** Links to a room and to a session; a null session gives where sessions are. */
export function linksOf(
  roomId: string,
  sessionId: string | null,
  base: string,
): { get_room: string; get_session: string } {
  return {
    get_room: `${base}/v2/rooms/${encodeURIComponent(roomId)}`,
    get_session: `${base}/v2/sessions/${sessionId === null ? "" : encodeURIComponent(sessionId)}`,
  };
}

/** The account that VideoSDK's answers name, as an id: one for each app. */
export function userIdOf(app: string): string {
  return documentId("app", app);
}

/** The account that VideoSDK's answers name. */
export function ownerOf(app: string): { id: string; name: string; email: null } {
  return { id: userIdOf(app), name: app, email: null };
}

/** Ids of 24 hex digits, as VideoSDK's documents have them: the same thing, the same id. */
export function documentId(...parts: readonly string[]): string {
  return hash("sha256", JSON.stringify(parts), "hex").slice(0, 24);
}
