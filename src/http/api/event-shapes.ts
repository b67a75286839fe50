/** The room's events as back ends read them: what sockets are told, each with its number and its time. */
import { z } from "zod";
import { eventShapes, type EventType } from "../../protocol/events.js";
import { named, positionSchema } from "./shapes.js";

const told = <T extends EventType>(type: T) =>
  z.strictObject({
    seq: z.number().int().describe("Its number in the room, the same for everybody"),
    at: z.number().describe("Epoch milliseconds"),
    type: z.literal(type),
    ...eventShapes[type],
  });

const toldSchemas = {
  "room-created": told("room-created"),
  "room-settings-changed": told("room-settings-changed"),
  "room-status-changed": told("room-status-changed"),
  "session-started": told("session-started"),
  "session-ended": told("session-ended"),
  "entry-requested": told("entry-requested"),
  "entry-responded": told("entry-responded"),
  "entry-withdrawn": told("entry-withdrawn"),
  "entry-disconnected": told("entry-disconnected"),
  "entry-resumed": told("entry-resumed"),
  "participant-joined": told("participant-joined"),
  "participant-left": told("participant-left"),
  "participant-disconnected": told("participant-disconnected"),
  "participant-resumed": told("participant-resumed"),
  "stream-enabled": told("stream-enabled"),
  "stream-disabled": told("stream-disabled"),
  "mic-requested": told("mic-requested"),
  "webcam-requested": told("webcam-requested"),
  "mic-responded": told("mic-responded"),
  "webcam-responded": told("webcam-responded"),
  "media-lock-changed": told("media-lock-changed"),
  "participant-banned": told("participant-banned"),
  "participant-unbanned": told("participant-unbanned"),
  "room-lock-changed": told("room-lock-changed"),
  "permissions-changed": told("permissions-changed"),
  "participant-renamed": told("participant-renamed"),
  "participant-invited": told("participant-invited"),
  "invitation-revoked": told("invitation-revoked"),
  "token-expired": told("token-expired"),
  "token-refreshed": told("token-refreshed"),
  "message-published": told("message-published"),
} satisfies Record<EventType, z.ZodType>;

type ToldSchema = (typeof toldSchemas)[EventType];
const [first, ...others]: ToldSchema[] = Object.values(toldSchemas);
if (first === undefined) throw new Error("there are no events");

/** One event of a room. */
export const toldEventSchema = z.discriminatedUnion("type", [first, ...others]).register(named, {
  id: "RoomEvent",
  description: "What happened in a room; `type` says what else is in it",
});

/** Events of a room in the order of their numbers, and where to go on. */
export const eventsSchema = z
  .strictObject({
    roomId: z.string(),
    events: z.array(toldEventSchema).describe("In the order of their numbers, none left out"),
    next: positionSchema.describe("`<epoch>:<seq>`: where these events end; the next `since`"),
    at: positionSchema.describe("`<epoch>:<seq>`: where the room is"),
  })
  .register(named, { id: "RoomEvents" });
