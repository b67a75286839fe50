/**
 * What happens in a room, as everybody outside sees it: the same events with the same numbers on sockets, in webhooks and over
 * REST (`design.md` section 1). Names are VideoSDK's where it has one. In frames each event also carries `seq` and `at`.
 */
import { z } from "zod";

const kind = z.enum(["mic", "webcam"]);
const right = z.enum(["allow_join", "allow_mod"]);
const metaData = z.record(z.string(), z.unknown()).nullable();

/** What somebody may do in a conference (`reference/dolby.md` section 4), in that order. */
export const CONFERENCE_PERMISSIONS = [
  "INVITE",
  "JOIN",
  "SEND_AUDIO",
  "SEND_VIDEO",
  "SHARE_SCREEN",
  "SHARE_VIDEO",
  "SHARE_FILE",
  "SEND_MESSAGE",
  "RECORD",
  "STREAM",
  "KICK",
  "UPDATE_PERMISSIONS",
] as const;
/** What somebody may do in a conference. */
export const conferencePermissionSchema = z.enum(CONFERENCE_PERMISSIONS);
/** What somebody may do in a conference. */
export type ConferencePermission = z.infer<typeof conferencePermissionSchema>;
const conferencePermissions = z.array(conferencePermissionSchema).nullable();

/** Who did it: somebody in the room, a back end over REST, or a rule by itself. */
export const actorViewSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("participant"), participantId: z.string(), name: z.string() }),
  /** `name`: for whom the back end answered, or what it was (`knock link`, `knock policy`), where it said so. */
  z.object({ kind: z.literal("api"), name: z.string().nullable() }),
  z.object({ kind: z.literal("rule") }),
]);
/** Who did it. */
export type ActorView = z.infer<typeof actorViewSchema>;

/** Somebody in the room, as the others see them. */
export const participantViewSchema = z.object({
  participantId: z.string(),
  name: z.string(),
  metaData,
  permissions: z.array(right),
  /** In a conference, what they may do there; `permissions` follows from it. Null in any other room. */
  conferencePermissions,
  micOn: z.boolean(),
  webcamOn: z.boolean(),
  micLocked: z.boolean(),
  webcamLocked: z.boolean(),
  /** False while the line is lost and the seat is kept. */
  online: z.boolean(),
  /** Epoch milliseconds. */
  joinedAt: z.number(),
});
/** Somebody in the room, as the others see them. */
export type ParticipantView = z.infer<typeof participantViewSchema>;

/** Somebody in the lobby, as hosts see them. Times are epoch milliseconds. */
export const knockViewSchema = z.object({
  participantId: z.string(),
  name: z.string(),
  metaData,
  since: z.number(),
  expiresAt: z.number(),
  /** True for somebody who was in the room and was sent back. */
  returned: z.boolean(),
  online: z.boolean(),
});
/** Somebody in the lobby, as hosts see them. */
export type KnockView = z.infer<typeof knockViewSchema>;

/** A message on a topic. */
export const topicMessageSchema = z.object({
  id: z.string(),
  topic: z.string(),
  message: z.string(),
  payload: z.record(z.string(), z.unknown()).nullable(),
  senderId: z.string().nullable(),
  senderName: z.string(),
  /** Epoch milliseconds. */
  timestamp: z.number(),
  persist: z.boolean(),
  sendOnly: z.array(z.string()).nullable(),
});
/** A message on a topic. */
export type TopicMessage = z.infer<typeof topicMessageSchema>;

/** What a room is set to. Times are milliseconds. */
export const roomSettingsSchema = z.object({
  maxParticipants: z.number().int().min(1).max(10_000),
  /** What a knock meets while nobody who could answer it is in the room. */
  hostAbsent: z.enum(["hold", "refuse"]),
  knockTimeoutMs: z.number().int().min(10_000).max(86_400_000),
  resumeWindowMs: z.number().int().min(1_000).max(3_600_000),
  /** Overrides the app's policy; null leaves it to the app. */
  tokenExpiry: z.enum(["stay", "restrict", "leave"]).nullable(),
  /** Everybody knocks, whatever their token says, but moderators and those who were in during this session. */
  lobbyForAll: z.boolean(),
  /** Ends each session `afterMs` after its start, and may deactivate the room with it; null: it goes on. */
  autoClose: z
    .object({
      type: z.enum(["session-ends", "session-end-and-deactivate"]),
      afterMs: z.number().int().min(1_000).max(2_592_000_000),
    })
    .nullable(),
});
/** What a room is set to. */
export type RoomSettings = z.infer<typeof roomSettingsSchema>;

/** Whether a room may be entered: it may, it may not until enabled again, it never may again. */
export const roomStatusSchema = z.enum(["enabled", "disabled", "deactivated"]);
/** Whether a room may be entered. */
export type RoomStatus = z.infer<typeof roomStatusSchema>;

