/** Of random histories: the tokens that are shown, those that count no more, and what back ends do with people of a conference. */
import { CONFERENCE_PERMISSIONS } from "../../../src/protocol/events.js";
import type { Action } from "../../../src/room/commands.js";
import { NO_BACK_OFFICE, type BackOffice } from "../../../src/room/events.js";
import type { ConferencePass, Grant, Permission } from "../../../src/room/grant.js";
import type { RoomState } from "../../../src/room/state.js";
import { conferenceOffice } from "./conference-support.js";
import { START, grant } from "./support.js";

const WAYS: readonly (readonly Permission[])[] = [
  ["allow_join", "allow_mod"],
  ["allow_join"],
  ["ask_join"],
  ["ask_join"],
];

/** One of a few tokens: each has its own digest, and the same permissions whenever it is shown. */
export function tokenOf(id: string, details: number): Grant {
  const way = details & 3;
  const sort = (["", "", "client", "once"] as const)[(details >> 6) & 3] ?? "";
  const variant = (details >> 4) & 3;
  const expiryPolicy = (["stay", "restrict", "leave", "restrict"] as const)[variant] ?? "stay";
  const expiresAt = variant === 3 ? null : START + 300_000 * (variant + 1);
  const bound = (details & 12) !== 0;
  const name = `${bound ? id : "shared"}-${way}-${variant}${sort}`;
  const participantId = bound ? id : null;
  if (sort === "client") {
    const scopes = (details & 1) === 0 ? (["session:update"] as const) : [];
    return grant(name, {
      kind: "client",
      permissions: ["ask_join"],
      participantId,
      expiresAt,
      expiryPolicy,
      scopes,
    });
  }
  const one = grant(name, { permissions: WAYS[way] ?? [], participantId, expiresAt, expiryPolicy });
  if (sort !== "once") return one;
  return { ...one, oneTime: true, jti: name, expiresAt: expiresAt ?? START + 2_000_000 };
}

/** Half of the histories are of conferences, and a quarter of these of protected ones. */
export function officeOf(seed: number): BackOffice {
  if ((seed & 16) === 0) return NO_BACK_OFFICE;
  return conferenceOffice({
    isProtected: (seed & 36) === 36,
    emptyTtlMs: (seed & 64) === 0 ? 0 : 45_000,
    ownerId: (seed & 128) === 0 ? null : "mod",
  });
}

/** Turns out some who are there, by a token of theirs; sometimes by one that nobody stands on any more. */
export function turnOut(state: RoomState, details: number, count: number): Action {
  const people = [...state.participants.entries(), ...state.knocks.entries()]
    .filter((_one, index) => (index + details) % 3 === 0)
    .map(([participantId, { person }]) => ({
      participantId,
      fingerprint: person.tokens[(details & 4) === 0 ? 0 : person.tokens.length - 1] ?? "",
    }));
  const reason = (["token_revoked", "key_deactivated", "key_unknown"] as const)[count % 3];
  return { type: "turn-out", people, reason: reason ?? "token_revoked" };
}

/** What a back end does with the people of a conference: with these two, or with one who is inside. */
export function inviting(
  state: RoomState,
  [id, other]: readonly [string, string],
  details: number,
  count: number,
): Action {
  if ((details & 7) === 7) return { type: "kick", participantIds: [id, other] };
  const inside = [...state.participants.keys()];
  const ids = (details & 1) === 0 ? [id, other] : [inside[details % inside.length] ?? id];
  const people = ids.map((participantId, index) => ({
    participantId,
    permissions: CONFERENCE_PERMISSIONS.filter((_one, place) => ((details >> (place % 5)) & 1) === index),
    passId: `pass-${participantId}-${count}`,
    notify: false,
  }));
  return { type: (details & 2) === 0 ? "invite" : "set-conference-permissions", people };
}

/** A conference access token of somebody who is invited: mostly the newest, at times none. */
export function passFor(state: RoomState, participantId: string, details: number): ConferencePass | null {
  if ((details & 3) === 3 && (details & 32) === 0) return null;
  const invitation = state.invitations.get(participantId);
  if (invitation === undefined) return null;
  const id = details % 7 === 0 ? `pass-${participantId}-1` : invitation.passId;
  return { id, roomId: "room", participantId };
}
