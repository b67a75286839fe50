/** What happens together when somebody comes, goes, knocks or is answered, as lists of events. */
import type { ActorView } from "../../../src/protocol/events.js";
import { LEAVE_REASONS, type LeaveReason } from "../../../src/protocol/leaving.js";
import { knockIn, personIn, type Happening, type RoomState } from "./room-state.js";

/** What the rules take from outside. */
export interface RuleContext {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Another each time. */
  readonly freshId: (prefix: string) => string;
  readonly knockTimeoutMs: number;
}

/** Somebody goes; with the last one the session is over. */
export function going(state: RoomState, id: string, why: LeaveReason, by: ActorView): readonly Happening[] {
  const reason = { code: LEAVE_REASONS[why], message: why };
  const left: Happening = { type: "participant-left", participantId: id, reason, by };
  if (state.participants.length > 1) return [left];
  const rule = { kind: "rule" } as const;
  return [left, { type: "session-ended", sessionId: state.sessionId ?? "", cause: "last-left", by: rule }];
}

/** Somebody takes a seat; with the first one a session begins. */
export function coming(
  state: RoomState,
  id: string,
  rightsHeld: readonly ("allow_join" | "allow_mod")[],
  online: boolean,
  { now, freshId }: RuleContext,
): readonly Happening[] {
  const participant = {
    ...{ participantId: id, name: `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`, metaData: null },
    ...{ permissions: [...rightsHeld], conferencePermissions: null },
    ...{ micOn: false, webcamOn: false, micLocked: false, webcamLocked: false, online, joinedAt: now },
  };
  const joined: Happening = { type: "participant-joined", participant };
  if (state.sessionId !== null) return [joined];
  return [{ type: "session-started", sessionId: freshId("session") }, joined];
}

/** Somebody who waits is let in. */
export function admission(
  state: RoomState,
  id: string,
  by: ActorView,
  context: RuleContext,
): readonly Happening[] {
  const online = knockIn(state, id)?.online ?? true;
  const words = { note: null, banned: false, mayKnockAt: null };
  const answer: Happening = { type: "entry-responded", participantId: id, decision: "allowed", by, ...words };
  return [answer, ...coming(state, id, [], online, context)];
}

/** Somebody who waits is sent away. */
export function denial(id: string, by: ActorView, note: string | null, { now }: RuleContext): Happening {
  const words = { note, banned: false, mayKnockAt: now + 30_000 };
  return { type: "entry-responded", participantId: id, decision: "denied", by, ...words };
}

/** Somebody knocks. */
export function knocking(id: string, returned: boolean, online: boolean, context: RuleContext): Happening {
  const { now, knockTimeoutMs } = context;
  const name = `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`;
  const times = { since: now, expiresAt: now + knockTimeoutMs };
  return {
    type: "entry-requested",
    knock: { participantId: id, name, metaData: null, ...times, returned, online },
  };
}

/** Somebody in the room has to wait in the lobby again. */
export function sendingBack(
  state: RoomState,
  id: string,
  by: ActorView,
  context: RuleContext,
): readonly Happening[] {
  const online = personIn(state, id)?.online ?? true;
  const [left, ...rest] = going(state, id, "MOVED_TO_LOBBY", by);
  return left === undefined ? [] : [left, knocking(id, true, online, context), ...rest];
}

/** Somebody's right is given or taken; nothing where it is so already. */
export function rights(
  state: RoomState,
  id: string,
  right: "allow_join" | "allow_mod",
  gives: boolean,
  by: ActorView,
): readonly Happening[] {
  const held = personIn(state, id)?.permissions ?? [];
  if (held.includes(right) === gives) return [];
  const both = ["allow_join", "allow_mod"] as const;
  const permissions = both.filter((one) => (one === right ? gives : held.includes(one)));
  return [{ type: "permissions-changed", participantId: id, permissions, conferencePermissions: null, by }];
}
