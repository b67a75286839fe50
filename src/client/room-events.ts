/** The room's events as they come in frames: the public shapes of the protocol, each with its number and its time. */
import { z } from "zod";
import { eventShapes, type EventBody, type EventType } from "../protocol/events.js";

/** Beside every event: its number in the room, and when it happened in epoch milliseconds. */
interface Stamp {
  readonly seq: number;
  readonly at: number;
}
/** Events by type, as they come in frames. */
export type RoomEvents = { [T in EventType]: Stamp & { readonly type: T } & EventBody<T> };
/** One event of a room; of any type, or of one. */
export type RoomEvent<T extends EventType = EventType> = RoomEvents[T];

const event = <T extends EventType>(type: T) =>
  z.object({ seq: z.number(), at: z.number(), type: z.literal(type), ...eventShapes[type] });

const eventSchemas = {
  "room-created": event("room-created"),
  "room-settings-changed": event("room-settings-changed"),
  "room-status-changed": event("room-status-changed"),
  "session-started": event("session-started"),
  "session-ended": event("session-ended"),
  "entry-requested": event("entry-requested"),
  "entry-responded": event("entry-responded"),
  "entry-withdrawn": event("entry-withdrawn"),
  "entry-disconnected": event("entry-disconnected"),
  "entry-resumed": event("entry-resumed"),
  "participant-joined": event("participant-joined"),
  "participant-left": event("participant-left"),
  "participant-disconnected": event("participant-disconnected"),
  "participant-resumed": event("participant-resumed"),
  "stream-enabled": event("stream-enabled"),
  "stream-disabled": event("stream-disabled"),
  "mic-requested": event("mic-requested"),
  "webcam-requested": event("webcam-requested"),
  "mic-responded": event("mic-responded"),
  "webcam-responded": event("webcam-responded"),
  "media-lock-changed": event("media-lock-changed"),
  "participant-banned": event("participant-banned"),
  "participant-unbanned": event("participant-unbanned"),
  "room-lock-changed": event("room-lock-changed"),
  "permissions-changed": event("permissions-changed"),
  "participant-renamed": event("participant-renamed"),
  "participant-invited": event("participant-invited"),
  "invitation-revoked": event("invitation-revoked"),
  "token-expired": event("token-expired"),
  "token-refreshed": event("token-refreshed"),
  "message-published": event("message-published"),
} satisfies Record<EventType, z.ZodType>;

/** Decodes one event; null where it is not well formed. */
export function decodeEvent(type: EventType, input: unknown): RoomEvent | null {
  const parsed = eventSchemas[type].safeParse(input);
  return parsed.success ? parsed.data : null;
}

/** Whether this client knows such an event. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventSchemas, type);
}
