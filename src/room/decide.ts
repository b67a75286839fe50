/**
 * The one place where a room says yes or no. Pure: the state, the command and the time go in; events and the state after them,
 * or a refusal, come out (`design.md` section 1). The rules themselves live in `rules/`, numbered in `docs/rules.md`.
 */
import type { ActorView } from "../protocol/events.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import { authorize } from "./authority.js";
import type { Action, Actor, Command, Decision } from "./commands.js";
import { Draft, type Asker } from "./draft.js";
import { API_SENDER, type RoomState } from "./state.js";
import * as conferences from "./rules/conferences.js";
import * as entry from "./rules/entry.js";
import * as line from "./rules/line.js";
import * as lobby from "./rules/lobby.js";
import * as media from "./rules/media.js";
import * as messages from "./rules/messages.js";
import * as office from "./rules/office.js";
import * as moderation from "./rules/moderation.js";
import { recover } from "./rules/recover.js";
import { rename } from "./rules/rename.js";
import * as rights from "./rules/rights.js";
import * as time from "./rules/time.js";
import * as token from "./rules/token.js";

/** Decides one command at `now` (epoch milliseconds). The state given stays as it is. */
export function decide(state: RoomState, command: Command, now: number): Decision {
  const { id, by, action, freshId } = command;
  const key = senderKey(by, action);
  const what = whatIs(action);
  const before =
    key === null || by.kind === "newcomer"
      ? undefined
      : state.commands.get(key)?.find((mark) => mark.id === id);
  if (before !== undefined) {
    if (before.type !== what) return { ok: false, refusal: refuse("command_id_reused", { field: "id" }) };
    return { ok: true, events: [], state, seq: before.seq, result: {}, repeated: true };
  }
  const mayNot = authorize(state, by, action);
  if (mayNot !== null) return { ok: false, refusal: mayNot };

  const draft = new Draft(state, now, key === null ? null : { key, id, type: what });
  const asker: Asker = {
    actor: by,
    view: viewOf(state, by),
    participantId: by.kind === "participant" ? by.participantId : null,
    id,
    freshId,
  };
  const refusal = dispatch(draft, action, asker);
  if (refusal !== null) return { ok: false, refusal };
  endEmptySession(draft);
  conferences.endConference(draft);
  return {
    ok: true,
    events: draft.events,
    state: draft.state,
    seq: draft.state.seq,
    result: draft.result,
    repeated: false,
  };
}

/** C3: what a command is, for its id: a command at somebody else, or about another medium, is another one. */
function whatIs(action: Action): string {
  if (action.type === "join" || action.type === "resume") return action.type;
  const aimedAt = "participantId" in action ? ` ${action.participantId}` : "";
  if ("participantIds" in action) return `${action.type} ${digestOf(action.participantIds)}`;
  if (action.type === "invite" || action.type === "set-conference-permissions")
    return `${action.type} ${digestOf(action.people.map(({ participantId }) => participantId))}`;
  return `${action.type}${aimedAt}${"kind" in action ? ` ${action.kind}` : ""}`;
}

/** Tells one list of ids from another (FNV-1a): a list may be too long to be remembered as it is. */
function digestOf(ids: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const char of ids.join(" ")) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return `${ids.length}:${(hash >>> 0).toString(16)}`;
}

/** A session lasts from the first admitted to the last gone (`design.md` section 3, "Session"; rule P2). */
function endEmptySession(draft: Draft): void {
  const { session, participants } = draft.state;
  if (session === null || participants.size > 0) return;
  draft.push({
    type: "session-ended",
    body: { sessionId: session.id, cause: "last-left", by: { kind: "rule" } },
  });
}

/** Under whose name a command's id is remembered; null: it needs no memory. */
function senderKey(by: Actor, action: Action): string | null {
  switch (by.kind) {
    case "participant":
      return by.participantId;
    case "api":
      return API_SENDER;
    case "newcomer":
      return action.type === "join" || action.type === "resume" ? action.participantId : null;
    case "gateway":
      return null;
  }
}

function viewOf(state: RoomState, by: Actor): ActorView {
  if (by.kind === "api") return { kind: "api", name: by.name ?? null };
  if (by.kind !== "participant") return { kind: "rule" };
  const there = state.participants.get(by.participantId) ?? state.knocks.get(by.participantId);
  return { kind: "participant", participantId: by.participantId, name: there?.view.name ?? "" };
}

function dispatch(draft: Draft, action: Action, asker: Asker): Refusal | null {
  switch (action.type) {
    case "create":
      return entry.create(draft, action, asker);
    case "join":
      return entry.join(draft, action, asker);
    case "update-settings":
      return office.updateSettings(draft, action, asker);
    case "set-status":
      return office.setStatus(draft, action, asker);
    case "invite":
      return conferences.invite(draft, action, asker);
    case "set-conference-permissions":
      return conferences.setConferencePermissions(draft, action, asker);
    case "kick":
      return conferences.kick(draft, action, asker);
    case "resume":
      return line.resume(draft, action, asker);
    case "line-lost":
      return line.lineLost(draft, action, asker);
    case "nodes-lost":
      return line.nodesLost(draft, action, asker);
    case "leave":
      return moderation.leave(draft, action, asker);
    case "withdraw":
      return lobby.withdraw(draft, action, asker);
    case "admit":
      return lobby.admit(draft, action, asker);
    case "admit-all":
      return lobby.admitAll(draft, action, asker);
    case "deny":
      return lobby.deny(draft, action, asker);
    case "set-media":
      return media.setMedia(draft, action, asker);
    case "disable-media":
      return media.disableMedia(draft, action, asker);
    case "request-media":
      return media.requestMedia(draft, action, asker);
    case "answer-media":
      return media.answerMedia(draft, action, asker);
    case "lock-media":
      return media.lockMedia(draft, action, asker);
    case "remove":
      return moderation.remove(draft, action, asker);
    case "ban":
      return moderation.ban(draft, action, asker);
    case "unban":
      return moderation.unban(draft, action, asker);
    case "return-to-lobby":
      return moderation.returnToLobby(draft, action, asker);
    case "lock-room":
      return moderation.lockRoom(draft, action, asker);
    case "grant-permission":
      return rights.grantPermission(draft, action, asker);
    case "take-permission":
      return rights.takePermission(draft, action, asker);
    case "end":
      return moderation.end(draft, action, asker);
    case "refresh-token":
      return token.refreshToken(draft, action, asker);
    case "turn-out":
      return token.turnOut(draft, action, asker);
    case "rename":
      return rename(draft, action, asker);
    case "publish":
      return messages.publish(draft, action, asker);
    case "tick":
      return time.tick(draft, action, asker);
    case "recover":
      return recover(draft, action, asker);
  }
}
