/** Rooms between the API and the gateway: what a body says, and how a room is shown (`reference/videosdk.md` section 2.2). */
import { hash } from "node:crypto";
import { z } from "zod";
import { participantIdSchema, roomIdSchema } from "../../protocol/commands.js";
import { roomSettingsSchema, type RoomSettings } from "../../protocol/events.js";
import { LIMITS } from "../../protocol/limits.js";
import type { BackOffice } from "../../room/events.js";
import type { RoomState } from "../../room/state.js";
import type { deactivatedRoomSchema, roomSchema } from "./shapes.js";

const { maxParticipants, hostAbsent, tokenExpiry, lobbyForAll } = roomSettingsSchema.shape;
const seconds = (least: number, most: number) => z.number().int().min(least).max(most);
const eventName = z
  .string()
  .regex(/^(\*|[a-z][a-z-]{0,63}\*?)$/, "must be the name of an event, or its beginning and a *");

/** Where events go; VideoSDK's callers leave `{}` where they mean none. */
const webhook = z
  .object({ endPoint: z.string().min(1).max(512).optional(), events: z.array(eventName).max(64).optional() })
  .transform(({ endPoint, events }, context) => {
    if (endPoint !== undefined) return { endPoint, events };
    if (events === undefined) return null;
    context.addIssue({ code: "custom", path: ["endPoint"], message: "is missing" });
    return z.NEVER;
  });

/** What can be said of a room when it is made and afterwards. Durations are whole seconds. */
const settingsShape = {
  maxParticipants: maxParticipants.optional(),
  hostAbsent: hostAbsent.optional(),
  tokenExpiry: tokenExpiry.optional(),
  lobbyForAll: lobbyForAll.optional().describe("Everybody but moderators knocks, whatever their token says"),
  knockTimeout: seconds(10, 86_400).optional().describe("Seconds that a knock waits for an answer"),
  resumeWindow: seconds(1, 3_600).optional().describe("Seconds that a seat is kept for a lost line"),
  webhook: webhook.nullish().describe("Where the events of this room are delivered"),
  autoCloseConfig: z
    .object({
      type: z.enum(["session-ends", "session-end-and-deactivate"]).default("session-ends"),
      duration: seconds(1, 2_592_000).describe("Seconds from the start of each session"),
    })
    .nullish(),
  allowedParticipantIds: z.array(participantIdSchema).min(1).max(LIMITS.allowedParticipantIds).nullish(),
  knockPolicy: z
    .object({
      url: z.string().min(1).max(512),
      timeout: z.number().min(0.1).max(30).default(3).describe("Seconds to answer in"),
      fallback: z
        .enum(["allow", "deny", "ask"])
        .default("ask")
        .describe("What holds without an answer in time"),
    })
    .nullish()
    .describe("Who is asked about each knock"),
};

/** The body that makes a room. Members that are not known are left alone, since callers send many (section 2.5). */
export const createBody = z.object({ customRoomId: roomIdSchema.nullish(), ...settingsShape });
/** The body that changes a room: what is not given stays. */
export const changeBody = z.object({
  status: z.enum(["enabled", "disabled"]).optional(),
  ...settingsShape,
});

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

/** Epoch milliseconds as ISO 8601. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
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
