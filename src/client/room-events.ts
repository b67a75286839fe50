/** The room's events as they come in frames: the public shapes of the protocol, each with its number and its time. */
import type { EventBody, EventType } from "../protocol/events.js";
import { fit, flag, nullable, number, object, oneOf, text, type Members, type Reader } from "./shape.js";
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
export type RoomEvents<K extends EventType = EventType> = { [T in K]: Stamped<T> };
/** One event of a room; of any type, or of one. */
export type RoomEvent<K extends EventType = EventType> = RoomEvents<K>[K];

const stamp = object<Stamp>({ seq: number, at: number });

const stamped = <K extends EventType>(type: K, members: Members<EventBody<K>>): Reader<Stamped<K>> => {
  const body = object<EventBody<K>>(members);
  return { read: (input) => ({ ...stamp.read(input), type, ...body.read(input) }) };
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
const eventMembers: { readonly [T in EventType]: Members<EventBody<T>> } = {
  "room-created": {
    roomId: text,
    customRoomId: textOrNull,
    permanent: flag,
    settings: roomSettings,
  },
  "room-settings-changed": { settings: roomSettings, by },
  "room-status-changed": {
    status: oneOf("enabled", "disabled", "deactivated"),
    by,
  },
  "session-started": { sessionId: text },
  "session-ended": {
    sessionId: text,
    cause: oneOf("last-left", "ended", "auto-closed", "room-closed"),
    by,
  },
  "entry-requested": { knock: knockView },
  "entry-responded": entryAnswered,
  "entry-withdrawn": {
    participantId,
    cause: oneOf(
      ...(["withdrawn", "timed-out", "disconnected", "entered", "duplicate"] as const),
      ...(["room-closed", "token-revoked", "key-deactivated", "app-deleted"] as const),
    ),
  },
  "entry-disconnected": absence,
  "entry-resumed": { participantId },
  "participant-joined": { participant: participantView },
  "participant-left": { participantId, reason: leaveReason, by },
  "participant-disconnected": absence,
  "participant-resumed": { participantId },
  "stream-enabled": switched,
  "stream-disabled": switched,
  "mic-requested": askers,
  "webcam-requested": askers,
  "mic-responded": answers,
  "webcam-responded": answers,
  "media-lock-changed": { participantId: textOrNull, kind, locked: flag, by },
  "participant-banned": { participantId, by, note: textOrNull },
  "participant-unbanned": { participantId, by },
  "room-lock-changed": { locked: flag, by },
  "permissions-changed": {
    participantId,
    permissions: rights,
    conferencePermissions: nullable(conferencePermissions),
    by,
  },
  "participant-renamed": { participantId, name: text, metaData: ownObject },
  "participant-invited": {
    participantId,
    permissions: conferencePermissions,
    by,
  },
  "invitation-revoked": { participantId, by },
  "token-expired": { participantId },
  "token-refreshed": { participantId, expiresAt: numberOrNull },
  "message-published": { message: topicMessage },
};

/** Every event that this client knows. */
export const EVENT_TYPES: readonly EventType[] = Object.keys(eventMembers).filter(isEventType);

/** Decodes one event; null where it is not well formed. */
export function decodeEvent<K extends EventType>(type: K, input: unknown): RoomEvent<K> | null {
  return fit(stamped(type, eventMembers[type]), input);
}

/** Whether this client knows such an event. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventMembers, type);
}
