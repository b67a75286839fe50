/** What calls answer, as programs read it: the shapes that the routes themselves answer in. */
import type { z } from "zod";
import type { conferenceSchema, insideSchema } from "../http/api/conference-shapes.js";
import type { eventsSchema, toldEventSchema } from "../http/api/event-shapes.js";
import type { explainedSchema } from "../http/api/explain-shapes.js";
import type { banSchema, liveRoomSchema } from "../http/api/live-shapes.js";
import type { knockLinkSchema, lobbySchema } from "../http/api/lobby-shapes.js";
import type { revocationSchema } from "../http/api/revocation-shapes.js";
import type { deactivatedRoomSchema, roomSchema } from "../http/api/room-shapes.js";
import type {
  attendanceDetailSchema,
  sessionDetailSchema,
  sessionSchema,
} from "../http/api/session-shapes.js";
import type { doneSchema } from "../http/api/shapes.js";
import type { introspectedSchema, issuedSchema } from "../http/api/token-bodies.js";
import type { deliverySchema, webhookSchema } from "../http/api/webhook-shapes.js";

/** A room. Times are ISO 8601, durations seconds. */
export type Room = z.infer<typeof roomSchema>;
/** A room that was closed for good, under the names of VideoSDK's v1. */
export type DeactivatedRoom = z.infer<typeof deactivatedRoomSchema>;
/** A session with who attended it. */
export type Session = z.infer<typeof sessionSchema>;
/** Somebody's attendance with what they had turned on. */
export type Attendance = z.infer<typeof attendanceDetailSchema>;
/** A session with those who are inside and what they had turned on. */
export type SessionInside = z.infer<typeof sessionDetailSchema>;
/** What became of a command; `position` is where in the room's log its effect is. */
export type Done = z.infer<typeof doneSchema>;
/** Who waits in a room, in the order of the knocks. */
export type Lobby = z.infer<typeof lobbySchema>;
/** A link that answers one knock. Whoever has it can answer. */
export type KnockLink = z.infer<typeof knockLinkSchema>;
/** A room as it is now. */
export type LiveRoom = z.infer<typeof liveRoomSchema>;
/** A ban, as moderators see it. */
export type Ban = z.infer<typeof banSchema>;
/** Something that happened in a room; `type` says what else is in it. */
export type RoomEvent = z.infer<typeof toldEventSchema>;
/** Events of a room in the order of their numbers, and where to go on. */
export type RoomEvents = z.infer<typeof eventsSchema>;
/** A token that the gateway made. */
export type IssuedToken = z.infer<typeof issuedSchema>;
/** What RFC 7662 tells of a token. */
export type IntrospectedToken = z.infer<typeof introspectedSchema>;
/** What a token would do at a door. */
export type ExplainedToken = z.infer<typeof explainedSchema>;
/** A conference that was opened, or goes on. */
export type Conference = z.infer<typeof conferenceSchema>;
/** Somebody inside a conference. */
export type ConferenceParticipant = z.infer<typeof insideSchema>["participants"][number];
/** Something that was revoked. */
export type Revocation = z.infer<typeof revocationSchema>;
/** A webhook of the app. */
export type Webhook = z.infer<typeof webhookSchema>;
/** A message to a webhook, and how far it got. */
export type Delivery = z.infer<typeof deliverySchema>;
