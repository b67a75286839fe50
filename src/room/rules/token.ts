/** Tokens inside a meeting: refresh, and what expiry does (`docs/rules.md` T). */
import { refuse } from "../../protocol/refusals.js";
import type { RefreshAction } from "../commands.js";
import type { Rule } from "../draft.js";
import type { ExpiryPolicy } from "../grant.js";
import { isBanned, type Participant, type RoomState } from "../state.js";

/** T4, T5: same identity, no wider rights, and not one that a removal or a ban has voided. */
export const refreshToken: Rule<RefreshAction> = (draft, { grant }, { participantId }) => {
  if (participantId === null) return refuse("not_joined");
  const there = draft.state.participants.get(participantId) ?? draft.state.knocks.get(participantId);
  if (there === undefined) return refuse("not_joined");
  const { person } = there;
  if (grant.participantId !== (person.bound ? participantId : null))
    return refuse("participant_mismatch", { field: "token" });
  if (isBanned(draft.state, participantId, [grant.fingerprint])) return refuse("banned", { field: "token" });
  if (draft.state.spentTokens.has(grant.fingerprint)) return refuse("removed", { field: "token" });
  const hidden = {
    bound: person.bound,
    tokens: [...new Set([...person.tokens, grant.fingerprint])].slice(-16),
    tokenExpiresAt: grant.expiresAt,
    expiryPolicy: grant.expiryPolicy,
  };
  draft.push({ type: "token-refreshed", body: { participantId, expiresAt: grant.expiresAt }, hidden });
  return null;
};

/** T1: the room's policy, where it has one, else the app's. */
export function policyOf(state: RoomState, { person }: Participant): ExpiryPolicy {
  return state.room?.settings.tokenExpiry ?? person.expiryPolicy;
}
