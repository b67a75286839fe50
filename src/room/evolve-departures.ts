/** How people go: what `evolve` does when a stay, a knock or a session ends. */
import { LEAVE_REASONS } from "../protocol/leaving.js";
import type { EventBody } from "../protocol/events.js";
import { conferenceOf } from "./conference.js";
import type { RoomEvent } from "./events.js";
import { API_SENDER, NO_ROOM, subjects, type Departure, type Participant, type RoomState } from "./state.js";
import { Table } from "./table.js";

/** How many entries the memories of a room hold; the oldest go first. */
export const MEMORY = {
  departed: 256,
  decisions: 256,
  denials: 1_000,
  bans: 10_000,
  spentTokens: 10_000,
  invitations: 10_000,
} as const;

/**
 * Nobody is in any more, or it was ended for all: what a session remembers goes with it. Bans, cool-downs, invitations and used
 * tokens stay.
 */
export function sessionEnded(
  state: RoomState,
  { at, body: { cause } }: Extract<RoomEvent, { type: "session-ended" }>,
): RoomState {
  const api = state.commands.get(API_SENDER);
  const isEmptyNow = cause === "last-left" && conferenceOf(state) !== null;
  const cleared: RoomState = {
    ...NO_ROOM,
    seq: state.seq,
    room: state.room === null ? null : { ...state.room, emptySince: isEmptyNow ? at : null },
    bans: state.bans,
    invitations: state.invitations,
    usedTokens: state.usedTokens,
    denials: state.denials,
    decisions: state.decisions,
    departed: state.departed,
    commands: Table.of(api === undefined ? [] : [[API_SENDER, api]]),
  };
  if (cause === "last-left")
    return { ...cleared, knocks: state.knocks, commands: waitingOnly(state, cleared.commands) };
  let gone = cleared;
  for (const [id, { person }] of [...state.participants.entries(), ...state.knocks.entries()]) {
    gone = departed(gone, id, { hash: person.secret.hash, reason: "session_ended" });
  }
  return gone;
}

function waitingOnly(state: RoomState, commands: RoomState["commands"]): RoomState["commands"] {
  let kept = commands;
  for (const id of state.knocks.keys()) {
    const marks = state.commands.get(id);
    if (marks !== undefined) kept = kept.set(id, marks);
  }
  return kept;
}

/** What the end of a knock means to somebody who comes back with its secret; others have ended it themselves, or gone on. */
const WITHDRAWALS: Readonly<Partial<Record<EventBody<"entry-withdrawn">["cause"], Departure["reason"]>>> = {
  "timed-out": "knock_timed_out",
  disconnected: "resume_window_over",
  "room-closed": "room_disabled",
  "token-revoked": "token_revoked",
  "key-deactivated": "key_deactivated",
  "app-deleted": "key_unknown",
};

/** A knock ended without an answer. */
export function entryWithdrawn(
  state: RoomState,
  { participantId: id, cause }: EventBody<"entry-withdrawn">,
): RoomState {
  const knock = state.knocks.get(id);
  const reason = WITHDRAWALS[cause];
  // C4: who enters while they wait is still here.
  const commands = cause === "entered" ? state.commands : state.commands.delete(id);
  const next = { ...state, knocks: state.knocks.delete(id), commands };
  return knock === undefined || reason === undefined
    ? next
    : departed(next, id, { hash: knock.person.secret.hash, reason });
}

/** A knock was answered. The decision is kept, so that a second host can be told who made it. */
export function entryResponded(
  state: RoomState,
  { body }: Extract<RoomEvent, { type: "entry-responded" }>,
): RoomState {
  const { participantId: id, decision, by, mayKnockAt } = body;
  const knock = state.knocks.get(id);
  const next: RoomState = {
    ...state,
    knocks: state.knocks.delete(id),
    decisions: state.decisions.push(id, { decision, by }, MEMORY.decisions),
  };
  if (decision === "allowed" || knock === undefined) return next;
  let { denials } = next;
  if (mayKnockAt !== null) {
    for (const subject of subjects(id, knock.person)) {
      const count = (denials.get(subject)?.count ?? 0) + 1;
      denials = denials.push(subject, { count, until: mayKnockAt }, MEMORY.denials);
    }
  }
  const out = { ...next, denials, commands: next.commands.delete(id) };
  return departed(out, id, { hash: knock.person.secret.hash, reason: "entry_denied" });
}

/** What a leave reason means to somebody who comes back with the secret of that stay; null: nothing to remember. */
const DEPARTURES: Readonly<Record<number, Departure["reason"]>> = {
  [LEAVE_REASONS.REMOVE_PEER]: "removed",
  [LEAVE_REASONS.REMOVE_PEER_API]: "removed",
  [LEAVE_REASONS.WEBSOCKET_DISCONNECTED]: "resume_window_over",
  [LEAVE_REASONS.TOKEN_EXPIRED]: "token_expired",
  [LEAVE_REASONS.TOKEN_REVOKED]: "token_revoked",
  [LEAVE_REASONS.KEY_DEACTIVATED]: "key_deactivated",
  [LEAVE_REASONS.APP_DELETED]: "key_unknown",
};

/** Somebody is out: gone, removed, or back in the lobby. */
export function participantLeft(state: RoomState, id: string, code: number): RoomState {
  const one = state.participants.get(id);
  if (one === undefined) return state;
  const participants = state.participants.delete(id);
  if (code === LEAVE_REASONS.MOVED_TO_LOBBY) {
    let { mustKnock } = state;
    for (const subject of subjects(id, one.person)) mustKnock = mustKnock.set(subject, true);
    // C4: what they sent before and had no answer to, they may send again once they are back.
    return { ...state, participants, mustKnock, admitted: forgotten(state, id, one) };
  }
  const next: RoomState = { ...state, participants, commands: state.commands.delete(id) };
  const reason = DEPARTURES[code];
  if (reason === undefined) return next;
  const out = departed(next, id, { hash: one.person.secret.hash, reason });
  if (reason !== "removed") return out;
  let { spentTokens } = out;
  for (const token of one.person.tokens) spentTokens = spentTokens.push(token, true, MEMORY.spentTokens);
  return { ...out, spentTokens, admitted: forgotten(out, id, one) };
}

/** An admission belongs to whoever proves the id; what befalls somebody who merely claimed it does not touch it. */
function forgotten({ admitted }: RoomState, id: string, { person }: Participant): RoomState["admitted"] {
  return person.bound ? admitted.delete(id) : admitted;
}

/** Remembers why somebody is gone, for the day that their resume secret comes back. */
export function departed(state: RoomState, id: string, departure: Departure): RoomState {
  return { ...state, departed: state.departed.push(id, departure, MEMORY.departed) };
}
