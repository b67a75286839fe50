/** Which rule let somebody in who was not admitted, as far as the events tell (`docs/rules.md` Q3). */
import type { ParticipantView } from "../protocol/events.js";
import type { Person } from "../room/events.js";
import type { EntryRule } from "./entry.js";
import type { Facts } from "./known.js";

/** Somebody who took a seat, as the event has them. */
export interface Entrant {
  readonly view: Pick<ParticipantView, "participantId" | "permissions" | "conferencePermissions">;
  readonly person: Pick<Person, "bound" | "token">;
}

/**
 * The rule by which somebody took a seat by a join of their own. `mustAsk` in `room/rules/entry.ts` has two ways in: nothing
 * makes them knock, or something does and they were in earlier in this session. The event does not say which; here the second is
 * named only where the first was closed.
 */
export function entryRule(facts: Facts, { view, person }: Entrant): EntryRule {
  const viaClient = view.conferencePermissions !== null && person.token.kind === "client";
  // Whoever merely claims an id is never let in for having been here (E4).
  if (!person.bound) return viaClient ? "conference" : "token";
  if (hadToKnock(facts, view)) return "earlier";
  // Only where every reason to knock is known to be absent.
  return viaClient && facts.lobbyForAll !== null && facts.shut !== null ? "conference" : "token";
}

function hadToKnock(facts: Facts, view: Entrant["view"]): boolean {
  const { participantId, permissions, conferencePermissions } = view;
  // E15.
  if (facts.lobbyForAll === true && !permissions.includes("allow_mod")) return true;
  // K4.
  if (conferencePermissions !== null) return facts.shut?.includes(participantId) === true;
  // E3, E8: rights that nobody changed are the token's, and one without `allow_join` asks.
  return facts.changed?.includes(participantId) === false && !permissions.includes("allow_join");
}
