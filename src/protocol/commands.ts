/**
 * What a client may send: one JSON object a text frame, `type` first among equals, `id` on every one. Decoded here, trusted
 * behind. `docs/protocol.md` says of each when it may be sent and what it answers.
 */
import { z } from "zod";
import { EVERYBODY, LIMITS } from "./limits.js";

/** What is wrong with a value as an opaque object, or null. Depth comes first: the other checks may not go deeper than the stack. */
function faultOf(value: unknown, length: number): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "must be an object";
  if (!isShallow(value, LIMITS.jsonDepth)) return `must be at most ${LIMITS.jsonDepth} levels deep`;
  // A copy made member by member would lose it, and replicas would differ.
  if (Object.hasOwn(value, "__proto__")) return "must not have a member __proto__";
  return JSON.stringify(value).length > length ? `must be at most ${length} characters of JSON` : null;
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

/** A JSON object, opaque to the gateway, whose text is at most `length` long. */
const opaqueObject = (length: number) =>
  z.custom<Readonly<Record<string, unknown>>>((value) => faultOf(value, length) === null, {
    error: ({ input }) => faultOf(input, length) ?? "is not valid",
  });

/** An id of the field: no white space, no control characters, not the sign for everybody (VideoSDK 4004). */
const plainId = (length: number) =>
  z
    .string()
    .min(1)
    .max(length)
    .regex(/^[^\s\p{C}]+$/u, { error: "must not contain white space or control characters" })
    .refine((value) => value !== EVERYBODY, { error: "is reserved" });

/** The id that a participant goes by in a room. */
export const participantIdSchema = plainId(LIMITS.participantIdLength);
/** The id of a room. */
export const roomIdSchema = plainId(LIMITS.roomIdLength);

const commandId = z
  .string()
  .min(1)
  .max(LIMITS.commandIdLength)
  .regex(/^[A-Za-z0-9_.:-]+$/, { error: "takes letters, digits and _ . : - only" });
const joinId = commandId.min(LIMITS.joinIdMinLength);
const target = participantIdSchema;
const targetOrAll = z.union([participantIdSchema, z.literal(EVERYBODY)]);
const kind = z.enum(["mic", "webcam"]);
const right = z.enum(["allow_join", "allow_mod"]);
/** Which knock is meant, by its `since`; not given: whichever is there. */
const since = z.number().optional();
/** Which of the client's connections this one is, as it counts them: a lower number than that of the connection in place comes late (R8). */
const attempt = z.number().int().min(0).default(0);
const note = z.string().max(LIMITS.noteLength).nullable().default(null);

const joinSchema = z.strictObject({
  type: z.literal("join"),
  id: joinId,
  /** Absent where the token came in the upgrade request. */
  token: z.string().nullable().default(null),
  /** A conference access token beside a client access token: what the back end lets this person do in this conference. */
  conferenceToken: z.string().max(LIMITS.messageLength).nullable().default(null),
  /** Absent where the token names the room. */
  roomId: roomIdSchema.nullable().default(null),
  participantId: participantIdSchema.nullable().default(null),
  name: z.string().max(LIMITS.nameLength).default(""),
  metaData: opaqueObject(LIMITS.metaDataLength).nullable().default(null),
  micOn: z.boolean().default(false),
  webcamOn: z.boolean().default(false),
  attempt,
});

/** What somebody can be told of without being in a room (`reference/dolby.md` section 6). */
export const notificationSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("Invitation") }),
  z.strictObject({
    type: z.enum([
      "Conference.Created",
      "Conference.Ended",
      "Participant.Joined",
      "Participant.Left",
      "Conference.ActiveParticipants",
    ]),
    conferenceAlias: z.string().min(1).max(250),
  }),
]);

const subscribeSchema = z.strictObject({
  type: z.literal("subscribe"),
  id: commandId,
  /** A client access token with the scope `notifications:set`; absent to go on with the one that this connection has shown. */
  token: z.string().nullable().default(null),
  /** From now on, instead of what was followed before; empty ends it. */
  notifications: z.array(notificationSchema).max(LIMITS.subscriptions),
});

const resumeSchema = z.strictObject({
  type: z.literal("resume"),
  id: joinId,
  /** As the last answer to a join or resume gave it; names the room and the participant by itself. */
  secret: z.string().min(1).max(2_048),
  /** Where the client's copy stands; null asks for a fresh snapshot. */
  epoch: z.string().max(64).nullable().default(null),
  seq: z.number().int().min(0).nullable().default(null),
  attempt,
});

