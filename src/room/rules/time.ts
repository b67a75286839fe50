/** Time as a source of events: what falls due, and when the next thing will (`docs/rules.md` D). */
import type { ActionOf, Draft, Rule } from "../draft.js";
import type { RoomState } from "../state.js";
import { emptyUntil } from "./conferences.js";
import { leaveRoom } from "./line.js";
import { withdrawKnock } from "./lobby.js";
import { changeStatus } from "./office.js";
import { policyOf } from "./token.js";

/** Events of one tick at most, so that its commit stays small; the rest is due at the next one. */
const TICK_EVENTS = 500;

const RULE = { kind: "rule" } as const;

/**
 * D1 to D5: sessions that have had their time, knocks that nobody answered, resume windows, expiry; K10: conferences that stayed empty. Whatever is due and not yet
 * done is done.
 */
export const tick: Rule<ActionOf<"tick">> = (draft) => {
  const { now } = draft;
  if (closesAt(draft.state) <= now) autoClose(draft);
  if (emptyUntil(draft.state) <= now) changeStatus(draft, "deactivated", RULE);
  const full = (): boolean => draft.events.length >= TICK_EVENTS;
  for (const [id, { view, person }] of draft.state.knocks.entries()) {
    if (full()) return null;
    if (view.expiresAt <= now) withdrawKnock(draft, id, "timed-out");
    else if (!person.line.up && person.line.until <= now) withdrawKnock(draft, id, "disconnected");
  }
  for (const [id, one] of draft.state.participants.entries()) {
    if (full()) return null;
    const { line, tokenExpiresAt } = one.person;
    const policy = policyOf(draft.state, one);
    const expired = tokenExpiresAt !== null && tokenExpiresAt <= now;
    if (!line.up && line.until <= now) leaveRoom(draft, id, "WEBSOCKET_DISCONNECTED", RULE);
    else if (expired && policy === "leave") leaveRoom(draft, id, "TOKEN_EXPIRED", RULE);
    else if (expired && policy === "restrict" && !one.restricted) {
      draft.push({ type: "token-expired", body: { participantId: id } });
    }
  }
  return null;
};

/** D5: over for all, in room and lobby; the second type closes the room for good as well. */
function autoClose(draft: Draft): void {
  const { session, room } = draft.state;
  if (session === null || room === null) return;
  draft.push({
    type: "session-ended",
    body: { sessionId: session.id, cause: "auto-closed", by: RULE },
  });
  if (room.settings.autoClose?.type === "session-end-and-deactivate")
    changeStatus(draft, "deactivated", RULE);
}

function closesAt({ session, room }: RoomState): number {
  const { autoClose: config } = room?.settings ?? { autoClose: null };
  return session === null || config === null ? Infinity : session.startedAt + config.afterMs;
}

/** The earliest time at which a tick would do something, epoch milliseconds; Infinity where nothing is pending. */
export function nextDeadline(state: RoomState): number {
  let next = Math.min(closesAt(state), emptyUntil(state));
  for (const { view, person } of state.knocks.values()) {
    next = Math.min(next, view.expiresAt, person.line.up ? Infinity : person.line.until);
  }
  for (const one of state.participants.values()) {
    const { line, tokenExpiresAt } = one.person;
    if (!line.up) next = Math.min(next, line.until);
    if (tokenExpiresAt === null) continue;
    const policy = policyOf(state, one);
    if (policy === "leave" || (policy === "restrict" && !one.restricted))
      next = Math.min(next, tokenExpiresAt);
  }
  return next;
}
