/** How `evolve` keeps what a conference is beside a room: who is invited, and since when nobody is in (`docs/rules.md` K). */
import { rightsFrom } from "./conference.js";
import type { RoomEvent } from "./events.js";
import { MEMORY } from "./evolve-departures.js";
import type { Knock, RoomState } from "./state.js";

/** K6, K7: what somebody may do there from now on. Whoever waits under that id without proof of it only loses by this. */
export function invited(
  state: RoomState,
  { at, body, hidden }: Extract<RoomEvent, { type: "participant-invited" }>,
): RoomState {
  const { participantId: id, permissions } = body;
  const knock = state.knocks.get(id);
  return {
    ...state,
    invitations: state.invitations.push(id, { passId: hidden.passId, permissions, at }, MEMORY.invitations),
    rights: state.rights.delete(id),
    admitted: permissions.includes("JOIN") ? state.admitted : state.admitted.delete(id),
    knocks: knock === undefined ? state.knocks : state.knocks.set(id, prospected(knock, permissions)),
  };
}

function prospected(
  knock: Knock,
  permissions: NonNullable<Knock["prospect"]["conferencePermissions"]>,
): Knock {
  const held = knock.prospect.conferencePermissions;
  if (held === null) return knock;
  const conferencePermissions = knock.person.bound
    ? permissions
    : held.filter((permission) => permissions.includes(permission));
  const rights = rightsFrom(conferencePermissions);
  return { ...knock, prospect: { ...knock.prospect, conferencePermissions, rights } };
}

/** The first of a session is in: the room is not empty any more. */
export function sessionStarted(
  state: RoomState,
  { at, body }: Extract<RoomEvent, { type: "session-started" }>,
): RoomState {
  const room = state.room === null ? null : { ...state.room, emptySince: null };
  return { ...state, room, session: { id: body.sessionId, startedAt: at } };
}
