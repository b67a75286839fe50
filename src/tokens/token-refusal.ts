/** The refusals that a token alone can cause: a narrow view of `protocol/refusals.ts`, so that switches are exhaustive. */
import type { Reason, Refusal } from "../protocol/refusals.js";

/**
 * The reasons that the verifier gives, in the order in which it looks (`reference/videosdk.md` section 7). `unavailable` says nothing
 * of the token: the keys of its identity provider could not be fetched, and the same token may be good in a moment.
 */
export const TOKEN_REASONS = [
  "token_missing",
  "token_too_long",
  "token_malformed",
  "algorithm_not_allowed",
  "critical_extension",
  "key_unknown",
  "unavailable",
  "signature_invalid",
  "key_deactivated",
  "token_revoked",
  "claims_invalid",
  "version_required",
  "expiry_missing",
  "token_expired",
  "token_not_yet_valid",
  "lifetime_too_long",
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

/** A fault, not a refusal: the keys of a token's identity provider cannot be fetched, so nothing can be said of it now. Retryable. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
  constructor() {
    super("the keys of the token's identity provider cannot be fetched");
  }
}
