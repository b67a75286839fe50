/** The room's events as they come in frames: the public shapes of the protocol, each with its number and its time. */
import type { EventBody, EventType } from "../protocol/events.js";
import { fit, flag, nullable, number, object, oneOf, text, type Members, type Shape } from "./shape.js";
import {
  actor as by,
  conferencePermissions,
  kind,
  knockView,
  leaveReason,
  numberOrNull,
  ownObject,
  participantView,
  rights,
  roomSettings,
  textOrNull,
  topicMessage,
} from "./view-shapes.js";

/** Beside every event: its number in the room, and when it happened in epoch milliseconds. */
interface Stamp {
  readonly seq: number;
  readonly at: number;
}
type Stamped<T extends EventType> = Stamp & { readonly type: T } & EventBody<T>;
/** Events by type, as they come in frames. */
export type RoomEvents = { [T in EventType]: Stamped<T> };
/** One event of a room; of any type, or of one. */
export type RoomEvent<T extends EventType = EventType> = RoomEvents[T];

const stamp = object<Stamp>({ seq: number, at: number });

const event = <T extends EventType>(type: T, members: Members<EventBody<T>>): Shape<Stamped<T>> => {
  const body = object<EventBody<T>>(members);
  return { mayMiss: false, read: (input) => ({ ...stamp.read(input), type, ...body.read(input) }) };
};

const participantId = text;
const askers = { participantId: textOrNull, targetId: text };
const answers = { participantId, askerId: textOrNull, accepted: flag };
const absence = { participantId, until: number };
const switched = { participantId, kind, by };

/** The members of the answer to a knock: of the event, and of the frame to the one who knocked. */
export const entryAnswered: Members<EventBody<"entry-responded">> = {
  participantId,
  decision: oneOf("allowed", "denied"),
  by,
  note: textOrNull,
  banned: flag,
  mayKnockAt: numberOrNull,
};

/** Decided by the compiler: an event or a member that the protocol has, and this table has not, does not compile. */
const eventShapes: { readonly [T in EventType]: Shape<RoomEvents[T]> } = {
  "room-created": event("room-created", {
    roomId: text,
    customRoomId: textOrNull,
    permanent: flag,
    settings: roomSettings,
  }),
  "room-settings-changed": event("room-settings-changed", { settings: roomSettings, by }),
  "room-status-changed": event("room-status-changed", {
    status: oneOf("enabled", "disabled", "deactivated"),
    by,
  }),
  "session-started": event("session-started", { sessionId: text }),
  "session-ended": event("session-ended", {
    sessionId: text,
    cause: oneOf("last-left", "ended", "auto-closed", "room-closed"),
    by,
  }),
  "entry-requested": event("entry-requested", { knock: knockView }),
  "entry-responded": event("entry-responded", entryAnswered),
  "entry-withdrawn": event("entry-withdrawn", {
    participantId,
    cause: oneOf(
      ...(["withdrawn", "timed-out", "disconnected", "entered", "duplicate"] as const),
      ...(["room-closed", "token-revoked", "key-deactivated", "app-deleted"] as const),
    ),
  }),
  "entry-disconnected": event("entry-disconnected", absence),
  "entry-resumed": event("entry-resumed", { participantId }),
  "participant-joined": event("participant-joined", { participant: participantView }),
  "participant-left": event("participant-left", { participantId, reason: leaveReason, by }),
  "participant-disconnected": event("participant-disconnected", absence),
  "participant-resumed": event("participant-resumed", { participantId }),
  "stream-enabled": event("stream-enabled", switched),
  "stream-disabled": event("stream-disabled", switched),
  "mic-requested": event("mic-requested", askers),
  "webcam-requested": event("webcam-requested", askers),
  "mic-responded": event("mic-responded", answers),
  "webcam-responded": event("webcam-responded", answers),
  "media-lock-changed": event("media-lock-changed", { participantId: textOrNull, kind, locked: flag, by }),
  "participant-banned": event("participant-banned", { participantId, by, note: textOrNull }),
  "participant-unbanned": event("participant-unbanned", { participantId, by }),
  "room-lock-changed": event("room-lock-changed", { locked: flag, by }),
  "permissions-changed": event("permissions-changed", {
    participantId,
    permissions: rights,
    conferencePermissions: nullable(conferencePermissions),
    by,
  }),
  "participant-renamed": event("participant-renamed", { participantId, name: text, metaData: ownObject }),
  "participant-invited": event("participant-invited", {
    participantId,
    permissions: conferencePermissions,
    by,
  }),
  "invitation-revoked": event("invitation-revoked", { participantId, by }),
  "token-expired": event("token-expired", { participantId }),
  "token-refreshed": event("token-refreshed", { participantId, expiresAt: numberOrNull }),
  "message-published": event("message-published", { message: topicMessage }),
};

/** Every event that this client knows. */
export const EVENT_TYPES: readonly EventType[] = Object.keys(eventShapes).filter(isEventType);

/** Decodes one event; null where it is not well formed. */
export function decodeEvent(type: EventType, input: unknown): RoomEvent | null {
  return fit<RoomEvent>(eventShapes[type], input);
}

/** Whether this client knows such an event. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventShapes, type);
}
