/** What the admission record says: one entry for each thing that happened at a room's door (`docs/rules.md` Q). */
import type { ActorView } from "../protocol/events.js";
import type { Person } from "../room/events.js";
import type { TokenKind } from "../room/grant.js";

/**
 * What happened (Q1):
 *
 * - `knocked`: somebody asked to come in, and waits
 * - `reknocked`: the same, from a new connection with a token, which took the place in the lobby over
 * - `admitted`, `denied`: a knock was answered
 * - `withdrawn`: a knock ended without an answer
 * - `joined`: somebody took a seat, admitted or without asking
 * - `rejoined`: the same, from a new connection with a token, which took the seat over
 * - `refreshed`: a newer token was shown on the same connection
 * - `left`: a seat became free
 * - `events-lost`: what happened up to here is not known in full
 */
export const HAPPENINGS = [
  "knocked",
  "reknocked",
  "admitted",
  "denied",
  "withdrawn",
  "joined",
  "rejoined",
  "refreshed",
  "left",
  "events-lost",
] as const;
/** What happened. */
export type Happening = (typeof HAPPENINGS)[number];

/**
 * Which rule let somebody in without a knock of theirs being answered (Q3):
 *
 * - `token`: their token, by `allow_join`; or it is not known to have been anything else
 * - `earlier`: they were in earlier in this session (E4)
 * - `conference`: the permission `JOIN` in this conference (K4)
 * - `lost`: who or what did is among the events that were lost
 */
export const ENTRY_RULES = ["token", "earlier", "conference", "lost"] as const;
/** Which rule let somebody in. */
export type EntryRule = (typeof ENTRY_RULES)[number];

/** The token that somebody stood on. Times are epoch milliseconds; null where the token does not say. */
export interface TokenShown {
  readonly kind: TokenKind;
  /** The API key, or the URL of an identity provider. */
  readonly key: string;
  /** Which secret of the key signed; null for an identity provider's tokens. */
  readonly secretId: string | null;
  readonly jti: string | null;
  readonly issuedAt: number | null;
  readonly expiresAt: number | null;
}

/** One thing that happened. */
export interface AdmissionEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Which event of the room's log it was. A session that ends for all makes several entries of one event. */
  readonly epoch: string;
  readonly seq: number;
  /** The session that went on; null: none did. */
  readonly sessionId: string | null;
  readonly what: Happening;
  /** Whom it is about; null: nobody in particular. */
  readonly participantId: string | null;
  /** What they were called then; empty where that is not known. */
  readonly name: string;
  /** The token that they stood on; null: none, or it is not known. */
  readonly token: TokenShown | null;
  /** Who did or decided it, as the event says; null: nobody but the person, who showed a token, or it is not known. */
  readonly decidedBy: ActorView | null;
  /** For `joined` without an admission. */
  readonly rule: EntryRule | null;
  /** Why a stay or a knock ended: the leave reason, the cause of the withdrawal, `banned`, `session-ended`, `events-lost`. */
  readonly reason: string | null;
  /** What the host said to somebody denied. */
  readonly note: string | null;
}

/** What of a token may be told: never its digest, which stands for the token itself. */
export function tokenShown({ token, tokenExpiresAt }: Pick<Person, "token" | "tokenExpiresAt">): TokenShown {
  const { kind, key, secretId, jti, issuedAt } = token;
  return { kind, key, secretId, jti, issuedAt, expiresAt: tokenExpiresAt };
}
