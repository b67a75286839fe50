/** Whether a token that was good still counts: what was revoked since, and what became of its key. */
import type { Reason } from "../protocol/refusals.js";
import type { TokenMark } from "../room/grant.js";

/** What is revoked: one token, the tokens of one participant (in one room or all), those of one key, or all of the app. */
export type Revoked =
  | { readonly kind: "token"; readonly jti: string }
  | {
      readonly kind: "participant";
      readonly participantId: string;
      /** Null: in every room of the app. */
      readonly roomId: string | null;
      /** Tokens issued before this (epoch milliseconds) count no more; one that does not say when it was issued counts no more either. */
      readonly before: number;
    }
  | { readonly kind: "key"; readonly key: string; readonly before: number }
  | { readonly kind: "all"; readonly before: number };

/** Why a token counts no more. */
export type StandingReason = Extract<Reason, "token_revoked" | "key_deactivated" | "key_unknown">;

/** Whom a token is shown for, as far as that is known. */
export interface Bearer {
  readonly app: string;
  readonly roomId: string | null;
  readonly participantId: string | null;
}

/** What a node knows of tokens that count no more; from memory, at once. */
export interface Standing {
  /** Why this token counts no more for this bearer; null: it counts. A key that is unknown, or whose secret was revoked, too. */
  objection(mark: TokenMark, bearer: Bearer): StandingReason | null;
}

/** Nothing is ever revoked: for verifiers outside the gateway. */
export const NO_REVOCATIONS: Standing = { objection: () => null };

/** Whether a revocation is about this token and bearer. */
export function concerns(revoked: Revoked, mark: TokenMark, bearer: Bearer): boolean {
  const issuedBefore = (time: number): boolean => mark.issuedAt === null || mark.issuedAt < time;
  switch (revoked.kind) {
    case "token":
      return mark.jti === revoked.jti;
    case "participant":
      return (
        bearer.participantId === revoked.participantId &&
        (revoked.roomId === null || bearer.roomId === null || bearer.roomId === revoked.roomId) &&
        issuedBefore(revoked.before)
      );
    case "key":
      return mark.key === revoked.key && issuedBefore(revoked.before);
    case "all":
      return issuedBefore(revoked.before);
  }
}
