/** The refusals that a token alone can cause: a narrow view of `protocol/refusals.ts`, so that switches are exhaustive. */
import type { Reason, Refusal } from "../protocol/refusals.js";

/** The reasons that the verifier gives, in the order in which it looks (`reference/videosdk.md` section 7). */
export const TOKEN_REASONS = [
  "token_missing",
  "token_too_long",
  "token_malformed",
  "algorithm_not_allowed",
  "critical_extension",
  "key_unknown",
  "signature_invalid",
  "claims_invalid",
  "version_required",
  "expiry_missing",
  "token_expired",
  "token_not_yet_valid",
  "permissions_invalid",
  "role_not_allowed",
  "room_mismatch",
  "participant_mismatch",
] as const satisfies readonly Reason[];

/** A reason that the verifier gives. */
export type TokenReason = (typeof TOKEN_REASONS)[number];

/**
 * A refusal by the verifier. `field` names the claim (`exp`), the header member (`header.typ`) or the part (`payload`) at
 * fault; `details.fault` says more precisely what is wrong with a malformed token. Neither carries a value of the token.
 */
export interface TokenRefusal extends Refusal {
  readonly reason: TokenReason;
}

/** Builds a refusal of a token. */
export function refuseToken(reason: TokenReason, extra: Omit<Refusal, "reason"> = {}): TokenRefusal {
  return { reason, ...extra };
}
