/** Random histories: numbers that fast-check draws and shrinks, turned into commands by whoever is there at the time. */
import fc from "fast-check";
import type { Action, Actor, OfficeAction, RefreshAction, RoomAction } from "../../../src/room/commands.js";
import { CONFERENCE_PERMISSIONS } from "../../../src/protocol/events.js";
import { NO_BACK_OFFICE, type BackOffice } from "../../../src/room/events.js";
import type { ConferencePass, Grant, Permission } from "../../../src/room/grant.js";
import type { RoomState } from "../../../src/room/state.js";
import { conferenceOffice } from "./conference-support.js";
import { START, grant, publish, settings, there } from "./support.js";

/** What, who, at whom, and details. */
export type Step = readonly [what: number, who: number, whom: number, details: number];

export const history: fc.Arbitrary<{ readonly seed: number; readonly steps: readonly Step[] }> = fc.record({
  seed: fc.nat(255),
  steps: fc.array(fc.tuple(fc.nat(99), fc.nat(4), fc.nat(4), fc.nat(255)), {
    minLength: 1,
    maxLength: 60,
    size: "max",
  }),
});

const IDS = ["ann", "bob", "eve", "api", "mod"] as const;

const WAYS: readonly (readonly Permission[])[] = [
  ["allow_join", "allow_mod"],
  ["allow_join"],
  ["ask_join"],
  ["ask_join"],
];

/** One of a few tokens: each has its own digest, and the same permissions whenever it is shown. */
function tokenOf(id: string, details: number): Grant {
  const way = details & 3;
  const sort = (["", "", "client", "once"] as const)[(details >> 6) & 3] ?? "";
  const variant = (details >> 4) & 3;
  const expiryPolicy = (["stay", "restrict", "leave", "restrict"] as const)[variant] ?? "stay";
  const expiresAt = variant === 3 ? null : START + 300_000 * (variant + 1);
  const bound = (details & 12) !== 0;
  const name = `${bound ? id : "shared"}-${way}-${variant}${sort}`;
  const participantId = bound ? id : null;
  if (sort === "client") {
    const scopes = (details & 1) === 0 ? (["session:update"] as const) : [];
    return grant(name, {
      kind: "client",
      permissions: ["ask_join"],
      participantId,
      expiresAt,
      expiryPolicy,
      scopes,
    });
  }
  const one = grant(name, { permissions: WAYS[way] ?? [], participantId, expiresAt, expiryPolicy });
  if (sort !== "once") return one;
  return { ...one, oneTime: true, jti: name, expiresAt: expiresAt ?? START + 2_000_000 };
}

/** The settings of a history: small, so that seats, windows and knocks run out. */
export function settingsOf(seed: number) {
  return settings({
    maxParticipants: 2 + (seed & 1) * 2,
    hostAbsent: (seed & 2) === 0 ? "hold" : "refuse",
    knockTimeoutMs: 60_000,
    resumeWindowMs: 20_000,
    tokenExpiry: ([null, null, "restrict", "leave"] as const)[(seed >> 2) & 3] ?? null,
  });
}

/** Half of the histories are of conferences, and a quarter of these of protected ones. */
export function officeOf(seed: number): BackOffice {
  if ((seed & 16) === 0) return NO_BACK_OFFICE;
  return conferenceOffice({
    isProtected: (seed & 36) === 36,
    emptyTtlMs: (seed & 64) === 0 ? 0 : 45_000,
    ownerId: (seed & 128) === 0 ? null : "mod",
  });
}

/** Something for the room to decide. */
export interface Asked {
  readonly id: string;
  readonly by: Actor;
  readonly action: Action;
}

/** Writes a history's commands; remembers the connections and secrets that its people were given. */
export class Script {
  now = START;
  private count = 0;
  private readonly lines = new Map<string, string>();
  private readonly secrets = new Map<string, string>();
  private readonly older = new Map<string, string>();
  private lastJoin: Asked | null = null;

