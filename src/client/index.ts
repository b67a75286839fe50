/**
 * The public entry `admitone/client`: the door, the lobby and the room for browsers and Node (`docs/sdk.md`). Media is
 * `admitone/client/media`.
 */
export {
  followNotifications,
  type Follower,
  type FollowEventArguments,
  type FollowOptions,
} from "./follow-notifications.js";
export type { ConferenceNews } from "./frame-types.js";
export { initMeeting, type MeetingOptions } from "./init-meeting.js";
export type { KeepStore } from "./keep.js";
export { MeetingError, type MeetingErrorBody } from "./meeting-error.js";
export type { Joined, Left, MeetingState } from "./meeting-events.js";
export { initializeToken, type MeetingToken, type RefreshToken, type TokenOptions } from "./meeting-token.js";
export type {
  EntryDecision,
  EntryRequest,
  IceServers,
  MediaRequest,
  Meeting,
  MeetingEventArguments,
  Participant,
  PubSub,
  RoomPermission,
  Words,
} from "./meeting-types.js";
export type { RoomFacts } from "./room-copy.js";
export type { OpenSocket, SocketLike, SocketListeners } from "./socket.js";
export type { StartTimer } from "./surroundings.js";
export type { MediaKind, Notification } from "../protocol/commands.js";
export type { ActorView, KnockView, LobbyView, ParticipantView, TopicMessage } from "../protocol/events.js";
