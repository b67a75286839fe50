/** Tokens that are good for one admission only (`docs/rules.md` E16). */
import type { Draft } from "../draft.js";
import type { Person } from "../events.js";
import type { Grant } from "../grant.js";
import type { RoomState } from "../state.js";

/** E16: a one-time token that has admitted somebody. */
export function isUsedUp(
  { usedTokens }: RoomState,
  { oneTime, jti }: Pick<Grant, "oneTime" | "jti">,
): boolean {
  return oneTime && jti !== null && usedTokens.has(jti);
}

/** E16: who else waits on a one-time token cannot be let in any more, now that it has admitted this one. */
export function turnAwaySharers(draft: Draft, participantId: string, token: Person["token"]): void {
  if (!token.oneTime) return;
  for (const [id, { person }] of draft.state.knocks.entries()) {
    if (id === participantId || !person.token.oneTime || person.token.jti !== token.jti) continue;
    draft.push({ type: "entry-withdrawn", body: { participantId: id, cause: "token-revoked" } });
  }
}