  next(state: RoomState, [what, who, whom, details]: Step): Asked {
    this.count += 1;
    const [id, other] = [there(IDS[who]), there(IDS[whom])];
    const own = `command-${this.count}`;
    if (what < 22) return this.join(id, details, own, state);
    if (what < 24) return { id: own, by: GATEWAY, action: this.turnOut(state, details) };
    if (what < 27 && state.room?.backOffice.conference !== null)
      return { id: own, by: { kind: "api" }, action: this.inviting(state, id, other, details) };
    if (what < 30) return this.resume(id, details);
    if (what < 32 && this.lastJoin !== null) return this.lastJoin;
    if (what < 38) {
      const connection = (details & 1) === 0 ? this.line(id) : "another connection";
      return { id: own, by: GATEWAY, action: { type: "line-lost", participantId: id, connection } };
    }
    if (what < 39)
      return { id: own, by: GATEWAY, action: { type: "nodes-lost", nodes: [`node-${details & 1}`] } };
    if (what < 42)
      return { id: own, by: { kind: "api", name: "office" }, action: office(who, whom, details) };
    if (what < 50) {
      this.now += [0, 0, 100, 5_000, 21_000, 31_000, 61_000, 300_000][details & 7] ?? 0;
      return { id: own, by: GATEWAY, action: { type: "tick" } };
    }
    // Mostly somebody who is there speaks, and about somebody who is there; else little would ever happen.
    const people = [...state.participants.keys(), ...state.participants.keys(), ...state.knocks.keys()];
    const speaker = details < 16 ? id : (people[(who + details) % people.length] ?? id);
    const action = this.command(
      what,
      (details & 1) === 0 ? other : (people[whom % people.length] ?? other),
      details,
      state,
    );
    const by: Actor =
      details >= 220
        ? { kind: "api" }
        : {
            kind: "participant",
            participantId: speaker,
            connection: details === 219 ? "stale" : this.line(speaker),
          };
    return { id: own, by, action };
  }

  /** Takes note of what an accepted command gave to its sender. */
  accepted(asked: Asked): void {
    const { action } = asked;
    if (action.type !== "join" && action.type !== "resume") return;
    const { participantId, line } = action;
    this.older.set(participantId, this.secrets.get(participantId) ?? "none");
    this.lines.set(participantId, line.connection);
    this.secrets.set(participantId, action.type === "join" ? action.secretHash : action.nextSecretHash);
    if (action.type === "join") this.lastJoin = asked;
  }

  /** Turns out whoever stands on somebody's token; sometimes on one that nobody stands on any more. */
  private turnOut(state: RoomState, details: number): Action {
    const people = [...state.participants.entries(), ...state.knocks.entries()]
      .filter((_one, index) => (index + details) % 3 === 0)
      .map(([participantId, { person }]) => ({
        participantId,
        fingerprint: person.tokens[(details & 4) === 0 ? 0 : person.tokens.length - 1] ?? "",
      }));
    const reason = (["token_revoked", "key_deactivated", "key_unknown"] as const)[this.count % 3];
    return { type: "turn-out", people, reason: reason ?? "token_revoked" };
  }

  /** What a back end does with the people of a conference. */
  private inviting(state: RoomState, id: string, other: string, details: number): Action {
    if ((details & 7) === 7) return { type: "kick", participantIds: [id, other] };
    const inside = [...state.participants.keys()];
    const ids = (details & 1) === 0 ? [id, other] : [inside[details % inside.length] ?? id];
    const people = ids.map((participantId, index) => ({
      participantId,
      permissions: CONFERENCE_PERMISSIONS.filter((_one, place) => ((details >> (place % 5)) & 1) === index),
      passId: `pass-${participantId}-${this.count}`,
      notify: false,
    }));
    return { type: (details & 2) === 0 ? "invite" : "set-conference-permissions", people };
  }

  private passFor(state: RoomState, participantId: string, details: number): ConferencePass | null {
    if ((details & 3) === 3 && (details & 32) === 0) return null;
    const invitation = state.invitations.get(participantId);
    if (invitation === undefined) return null;
    const id = details % 7 === 0 ? `pass-${participantId}-1` : invitation.passId;
    return { id, roomId: "room", participantId };
  }

