/**
 * After a loss of data: what only this node holds is asserted again, as far as it is still open (`log.md` rule 19;
 * `docs/rules.md` X). Moderation, bans and a closed door first, so that nobody slips in before them; then everything else in
 * its order.
 */
import { conferenceOf } from "../conference.js";
import type { ActionOf, Draft, Rule } from "../draft.js";
import { LEAVE_REASONS } from "../../protocol/leaving.js";
import type { Person, RoomEvent } from "../events.js";
import { isBanned, type Participant, type RoomState } from "../state.js";
import { emptyIfClosed, holdsSettings, same } from "./office.js";
import { isUsedUp } from "./one-time.js";
import { isFull } from "./seats.js";

const FIRST: ReadonlySet<RoomEvent["type"]> = new Set([
  "participant-banned",
  "invitation-revoked",
  "room-status-changed",
  "room-lock-changed",
  "media-lock-changed",
  "permissions-changed",
]);

/** Causes by which a knock ends because of the token that its bearer had shown. */
const NO_STANDING: ReadonlySet<string> = new Set(["token-revoked", "key-deactivated", "app-deleted"]);

const TURNED_OUT: ReadonlySet<number> = new Set([
  LEAVE_REASONS.TOKEN_REVOKED,
  LEAVE_REASONS.KEY_DEACTIVATED,
  LEAVE_REASONS.APP_DELETED,
]);

/** X1 to X6: asserts each event that still says something new; what contradicts the log as it is now is left out. */
export const recover: Rule<ActionOf<"recover">> = (draft, { events }) => {
  // A second time for all: a change of rights, say, is open only once its participant is in again.
  for (const event of [...events.filter(({ type }) => FIRST.has(type)), ...events]) {
    if (stillOpen(draft, event)) draft.repeat(event);
  }
  // X5: whoever came in by the log's history meanwhile, while this node held that the room was closed.
  emptyIfClosed(draft, { kind: "rule" });
  draft.result = { asserted: draft.events.length };
  return null;
};

