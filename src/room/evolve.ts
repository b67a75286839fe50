/** Event after event, the state. Pure, total, and the only way in which a state comes about. */
import { conferenceOf } from "./conference.js";
import type { RoomEvent } from "./events.js";
import {
  MEMORY,
  entryResponded,
  entryWithdrawn,
  participantLeft,
  sessionEnded,
} from "./evolve-departures.js";
import { invited, sessionStarted } from "./evolve-conference.js";
import { permissionsChanged, withAnswerKnown, withParticipant, withView } from "./evolve-people.js";
import { tokenRefreshed, usedUp } from "./evolve-tokens.js";
import { API_SENDER, type Participant, type RoomState, type TopicMessage } from "./state.js";
import { LIMITS } from "../protocol/limits.js";
import type { Table } from "./table.js";

/** The state after one more event. Numbers rise by one with each. */
export function evolve(state: RoomState, event: RoomEvent): RoomState {
  const next = change(state, event);
  const numbered = { ...next, seq: state.seq + 1 };
  return event.cmd === null ? numbered : remembering(numbered, event.cmd);
}

function change(state: RoomState, event: RoomEvent): RoomState {
  switch (event.type) {
    case "room-created":
      return {
        ...state,
        room: {
          ...event.body,
          ...event.hidden,
          status: "enabled",
          createdAt: event.at,
          settingsAt: event.at,
          statusAt: event.at,
          emptySince: null,
        },
      };
    case "room-settings-changed": {
      const { settings } = event.body;
      const { backOffice } = event.hidden;
      return withRoom(state, { settings, backOffice, settingsAt: event.at });
    }
    case "room-status-changed":
      return withRoom(state, { status: event.body.status, statusAt: event.at });
    case "session-started":
      return sessionStarted(state, event);
    case "session-ended":
      return sessionEnded(state, event);
    case "entry-requested": {
      const { knock: view } = event.body;
      return {
        ...state,
        knocks: state.knocks.set(view.participantId, { view, ...event.hidden }),
        // A new knock: the answer to an earlier one says nothing of it.
        decisions: state.decisions.delete(view.participantId),
      };
    }
    case "entry-responded":
      return entryResponded(state, event);
    case "entry-withdrawn":
      return entryWithdrawn(state, event.body);
    case "entry-disconnected":
    case "entry-resumed": {
      const knock = state.knocks.get(event.body.participantId);
      if (knock === undefined) return state;
      const online = event.type === "entry-resumed";
      const person = online ? back(knock.person, event.hidden) : lost(knock.person, event.body.until);
      const view = { ...knock.view, online };
      return { ...state, knocks: state.knocks.set(view.participantId, { ...knock, view, person }) };
    }
    case "participant-joined": {
      const { participant: view } = event.body;
      const { person } = event.hidden;
      const participant = { view, person, restricted: false, asked: { mic: null, webcam: null } };
      return {
        ...usedUp(state, person, event.at),
        participants: state.participants.set(view.participantId, participant),
        admitted: person.bound ? state.admitted.set(view.participantId, true) : state.admitted,
        // Others may hold an unbound token too: letting one of them in must not open the door to the one who was sent back.
        mustKnock: person.bound ? state.mustKnock.delete(`id:${view.participantId}`) : state.mustKnock,
      };
    }
    case "participant-left":
      return participantLeft(state, event.body.participantId, event.body.reason.code);
    case "participant-disconnected":
      return withParticipant(state, event.body.participantId, (one) => ({
        ...one,
        view: { ...one.view, online: false },
        person: lost(one.person, event.body.until),
      }));
    case "participant-resumed": {
      const { credentials } = event.hidden;
      const noted = credentials === null ? state : usedUp(state, credentials, event.at);
      return withParticipant(noted, event.body.participantId, (one) => ({
        ...one,
        view: one.view.online ? one.view : { ...one.view, online: true },
        person: back(one.person, event.hidden),
        restricted: credentials === null ? one.restricted : false,
      }));
    }
    case "stream-enabled":
    case "stream-disabled": {
      const { kind } = event.body;
      const on = event.type === "stream-enabled";
      return withParticipant(state, event.body.participantId, (one) => ({
        ...one,
        view: { ...one.view, [kind === "mic" ? "micOn" : "webcamOn"]: on },
        asked: on ? { ...one.asked, [kind]: null } : one.asked,
      }));
    }
    case "mic-requested":
      return withAsked(state, event.body.targetId, "mic", { by: event.body.participantId });
    case "webcam-requested":
      return withAsked(state, event.body.targetId, "webcam", { by: event.body.participantId });
    case "mic-responded":
      return withAsked(state, event.body.participantId, "mic", null);
    case "webcam-responded":
      return withAsked(state, event.body.participantId, "webcam", null);
    case "media-lock-changed": {
      const { participantId, kind, locked } = event.body;
      if (participantId === null) return { ...state, mediaLocks: { ...state.mediaLocks, [kind]: locked } };
      return withView(state, participantId, { [kind === "mic" ? "micLocked" : "webcamLocked"]: locked });
    }
    case "participant-banned": {
      const { participantId, by, note } = event.body;
      const ban = { by, note, at: event.at, tokens: event.hidden.tokens };
      return { ...state, bans: state.bans.push(participantId, ban, MEMORY.bans) };
    }
    case "participant-unbanned": {
      const ban = state.bans.get(event.body.participantId);
      return {
        ...state,
        bans: state.bans.delete(event.body.participantId),
        spentTokens: without(state.spentTokens, ban?.tokens ?? []),
      };
    }
    case "room-lock-changed":
      return { ...state, locked: event.body.locked };
    case "permissions-changed":
      return permissionsChanged(state, event.body);
    case "participant-renamed": {
      const { participantId, name, metaData } = event.body;
      return withView(state, participantId, { name, metaData });
    }
    case "participant-invited":
      return invited(state, event);
    case "invitation-revoked":
      return { ...state, invitations: state.invitations.delete(event.body.participantId) };
    case "token-expired":
      return withParticipant(state, event.body.participantId, (one) => ({ ...one, restricted: true }));
    case "token-refreshed":
      return tokenRefreshed(state, event);
    case "message-published": {
      const { message } = event.body;
      return message.persist ? { ...state, messages: kept(state.messages, message) } : state;
    }
  }
}

