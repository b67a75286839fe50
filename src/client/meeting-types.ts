/**
 * What a user of the SDK sees: the meeting, its participants, those who knock, and the events. Names are VideoSDK's where it has one
 * (`reference/videosdk.md` sections 4 to 6); events are told with positional arguments, as its clients expect.
 */
import type { ActorView, KnockView, LobbyView, ParticipantView, TopicMessage } from "../protocol/events.js";
import type { MediaKind } from "../protocol/commands.js";
import type { MeetingError } from "./meeting-error.js";
import type { Joined, Left, MeetingState } from "./meeting-events.js";
import type { RoomFacts } from "./room-copy.js";

/** A right in the room. */
export type RoomPermission = ParticipantView["permissions"][number];

/** What a moderator may say with a decision that goes against somebody. */
export interface Words {
  /** The moderator's own words, at most 512 characters; the person reads them. */
  readonly note?: string | undefined;
  /** Nobody with this id, or with the token that they showed, comes in again until the ban is lifted. */
  readonly ban?: boolean | undefined;
}

/**
 * Somebody in the room. The members are as they are now; the object is the same for the whole stay of the person. Every method is a
 * command: it resolves once the room took it, and rejects with a `MeetingError`.
 */
export interface Participant {
  readonly id: string;
  readonly displayName: string;
  readonly metaData: Readonly<Record<string, unknown>> | null;
  /** Whether this is oneself. */
  readonly local: boolean;
  readonly micOn: boolean;
  readonly webcamOn: boolean;
  /** They cannot turn it on until released; for oneself and everybody the room's `mediaLocks` count too. */
  readonly micLocked: boolean;
  readonly webcamLocked: boolean;
  /** False while their line is lost and the seat is kept. */
  readonly online: boolean;
  /** Epoch milliseconds. */
  readonly joinedAt: number;
  readonly permissions: readonly RoomPermission[];
  /** May answer knocks (`allow_join`). */
  readonly isHost: boolean;
  /** May moderate (`allow_mod`). */
  readonly isModerator: boolean;

  /** Oneself: turns it on. Another (needs `allow_mod`): asks them to; they hear `mic-requested`. */
  enableMic(): Promise<void>;
  /** Turns it off, oneself's or another's (needs `allow_mod`); at once. */
  disableMic(): Promise<void>;
  enableWebcam(): Promise<void>;
  disableWebcam(): Promise<void>;
  /** Needs `allow_mod`. */
  lockMedia(kind: MediaKind, locked: boolean): Promise<void>;
  /** Puts them out; needs `allow_mod`. */
  remove(words?: Words): Promise<void>;
  /** Sends them back to the lobby; needs `allow_mod`. */
  returnToLobby(): Promise<void>;
  /** Gives or takes a right that one holds oneself; needs `allow_mod`. */
  setPermission(permission: RoomPermission, granted: boolean): Promise<void>;
}

/** Somebody who knocks, as a host sees them. Times are epoch milliseconds. */
export interface EntryRequest extends Omit<KnockView, "name" | "metaData"> {
  /** Empty where they gave none. */
  readonly name: string;
  readonly metaData: Readonly<Record<string, unknown>> | null;
  /** Lets them in. Rejects with a `MeetingError`: `already_decided` says who was first. */
  allow(): Promise<void>;
  deny(words?: Words): Promise<void>;
}

/** A moderator asks for one's microphone or webcam. Answering once is enough; a second answer rejects. */
export interface MediaRequest {
  /** Who asks; null: a back end. */
  readonly participantId: string | null;
  /** Turns it on, for the room. */
  accept(): Promise<void>;
  reject(): Promise<void>;
}

/** How a knock was answered. */
export interface EntryDecision {
  readonly by: ActorView;
  readonly note: string | null;
  readonly banned: boolean;
  /** When a new knock will be heard, epoch milliseconds. */
  readonly mayKnockAt: number | null;
}

