/** Builders for the tests of conferences: rooms that are one, tokens of clients, invitations. */
import { CONFERENCE_PERMISSIONS, type ConferencePermission } from "../../../src/protocol/events.js";
import type { OfficeAction } from "../../../src/room/commands.js";
import { DEFAULT_PERMISSIONS } from "../../../src/room/conference.js";
import { NO_BACK_OFFICE, type BackOffice } from "../../../src/room/events.js";
import type { ConferencePass, Grant } from "../../../src/room/grant.js";
import { Room, yes, type Arrival } from "./support.js";

/** All twelve. */
export const ALL = CONFERENCE_PERMISSIONS;
/** All but the three that are not given by themselves. */
export const NINE = DEFAULT_PERMISSIONS;

type Conference = NonNullable<BackOffice["conference"]>;

/** A conference that nobody owns, unprotected, over with the last who leaves; or what is said. */
export function conferenceOffice(part: Partial<Conference> = {}): BackOffice {
  const conference = { ownerId: null, isProtected: false, emptyTtlMs: 0, pincode: null, ...part };
  return { ...NO_BACK_OFFICE, conference };
}

/** A room that is a conference. */
export function conference(part: Partial<Conference> = {}): Room {
  return new Room({}, conferenceOffice(part));
}

type Lists = Readonly<Record<string, readonly ConferencePermission[]>>;

function invitees(people: Lists, round: string) {
  return Object.entries(people).map(([participantId, permissions]) => ({
    participantId,
    permissions,
    passId: `pass-${round}-${participantId}`,
    notify: false,
  }));
}

/** Invites these, each with a conference access token of this round. */
export function invite(people: Lists, round = "1"): OfficeAction {
  return { type: "invite", people: invitees(people, round) };
}

/** Replaces what these may do, with a conference access token of this round. */
export function setPermissions(people: Lists, round = "2"): OfficeAction {
  return { type: "set-conference-permissions", people: invitees(people, round) };
}

export const kick = (...participantIds: string[]): OfficeAction => ({ type: "kick", participantIds });

/** The conference access token that `invite` or `setPermissions` of this round made for somebody. */
export function passOf(participantId: string, round = "1", roomId = "room"): ConferencePass {
  return { id: `pass-${round}-${participantId}`, roomId, participantId };
}

/** A client access token, as the gateway makes them. */
export const CLIENT: Partial<Grant> = {
  kind: "client",
  permissions: ["ask_join"],
  expiryPolicy: "restrict",
  scopes: ["session:update"],
};

/** Comes with a client access token, and a conference access token where one is given. */
export function client(pass: ConferencePass | null = null, grant: Partial<Grant> = {}): Arrival {
  return { permissions: ["ask_join"], grant: { ...CLIENT, ...grant }, more: { pass } };
}

/** Somebody inside with exactly these permissions, whatever they came with. */
export function seatWith(
  room: Room,
  participantId: string,
  permissions: readonly ConferencePermission[],
): void {
  yes(room.api(invite({ [participantId]: ["JOIN"] })));
  yes(room.join(participantId, client()));
  yes(room.api(setPermissions({ [participantId]: permissions })));
}

/** What somebody in the room holds in the conference. */
export function listOf(room: Room, participantId: string): readonly ConferencePermission[] | null {
  return room.in(participantId).view.conferencePermissions;
}
