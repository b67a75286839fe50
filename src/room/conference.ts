/**
 * What the twelve permissions of a conference mean in a room: the one table, as `docs/rules.md` K has it
 * (`reference/dolby.md` section 4). A conference is a room whose back office says so.
 */
import {
  CONFERENCE_PERMISSIONS,
  type ConferencePermission,
  type ParticipantView,
} from "../protocol/events.js";
import type { MediaKind } from "../protocol/commands.js";
import type { Grant, Right } from "./grant.js";
import type { RoomState } from "./state.js";

/**
 * What each permission is good for here. `rights`: the right of a room that it is part of; a right is held where all of its
 * permissions are. `invited`: whether it comes by itself with an invitation that names none. `does`: what the gateway asks it
 * for; null: the gateway has no such action, so it is only carried, and shown to everybody.
 */
interface Meaning {
  readonly right: Right | null;
  readonly invited: boolean;
  readonly does: string | null;
}

/** The table (K2). */
export const MEANINGS: Readonly<Record<ConferencePermission, Meaning>> = {
  INVITE: { right: "allow_join", invited: false, does: "answers knocks" },
  JOIN: { right: null, invited: true, does: "enters without a knock" },
  SEND_AUDIO: { right: null, invited: true, does: "turns the own microphone on" },
  SEND_VIDEO: { right: null, invited: true, does: "turns the own webcam on" },
  SHARE_SCREEN: { right: null, invited: true, does: null },
  SHARE_VIDEO: { right: null, invited: true, does: null },
  SHARE_FILE: { right: null, invited: true, does: null },
  SEND_MESSAGE: { right: null, invited: true, does: "publishes" },
  RECORD: { right: null, invited: true, does: null },
  STREAM: { right: null, invited: true, does: null },
  KICK: { right: "allow_mod", invited: false, does: "removes, bans, sends back to the lobby" },
  UPDATE_PERMISSIONS: { right: "allow_mod", invited: false, does: "gives and takes rights" },
};

/** What somebody gets who is invited without a list: all but three (`reference/dolby.md` section 4). */
export const DEFAULT_PERMISSIONS: readonly ConferencePermission[] = CONFERENCE_PERMISSIONS.filter(
  (permission) => MEANINGS[permission].invited,
);

const RIGHTS: readonly Right[] = ["allow_join", "allow_mod"];

/** The permissions that make up a right. */
export function permissionsOf(right: Right): ConferencePermission[] {
  return CONFERENCE_PERMISSIONS.filter((permission) => MEANINGS[permission].right === right);
}

/** The rights that follow from a list of permissions: each where all that make it up are there. */
export function rightsFrom(permissions: readonly ConferencePermission[]): Right[] {
  return RIGHTS.filter((right) => permissionsOf(right).every((one) => permissions.includes(one)));
}

/** A list without repeats, in the order of the protocol. */
export function inOrder(permissions: readonly ConferencePermission[]): ConferencePermission[] {
  return CONFERENCE_PERMISSIONS.filter((permission) => permissions.includes(permission));
}

/** The conference that this room is; null: it is a plain room, or there is none. */
export function conferenceOf({ room }: RoomState) {
  return room?.backOffice.conference ?? null;
}

/** The permission that turning this on takes. */
export function toSend(kind: MediaKind): ConferencePermission {
  return kind === "mic" ? "SEND_AUDIO" : "SEND_VIDEO";
}

/** Whether somebody with this list (null: not in a conference) may turn it on. */
export function maySend(
  { conferencePermissions }: Pick<ParticipantView, "conferencePermissions">,
  kind: MediaKind,
): boolean {
  return conferencePermissions?.includes(toSend(kind)) ?? true;
}

/** What a token by itself gives in a conference: the default list, and for a back end's own token what its rights are made of. */
export function permissionsFromToken({ kind, permissions }: Grant): ConferencePermission[] {
  const rights = kind === "client" ? [] : RIGHTS.filter((right) => permissions.includes(right));
  return inOrder([...DEFAULT_PERMISSIONS, ...rights.flatMap(permissionsOf)]);
}