  private join(id: string, details: number, own: string, state: RoomState): Asked {
    const name = `${id}-${this.count}`;
    const action: Action = {
      type: "join",
      roomId: "room",
      participantId: id,
      grant: tokenOf(id, details),
      pass: this.passFor(state, id, details),
      name: id,
      metaData: (details & 1) === 0 ? null : { a: [1, { b: "c" }] },
      micOn: (details & 16) === 0,
      webcamOn: (details & 32) === 0,
      line: { connection: `connection-${name}`, node: `node-${details & 1}` },
      secretHash: `secret-${name}`,
      opensWith: null,
    };
    return { id: own, by: { kind: "newcomer" }, action };
  }

  private resume(participantId: string, details: number): Asked {
    const held = [this.secrets, this.secrets, this.older][details % 3]?.get(participantId) ?? "wrong";
    const name = `${participantId}-${this.count}`;
    const line = { connection: `connection-${name}`, node: `node-${details & 1}` };
    const action = {
      type: "resume",
      participantId,
      secretHash: held,
      nextSecretHash: `secret-${name}`,
      line,
    } as const;
    return { id: `command-${details & 1}`, by: { kind: "newcomer" }, action };
  }

  private command(what: number, at: string, details: number, state: RoomState): RoomAction | RefreshAction {
    const kind = (details & 16) === 0 ? "mic" : "webcam";
    const permission = (details & 16) === 0 ? "allow_join" : "allow_mod";
    const yes = (details & 2) === 0;
    const all = (details & 4) === 0 ? at : "*";
    const waiting = [...state.knocks.keys()][0] ?? at;
    const rare = (details & 12) === 0;
    const since = (details & 32) === 0 ? {} : { since: state.knocks.get(waiting)?.view.since ?? START };
    if (what < 57) return { type: "admit", participantId: waiting, ...since };
    if (what < 58) return { type: "admit", participantId: waiting, since: START + details };
    if (what < 60) return { type: "admit-all" };
    if (what < 63) return { type: "deny", participantId: waiting, ...since, note: null, ban: rare };
    if (what < 65) return { type: "leave" };
    if (what < 67) return { type: "withdraw" };
    if (what < 70) return { type: "set-media", kind, on: yes };
    if (what < 72) return { type: "disable-media", participantId: all, kind };
    if (what < 74) return { type: "request-media", participantId: at, kind };
    if (what < 76) return { type: "answer-media", kind, accept: yes };
    if (what < 78) return { type: "lock-media", participantId: all, kind, locked: yes };
    if (what < 81) return { type: "remove", participantId: at, note: null, ban: rare };
    if (what < 82) return { type: "ban", participantId: at, note: null };
    if (what < 84) return { type: "unban", participantId: at };
    if (what < 88) return { type: "return-to-lobby", participantId: at };
    if (what < 90) return { type: "lock-room", locked: (details & 6) === 0 };
    if (what < 92) return { type: "grant-permission", participantId: at, permission };
    if (what < 95) return { type: "take-permission", participantId: at, permission };
    if (what < 97) return { type: "refresh-token", grant: tokenOf(at, details >> 1) };
    if (what < 98 && rare) return { type: "end" };
    if (what < 99) return { type: "rename", name: `${at} ${details}`, ...(yes ? { metaData: null } : {}) };
    return publish({ persist: yes, sendOnly: rare ? [at] : null });
  }

  private line(id: string): string {
    return this.lines.get(id) ?? "none";
  }
}

/** What a back end does with the room; deactivated is rare, for nothing comes after it. */
function office(who: number, whom: number, details: number): OfficeAction {
  const yes = (details & 1) === 0;
  if (who < 2 && details < 8) return { type: "set-status", status: "deactivated" };
  if (who < 2) return { type: "set-status", status: (details & 6) === 0 ? "disabled" : "enabled" };
  const type = "update-settings";
  if (who === 2) return { type, settings: { lobbyForAll: yes }, backOffice: {} };
  if (who === 3) {
    const allowedParticipantIds = yes ? null : IDS.filter((_id, index) => index !== whom);
    return { type, settings: {}, backOffice: { allowedParticipantIds } };
  }
  const close = (details & 2) === 0 ? "session-ends" : "session-end-and-deactivate";
  const autoClose = yes ? null : ({ type: close, afterMs: 45_000 } as const);
  return { type, settings: { autoClose, maxParticipants: 1 + whom }, backOffice: {} };
}

const GATEWAY = { kind: "gateway" } as const;
