/** What moderators do beside media: remove, ban, send back, lock, end (`docs/rules.md` M). */
import type { ActorView } from "../../protocol/events.js";
import { refuse } from "../../protocol/refusals.js";
import type { ActionOf, Rule } from "../draft.js";
import { banPerson, denyKnock } from "./lobby.js";
import { leaveRoom } from "./line.js";

/** M1: out, the resume secret is void, and the token does not open this session again. */
export const remove: Rule<ActionOf<"remove">> = (draft, { participantId, note, ban }, { view: by }) => {
  if (!draft.state.participants.has(participantId))
    return refuse("participant_unknown", { field: "participantId" });
  if (ban) banPerson(draft, participantId, by, note);
  leaveRoom(draft, participantId, removal(by), by, note);
  return null;
};

/** M2: the door is closed to the id and to the tokens of whoever goes by it, until lifted; whoever is here goes. */
export const ban: Rule<ActionOf<"ban">> = (draft, { participantId, note }, { view: by }) => {
  const waiting = draft.state.knocks.get(participantId);
  const present = draft.state.participants.has(participantId);
  if (draft.state.bans.has(participantId) && waiting === undefined && !present) return null;
  banPerson(draft, participantId, by, note);
  if (present) leaveRoom(draft, participantId, removal(by), by, note);
  if (waiting !== undefined) denyKnock(draft, waiting, by, note, true);
  return null;
};

function removal(by: ActorView): "REMOVE_PEER" | "REMOVE_PEER_API" {
  return by.kind === "api" ? "REMOVE_PEER_API" : "REMOVE_PEER";
}

/** M3: lifted; what the ban closed is open again. */
export const unban: Rule<ActionOf<"unban">> = (draft, { participantId }, { view: by }) => {
  if (!draft.state.bans.has(participantId)) return refuse("ban_unknown", { field: "participantId" });
  draft.push({ type: "participant-unbanned", body: { participantId, by } });
  return null;
};

/** M4: out of the room and into the lobby, on the same line; no token of theirs walks past it. */
export const returnToLobby: Rule<ActionOf<"return-to-lobby">> = (draft, { participantId }, { view: by }) => {
  const one = draft.state.participants.get(participantId);
  if (one === undefined) return refuse("participant_unknown", { field: "participantId" });
  const { name, metaData, permissions, conferencePermissions, micOn, webcamOn } = one.view;
  leaveRoom(draft, participantId, "MOVED_TO_LOBBY", by);
  const knock = {
    participantId,
    name,
    metaData,
    since: draft.now,
    expiresAt: draft.now + (draft.state.room?.settings.knockTimeoutMs ?? 0),
    returned: true,
    online: one.person.line.up,
  };
  const prospect = { rights: permissions, conferencePermissions, micOn, webcamOn };
  draft.push({ type: "entry-requested", body: { knock }, hidden: { person: one.person, prospect } });
  return null;
};

/** M5: nobody new comes in or knocks, but moderators and who was in this session; those who wait can still be admitted. */
export const lockRoom: Rule<ActionOf<"lock-room">> = (draft, { locked }, { view: by }) => {
  if (draft.state.locked !== locked) draft.push({ type: "room-lock-changed", body: { locked, by } });
  return null;
};

/** M8: over for all, in the room and in the lobby. */
export const end: Rule<ActionOf<"end">> = (draft, _action, { view: by }) => {
  const { session } = draft.state;
  if (session !== null)
    draft.push({ type: "session-ended", body: { sessionId: session.id, cause: "ended", by } });
  return null;
};

/** P1: out of one's own will. */
export const leave: Rule<ActionOf<"leave">> = (draft, _action, { participantId, view: by }) => {
  if (participantId === null) return refuse("not_joined");
  leaveRoom(draft, participantId, "MANUAL_LEAVE_CALLED", by);
  return null;
};