function stillOpen({ state }: Draft, event: RoomEvent): boolean {
  const { participants, knocks, bans, room } = state;
  const open = room?.status === "enabled";
  switch (event.type) {
    case "room-created":
      return state.room === null;
    case "room-settings-changed":
      return room !== null && room.settingsAt <= event.at && !holdsSettings(room, event);
    case "room-status-changed": {
      const { status } = event.body;
      if (room === null || room.status === status || room.status === "deactivated") return false;
      return status === "deactivated" || room.statusAt <= event.at;
    }
    case "session-started":
      return open && state.session === null;
    case "session-ended":
      if (event.body.cause === "last-left") return state.session !== null && participants.size === 0;
      return state.session?.id === event.body.sessionId;
    case "entry-requested": {
      const { participantId } = event.body.knock;
      return (
        open &&
        !knocks.has(participantId) &&
        !participants.has(participantId) &&
        !isVoid(state, participantId, event)
      );
    }
    case "participant-joined": {
      const { participantId } = event.body.participant;
      if (participants.has(participantId) || knocks.has(participantId) || isFull(state)) return false;
      return open && state.session !== null && !isVoid(state, participantId, event);
    }
    case "entry-responded": {
      const knock = knocks.get(event.body.participantId);
      return knock !== undefined && knock.view.since <= event.at;
    }
    case "entry-resumed":
      return isBack(event, knocks.get(event.body.participantId)?.person);
    case "entry-withdrawn": {
      const knock = knocks.get(event.body.participantId);
      if (knock === undefined || knock.view.since > event.at) return false;
      if (event.body.cause === "disconnected") return !knock.person.line.up;
      if (NO_STANDING.has(event.body.cause)) return knock.person.token.shownAt <= event.at;
      return event.body.cause !== "timed-out" || knock.view.expiresAt <= event.at;
    }
    case "entry-disconnected":
    case "participant-disconnected": {
      const { participantId: id } = event.body;
      const line = (event.type === "entry-disconnected" ? knocks : participants).get(id)?.person.line;
      return line?.up === true && line.connection === event.hidden.connection;
    }
    case "participant-left": {
      const one = participants.get(event.body.participantId);
      if (one === undefined) return false;
      // They came back later, so this was the end of an earlier stay; but a ban ends whatever stay there is.
      if (one.view.joinedAt > event.at && !bans.has(one.view.participantId)) return false;
      const { code } = event.body.reason;
      if (code === LEAVE_REASONS.WEBSOCKET_DISCONNECTED) return !one.person.line.up;
      if (TURNED_OUT.has(code)) return one.person.token.shownAt <= event.at;
      return code !== LEAVE_REASONS.TOKEN_EXPIRED || expiredBy(one, event.at);
    }
    case "participant-resumed":
      return isBack(event, participants.get(event.body.participantId)?.person);
    case "token-expired": {
      const one = participants.get(event.body.participantId);
      return one !== undefined && !one.restricted && expiredBy(one, event.at);
    }
    case "token-refreshed":
      return participants.has(event.body.participantId) || knocks.has(event.body.participantId);
    case "stream-enabled":
    case "stream-disabled": {
      const view = participants.get(event.body.participantId)?.view;
      const on = event.type === "stream-enabled";
      return view !== undefined && (event.body.kind === "mic" ? view.micOn : view.webcamOn) !== on;
    }
    case "mic-requested":
    case "webcam-requested":
      return participants.has(event.body.targetId);
    case "mic-responded":
    case "webcam-responded":
      return participants.has(event.body.participantId);
    case "media-lock-changed": {
      const { participantId, kind, locked } = event.body;
      if (participantId === null) return state.mediaLocks[kind] !== locked;
      const view = participants.get(participantId)?.view;
      return view !== undefined && (kind === "mic" ? view.micLocked : view.webcamLocked) !== locked;
    }
    case "participant-banned":
      return !bans.has(event.body.participantId);
    case "participant-unbanned": {
      const ban = bans.get(event.body.participantId);
      return ban !== undefined && ban.at <= event.at;
    }
    case "room-lock-changed":
      return state.locked !== event.body.locked;
    case "permissions-changed": {
      const { participantId, permissions, conferencePermissions } = event.body;
      const view = participants.get(participantId)?.view;
      if (view === undefined) return false;
      // What a back end said of them since is newer.
      if (conferencePermissions !== null && (state.invitations.get(participantId)?.at ?? 0) > event.at)
        return false;
      return (
        view.permissions.join() !== permissions.join() ||
        view.conferencePermissions?.join() !== conferencePermissions?.join()
      );
    }
    case "participant-renamed": {
      const { participantId, name, metaData } = event.body;
      const view = participants.get(participantId)?.view;
      if (view === undefined || view.joinedAt > event.at) return false;
      return !same({ name, metaData }, { name: view.name, metaData: view.metaData });
    }
    case "participant-invited": {
      const { participantId } = event.body;
      const known = state.invitations.get(participantId);
      if (conferenceOf(state) === null || room?.status === "deactivated" || bans.has(participantId))
        return false;
      return known === undefined || (known.at <= event.at && known.passId !== event.hidden.passId);
    }
    case "invitation-revoked": {
      const known = state.invitations.get(event.body.participantId);
      return known !== undefined && known.at <= event.at;
    }
    case "message-published":
      return !state.messages.has(event.body.message.id);
  }
}

type Resumed = Extract<RoomEvent, { type: "participant-resumed" | "entry-resumed" }>;

/** X2: not over a later line of the same client; those of another, who came with a token, are counted from anew. */
function isBack({ hidden }: Resumed, there: Person | undefined): boolean {
  return there !== undefined && (hidden.credentials !== null || hidden.line.attempt >= there.line.attempt);
}

function expiredBy({ person }: Participant, at: number): boolean {
  return person.tokenExpiresAt !== null && person.tokenExpiresAt <= at;
}

type Coming = Extract<RoomEvent, { type: "participant-joined" | "entry-requested" }>;

/** Banned, removed with one of these tokens, or come with one that is used up, in the log as it is now. */
function isVoid(state: RoomState, participantId: string, { cmd, hidden: { person } }: Coming): boolean {
  if (isBanned(state, participantId, person.tokens)) return true;
  if (person.tokens.some((token) => state.spentTokens.has(token))) return true;
  // Whoever was let in, or sent back, has used the token before.
  return cmd?.type === "join" && isUsedUp(state, person.token);
}