/** With one more message, and without the oldest that it leaves no room for. */
function kept(messages: RoomState["messages"], message: TopicMessage): RoomState["messages"] {
  const next = messages.push(
    message.id,
    { message, length: JSON.stringify(message).length },
    LIMITS.keptMessages,
  );
  let total = 0;
  for (const { length } of next.values()) total += length;
  const doomed: string[] = [];
  for (const [id, { length }] of next.entries()) {
    if (total <= LIMITS.keptMessagesLength) break;
    total -= length;
    doomed.push(id);
  }
  return without(next, doomed);
}

function remembering(state: RoomState, mark: { key: string; id: string; type: string }): RoomState {
  const { key, id, type } = mark;
  // Whoever is gone sends nothing more on that connection; their ids need no memory.
  if (key !== API_SENDER && !state.participants.has(key) && !state.knocks.has(key)) return state;
  const marks = state.commands.get(key) ?? [];
  const others = marks.filter((one) => one.id !== id);
  return {
    ...(type === "join" || type === "resume" ? state : withAnswerKnown(state, key)),
    commands: state.commands.set(key, [
      ...others.slice(1 - LIMITS.rememberedCommands),
      { id, type, seq: state.seq },
    ]),
  };
}

type RoomFacts = NonNullable<RoomState["room"]>;

/**
 * O4: a room that a back end has taken in hand is kept: else a closed one, once forgotten, would open again with the next join.
 * A conference is over with its session, so it may be forgotten (K1).
 */
function withRoom(state: RoomState, part: Partial<RoomFacts>): RoomState {
  const { room } = state;
  if (room === null) return state;
  const permanent = room.permanent || conferenceOf(state) === null;
  return { ...state, room: { ...room, ...part, permanent } };
}

function withAsked(
  state: RoomState,
  id: string,
  kind: "mic" | "webcam",
  asker: Participant["asked"]["mic"],
): RoomState {
  return withParticipant(state, id, (one) => ({ ...one, asked: { ...one.asked, [kind]: asker } }));
}

function without<V>(table: Table<V>, keys: readonly string[]): Table<V> {
  return keys.reduce((rest, key) => rest.delete(key), table);
}

type Person = Participant["person"];
type Back = Extract<RoomEvent, { type: "participant-resumed" }>["hidden"];

function lost(person: Person, until: number): Person {
  return { ...person, line: { up: false, until, attempt: person.line.attempt } };
}

function back(person: Person, { line, secret, credentials }: Back): Person {
  return { ...person, ...credentials, line, secret };
}
