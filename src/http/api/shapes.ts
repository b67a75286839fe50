/** The shapes of answers, as VideoSDK's callers read them (`reference/videosdk.md` sections 2.2 to 2.4), and those of ours. */
import { z } from "zod";
import { participantIdSchema } from "../../protocol/commands.js";
import {
  actorViewSchema,
  knockViewSchema,
  participantViewSchema,
  roomSettingsSchema,
  roomStatusSchema,
} from "../../protocol/events.js";

/** Names under which shapes stand in the OpenAPI document. */
export const named = z.registry<{ id: string; description?: string }>();

const iso = z.string().describe("Time as ISO 8601, in UTC");
const isoOrNull = iso.nullable();

/** The body of every error. */
export const errorSchema = z
  .strictObject({
    statusCode: z.number().int(),
    error: z.string().describe("Text for people; it may change"),
    code: z.string().describe("Stable reason for programs"),
    field: z.string().optional().describe("The member of the request at fault"),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  })
  .register(named, { id: "Error" });

/** A refusal in the form of RFC 6749, at token endpoints and conference calls: see `oauthError`. */
export const tokenErrorSchema = z
  .strictObject({
    error: z
      .string()
      .describe("A word of RFC 6749, RFC 6750 or RFC 7009, such as `invalid_client`, `invalid_scope`"),
    error_description: z.string().describe("Text for people; it may change"),
    type: z.literal("ErrorResponse"),
    error_code: z.number().int().describe("Dolby.io's number where it has one, else ours"),
    error_reason: z.string(),
    status: z.number().int(),
    message: z.string(),
    statusCode: z.number().int(),
    code: z.string().describe("Stable reason for programs"),
    field: z.string().optional().describe("The member of the request at fault"),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  })
  .register(named, { id: "TokenError" });

/** Where a page is in its list. */
export const pageInfoSchema = z
  .strictObject({
    currentPage: z.number().int(),
    perPage: z.number().int(),
    lastPage: z.number().int().describe("ceil(total / perPage)"),
    total: z.number().int(),
  })
  .register(named, { id: "PageInfo" });

/** A page of something. */
export function pageOf<T extends z.ZodType>(entry: T) {
  return z.strictObject({ pageInfo: pageInfoSchema, data: z.array(entry) });
}

/** Which page is asked for. */
export const pageQuery = {
  page: count(1_000_000).default(1).describe("From 1"),
  perPage: count(100).default(20).describe("At most 100"),
};

function count(most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().int().min(1).max(most));
}

/** The page info of a list with `total` entries. */
export function pageInfo(
  { page, perPage }: { readonly page: number; readonly perPage: number },
  total: number,
): z.infer<typeof pageInfoSchema> {
  return { currentPage: page, perPage, lastPage: Math.ceil(total / perPage), total };
}

/** Id of a room in a path: room id or custom room id. */
export const idParam = z.object({ id: participantIdSchema.describe("Room id or custom room id") });

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

/** From when to when; `end` null: still going on. */
export const spanSchema = z.strictObject({ start: iso, end: isoOrNull }).register(named, { id: "Span" });

/** Somebody's attendance of a session. */
export const attendanceSchema = z
  .strictObject({
    participantId: z.string(),
    name: z.string(),
    timelog: z.array(spanSchema),
  })
  .register(named, { id: "Attendance" });

/** Somebody's attendance with what they had turned on. */
export const attendanceDetailSchema = z
  .strictObject({
    ...attendanceSchema.shape,
    events: z.strictObject({
      mic: z.array(spanSchema),
      webcam: z.array(spanSchema),
      screenShare: z.array(spanSchema),
      screenShareAudio: z.array(spanSchema),
    }),
  })
  .register(named, { id: "AttendanceDetail" });

const sessionShape = {
  id: z.string(),
  roomId: z.string(),
  customRoomId: z.string().nullable(),
  start: iso,
  end: isoOrNull,
  status: z.enum(["ongoing", "ended"]),
  links: z.strictObject({ get_room: z.string(), get_session: z.string() }),
};

/** A session. */
export const sessionSchema = z
  .strictObject({ ...sessionShape, participants: z.array(attendanceSchema) })
  .register(named, { id: "Session" });

/** A session with what its participants had turned on. */
export const sessionDetailSchema = z
  .strictObject({ ...sessionShape, participants: z.array(attendanceDetailSchema) })
  .register(named, { id: "SessionDetail" });

/** What became of a command. `position` is the number in the room's log that holds its effect. */
export const doneSchema = z
  .strictObject({
    roomId: z.string(),
    position: z.string().describe("`<epoch>:<seq>`: the effect is in the events up to here"),
    repeated: z.boolean().describe("The command with this Idempotency-Key had its effect before"),
    result: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .register(named, { id: "Done" });

actorViewSchema.register(named, { id: "Actor" });
knockViewSchema.register(named, { id: "Knock" });
participantViewSchema.register(named, { id: "Participant" });
