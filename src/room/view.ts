/** What the outside sees: which event is for whom, and the room as a snapshot for somebody who comes in. */
import type { LobbyView, RoomView } from "../protocol/events.js";
import type { RoomEvent } from "./events.js";
import type { Right } from "./grant.js";
import { hostPresent, type Participant, type RoomState } from "./state.js";

/** Whom an event is for: everybody in the room, those who answer knocks, or some people by id. */
export type Audience =
  | { readonly to: "all" }
  | { readonly to: "hosts" }
  | { readonly to: "some"; readonly participantIds: readonly string[] };

const ALL: Audience = { to: "all" };
const HOSTS: Audience = { to: "hosts" };

/** Whom this event is for; `after` is the state with it (`docs/rules.md` W). Numbers count for everybody, seen or not. */
export function audienceOf(event: RoomEvent, after: RoomState): Audience {
  switch (event.type) {
    case "entry-requested":
    case "entry-responded":
    case "entry-withdrawn":
    case "entry-disconnected":
    case "entry-resumed":
      return HOSTS;
    case "mic-requested":
    case "webcam-requested":
      return some(event.body.targetId);
    case "mic-responded":
    case "webcam-responded":
      return some(event.body.participantId, event.body.askerId);
    case "token-expired":
    case "token-refreshed":
      return some(event.body.participantId);
    case "participant-banned":
    case "participant-unbanned":
      return some(...holders(after, "allow_mod"));
    case "participant-invited":
    case "invitation-revoked":
      return some(...new Set([...holders(after, "allow_join"), event.body.participantId]));
    case "message-published": {
      const { sendOnly, senderId } = event.body.message;
      return sendOnly === null ? ALL : some(...sendOnly, senderId);
    }
    case "room-created":
    case "room-settings-changed":
    case "room-status-changed":
    case "session-started":
    case "session-ended":
    case "participant-joined":
    case "participant-left":
    case "participant-disconnected":
    case "participant-resumed":
    case "stream-enabled":
    case "stream-disabled":
    case "media-lock-changed":
    case "room-lock-changed":
    case "permissions-changed":
    case "participant-renamed":
      return ALL;
  }
}

function some(...participantIds: readonly (string | null)[]): Audience {
  return { to: "some", participantIds: participantIds.filter((id) => id !== null) };
}

function holders({ participants }: RoomState, right: Right): string[] {
  return [...participants.values()]
    .filter(({ view }) => view.permissions.includes(right))
    .map(({ view }) => view.participantId);
}

/** What everybody sees of an event, as JSON text with its number; nothing hidden is in it. */
export function publicEvent(event: RoomEvent, seq: number): string {
  return JSON.stringify({ seq, at: event.at, type: event.type, ...event.body });
}

/** What a snapshot says beside its participants; they are left out so that their texts can be cached one by one. */
export function roomView(state: RoomState, viewerId: string): Omit<RoomView, "participants"> {
  const permissions = state.participants.get(viewerId)?.view.permissions ?? [];
  const messages = Array.from(state.messages.values(), ({ message }) => message).filter(
    ({ sendOnly, senderId }) => sendOnly === null || senderId === viewerId || sendOnly.includes(viewerId),
  );
  return {
    roomId: state.room?.roomId ?? "",
    customRoomId: state.room?.customRoomId ?? null,
    sessionId: state.session?.id ?? null,
    startedAt: state.session?.startedAt ?? null,
    locked: state.locked,
    mediaLocks: state.mediaLocks,
    maxParticipants: state.room?.settings.maxParticipants ?? 0,
    lobbyForAll: state.room?.settings.lobbyForAll ?? false,
    messages,
    ...(permissions.includes("allow_join")
      ? { lobby: Array.from(state.knocks.values(), ({ view }) => view) }
      : {}),
    ...(permissions.includes("allow_mod") ? { bans: [...state.bans.keys()] } : {}),
  };
}

/** What a participant is told of themselves alone. `asked`: who waits for an answer; `by` null is a back end. */
export interface SelfView {
  /** True after the token expired under the policy `restrict`. */
  readonly restricted: boolean;
  readonly asked: Participant["asked"];
}

/** A participant as only they see themselves. */
export function selfView({ participants }: RoomState, participantId: string): SelfView {
  const one = participants.get(participantId);
  return {
    restricted: one?.restricted ?? false,
    asked: one?.asked ?? { mic: null, webcam: null },
  };
}

/** The lobby as one knocker sees it; null: they do not wait. */
export function lobbyView(state: RoomState, participantId: string): LobbyView | null {
  const knock = state.knocks.get(participantId);
  if (knock === undefined) return null;
  return {
    participantId,
    since: knock.view.since,
    expiresAt: knock.view.expiresAt,
    hostPresent: hostPresent(state),
  };
}
