/** What a client tells its listeners, and where it stands. */
import type { ActorView } from "../protocol/events.js";
import type { RoomEvents } from "./room-events.js";

/**
 * Where a client stands: not in a meeting; on the way in; in the lobby; in the room; the line lost and on the way back; out again.
 */
export type MeetingState = "idle" | "joining" | "waiting" | "joined" | "reconnecting" | "left";

/** What became of a join. */
export interface Joined {
  readonly state: "joined" | "waiting";
  readonly participantId: string;
  readonly roomId: string;
}

/** How a stay ended. */
export interface Left {
  /** Close code (`protocol/leaving.ts`). */
  readonly code: number;
  /** Close reason: a refusal's reason such as `removed`, or a word such as `left`. */
  readonly why: string;
  /** Leave reason with VideoSDK's number, where the gateway gave one, or the client left by itself. */
  readonly reason: { readonly code: number; readonly message: string } | null;
  /** A moderator's own words. */
  readonly note: string | null;
  /** What happened, as a sentence for a person; English. */
  readonly text: string;
}

/** Events of the client itself. Those of the room come beside them, by their own names. */
export interface OwnEvents {
  /** In the room, at last or at once; the copy of the room is there. */
  joined: Joined;
  /** In the lobby; again with each thing that changes there. Times are epoch milliseconds. */
  waiting: {
    readonly participantId: string;
    readonly roomId: string;
    /** `knocked`, `resumed`, `returned` (sent back by a moderator), or `hosts` (`hostPresent` has changed). */
    readonly cause: string;
    readonly since: number;
    readonly expiresAt: number;
    /** Whether somebody is there who could answer. */
    readonly hostPresent: boolean;
  };
  /** A host let one in from the lobby; `joined` follows. */
  admitted: Joined;
  /** A host said no; `left` follows. `mayKnockAt` is in epoch milliseconds. */
  denied: {
    readonly by: ActorView;
    readonly note: string | null;
    readonly banned: boolean;
    readonly mayKnockAt: number | null;
  };
  /** The line is lost; the next attempt begins after `delayMs`. */
  reconnecting: {
    readonly attempt: number;
    readonly delayMs: number;
    readonly url: string;
    /** Close code of the lost line. */
    readonly code: number;
    readonly why: string;
  };
  /** Back again. True: everything missed follows as events. False: it cannot be told, and the copy of the room was laid anew. */
  recovered: { readonly recovered: boolean };
  /** The copy of the room was laid anew, and why: `joined`, `admitted`, `resumed`, `permissions`, `recovered`. */
  snapshot: { readonly cause: string };
  /** A signal from somebody in the room; not kept, not numbered. */
  signal: {
    readonly from: string;
    readonly id: string;
    readonly payload: Readonly<Record<string, unknown>>;
  };
  /** A newer token is wanted; show one with the command `refresh-token`. Each mark of a token comes once on a line. */
  "token-refresh": {
    /** How much of the token's life is over: `half`, `three-quarters`, `last-minute` (a minute is left), `expired`. */
    readonly mark: string;
    /** Epoch milliseconds by the gateway's clock. */
    readonly expiresAt: number;
    readonly isExpired: boolean;
    /** What happens at the expiry: `stay` (nothing), `restrict` (commands are refused until a refresh), `leave`. */
    readonly policy: string;
  };
  /**
   * What one may do in the conference was changed by a back end. This conference access token takes the place of the one before; the
   * client shows it by itself where it has to join again.
   */
  "conference-token": { readonly roomId: string; readonly token: string };
  /** The stay, or the wait, is over. Not told where the join itself failed: then `join()` rejects. */
  left: Left;
  state: { readonly state: MeetingState; readonly before: MeetingState };
  /** A listener threw, or rejected. */
  "listener-error": { readonly event: string; readonly error: unknown };
}

/** Every event, by name. */
export type MeetingEvents = RoomEvents & OwnEvents;
