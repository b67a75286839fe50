/** What a newcomer's tokens amount to: rights, what is kept of them, and whether they still count (`docs/rules.md` E, K). */
import { CONFERENCE_PERMISSIONS, type ConferencePermission } from "../../protocol/events.js";
import { refuse, type Refusal } from "../../protocol/refusals.js";
import type { JoinAction } from "../commands.js";
import { conferenceOf, inOrder, permissionsFromToken, rightsFrom } from "../conference.js";
import type { Person } from "../events.js";
import type { Grant, Right } from "../grant.js";
import type { Held, Knock, RoomState } from "../state.js";
import { isUsedUp } from "./one-time.js";
import { credentialsOf } from "./token.js";

type Arrival = Pick<JoinAction, "participantId" | "grant">;

/** E8, K4, K5: token seeds, room decides. What was changed in this session holds against an old token, raised or lowered. */
export function heldOnArrival(state: RoomState, arrival: Arrival): Held {
  const { participantId, grant } = arrival;
  const taken = state.taken.get(grant.fingerprint) ?? [];
  if (conferenceOf(state) !== null) {
    const conferencePermissions = listOnArrival(state, arrival).filter((one) => !taken.includes(one));
    return { permissions: rightsFrom(conferencePermissions), conferencePermissions };
  }
  const changed = grant.participantId === null ? undefined : state.rights.get(participantId);
  if (changed !== undefined) return changed;
  const rights: readonly Right[] = ["allow_join", "allow_mod"];
  const permissions = rights.filter((right) => grant.permissions.includes(right) && !taken.includes(right));
  return { permissions, conferencePermissions: null };
}

/** K4: what the room knows of a proven id, else what the owner or the token has. */
function listOnArrival(state: RoomState, { participantId, grant }: Arrival): readonly ConferencePermission[] {
  const conference = conferenceOf(state);
  if (grant.participantId === null) return permissionsFromToken(grant);
  const known =
    state.invitations.get(participantId)?.permissions ??
    state.rights.get(participantId)?.conferencePermissions;
  if (known !== undefined && known !== null) return known;
  const owns = conference?.ownerId === participantId && !conference.isProtected;
  return owns ? CONFERENCE_PERMISSIONS : permissionsFromToken(grant);
}

/** What a knock will turn into, or a seat begins with. */
export function prospectOf(state: RoomState, action: JoinAction): Knock["prospect"] {
  const { permissions, conferencePermissions } = heldOnArrival(state, action);
  return {
    rights: permissions,
    conferencePermissions: conferencePermissions === null ? null : inOrder(conferencePermissions),
    micOn: action.micOn,
    webcamOn: action.webcamOn,
  };
}

/** T10: a token that says what its bearer is called counts alone; what the client says of itself is then ignored. */
export function calledAs({ grant, name, metaData }: JoinAction): Pick<Knock["view"], "name" | "metaData"> {
  if (grant.name !== null) return { name: grant.name, metaData: null };
  return { name, metaData: metaData === null ? null : { ...metaData } };
}

/** E6, C5: the join that made this entry, sent again because its answer was lost. */
export function isSameJoin(
  state: RoomState,
  { participantId, grant }: JoinAction,
  there: Person,
  commandId: string,
): boolean {
  const marks = state.commands.get(participantId) ?? [];
  return (
    marks.some((mark) => mark.type === "join" && mark.id === commandId) &&
    there.tokens.includes(grant.fingerprint)
  );
}

/** E3: whether the token by itself makes its bearer knock; in a conference a client access token does not (K4). */
export function tokenAsks(state: RoomState, { kind, permissions }: Grant): boolean {
  return permissions.includes("ask_join") && !(kind === "client" && conferenceOf(state) !== null);
}

/** E16, K8: a token that is used up, a conference access token that is not there or does not count. */
export function doesNotCount(state: RoomState, { grant, pass, participantId }: JoinAction): Refusal | null {
  if (isUsedUp(state, grant)) return refuse("token_used", { field: "token" });
  const conference = conferenceOf(state);
  if (pass === null) {
    const mayWithout = conference?.isProtected !== true || vouches(grant);
    return mayWithout ? null : refuse("conference_token_missing", { field: "conferenceToken" });
  }
  const counts =
    conference !== null &&
    pass.roomId === state.room?.roomId &&
    pass.participantId === participantId &&
    grant.participantId === participantId &&
    state.invitations.get(participantId)?.passId === pass.id;
  return counts ? null : refuse("conference_token_invalid", { field: "conferenceToken" });
}

/** A token of the app's own back end that enters says as much as a conference access token. */
function vouches({ kind, permissions }: Grant): boolean {
  return kind !== "client" && permissions.includes("allow_join");
}

/** What is kept of somebody who comes in or knocks. */
export function personOf(action: JoinAction, now: number): Person {
  return {
    ...credentialsOf(action.grant, now),
    line: { up: true, ...action.line },
    secret: { hash: action.secretHash, spent: null },
  };
}

/** A join that takes over brings new credentials; tokens shown before stay on record, so that a removal voids them all. */
export function arrivalOf(action: JoinAction, before: Person, now: number) {
  const { line, secret, ...fresh } = personOf(action, now);
  const tokens = [...new Set([...before.tokens, ...fresh.tokens])].slice(-16);
  return { line, secret, credentials: { ...fresh, tokens } };
}