/** The room as somebody inside sees it. `lobby` is there for those who answer knocks, `bans` for those who moderate. */
export const roomViewSchema = z.object({
  roomId: z.string(),
  customRoomId: z.string().nullable(),
  sessionId: z.string().nullable(),
  startedAt: z.number().nullable(),
  locked: z.boolean(),
  mediaLocks: z.object({ mic: z.boolean(), webcam: z.boolean() }),
  maxParticipants: z.number(),
  lobbyForAll: z.boolean(),
  participants: z.array(participantViewSchema),
  messages: z.array(topicMessageSchema),
  lobby: z.array(knockViewSchema).optional(),
  bans: z.array(z.string()).optional(),
});
/** The room as somebody inside sees it. */
export type RoomView = z.infer<typeof roomViewSchema>;

/** What somebody in the lobby sees: that they wait, until when, and whether anybody is there who could answer. */
export const lobbyViewSchema = z.object({
  participantId: z.string(),
  since: z.number(),
  expiresAt: z.number(),
  hostPresent: z.boolean(),
});
/** What somebody in the lobby sees. */
export type LobbyView = z.infer<typeof lobbyViewSchema>;

const leaveReason = z.object({ code: z.number(), message: z.string() });
const participantId = z.string();
const by = actorViewSchema;

/** The public part of each event, by type. */
export const eventShapes = {
  /** `permanent`: created over REST, and kept; else opened by a join, and forgotten when long unused. */
  "room-created": {
    roomId: z.string(),
    customRoomId: z.string().nullable(),
    permanent: z.boolean(),
    settings: roomSettingsSchema,
  },
  /** The whole settings as they are from now on. */
  "room-settings-changed": { settings: roomSettingsSchema, by },
  "room-status-changed": { status: roomStatusSchema, by },
  "session-started": { sessionId: z.string() },
  /**
   * `last-left`: the room is empty. Otherwise over for all, and everybody in room and lobby is out: `ended` by somebody,
   * `auto-closed` by the clock, `room-closed` because the room was disabled or deactivated.
   */
  "session-ended": {
    sessionId: z.string(),
    cause: z.enum(["last-left", "ended", "auto-closed", "room-closed"]),
    by,
  },
  "entry-requested": { knock: knockViewSchema },
  "entry-responded": {
    participantId,
    decision: z.enum(["allowed", "denied"]),
    by,
    note: z.string().nullable(),
    banned: z.boolean(),
    mayKnockAt: z.number().nullable(),
  },
  "entry-withdrawn": {
    participantId,
    cause: z.enum([
      "withdrawn",
      "timed-out",
      "disconnected",
      "entered",
      "duplicate",
      "room-closed",
      "token-revoked",
      "key-deactivated",
      "app-deleted",
    ]),
  },
  "entry-disconnected": { participantId, until: z.number() },
  "entry-resumed": { participantId },
  "participant-joined": { participant: participantViewSchema },
  "participant-left": { participantId, reason: leaveReason, by },
  "participant-disconnected": { participantId, until: z.number() },
  "participant-resumed": { participantId },
  "stream-enabled": { participantId, kind, by },
  "stream-disabled": { participantId, kind, by },
  /** `participantId` is the asker; null: a back end over REST. */
  "mic-requested": { participantId: z.string().nullable(), targetId: z.string() },
  "webcam-requested": { participantId: z.string().nullable(), targetId: z.string() },
  /** The target's answer: `participantId` is the target, `askerId` hears it. */
  "mic-responded": { participantId, askerId: z.string().nullable(), accepted: z.boolean() },
  "webcam-responded": { participantId, askerId: z.string().nullable(), accepted: z.boolean() },
  /** `participantId` null: for everybody but moderators. */
  "media-lock-changed": { participantId: z.string().nullable(), kind, locked: z.boolean(), by },
  "participant-banned": { participantId, by, note: z.string().nullable() },
  "participant-unbanned": { participantId, by },
  "room-lock-changed": { locked: z.boolean(), by },
  "permissions-changed": { participantId, permissions: z.array(right), conferencePermissions, by },
  "participant-renamed": { participantId, name: z.string(), metaData },
  /** Into a conference, with what they may do there from now on; whoever is in it already gets `permissions-changed` too. */
  "participant-invited": { participantId, permissions: z.array(conferencePermissionSchema), by },
  /** The conference access token of somebody is not good any more. */
  "invitation-revoked": { participantId, by },
  "token-expired": { participantId },
  "token-refreshed": { participantId, expiresAt: z.number().nullable() },
  "message-published": { message: topicMessageSchema },
} as const;

/** Name of an event. */
export type EventType = keyof typeof eventShapes;

/** The public part of an event of one type, without `type`, `seq` and `at`. */
export type EventBody<T extends EventType> = z.infer<z.ZodObject<(typeof eventShapes)[T]>>;
