/** Random histories: numbers that fast-check draws and shrinks, turned into commands by whoever is there at the time. */
import fc from "fast-check";
import type {
  Action,
  Actor,
  JoinAction,
  NewLine,
  OfficeAction,
  RefreshAction,
  ResumeAction,
  RoomAction,
} from "../../../src/room/commands.js";
import type { RoomState } from "../../../src/room/state.js";
import { inviting, passFor, tokenOf, turnOut } from "./histories-tokens.js";
import { START, publish, settings, there } from "./support.js";

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

/** Something for the room to decide. */
export interface Asked {
  readonly id: string;
  readonly by: Actor;
  readonly action: Action;
}

/** A join or resume. */
interface Entering extends Asked {
  readonly action: JoinAction | ResumeAction;
}

/** Writes a history's commands; remembers the connections and secrets that its people were given. */
export class Script {
  now = START;
  private count = 0;
  private readonly lines = new Map<string, string>();
  private readonly secrets = new Map<string, string>();
  private readonly older = new Map<string, string>();
  /** The joins, resumes and commands that were accepted last: they may be sent again, and arrive late. */
  private lastJoin: Entering | null = null;
  private lastResume: Entering | null = null;
  private readonly said = new Map<string, Asked>();

  next(state: RoomState, [what, who, whom, details]: Step): Asked {
    this.count += 1;
    const [id, other] = [there(IDS[who]), there(IDS[whom])];
    const own = `command-${this.count}`;
    if (what < 22) return this.join(id, details, own, state);
    if (what < 24) return { id: own, by: GATEWAY, action: turnOut(state, details + this.count, this.count) };
    if (what < 27 && state.room?.backOffice.conference !== null)
      return { id: own, by: { kind: "api" }, action: inviting(state, [id, other], details, this.count) };
    if (what < 30) return this.resume(id, details);
    if (what < 32 && this.lastJoin !== null) return this.again(this.lastJoin, details);
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
    const before = this.said.get(speaker);
    // The answer was lost: the same command again, on whatever line its sender has now.
    if (details % 11 === 0 && before !== undefined)
      return {
        ...before,
        by: { kind: "participant", participantId: speaker, connection: this.line(speaker) },
      };
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
    const { action, id, by } = asked;
    if (by.kind === "participant") this.said.set(by.participantId, asked);
    if (action.type !== "join" && action.type !== "resume") return;
    const { participantId, line } = action;
    this.older.set(participantId, this.secrets.get(participantId) ?? "none");
    this.lines.set(participantId, line.connection);
    this.secrets.set(participantId, action.type === "join" ? action.secretHash : action.nextSecretHash);
    if (action.type === "join") this.lastJoin = { id, by, action };
    else this.lastResume = { id, by, action };
  }

  /** The same join or resume once more: as it was, over a newer line, or late over one before its own. */
  private again({ id, by, action }: Entering, details: number): Entering {
    if ((details & 3) === 0) return { id, by, action };
    const name = `again-${this.count}`;
    const attempt = (details & 3) === 1 ? this.count : action.line.attempt - 1;
    const line = { connection: `connection-${name}`, node: `node-${details & 1}`, attempt };
    if (action.type === "join") return { id, by, action: { ...action, line, secretHash: `secret-${name}` } };
    return { id, by, action: { ...action, line, nextSecretHash: `secret-${name}` } };
  }

  private join(id: string, details: number, own: string, state: RoomState): Asked {
    const name = `${id}-${this.count}`;
    const action: Action = {
      type: "join",
      roomId: "room",
      participantId: id,
      grant: tokenOf(id, details),
      pass: passFor(state, id, details),
      name: id,
      metaData: (details & 1) === 0 ? null : { a: [1, { b: "c" }] },
      micOn: (details & 16) === 0,
      webcamOn: (details & 32) === 0,
      line: this.newLine(name, details),
      secretHash: `secret-${name}`,
      opensWith: null,
    };
    return { id: own, by: { kind: "newcomer" }, action };
  }

  private resume(participantId: string, details: number): Asked {
    const held = [this.secrets, this.secrets, this.older][details % 3]?.get(participantId) ?? "wrong";
    const name = `${participantId}-${this.count}`;
    if ((details & 3) === 3 && this.lastResume !== null) return this.again(this.lastResume, details >> 2);
    const line = this.newLine(name, details);
    const action = {
      type: "resume",
      participantId,
      secretHash: held,
      nextSecretHash: `secret-${name}`,
      line,
    } as const;
    // An id of its own, as the protocol asks; two of them, so that some are those of an earlier resume.
    return { id: `resume-${details & 1}`, by: { kind: "newcomer" }, action };
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

  private newLine(name: string, details: number): NewLine {
    return { connection: `connection-${name}`, node: `node-${details & 1}`, attempt: this.count };
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
