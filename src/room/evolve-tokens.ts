/** How `evolve` takes note of tokens: of a newer one that somebody shows, and of one that is good only once. */
import type { RoomEvent } from "./events.js";
import { inherited, withParticipant } from "./evolve-people.js";
import type { Participant, RoomState } from "./state.js";

type Person = Participant["person"];

/** A used token is forgotten so long after its expiry, milliseconds: no door takes it by then, whatever its clock and its tolerance. */
const FORGOTTEN_AFTER_MS = 360_000;

/** E16: a one-time token has admitted its bearer. */
export function usedUp(
  state: RoomState,
  { token, tokenExpiresAt }: Pick<Person, "token" | "tokenExpiresAt">,
  at: number,
): RoomState {
  if (!token.oneTime || token.jti === null) return state;
  let { usedTokens } = state;
  for (const [jti, expiry] of usedTokens.entries())
    if (expiry + FORGOTTEN_AFTER_MS <= at) usedTokens = usedTokens.delete(jti);
  return { ...state, usedTokens: usedTokens.set(token.jti, tokenExpiresAt ?? Number.MAX_SAFE_INTEGER) };
}

/** T4, E16: a newer token of somebody who is there. In the lobby it admits nobody yet, and is not used up. */
export function tokenRefreshed(
  state: RoomState,
  { at, body, hidden }: Extract<RoomEvent, { type: "token-refreshed" }>,
): RoomState {
  const id = body.participantId;
  const knock = state.knocks.get(id);
  if (knock !== undefined) {
    return {
      ...inherited(state, knock.person, hidden.tokens),
      knocks: state.knocks.set(id, { ...knock, person: { ...knock.person, ...hidden } }),
    };
  }
  const present = state.participants.get(id);
  if (present === undefined) return state;
  return withParticipant(inherited(usedUp(state, hidden, at), present.person, hidden.tokens), id, (one) => ({
    ...one,
    person: { ...one.person, ...hidden },
    restricted: false,
  }));
}
