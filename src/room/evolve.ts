/** Event after event, the state. Pure, total, and the only way in which a state comes about. */
import type { RoomEvent } from "./events.js";
import { MEMORY, departed, entryResponded, participantLeft, sessionEnded } from "./evolve-departures.js";
import { API_SENDER, type Participant, type RoomState, type TopicMessage } from "./state.js";
import { LIMITS } from "../protocol/limits.js";
import type { ParticipantView } from "../protocol/events.js";
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
      return { ...state, room: { ...event.body, createdAt: event.at } };
    case "session-started":
      return { ...state, session: { id: event.body.sessionId, startedAt: event.at } };
    case "session-ended":
      return sessionEnded(state, event.body.cause);
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
    case "entry-withdrawn": {
      const { participantId: id, cause } = event.body;
      const reason =
        cause === "timed-out" ? "knock_timed_out" : cause === "disconnected" ? "resume_window_over" : null;
      const knock = state.knocks.get(id);
      const next = { ...state, knocks: state.knocks.delete(id), commands: state.commands.delete(id) };
      return knock === undefined || reason === null
        ? next
        : departed(next, id, { hash: knock.person.secret.hash, reason });
    }
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
        ...state,
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
    case "participant-resumed":
      return withParticipant(state, event.body.participantId, (one) => ({
        ...one,
        view: one.view.online ? one.view : { ...one.view, online: true },
        person: back(one.person, event.hidden),
        restricted: event.hidden.credentials === null ? one.restricted : false,
      }));
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
      return permissionsChanged(state, event.body.participantId, event.body.permissions);
    case "token-expired":
      return withParticipant(state, event.body.participantId, (one) => ({ ...one, restricted: true }));
    case "token-refreshed": {
      const { participantId: id } = event.body;
      const knock = state.knocks.get(id);
      if (knock !== undefined) {
        return {
          ...inherited(state, knock.person, event.hidden.tokens),
          knocks: state.knocks.set(id, { ...knock, person: { ...knock.person, ...event.hidden } }),
        };
      }
      const present = state.participants.get(id);
      if (present === undefined) return state;
      return withParticipant(inherited(state, present.person, event.hidden.tokens), id, (one) => ({
        ...one,
        person: { ...one.person, ...event.hidden },
        restricted: false,
      }));
    }
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

function permissionsChanged(
  state: RoomState,
  id: string,
  permissions: ParticipantView["permissions"],
): RoomState {
  const one = state.participants.get(id);
  if (one === undefined) return state;
  const next = withView(state, id, { permissions });
  if (one.person.bound) return { ...next, rights: next.rights.set(id, permissions) };
  // What is given back stays with this stay: the token may be somebody else's too, from whom the right was taken.
  const lostNow = one.view.permissions.filter((right) => !permissions.includes(right));
  if (lostNow.length === 0) return next;
  return { ...next, taken: one.person.tokens.reduce((all, token) => plus(all, token, lostNow), next.taken) };
}

/** A newer unbound token that somebody shows stands under what the room holds against their older ones. */
function inherited(state: RoomState, person: Person, tokens: readonly string[]): RoomState {
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

function plus(
  taken: RoomState["taken"],
  token: string,
  rights: ParticipantView["permissions"],
): RoomState["taken"] {
  return taken.set(token, [...new Set([...(taken.get(token) ?? []), ...rights])]);
}

function remembering(state: RoomState, mark: { key: string; id: string; type: string }): RoomState {
  const { key, id, type } = mark;
  // Whoever is gone sends nothing more on that connection; their ids need no memory.
  if (key !== API_SENDER && !state.participants.has(key) && !state.knocks.has(key)) return state;
  const marks = state.commands.get(key) ?? [];
  const others = marks.filter((one) => one.id !== id);
  return {
    ...state,
    commands: state.commands.set(key, [
      ...others.slice(1 - LIMITS.rememberedCommands),
      { id, type, seq: state.seq },
    ]),
  };
}

function withParticipant(state: RoomState, id: string, update: (one: Participant) => Participant): RoomState {
  const one = state.participants.get(id);
  return one === undefined ? state : { ...state, participants: state.participants.set(id, update(one)) };
}

function withView(state: RoomState, id: string, part: Partial<ParticipantView>): RoomState {
  return withParticipant(state, id, (one) => ({ ...one, view: { ...one.view, ...part } }));
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
  return { ...person, line: { up: false, until } };
}

function back(person: Person, { line, secret, credentials }: Back): Person {
  return { ...person, ...credentials, line, secret };
}
