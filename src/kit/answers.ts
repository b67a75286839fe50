/**
 * What calls answer, as programs read it. Where the shape of a route stands apart from the gateway's insides it is that very one; the
 * others are written down here, and a test holds them against the API's document.
 */
import { z } from "zod";
import { toldEventSchema } from "../http/api/event-shapes.js";
import {
  conferenceSchema,
  insideSchema,
  nothingSchema,
  tokensSchema,
} from "../http/api/conference-shapes.js";
import { goneSchema, revocationSchema } from "../http/api/admin-shapes.js";
import {
  attendanceDetailSchema,
  deactivatedRoomSchema,
  doneSchema,
  pageInfoSchema,
  pageOf,
  roomSchema,
  sessionDetailSchema,
  sessionSchema,
} from "../http/api/shapes.js";
import { introspectedSchema, issuedSchema } from "../http/api/token-bodies.js";
import { actorViewSchema, knockViewSchema, participantViewSchema } from "../protocol/events.js";

const position = z.string();
const details = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

const ban = z.strictObject({
  participantId: z.string(),
  note: z.string().nullable(),
  by: actorViewSchema,
  at: z.number(),
});

const webhook = z.strictObject({
  id: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  description: z.string(),
  createdAt: z.string(),
});

const delivery = z.strictObject({
  id: z.string(),
  webhookId: z.string(),
  roomId: z.string().nullable(),
  webhookType: z.string(),
  position: position.nullable(),
  createdAt: z.string(),
  status: z.enum(["pending", "delivered", "failed"]),
  attempts: z.number().int(),
  last: z
    .strictObject({
      at: z.string(),
      httpStatus: z.number().int().nullable(),
      error: z.string().nullable(),
      tookMs: z.number(),
    })
    .nullable(),
  nextAttemptAt: z.string().nullable(),
});

/** Shapes of answers by what they are. */
export const ANSWERS = {
  room: roomSchema,
  rooms: pageOf(roomSchema),
  deactivatedRoom: deactivatedRoomSchema,
  session: sessionSchema,
  sessions: pageOf(sessionSchema),
  attendees: z.strictObject({ pageInfo: pageInfoSchema, data: sessionSchema }),
  inside: z.strictObject({ pageInfo: pageInfoSchema, data: z.array(sessionDetailSchema).length(1) }),
  attendance: attendanceDetailSchema,
  done: doneSchema,
  lobby: z.strictObject({
    roomId: z.string(),
    hostPresent: z.boolean(),
    knocks: z.array(z.strictObject({ ...knockViewSchema.shape, position: z.number().int() })),
  }),
  knockLink: z.strictObject({ url: z.string(), code: z.string(), expiresAt: z.number() }),
  live: z.strictObject({
    roomId: z.string(),
    customRoomId: z.string().nullable(),
    position,
    session: z.strictObject({ id: z.string(), startedAt: z.number() }).nullable(),
    locked: z.boolean(),
    mediaLocks: z.strictObject({ mic: z.boolean(), webcam: z.boolean() }),
    participants: z.array(participantViewSchema),
    lobby: z.array(knockViewSchema),
    bans: z.array(ban),
  }),
  bans: z.strictObject({ roomId: z.string(), bans: z.array(ban) }),
  events: z.strictObject({
    roomId: z.string(),
    events: z.array(toldEventSchema),
    next: position,
    at: position,
  }),
  issued: issuedSchema,
  introspected: introspectedSchema,
  explained: z.strictObject({
    door: z.enum(["meeting", "rest"]),
    outcome: z.enum(["enter", "knock", "hold", "refuse"]),
    sentence: z.string(),
    rule: z.strictObject({ id: z.string(), sentence: z.string() }),
    key: z.strictObject({ verified: z.boolean(), app: z.string().nullable(), sentence: z.string() }),
    header: z.record(z.string(), z.unknown()).nullable(),
    claims: z.array(z.strictObject({ name: z.string(), value: z.unknown(), sentence: z.string() })),
    roomId: z.string().nullable(),
    participantId: z.string().nullable(),
    refusal: z
      .strictObject({
        code: z.string(),
        number: z.number().int(),
        error: z.string(),
        field: z.string().optional(),
        details: details.optional(),
      })
      .nullable(),
  }),
  nothing: z.strictObject({}),
  conference: conferenceSchema,
  conferenceTokens: tokensSchema,
  conferenceInside: insideSchema,
  conferenceNothing: nothingSchema,
  revocation: revocationSchema,
  revocations: pageOf(revocationSchema),
  gone: goneSchema,
  webhook,
  webhooks: z.strictObject({ data: z.array(webhook) }),
  webhookSecrets: z.strictObject({ secrets: z.array(z.string()) }),
  delivery,
  deliveries: pageOf(delivery),
  replayed: z.strictObject({ replayed: z.number().int() }),
} as const;

type Answer<K extends keyof typeof ANSWERS> = z.infer<(typeof ANSWERS)[K]>;

/** A room. Times are ISO 8601, durations seconds. */
export type Room = Answer<"room">;
/** A room that was closed for good, under the names of VideoSDK's v1. */
export type DeactivatedRoom = Answer<"deactivatedRoom">;
/** A session with who attended it. */
export type Session = Answer<"session">;
/** Somebody's attendance with what they had turned on. */
export type Attendance = Answer<"attendance">;
/** Somebody who is inside, as the list of those inside has them. */
export type SessionInside = Answer<"inside">["data"][number];
/** What became of a command; `position` is where in the room's log its effect is. */
export type Done = Answer<"done">;
/** Who waits in a room, in the order of the knocks. */
export type Lobby = Answer<"lobby">;
/** A link that answers one knock. Whoever has it can answer. */
export type KnockLink = Answer<"knockLink">;
/** A room as it is now. */
export type LiveRoom = Answer<"live">;
/** A ban, as moderators see it. */
export type Ban = Answer<"bans">["bans"][number];
/** Something that happened in a room; `type` says what else is in it. */
export type RoomEvent = Answer<"events">["events"][number];
/** Events of a room in the order of their numbers, and where to go on. */
export type RoomEvents = Answer<"events">;
/** A token that the gateway made. */
export type IssuedToken = Answer<"issued">;
/** What RFC 7662 tells of a token. */
export type IntrospectedToken = Answer<"introspected">;
/** What a token would do at a door. */
export type ExplainedToken = Answer<"explained">;
/** A conference that was opened, or goes on. */
export type Conference = Answer<"conference">;
/** Somebody inside a conference. */
export type ConferenceParticipant = Answer<"conferenceInside">["participants"][number];
/** Something that was revoked. */
export type Revocation = Answer<"revocation">;
/** A webhook of the app. */
export type Webhook = Answer<"webhook">;
/** A message to a webhook, and how far it got. */
export type Delivery = Answer<"delivery">;