const roomCommandSchemas = [
  z.strictObject({ type: z.literal("leave"), id: commandId }),
  z.strictObject({ type: z.literal("withdraw"), id: commandId }),
  z.strictObject({ type: z.literal("admit"), id: commandId, participantId: target, since }),
  z.strictObject({ type: z.literal("admit-all"), id: commandId }),
  z.strictObject({
    type: z.literal("deny"),
    id: commandId,
    participantId: target,
    since,
    note,
    ban: z.boolean().default(false),
  }),
  z.strictObject({ type: z.literal("set-media"), id: commandId, kind, on: z.boolean() }),
  z.strictObject({ type: z.literal("disable-media"), id: commandId, participantId: targetOrAll, kind }),
  z.strictObject({ type: z.literal("request-media"), id: commandId, participantId: target, kind }),
  z.strictObject({ type: z.literal("answer-media"), id: commandId, kind, accept: z.boolean() }),
  z.strictObject({
    type: z.literal("lock-media"),
    id: commandId,
    participantId: targetOrAll,
    kind,
    locked: z.boolean(),
  }),
  z.strictObject({
    type: z.literal("remove"),
    id: commandId,
    participantId: target,
    note,
    ban: z.boolean().default(false),
  }),
  z.strictObject({ type: z.literal("ban"), id: commandId, participantId: target, note }),
  z.strictObject({ type: z.literal("unban"), id: commandId, participantId: target }),
  z.strictObject({ type: z.literal("return-to-lobby"), id: commandId, participantId: target }),
  z.strictObject({ type: z.literal("lock-room"), id: commandId, locked: z.boolean() }),
  z.strictObject({
    type: z.literal("grant-permission"),
    id: commandId,
    participantId: target,
    permission: right,
  }),
  z.strictObject({
    type: z.literal("take-permission"),
    id: commandId,
    participantId: target,
    permission: right,
  }),
  z.strictObject({ type: z.literal("end"), id: commandId }),
  z.strictObject({
    type: z.literal("rename"),
    id: commandId,
    name: z.string().min(1).max(LIMITS.nameLength),
    /** What others show beside the name, such as a picture; not given: as it is. */
    metaData: opaqueObject(LIMITS.metaDataLength).nullable().optional(),
  }),
  z.strictObject({
    type: z.literal("publish"),
    id: commandId,
    topic: z.string().min(1).max(LIMITS.topicLength),
    message: z.string().max(LIMITS.messageLength),
    payload: opaqueObject(LIMITS.payloadLength).nullable().default(null),
    /** Keep it for those who come later, until the session ends. */
    persist: z.boolean().default(false),
    /** Only for these participants, and the sender; null for everybody. */
    sendOnly: z.array(participantIdSchema).min(1).max(LIMITS.sendOnlyCount).nullable().default(null),
  }),
] as const;

const refreshSchema = z.strictObject({ type: z.literal("refresh-token"), id: commandId, token: z.string() });
const signalSchema = z.strictObject({
  type: z.literal("signal"),
  id: commandId,
  to: participantIdSchema,
  payload: opaqueObject(LIMITS.signalLength),
});
const iceServersSchema = z.strictObject({ type: z.literal("ice-servers"), id: commandId });
const pingSchema = z.strictObject({ type: z.literal("ping"), id: commandId });

/** Every message that a client may send. */
export const clientMessageSchema = z.discriminatedUnion("type", [
  joinSchema,
  resumeSchema,
  refreshSchema,
  signalSchema,
  iceServersSchema,
  subscribeSchema,
  pingSchema,
  ...roomCommandSchemas,
]);

/** A decoded message from a client. */
export type ClientMessage = z.infer<typeof clientMessageSchema>;
/** The first message of a newcomer. */
export type JoinMessage = z.infer<typeof joinSchema>;
/** The first message of somebody who wants to be told, and to join nothing. */
export type SubscribeMessage = z.infer<typeof subscribeSchema>;
/** One thing to be told of. */
export type Notification = z.infer<typeof notificationSchema>;
/** The first message of somebody who comes back. */
export type ResumeMessage = z.infer<typeof resumeSchema>;
/** A message that the room's rules decide as it is, without another look at a token. */
export type RoomCommand = z.infer<(typeof roomCommandSchemas)[number]>;
/** What can be switched: the field's own words. */
export type MediaKind = z.infer<typeof kind>;

/**
 * The number that a client of VideoSDK expects when a command is refused by a rule, whatever the reason
 * (`reference/videosdk.md` section 7); the reason beside it stays precise.
 */
export const REFUSED_COMMAND_CODES: Readonly<
  Record<string, { readonly code: number; readonly name: string }>
> = {
  admit: { code: 4059, name: "RESPOND_ENTRY_FAILED" },
  "admit-all": { code: 4059, name: "RESPOND_ENTRY_FAILED" },
  deny: { code: 4059, name: "RESPOND_ENTRY_FAILED" },
  remove: { code: 4066, name: "REMOVE_PARTICIPANT_FAILED" },
  "request-media:mic": { code: 4067, name: "ENABLE_PARTICIPANT_MIC_FAILED" },
  "disable-media:mic": { code: 4068, name: "DISABLE_PARTICIPANT_MIC_FAILED" },
  "request-media:webcam": { code: 4069, name: "ENABLE_PARTICIPANT_WEBCAM_FAILED" },
  "disable-media:webcam": { code: 4070, name: "DISABLE_PARTICIPANT_WEBCAM_FAILED" },
  end: { code: 3057, name: "ERROR_END_MEETING_FAILED" },
  publish: { code: 4087, name: "PUBSUB_PUBLISH_FAILED" },
};
