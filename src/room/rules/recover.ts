/**
 * After a loss of data: what only this node holds is asserted again, as far as it is still open (`log.md` rule 19;
 * `docs/rules.md` X). Moderation and bans first, so that nobody slips in before them; then everything else in its order.
 */
import type { ActionOf, Draft, Rule } from "../draft.js";
import type { RoomEvent } from "../events.js";
import { isFull } from "./seats.js";

const FIRST: ReadonlySet<RoomEvent["type"]> = new Set([
  "participant-banned",
  "room-lock-changed",
  "media-lock-changed",
  "permissions-changed",
]);

/** X1 to X4: asserts each event that still says something new; what contradicts the log as it is now is left out. */
export const recover: Rule<ActionOf<"recover">> = (draft, { events }) => {
  // A second time for all: a change of rights, say, is open only once its participant is in again.
  for (const event of [...events.filter(({ type }) => FIRST.has(type)), ...events]) {
    if (stillOpen(draft, event)) draft.repeat(event);
  }
  draft.result = { asserted: draft.events.length };
  return null;
};

function stillOpen({ state }: Draft, event: RoomEvent): boolean {
  const { participants, knocks, bans } = state;
  switch (event.type) {
    case "room-created":
      return state.room === null;
    case "session-started":
      return state.session === null;
    case "session-ended":
      return event.body.cause === "ended" && state.session?.id === event.body.sessionId;
    case "entry-requested": {
      const { participantId } = event.body.knock;
      return (
        !knocks.has(participantId) &&
        !participants.has(participantId) &&
        !isBanned(event.hidden.person.tokens, participantId, bans)
      );
    }
    case "participant-joined": {
      const { participantId } = event.body.participant;
      if (participants.has(participantId) || knocks.has(participantId) || isFull(state)) return false;
      return state.session !== null && !isBanned(event.hidden.person.tokens, participantId, bans);
    }
    case "entry-responded":
    case "entry-withdrawn":
    case "entry-disconnected":
    case "entry-resumed":
      return knocks.has(event.body.participantId);
    case "participant-left":
    case "participant-disconnected":
    case "participant-resumed":
    case "token-expired":
      return participants.has(event.body.participantId);
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
    case "participant-unbanned":
      return bans.has(event.body.participantId);
    case "room-lock-changed":
      return state.locked !== event.body.locked;
    case "permissions-changed": {
      const held = participants.get(event.body.participantId)?.view.permissions;
      return held !== undefined && held.join() !== event.body.permissions.join();
    }
    case "message-published":
      return !state.messages.has(event.body.message.id);
  }
}

function isBanned(tokens: readonly string[], participantId: string, bans: Draft["state"]["bans"]): boolean {
  if (bans.has(participantId)) return true;
  for (const ban of bans.values()) if (ban.tokens.some((token) => tokens.includes(token))) return true;
  return false;
}
