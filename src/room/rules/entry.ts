/** Who may enter: rooms that open, joins, knocks, take-overs by proof (`docs/rules.md` E). */
import { LEAVE_REASONS } from "../../protocol/leaving.js";
import { refuse, type Refusal } from "../../protocol/refusals.js";
import type { CreateAction, JoinAction } from "../commands.js";
import { conferenceOf, maySend } from "../conference.js";
import type { Draft, Rule } from "../draft.js";
import type { Person } from "../events.js";
import {
  hostPresent,
  isBanned,
  isLocked,
  subjects,
  type Knock,
  type Participant,
  type RoomState,
} from "../state.js";
import {
  arrivalOf,
  calledAs,
  doesNotCount,
  heldOnArrival,
  isSameJoin,
  personOf,
  prospectOf,
  tokenAsks,
} from "./arrival.js";
import { comesLate } from "./line.js";
import { withdrawKnock } from "./lobby.js";
import { turnAwaySharers } from "./one-time.js";
import { isFull, seat } from "./seats.js";

/** Knocks that one room holds at most; more are refused, so that a flood cannot bury the hosts. */
const LOBBY_CAPACITY = 2_000;

const RULE = { kind: "rule" } as const;

/** E1: a room exists once it was created. */
export const create: Rule<CreateAction> = (draft, action) => {
  const { roomId, customRoomId, permanent, settings, backOffice } = action;
  if (draft.state.room !== null) return refuse("room_exists");
  draft.push({
    type: "room-created",
    body: { roomId, customRoomId, permanent, settings },
    hidden: { backOffice },
  });
  return null;
};

/** E2 to E16, K4, K8, R8: the way of a newcomer with a token. */
export const join: Rule<JoinAction> = (draft, action, { id: commandId, freshId }) => {
  const opened = open(draft, action);
  if (opened !== null) return opened;
  const { participantId: id, grant } = action;
  const turnedAway = hasNoWayIn(draft.state, action);
  if (turnedAway !== null) return turnedAway;

  const present = draft.state.participants.get(id);
  const waiting = draft.state.knocks.get(id);
  const there = present ?? waiting;
  const uncounted = doesNotCount(draft.state, action);
  // Sent again it keeps the place that it had, and gets no other.
  const keepsPlace = there !== undefined && isSameJoin(draft.state, action, there.person, commandId);
  if (uncounted !== null && !keepsPlace) return uncounted;
  if (keepsPlace && comesLate(there.person, action.line)) return refuse("unavailable");
  if (there !== undefined && !isProof(draft.state, action, there.person, commandId)) {
    // E7: a token that names the id outranks somebody who merely claimed it.
    if (grant.participantId === null || there.person.bound)
      return refuse("participant_id_taken", { field: "participantId" });
    evict(draft, id, present);
    const refused = enterOrKnock(draft, action, freshId);
    if (refused !== null || !isOverWithoutAnybody(draft.state)) return refused;
    return refuse("participant_id_taken", { field: "participantId" });
  }
  if (present !== undefined) return takeOver(draft, action, present);
  if (waiting !== undefined && (uncounted !== null || mustAsk(draft.state, action)))
    return takeOverKnock(draft, action, waiting);
  return enterOrKnock(draft, action, freshId);
};

/** K10: putting out the last one inside, only to knock, would end the conference for the newcomer as well. */
function isOverWithoutAnybody(state: RoomState): boolean {
  return state.participants.size === 0 && state.session !== null && conferenceOf(state)?.emptyTtlMs === 0;
}

function open(draft: Draft, { roomId, opensWith }: JoinAction): Refusal | null {
  if (draft.state.room !== null) return null;
  if (opensWith === null) return refuse("room_unknown", { field: "roomId" });
  draft.push({
    type: "room-created",
    body: { roomId, customRoomId: null, permanent: false, settings: opensWith.settings },
    hidden: { backOffice: opensWith.backOffice },
  });
  return null;
}

/** E3, E9, E13: a closed room, a token without a way in (the door refuses it too), the banned, the removed. */
function hasNoWayIn(state: RoomState, { participantId, grant }: JoinAction): Refusal | null {
  if (state.room?.status !== "enabled") return refuse("room_disabled", { field: "roomId" });
  if (!grant.permissions.includes("allow_join") && !grant.permissions.includes("ask_join"))
    return refuse("permissions_invalid", { field: "token" });
  if (isBanned(state, participantId, [grant.fingerprint])) return refuse("banned");
  return state.spentTokens.has(grant.fingerprint) ? refuse("removed") : null;
}

/** E6: the token names the id on both sides, or it is the same join. */
function isProof(state: RoomState, action: JoinAction, there: Person, commandId: string): boolean {
  return (action.grant.participantId !== null && there.bound) || isSameJoin(state, action, there, commandId);
}

