/** What is under test, seen from outside: a client in the shape that the scripts and the checks need. */
import type { ClientAction } from "../../../src/client/client-action.js";
import type { Left, MeetingState } from "../../../src/client/meeting-events.js";
import type { OpenSocket } from "../../../src/client/socket.js";
import type { StartTimer } from "../../../src/client/surroundings.js";
import type { KnockView, ParticipantView, RoomView, TopicMessage } from "../../../src/protocol/events.js";
import type { RoomLog } from "./room-log.js";
import type { Accuse } from "./violation.js";

/** What a client told, as a page would have heard it. */
export type Told =
  | { readonly kind: "state"; readonly state: MeetingState; readonly before: MeetingState }
  | { readonly kind: "snapshot"; readonly cause: string }
  | { readonly kind: "event"; readonly event: { readonly type: string; readonly seq: number } }
  | { readonly kind: "recovered"; readonly recovered: boolean }
  | { readonly kind: "reconnecting"; readonly delayMs: number }
  | { readonly kind: "left"; readonly left: Pick<Left, "code" | "why"> }
  /** Told once for each frame of its kind. */
  | { readonly kind: "handed over"; readonly what: string }
  | { readonly kind: "fault"; readonly error: unknown };

/** The client's copy of the room, to be compared with the room. What a client does not show is undefined. */
export interface Copy {
  readonly facts: Omit<RoomView, "participants" | "messages" | "lobby" | "bans"> | null;
  readonly participants: readonly ParticipantView[];
  readonly lobby: readonly KnockView[];
  readonly bans: readonly string[];
  readonly messages: readonly TopicMessage[];
  readonly restricted?: boolean;
  /** What one is asked to turn on, sorted. */
  readonly asked?: readonly string[];
  readonly epoch?: string | null;
  readonly seq?: number;
}

/** The accepting answer to a command. */
export interface AcceptedCommand {
  readonly seq: number | null;
  readonly repeated: boolean;
}

/** What a client is given of the world. */
export interface Surroundings {
  readonly openSocket: OpenSocket;
  readonly random: () => number;
  readonly makeId: () => string;
  readonly startTimer: StartTimer;
  readonly joinAttempts: number;
  readonly reconnectAttempts: number;
  readonly tell: (told: Told) => void;
  /** For checks of what only one kind of client promises: the room's history, and where to complain. */
  readonly log: RoomLog;
  readonly accuse: Accuse;
}

/**
 * What not every client tells: events with their numbers, and snapshots; each `token-refresh`; messages by themselves, also where they
 * came with a snapshot.
 */
export type Telling = "numbers" | "marks" | "messages";

/** A client under test. */
export interface Subject {
  readonly state: MeetingState;
  readonly tells: ReadonlySet<Telling>;
  join(): Promise<unknown>;
  leave(): Promise<unknown>;
  drop(): void;
  /** Asks for something, under this id; null: it was done, and nothing more is said. */
  command(action: ClientAction, id: string): Promise<AcceptedCommand | null>;
  copy(): Copy;
  /** In the quiet: complains of what only this kind of client promises. */
  audit(): void;
}

/** Makes a client under test. */
export type MakeSubject = (surroundings: Surroundings) => Subject;

/** What the client shows at the door; must not turn up in an address. */
export const CREDENTIALS = {
  token: "token-of-ann",
  roomId: "room-1",
  participantId: "ann",
  name: "Ann",
} as const;
