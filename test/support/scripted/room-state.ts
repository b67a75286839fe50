/**
 * A room as `docs/protocol.md` describes it, and what each event makes of it: written anew from the document, so that the client's copy
 * is compared with something else than the gateway's own code.
 */
import type { MediaKind } from "../../../src/protocol/commands.js";
import type {
  EventBody,
  EventType,
  KnockView,
  ParticipantView,
  RoomView,
  TopicMessage,
} from "../../../src/protocol/events.js";

/** The events that happen in the model. */
export type ModelType = Exclude<
  EventType,
  | "room-created"
  | "room-settings-changed"
  | "room-status-changed"
  | "participant-invited"
  | "invitation-revoked"
>;
/** What happens, before it has a number. */
export type Happening = { [T in ModelType]: { readonly type: T } & EventBody<T> }[ModelType];
/** An event as frames carry it. `at` is in epoch milliseconds. */
export type ModelEvent = Happening & { readonly seq: number; readonly at: number };

/** An open request to turn something on. */
export interface Ask {
  readonly by: string | null;
  readonly targetId: string;
  readonly kind: MediaKind;
}

/** A room at one number. Lists are in the order in which the snapshot shows them. */
export interface RoomState {
  readonly sessionId: string | null;
  readonly startedAt: number | null;
  readonly locked: boolean;
  readonly mediaLocks: RoomView["mediaLocks"];
  readonly participants: readonly ParticipantView[];
  readonly lobby: readonly KnockView[];
  readonly bans: readonly string[];
  readonly messages: readonly TopicMessage[];
  readonly asks: readonly Ask[];
  /** Ids of participants whose token has run out under the policy `restrict`. */
  readonly restricted: readonly string[];
  /** Ids whose last knock was answered. */
  readonly decided: readonly string[];
}

/** A room that was just created. */
export const EMPTY_ROOM: RoomState = {
  sessionId: null,
  startedAt: null,
  locked: false,
  mediaLocks: { mic: false, webcam: false },
  participants: [],
  lobby: [],
  bans: [],
  messages: [],
  asks: [],
  restricted: [],
  decided: [],
};

/** How many kept messages a room remembers. */
const KEPT_MESSAGES = 200;

/** Somebody in a room, by id. */
export const personIn = ({ participants }: RoomState, id: string): ParticipantView | undefined =>
  participants.find(({ participantId }) => participantId === id);
/** A knock in a room, by id. */
export const knockIn = ({ lobby }: RoomState, id: string): KnockView | undefined =>
  lobby.find(({ participantId }) => participantId === id);
/** Whether somebody holds a right. */
export const holds = (state: RoomState, id: string, right: "allow_join" | "allow_mod"): boolean =>
  personIn(state, id)?.permissions.includes(right) === true;

