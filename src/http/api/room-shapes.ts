/** Rooms in requests and answers, as VideoSDK's callers write and read them (`reference/videosdk.md` section 2.2), with what is ours. */
import { z } from "zod";
import { participantIdSchema, roomIdSchema } from "../../protocol/commands.js";
import { roomSettingsSchema, roomStatusSchema } from "../../protocol/events.js";
import { LIMITS } from "../../protocol/limits.js";
import { eventName, iso, named, pageOf } from "./shapes.js";

const { maxParticipants, hostAbsent, tokenExpiry, lobbyForAll } = roomSettingsSchema.shape;
const seconds = (least: number, most: number) => z.number().int().min(least).max(most);

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

/** How a room is set, in seconds where our protocol has milliseconds. */
const settingsSchema = z
  .strictObject({
    maxParticipants: roomSettingsSchema.shape.maxParticipants,
    hostAbsent: roomSettingsSchema.shape.hostAbsent,
    knockTimeout: z.number().describe("Seconds"),
    resumeWindow: z.number().describe("Seconds"),
    tokenExpiry: roomSettingsSchema.shape.tokenExpiry,
    lobbyForAll: z.boolean(),
  })
  .register(named, { id: "RoomSettings" });

/** When sessions of a room are closed by themselves. */
const autoCloseSchema = z
  .strictObject({
    type: z.enum(["session-ends", "session-end-and-deactivate"]),
    duration: z.number().describe("Seconds from the start of the session"),
  })
  .register(named, { id: "AutoCloseConfig" });

/** Where a room's events are delivered. */
const roomWebhookSchema = z
  .strictObject({ endPoint: z.string(), events: z.array(z.string()) })
  .register(named, { id: "RoomWebhook" });

/** Who is asked about each knock. */
const knockPolicySchema = z
  .strictObject({
    url: z.string(),
    timeout: z.number().describe("Seconds to answer in"),
    fallback: z.enum(["allow", "deny", "ask"]).describe("What holds without an answer in time"),
  })
  .register(named, { id: "KnockPolicy" });

const owner = z.strictObject({ id: z.string(), name: z.string(), email: z.null() });

/** A room. Created and validated rooms name the owner by `userId`, others by `user`. */
export const roomSchema = z
  .strictObject({
    roomId: z.string(),
    customRoomId: z.string().nullable(),
    userId: z.string().optional(),
    user: owner.optional(),
    disabled: z.boolean(),
    status: roomStatusSchema,
    createdAt: iso,
    updatedAt: iso,
    id: z.string(),
    webhook: roomWebhookSchema.nullable(),
    autoCloseConfig: autoCloseSchema.nullable(),
    allowedParticipantIds: z.array(z.string()).nullable(),
    knockPolicy: knockPolicySchema.nullable(),
    settings: settingsSchema,
    links: z.strictObject({ get_room: z.string(), get_session: z.string() }),
  })
  .register(named, { id: "Room" });

/** A page of rooms. */
export const roomPageSchema = pageOf(roomSchema);

/** The answer to a deactivation: the names of v1. */
export const deactivatedRoomSchema = z
  .strictObject({
    meetingId: z.string(),
    userMeetingId: z.string().nullable(),
    userId: z.string(),
    user: owner,
    webhook: roomWebhookSchema.nullable(),
    disabled: z.literal(true),
    id: z.string(),
    createdAt: iso,
    updatedAt: iso,
  })
  .register(named, { id: "DeactivatedRoom" });
