/** How `evolve` changes somebody who is in, and what a session remembers of their rights. */
import { CONFERENCE_PERMISSIONS, type EventBody, type ParticipantView } from "../protocol/events.js";
import type { Held, Participant, RoomState } from "./state.js";

type Person = Participant["person"];
type Taken = (Held["permissions"][number] | NonNullable<Held["conferencePermissions"]>[number])[];

/** The state with one participant changed; as it is, where nobody goes by that id. */
export function withParticipant(
  state: RoomState,
  id: string,
  update: (one: Participant) => Participant,
): RoomState {
  const one = state.participants.get(id);
  return one === undefined ? state : { ...state, participants: state.participants.set(id, update(one)) };
}

/** The state with what others see of one participant changed. */
export function withView(state: RoomState, id: string, part: Partial<ParticipantView>): RoomState {
  return withParticipant(state, id, (one) => ({ ...one, view: { ...one.view, ...part } }));
}

/** R5: whoever sends a command on their line has had the answer to the resume before it, whose old secret is now void. */
export function withAnswerKnown(state: RoomState, id: string): RoomState {
  const known = ({ person }: { person: Person }): { person: Person } => ({
    person: { ...person, secret: { ...person.secret, spent: null } },
  });
  const present = state.participants.get(id);
  if (present !== undefined && present.person.secret.spent !== null)
    return { ...state, participants: state.participants.set(id, { ...present, ...known(present) }) };
  const waiting = state.knocks.get(id);
  if (waiting === undefined || waiting.person.secret.spent === null) return state;
  return { ...state, knocks: state.knocks.set(id, { ...waiting, ...known(waiting) }) };
}

/** Rights as they are from now on, and what the room remembers of the change (E8, K5). */
export function permissionsChanged(state: RoomState, body: EventBody<"permissions-changed">): RoomState {
  const { participantId: id, permissions, conferencePermissions } = body;
  const held = { permissions, conferencePermissions };
  const one = state.participants.get(id);
  if (one === undefined) return state;
  const next = withView(state, id, held);
  if (one.person.bound) return remembered(next, id, held);
  // What is given back stays with this stay: the token may be somebody else's too, from whom the right was taken.
  const lostNow = namesOf(one.view).filter((name) => !namesOf(held).includes(name));
  if (lostNow.length === 0) return next;
  return { ...next, taken: one.person.tokens.reduce((all, token) => plus(all, token, lostNow), next.taken) };
}

/** Whether they may enter without a knock is the back end's word alone, so JOIN stays as the invitation has it. */
function remembered(state: RoomState, id: string, held: Held): RoomState {
  const invitation = state.invitations.get(id);
  if (invitation === undefined || held.conferencePermissions === null)
    return { ...state, rights: state.rights.set(id, held) };
  const permissions = CONFERENCE_PERMISSIONS.filter((one) =>
    (one === "JOIN" ? invitation.permissions : held.conferencePermissions)?.includes(one),
  );
  return { ...state, invitations: state.invitations.set(id, { ...invitation, permissions }) };
}

function namesOf({ permissions, conferencePermissions }: Held): Taken {
  return [...permissions, ...(conferencePermissions ?? [])];
}

/** A newer unbound token that somebody shows stands under what the room holds against their older ones. */
export function inherited(state: RoomState, person: Person, tokens: readonly string[]): RoomState {
  if (person.bound) return state;
  let { mustKnock, taken } = state;
  const knocks = person.tokens.some((token) => mustKnock.has(`token:${token}`));
  const rights = person.tokens.flatMap((token) => taken.get(token) ?? []);
  for (const token of tokens) {
    if (knocks) mustKnock = mustKnock.set(`token:${token}`, true);
    if (rights.length > 0) taken = plus(taken, token, rights);
  }
  return { ...state, mustKnock, taken };
}

function plus(taken: RoomState["taken"], token: string, rights: Taken): RoomState["taken"] {
  return taken.set(token, [...new Set([...(taken.get(token) ?? []), ...rights])]);
}
