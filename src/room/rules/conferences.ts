/** What back ends do with a conference: who is invited, with which permissions, who is out, when it is over (`docs/rules.md` K). */
import { refuse, type Refusal } from "../../protocol/refusals.js";
import type { ActorView } from "../../protocol/events.js";
import type { Invitee } from "../commands.js";
import { conferenceOf, inOrder } from "../conference.js";
import type { ActionOf, Draft, Rule } from "../draft.js";
import type { RoomState } from "../state.js";
import { ban } from "./moderation.js";
import { changeStatus } from "./office.js";
import { changeList } from "./rights.js";

/**
 * K6: invitations for those who are not inside; whoever is stays as they are. A ban on the invited is lifted. The result names
 * the ids that were inside, with a space between them: they got no invitation.
 */
export const invite: Rule<ActionOf<"invite">> = (draft, { people }, { view: by }) => {
  const mayNot = noConference(draft.state);
  if (mayNot !== null) return mayNot;
  // Who merely claims the id is not the one who is invited.
  const isInside = ({ participantId }: Invitee): boolean =>
    draft.state.participants.get(participantId)?.person.bound === true;
  const inside = people.filter(isInside).map(({ participantId }) => participantId);
  for (const person of people) {
    const { participantId } = person;
    if (inside.includes(participantId)) continue;
    if (draft.state.bans.has(participantId))
      draft.push({ type: "participant-unbanned", body: { participantId, by } });
    giveInvitation(draft, person, by);
  }
  draft.result = { invited: people.length - inside.length, inside: inside.join(" ") };
  return null;
};

/** K7: from now on these permissions, and only the newest conference access token; also for those inside and in the lobby. */
export const setConferencePermissions: Rule<ActionOf<"set-conference-permissions">> = (
  draft,
  { people },
  { view: by },
) => {
  const mayNot = noConference(draft.state);
  if (mayNot !== null) return mayNot;
  for (const person of people) {
    giveInvitation(draft, person, by);
    const there = draft.state.participants.get(person.participantId);
    const held = there?.view.conferencePermissions ?? null;
    if (there === undefined || held === null) continue;
    const list = there.person.bound
      ? person.permissions
      : held.filter((one) => person.permissions.includes(one));
    changeList(draft, there, list, by);
  }
  draft.result = { updated: people.length };
  return null;
};

function giveInvitation(
  draft: Draft,
  { participantId, permissions, passId, notify }: Invitee,
  by: ActorView,
): void {
  draft.push({
    type: "participant-invited",
    body: { participantId, permissions: inOrder(permissions), by },
    hidden: { passId, notify },
  });
}

/** K9: out and banned, and the invitation is void, whether they are here or not. */
export const kick: Rule<ActionOf<"kick">> = (draft, { participantIds }, asker) => {
  const mayNot = noConference(draft.state);
  if (mayNot !== null) return mayNot;
  let kicked = 0;
  for (const participantId of new Set(participantIds)) {
    const { participants, knocks, invitations } = draft.state;
    if (participants.has(participantId) || knocks.has(participantId)) kicked += 1;
    if (invitations.has(participantId))
      draft.push({ type: "invitation-revoked", body: { participantId, by: asker.view } });
    ban(draft, { type: "ban", participantId, note: null }, asker);
  }
  draft.result = { kicked };
  return null;
};

function noConference(state: RoomState): Refusal | null {
  if (conferenceOf(state) === null) return refuse("not_permitted", { details: { needs: "conference" } });
  return state.room?.status === "deactivated" ? refuse("room_deactivated", { field: "roomId" }) : null;
}

/** K10: a conference is over with its session; where the last one merely left, only after it was empty for its time. */
export function endConference(draft: Draft): void {
  const { session, room } = draft.state;
  const conference = conferenceOf(draft.state);
  if (session !== null || conference === null || room?.status === "deactivated") return;
  const end = draft.events.findLast((event) => event.type === "session-ended");
  if (end === undefined) return;
  if (end.body.cause === "last-left" && conference.emptyTtlMs > 0) return;
  changeStatus(draft, "deactivated", { kind: "rule" });
}

/** When an empty conference is over, epoch milliseconds; Infinity: it is not empty, or over. */
export function emptyUntil(state: RoomState): number {
  const conference = conferenceOf(state);
  const { room } = state;
  if (conference === null || room === null || room.status === "deactivated" || room.emptySince === null)
    return Infinity;
  return room.emptySince + conference.emptyTtlMs;
}
