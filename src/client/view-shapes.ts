/** The shapes of what the gateway tells about rooms and people. Each is checked by the compiler against the protocol's type. */
import type {
  ActorView,
  ConferencePermission,
  KnockView,
  LobbyView,
  ParticipantView,
  RoomSettings,
  RoomView,
  TopicMessage,
} from "../protocol/events.js";
import {
  anything,
  flag,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  record,
  text,
  variants,
  whole,
  type Shape,
} from "./shape.js";

/** A leave reason. */
export interface ReasonView {
  readonly code: number;
  readonly message: string;
}

/** A text, or null. */
export const textOrNull = nullable(text);
/** Milliseconds, or null. */
export const numberOrNull = nullable(number);
/** `mic` or `webcam`. */
export const kind = oneOf("mic", "webcam");
/** Rights in a room. */
export const rights = list(oneOf("allow_join", "allow_mod"));
/** An object of the user's own, or null. */
export const ownObject = nullable(record(anything));
/** A leave reason. */
export const leaveReason = object<ReasonView>({ code: number, message: text });

/** What somebody may do in a conference. */
export const conferencePermissions: Shape<ConferencePermission[]> = list(
  oneOf(
    ...(["INVITE", "JOIN", "SEND_AUDIO", "SEND_VIDEO", "SHARE_SCREEN", "SHARE_VIDEO"] as const),
    ...(["SHARE_FILE", "SEND_MESSAGE", "RECORD", "STREAM", "KICK", "UPDATE_PERMISSIONS"] as const),
  ),
);

/** Who did it. */
export const actor = variants<"kind", ActorView>("kind", {
  participant: object({ kind: oneOf("participant"), participantId: text, name: text }),
  api: object({ kind: oneOf("api"), name: textOrNull }),
  rule: object({ kind: oneOf("rule") }),
});

/** Somebody in the room. */
export const participantView = object<ParticipantView>({
  participantId: text,
  name: text,
  metaData: ownObject,
  permissions: rights,
  conferencePermissions: nullable(conferencePermissions),
  micOn: flag,
  webcamOn: flag,
  micLocked: flag,
  webcamLocked: flag,
  online: flag,
  joinedAt: number,
});

/** Somebody who knocks. */
export const knockView = object<KnockView>({
  participantId: text,
  name: text,
  metaData: ownObject,
  since: number,
  expiresAt: number,
  returned: flag,
  online: flag,
});

/** A message on a topic. */
export const topicMessage = object<TopicMessage>({
  id: text,
  topic: text,
  message: text,
  payload: ownObject,
  senderId: textOrNull,
  senderName: text,
  timestamp: number,
  persist: flag,
  sendOnly: nullable(list(text)),
});

/** What a room is set to; the bounds are the protocol's. */
export const roomSettings = object<RoomSettings>({
  maxParticipants: whole(1, 10_000),
  hostAbsent: oneOf("hold", "refuse"),
  knockTimeoutMs: whole(10_000, 86_400_000),
  resumeWindowMs: whole(1_000, 3_600_000),
  tokenExpiry: nullable(oneOf("stay", "restrict", "leave")),
  lobbyForAll: flag,
  autoClose: nullable(
    object({
      type: oneOf("session-ends", "session-end-and-deactivate"),
      afterMs: whole(1_000, 2_592_000_000),
    }),
  ),
});

/** The room as a snapshot tells it. */
export const roomView = object<RoomView>({
  roomId: text,
  customRoomId: textOrNull,
  sessionId: textOrNull,
  startedAt: numberOrNull,
  locked: flag,
  mediaLocks: object({ mic: flag, webcam: flag }),
  maxParticipants: number,
  lobbyForAll: flag,
  participants: list(participantView),
  messages: list(topicMessage),
  lobby: optional(list(knockView)),
  bans: optional(list(text)),
});

/** The lobby as one who waits there sees it. */
export const lobbyView = {
  participantId: text,
  since: number,
  expiresAt: number,
  hostPresent: flag,
} satisfies { readonly [K in keyof LobbyView]: Shape<LobbyView[K]> };