/** E3 to E5, E15, K4: who has to knock, whatever brought them here. */
function mustAsk(state: RoomState, action: JoinAction): boolean {
  const { participantId, grant } = action;
  const person = { bound: grant.participantId !== null, tokens: [grant.fingerprint] };
  if (subjects(participantId, person).some((subject) => state.mustKnock.has(subject))) return true;
  const { permissions, conferencePermissions } = heldOnArrival(state, action);
  const forAll = state.room?.settings.lobbyForAll === true && !permissions.includes("allow_mod");
  const invitedIn = conferencePermissions?.includes("JOIN") ?? true;
  if (!forAll && invitedIn && !tokenAsks(state, grant)) return false;
  return !(person.bound && state.admitted.has(participantId));
}

/** E14 is asked here and not of those who take over: whoever is inside stays (O1), and a join sent again keeps its seat (C5). */
function enterOrKnock(draft: Draft, action: JoinAction, freshId: string): Refusal | null {
  const allowed = draft.state.room?.backOffice.allowedParticipantIds ?? null;
  if (allowed?.includes(action.participantId) === false)
    return refuse("participant_not_allowed", { field: "participantId" });
  return mustAsk(draft.state, action) ? knock(draft, action) : enter(draft, action, freshId);
}

function enter(draft: Draft, action: JoinAction, freshId: string): Refusal | null {
  const { state } = draft;
  const { participantId: id, grant } = action;
  const prospect = prospectOf(state, action);
  const knewTheRoom = grant.participantId !== null && state.admitted.has(id);
  if (state.locked && !knewTheRoom && !prospect.rights.includes("allow_mod")) return refuse("room_locked");
  if (isFull(state)) return refuse("room_full");
  if (state.knocks.has(id))
    draft.push({ type: "entry-withdrawn", body: { participantId: id, cause: "entered" } });
  const person = personOf(action, draft.now);
  seat(draft, { participantId: id, ...calledAs(action), person, prospect, freshId });
  draft.result = { state: "joined", participantId: id };
  return null;
}

function knock(draft: Draft, action: JoinAction): Refusal | null {
  const { state, now } = draft;
  const id = action.participantId;
  const person = personOf(action, now);
  if (state.locked) return refuse("room_locked");
  for (const subject of subjects(id, person)) {
    const until = state.denials.get(subject)?.until ?? 0;
    if (until > now) return refuse("cooling_down", { details: { mayKnockAt: until } });
  }
  if (state.room?.settings.hostAbsent === "refuse" && !hostPresent(state)) return refuse("host_absent");
  if (state.knocks.size >= LOBBY_CAPACITY) return refuse("lobby_full");
  const view = {
    participantId: id,
    ...calledAs(action),
    since: now,
    expiresAt: now + (state.room?.settings.knockTimeoutMs ?? 0),
    returned: subjects(id, person).some((subject) => state.mustKnock.has(subject)),
    online: true,
  };
  const hidden = { person, prospect: prospectOf(state, action) };
  draft.push({ type: "entry-requested", body: { knock: view }, hidden });
  draft.result = { state: "waiting", participantId: id };
  return null;
}

function evict(draft: Draft, id: string, present: Participant | undefined): void {
  if (present === undefined) {
    withdrawKnock(draft, id, "duplicate");
    return;
  }
  const reason = { code: LEAVE_REASONS.DUPLICATE_PARTICIPANT, message: "DUPLICATE_PARTICIPANT" };
  draft.push({
    type: "participant-left",
    body: { participantId: id, reason, by: RULE },
    hidden: { note: null },
  });
}

function takeOver(draft: Draft, action: JoinAction, present: Participant): null {
  const { participantId, view } = { participantId: action.participantId, view: present.view };
  const hidden = arrivalOf(action, present.person, draft.now);
  draft.push({ type: "participant-resumed", body: { participantId }, hidden });
  turnAwaySharers(draft, participantId, hidden.credentials.token);
  const wants = { mic: action.micOn, webcam: action.webcamOn };
  for (const kind of ["mic", "webcam"] as const) {
    const on = wants[kind] && maySend(view, kind) && !isLocked(draft.state, view, kind);
    if (on === (kind === "mic" ? view.micOn : view.webcamOn)) continue;
    draft.push({ type: on ? "stream-enabled" : "stream-disabled", body: { participantId, kind, by: RULE } });
  }
  draft.result = { state: "joined", participantId };
  return null;
}

function takeOverKnock(draft: Draft, action: JoinAction, waiting: Knock): null {
  const { participantId } = action;
  const hidden = arrivalOf(action, waiting.person, draft.now);
  draft.push({ type: "entry-resumed", body: { participantId }, hidden });
  draft.result = { state: "waiting", participantId };
  return null;
}