/** What a browser needs to reach others; see `RTCConfiguration.iceServers`. */
export interface IceServers {
  readonly iceServers: readonly {
    readonly urls: readonly string[];
    readonly username?: string | undefined;
    readonly credential?: string | undefined;
  }[];
  /** When the credentials end, epoch milliseconds by the gateway's clock; null: never. */
  readonly expiresAt: number | null;
}

/** Events by name, each with the arguments of its listeners. */
export interface MeetingEventArguments {
  "meeting-state-changed": [change: { readonly state: MeetingState; readonly before: MeetingState }];
  /** In the lobby; again with each thing that changes there. */
  "meeting-waiting": [wait: LobbyView & { readonly roomId: string; readonly cause: string }];
  /** In the room: at once, or after a host said yes. Not again after a resume. */
  "meeting-joined": [joined: Joined];
  /** Out, for whatever reason; also the end of a wait in the lobby. */
  "meeting-left": [left: Left];
  /** To hosts, for each who knocks: also for those who were waiting when the host came. */
  "entry-requested": [request: EntryRequest];
  /** To hosts and to the one who knocked. */
  "entry-responded": [participantId: string, decision: "allowed" | "denied", more: EntryDecision];
  /** A knock ended without an answer. */
  "entry-withdrawn": [participantId: string, cause: string];
  /** The others; those who were there when one came are told by `participants`. */
  "participant-joined": [participant: Participant];
  "participant-left": [
    participant: Participant,
    reason: { readonly code: number; readonly message: string },
    by: ActorView,
  ];
  /** Name, rights, locks, line, microphone or webcam of somebody (oneself too) are different. */
  "participant-changed": [participant: Participant];
  "mic-requested": [request: MediaRequest];
  "webcam-requested": [request: MediaRequest];
  /** What became of one's own request. */
  "mic-responded": [answer: { readonly participantId: string; readonly accepted: boolean }];
  "webcam-responded": [answer: { readonly participantId: string; readonly accepted: boolean }];
  "stream-enabled": [
    change: { readonly participantId: string; readonly kind: MediaKind; readonly by: ActorView },
  ];
  "stream-disabled": [
    change: { readonly participantId: string; readonly kind: MediaKind; readonly by: ActorView },
  ];
  /** Locks, limits or the session of the room are different. */
  "room-changed": [room: RoomFacts];
  /** A topic message; also to its sender. */
  message: [message: TopicMessage];
  /** The line is lost; the next attempt begins after `delayMs`. */
  reconnecting: [
    loss: {
      readonly attempt: number;
      readonly delayMs: number;
      readonly code: number;
      readonly why: string;
    },
  ];
  /** Back again. True: everything missed was told as events. False: the room was laid anew. */
  recovered: [recovered: boolean];
  /** A part of the token's life is over (`reference/dolby.md` section 6): when it expires, by the gateway's clock, and what happens then. */
  "token-expiring": [mark: { readonly expiresAt: number; readonly policy: string }];
  /** The token has run out, and what that means here: `restrict` (commands are refused until a refresh), `stay`, `leave`. */
  "token-expired": [expiry: { readonly policy: string }];
  /** The gateway took a newer token. */
  "token-refreshed": [refreshed: { readonly expiresAt: number | null }];
  /** From somebody in the room; not kept, not numbered. */
  signal: [
    signal: {
      readonly from: string;
      readonly id: string;
      readonly payload: Readonly<Record<string, unknown>>;
    },
  ];
  /** Something that the SDK does by itself failed, such as a refresh of the token. The stay goes on. */
  error: [error: MeetingError];
  /** Anything that the meeting's members show is different now: for pages that draw everything anew. Told once for each frame. */
  changed: [];
  /** A listener threw, or rejected. */
  "listener-error": [fault: { readonly event: string; readonly error: unknown }];
}