/** The room after an event. */
export function evolve(state: RoomState, event: ModelEvent): RoomState {
  switch (event.type) {
    case "session-started":
      return { ...state, sessionId: event.sessionId, startedAt: event.at };
    case "session-ended":
      // Who waits goes on waiting where the last one merely left.
      return { ...EMPTY_ROOM, bans: state.bans, lobby: event.cause === "last-left" ? state.lobby : [] };
    case "entry-requested": {
      const id = event.knock.participantId;
      const decided = state.decided.filter((one) => one !== id);
      return { ...state, decided, lobby: [...withoutKnock(state, id), event.knock] };
    }
    case "entry-responded": {
      const { participantId } = event;
      const decided = [...state.decided, participantId];
      return { ...state, decided, lobby: withoutKnock(state, participantId) };
    }
    case "entry-withdrawn":
      return { ...state, lobby: withoutKnock(state, event.participantId) };
    case "entry-disconnected":
      return knockWith(state, event.participantId, false);
    case "entry-resumed":
      return knockWith(state, event.participantId, true);
    case "participant-joined":
      return { ...state, participants: [...state.participants, event.participant] };
    case "participant-left": {
      const id = event.participantId;
      const participants = state.participants.filter(({ participantId }) => participantId !== id);
      const restricted = state.restricted.filter((one) => one !== id);
      return { ...withoutAsks(state, id), participants, restricted };
    }
    case "participant-disconnected":
      return personWith(state, event.participantId, { online: false });
    case "participant-resumed":
      return personWith(state, event.participantId, { online: true });
    case "stream-enabled":
      return personWith(withoutAsks(state, event.participantId, event.kind), event.participantId, {
        [event.kind === "mic" ? "micOn" : "webcamOn"]: true,
      });
    case "stream-disabled":
      return personWith(state, event.participantId, {
        [event.kind === "mic" ? "micOn" : "webcamOn"]: false,
      });
    case "mic-requested":
    case "webcam-requested": {
      const kind = event.type === "mic-requested" ? "mic" : "webcam";
      const ask = { by: event.participantId, targetId: event.targetId, kind } as const;
      return { ...state, asks: [...withoutAsks(state, event.targetId, kind).asks, ask] };
    }
    case "mic-responded":
      return withoutAsks(state, event.participantId, "mic");
    case "webcam-responded":
      return withoutAsks(state, event.participantId, "webcam");
    case "media-lock-changed": {
      const { participantId, kind, locked } = event;
      if (participantId === null) return { ...state, mediaLocks: { ...state.mediaLocks, [kind]: locked } };
      return personWith(state, participantId, { [kind === "mic" ? "micLocked" : "webcamLocked"]: locked });
    }
    case "participant-banned":
      return { ...state, bans: [...state.bans, event.participantId] };
    case "participant-unbanned":
      return { ...state, bans: state.bans.filter((id) => id !== event.participantId) };
    case "room-lock-changed":
      return { ...state, locked: event.locked };
    case "permissions-changed":
      return personWith(state, event.participantId, { permissions: event.permissions });
    case "participant-renamed":
      return personWith(state, event.participantId, { name: event.name, metaData: event.metaData });
    case "token-expired":
      return { ...state, restricted: [...state.restricted, event.participantId] };
    case "token-refreshed":
      return { ...state, restricted: state.restricted.filter((id) => id !== event.participantId) };
    case "message-published":
      if (!event.message.persist) return state;
      return { ...state, messages: [...state.messages, event.message].slice(-KEPT_MESSAGES) };
  }
}

/** Whether an event is for somebody in the room, who is the viewer; `after` is the room with it. */
export function isFor(event: ModelEvent, viewer: string, after: RoomState): boolean {
  switch (event.type) {
    case "entry-requested":
    case "entry-responded":
    case "entry-withdrawn":
    case "entry-disconnected":
    case "entry-resumed":
      return holds(after, viewer, "allow_join");
    case "participant-banned":
    case "participant-unbanned":
      return holds(after, viewer, "allow_mod");
    case "mic-requested":
    case "webcam-requested":
      return event.targetId === viewer;
    case "mic-responded":
    case "webcam-responded":
      return event.participantId === viewer || event.askerId === viewer;
    case "token-expired":
    case "token-refreshed":
      return event.participantId === viewer;
    case "message-published":
      return maySee(event.message, viewer);
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
      return true;
  }
}

/** The room as a snapshot tells it to somebody. */
export function viewOf(state: RoomState, viewer: string): RoomView {
  const { sessionId, startedAt, locked, mediaLocks, participants, lobby, bans, messages } = state;
  return {
    roomId: "room-1",
    customRoomId: null,
    ...{ sessionId, startedAt, locked, mediaLocks },
    maxParticipants: 50,
    lobbyForAll: false,
    participants: [...participants],
    messages: messages.filter((message) => maySee(message, viewer)),
    ...(holds(state, viewer, "allow_join") ? { lobby: [...lobby] } : {}),
    ...(holds(state, viewer, "allow_mod") ? { bans: [...bans] } : {}),
  };
}

function maySee({ sendOnly, senderId }: TopicMessage, viewer: string): boolean {
  return sendOnly === null || senderId === viewer || sendOnly.includes(viewer);
}

function withoutKnock({ lobby }: RoomState, id: string): readonly KnockView[] {
  return lobby.filter(({ participantId }) => participantId !== id);
}

function knockWith(state: RoomState, id: string, online: boolean): RoomState {
  const lobby = state.lobby.map((one) => (one.participantId === id ? { ...one, online } : one));
  return { ...state, lobby };
}

function personWith(state: RoomState, id: string, part: Partial<ParticipantView>): RoomState {
  const participants = state.participants.map((one) =>
    one.participantId === id ? { ...one, ...part } : one,
  );
  return { ...state, participants };
}

function withoutAsks(state: RoomState, id: string, only: MediaKind | null = null): RoomState {
  const asks = state.asks.filter(({ targetId, kind }) => targetId !== id || (only !== null && kind !== only));
  return { ...state, asks };
}
