/** Which rule decides about somebody at the door, in words (`docs/rules.md` E, K, L; the steps of a token's check). */
import type { Reason } from "../../protocol/refusals.js";
import type { Grant } from "../../room/grant.js";
import { conferenceOf } from "../../room/conference.js";
import { heldOnArrival, tokenAsks } from "../../room/rules/arrival.js";
import { subjects, type RoomState } from "../../room/state.js";
import type { Step } from "../../tokens/verify.js";

/** A rule: its number in the rules of a room, or the step of the token's check, and what it says. */
export interface Fired {
  readonly id: string;
  readonly sentence: string;
}

const rule = (id: string, sentence: string): Fired => ({ id, sentence });

/** The step of a token's check as a rule. */
export function ruleOfStep(step: Step): Fired {
  return rule(`token/${step}`, STEPS[step]);
}

const STEPS: Readonly<Record<Step, string>> = {
  form: "a token has three parts, and a header whose typ and alg belong to its kind",
  key: "the apikey names a key of the app, or iss and aud an identity provider whose tokens it takes",
  signature: "the signature was made with a secret of that key, or by that identity provider",
  standing: "neither the token nor its key was revoked or deactivated",
  claims: "the claims are of the right form, and version is 2 where one ties the token to something",
  times: "the token is good at this moment",
  permissions: "permissions open the door: allow_join enters, ask_join alone knocks",
  role: "roles, where there are any, name this door",
  room: "a token that names a room is for that room only",
  participant: "a token that names a participant is for that one only",
  done: "the token passed every check",
};

/** Why a room turned somebody away. */
export function ruleOfRefusal(reason: Reason): Fired {
  return REFUSED[reason] ?? rule("other", "the room could not be asked");
}

const REFUSED: Readonly<Partial<Record<Reason, Fired>>> = {
  invalid_parameter: rule("token/room", "the room is named by the token or by whoever joins"),
  room_unknown: rule("E2", "a room exists before it is joined, unless the app lets its tokens open rooms"),
  permissions_invalid: rule("E3", "a token without allow_join and ask_join does not enter"),
  participant_id_taken: rule("E7", "an id in use is taken over only by a token that names it"),
  banned: rule("E9", "who is banned does not enter"),
  removed: rule("E9", "a token shown by somebody who was removed does not open this session again"),
  token_used: rule("E16", "a one-time token admits once"),
  conference_token_missing: rule("K8", "a protected conference takes a conference access token"),
  conference_token_invalid: rule(
    "K8",
    "a conference access token is for this conference and this person, and the newest one made",
  ),
  room_full: rule("E10", "every seat is taken"),
  room_locked: rule("E11", "while the room is locked, newcomers neither enter nor knock"),
  room_disabled: rule("E13", "a room that is not enabled is not entered"),
  participant_not_allowed: rule("E14", "a back end has listed who may enter, and this id is not on the list"),
  host_absent: rule("L2", "knocks are refused while no host is in the room"),
  cooling_down: rule("L6", "who was denied may knock again after a while"),
  lobby_full: rule("L10", "the lobby is full"),
};

/** Why somebody enters. `before` is the room without them. */
export function ruleOfEntering(before: RoomState, participantId: string, grant: Grant): Fired {
  const present = before.participants.get(participantId);
  if (present?.person.bound === true) return rule("E6", "a token that names the id takes the seat over");
  if (present !== undefined) return rule("E7", "a token that names the id puts out who merely claimed it");
  const isInvited = mayJoin(before, participantId, grant);
  if (tokenAsks(before, grant) || !isInvited || isLobbyForAll(before, participantId, grant)) {
    return rule("E4", "who was in during this session enters without a new knock");
  }
  if (conferenceOf(before) !== null) return rule("K4", "who holds JOIN enters the conference");
  return rule("E3", "allow_join enters");
}

/** Why somebody knocks. `before` is the room without them. */
export function ruleOfKnocking(before: RoomState, participantId: string, grant: Grant): Fired {
  const bound = grant.participantId !== null;
  if (bound && before.knocks.get(participantId)?.person.bound === true) {
    return rule("L9", "a second knock takes the first one over and keeps its place");
  }
  const known = subjects(participantId, { bound, tokens: [grant.fingerprint] });
  if (known.some((subject) => before.mustKnock.has(subject))) {
    return rule("E5", "who was sent back to the lobby knocks whatever the token says");
  }
  if (!mayJoin(before, participantId, grant)) return rule("K4", "who lacks JOIN knocks at the conference");
  if (tokenAsks(before, grant)) return rule("E3", "ask_join knocks");
  return rule("E15", "everybody but moderators knocks in this room");
}

/** Why a knock waits without anybody who could answer it. */
export const HELD: Fired = rule("L2", "a knock waits while no host is in the room");

function mayJoin(state: RoomState, participantId: string, grant: Grant): boolean {
  return heldOnArrival(state, { participantId, grant }).conferencePermissions?.includes("JOIN") ?? true;
}

function isLobbyForAll(state: RoomState, participantId: string, grant: Grant): boolean {
  const { permissions } = heldOnArrival(state, { participantId, grant });
  return state.room?.settings.lobbyForAll === true && !permissions.includes("allow_mod");
}