/** Messages on topics, in VideoSDK's manner. */
export interface PubSub {
  /** Rejects with a `MeetingError`. `payload` is a JSON object. */
  publish(
    topic: string,
    message: string,
    options?: { readonly persist?: boolean | undefined; readonly sendOnly?: readonly string[] | undefined },
    payload?: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /**
   * Hears the messages of a topic, each once. Kept ones of before come first, the newest `oldMessageLimit` of them (all, if not given;
   * 0: none). The answer undoes it.
   */
  subscribe(
    topic: string,
    listener: (message: TopicMessage) => unknown,
    options?: { readonly oldMessageLimit?: number | undefined },
  ): () => void;
}

/** A meeting, from the first knock to the last word. One stay at a time; after `meeting-left`, `join` begins another. */
export interface Meeting {
  readonly state: MeetingState;
  /** As the gateway answered; null before. */
  readonly roomId: string | null;
  readonly participantId: string | null;
  /** The wait in the lobby; null while one does not wait. */
  readonly waiting: LobbyView | null;
  /** Oneself; null while one has no seat. */
  readonly localParticipant: Participant | null;
  /** The others, in the order of their joining. */
  readonly participants: ReadonlyMap<string, Participant>;
  /** Who knocks, in their order; empty for those who may not answer. */
  readonly entryRequests: ReadonlyMap<string, EntryRequest>;
  /** Who is banned; empty for those who do not moderate. */
  readonly bans: ReadonlySet<string>;
  /** The room beside its people; null outside. */
  readonly room: RoomFacts | null;
  /** The kept topic messages of this session. */
  readonly messages: readonly TopicMessage[];
  /** The token has run out under the policy `restrict`: commands are refused until a refresh. */
  readonly restricted: boolean;
  /** Requests for one's microphone or webcam that wait for an answer. */
  readonly mediaRequests: ReadonlyMap<MediaKind, MediaRequest>;
  readonly pubSub: PubSub;

  /** Asks to come in. Resolves once one is in the room or in the lobby; rejects with a `MeetingError`. */
  join(): Promise<Joined>;
  /** Leaves the room, or the lobby. */
  leave(): Promise<void>;
  /** Ends the session for everybody; needs `allow_mod`. */
  end(): Promise<void>;
  /** One's own microphone, as the room sees it. The SDK's media layer captures; this tells the room. */
  enableMic(): Promise<void>;
  disableMic(): Promise<void>;
  enableWebcam(): Promise<void>;
  disableWebcam(): Promise<void>;
  /** VideoSDK's word for `allow()` and `deny()` of the request. */
  respondEntry(participantId: string, decision: "allowed" | "denied", words?: Words): Promise<void>;
  /** Lets everybody in who waits; resolves with how many. */
  admitAll(): Promise<number>;
  /** Turns off everybody else's; needs `allow_mod`. */
  disableAll(kind: MediaKind): Promise<void>;
  /** Locks or releases everybody but moderators; needs `allow_mod`. */
  lockMediaForAll(kind: MediaKind, locked: boolean): Promise<void>;
  lockRoom(locked: boolean): Promise<void>;
  ban(participantId: string, words?: Pick<Words, "note">): Promise<void>;
  unban(participantId: string): Promise<void>;
  /** Changes one's own name, and what others show beside it where it is given. */
  rename(name: string, metaData?: Readonly<Record<string, unknown>> | null): Promise<void>;
  /** Shows a newer token now; `initializeToken` with a callback does it by itself. */
  refreshToken(token: string): Promise<void>;
  /** Sends something to somebody in the room, such as a WebRTC offer; at most 48 KiB of JSON. */
  signal(participantId: string, payload: Readonly<Record<string, unknown>>): Promise<void>;
  /** STUN and TURN servers, with credentials for this participant; only for those inside. */
  iceServers(): Promise<IceServers>;

  /** Hears an event; the answer undoes it. A listener that throws breaks nothing: see `listener-error`. */
  on<K extends keyof MeetingEventArguments>(
    event: K,
    listener: (...args: MeetingEventArguments[K]) => unknown,
  ): () => void;
  /** Hears an event once. */
  once<K extends keyof MeetingEventArguments>(
    event: K,
    listener: (...args: MeetingEventArguments[K]) => unknown,
  ): () => void;
  /** Cuts the line as a bad network would; the meeting then comes back by itself. For tests and demonstrations. */
  drop(): void;
}
