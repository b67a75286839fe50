/** The person in front of the client: joins, asks for things, leaves, comes back; and keeps account of what was promised. */
import type { ClientAction } from "../../../src/client/client-action.js";
import type { Chance } from "./chance.js";
import type { RoomLog } from "./room-log.js";
import type { AcceptedCommand, Subject } from "./subject.js";

/** What was asked for, and what came of it. */
export interface Wish {
  readonly id: string;
  readonly action: ClientAction;
  /** Each outcome; a command that was retryable may have been asked for again. */
  readonly outcomes: Outcome[];
  /** How often it was asked for. */
  asked: number;
}

/** What a promise came to. */
export type Outcome =
  | { readonly ok: true; readonly answer: AcceptedCommand | null }
  | { readonly ok: false; readonly reason: string; readonly retryable: boolean };

/** What a user works with. */
export interface UserParts {
  readonly subject: Subject;
  readonly log: RoomLog;
  readonly chance: Chance;
  /** Before a join that begins a stay, or goes on with one that was given up. */
  readonly onJoin: () => void;
  /** A join failed. */
  readonly onRefused: (reason: string) => void;
  readonly onLeaving: () => void;
  /** Time must not go on before the client's promises had their turns. */
  readonly stir: () => void;
}

const DOINGS = {
  publish: 10,
  burst: 1.6,
  media: 3,
  host: 5,
  moderate: 4,
  answer: 2,
  rename: 1,
  own: 0.6,
  leave: 0.2,
  drop: 0.8,
};

/** The user. */
export class User {
  readonly wishes: Wish[] = [];
  /** Promises of `join` and `leave` that are open. */
  open = 0;
  joins = 0;
  private made = 0;
  /** What was refused for now. */
  private readonly later: Wish[] = [];

  constructor(private readonly parts: UserParts) {}

  /** Begins, or begins again. */
  join(): void {
    const { subject, onJoin, onRefused, stir } = this.parts;
    onJoin();
    this.open += 1;
    this.joins += 1;
    stir();
    subject.join().then(
      () => (this.open -= 1),
      (error: unknown) => {
        this.open -= 1;
        onRefused(reasonOf(error).reason);
      },
    );
  }

  /** Goes. */
  leave(): void {
    const { subject, onLeaving, stir } = this.parts;
    onLeaving();
    this.open += 1;
    stir();
    const done = (): void => void (this.open -= 1);
    subject.leave().then(done, done);
  }

  /** Does something, whatever seems possible. */
  act(): void {
    const { subject, chance, stir } = this.parts;
    stir();
    switch (subject.state) {
      case "idle":
      case "left":
        if (chance.yes(0.4) && this.joins < 6) this.join();
        return;
      case "joining":
        if (chance.yes(0.03)) this.leave();
        return;
      case "waiting":
        if (chance.yes(0.03)) this.leave();
        else if (chance.yes(0.05)) subject.drop();
        return;
      case "joined":
      case "reconnecting":
        this.actInside();
    }
  }

  private actInside(): void {
    const { chance, subject, log } = this.parts;
    const again = chance.yes(0.2) ? this.later.shift() : undefined;
    if (again !== undefined) this.ask(again);
    const { participants, lobby, bans } = log.state;
    const kind = chance.yes(0.5) ? "mic" : "webcam";
    const other = chance.pick(participants)?.participantId ?? "bo";
    const knock = chance.pick(lobby);
    switch (chance.weigh(DOINGS)) {
      case "publish":
        this.wish(this.publishing());
        return;
      case "burst":
        for (let left = chance.whole(17, 60); left > 0; left -= 1) this.wish(this.publishing());
        return;
      case "media":
        this.wish({ type: "set-media", kind, on: chance.yes(0.5) });
        return;
      case "host":
        if (knock === undefined) this.wish({ type: "admit-all" });
        else if (chance.yes(0.6))
          this.wish({ type: "admit", participantId: knock.participantId, since: knock.since });
        else this.wish({ type: "deny", participantId: knock.participantId, note: "later" });
        return;
      case "moderate":
        this.wish(this.moderating(other, kind, bans.length > 0));
        return;
      case "answer":
        this.wish({ type: "answer-media", kind, accept: chance.yes(0.5) });
        return;
      case "rename":
        this.wish({ type: "rename", name: `Ann ${this.made}` });
        return;
      case "own":
        this.wish({ type: "take-permission", participantId: "ann", permission: "allow_join" });
        return;
      case "leave":
        this.leave();
        return;
      case "drop":
        subject.drop();
    }
  }

  private moderating(other: string, kind: "mic" | "webcam", isBanned: boolean): ClientAction {
    const { chance } = this.parts;
    const lock = { type: "lock-media", kind, locked: chance.yes(0.5) } as const;
    const one = chance.weigh({ off: 3, on: 3, lock: 2, room: 1, give: 2, out: 1, back: 2, ban: 1, end: 0.1 });
    switch (one) {
      case "off":
        return { type: "disable-media", participantId: chance.yes(0.3) ? "*" : other, kind };
      case "on":
        return { type: "request-media", participantId: other, kind };
      case "lock":
        return { ...lock, participantId: chance.yes(0.3) ? "*" : other };
      case "room":
        return { type: "lock-room", locked: chance.yes(0.5) };
      case "give":
        return { type: "grant-permission", participantId: other, permission: "allow_join" };
      case "out":
        return { type: "remove", participantId: other };
      case "back":
        return { type: "return-to-lobby", participantId: other };
      case "ban":
        return isBanned ? { type: "unban", participantId: "troll" } : { type: "ban", participantId: "troll" };
      case "end":
        return { type: "end" };
    }
  }

  private publishing(): ClientAction {
    const { chance } = this.parts;
    const sendOnly = chance.yes(0.2) ? ["bo"] : null;
    return {
      type: "publish",
      topic: "CHAT",
      message: `ann says ${this.made}`,
      persist: chance.yes(0.5),
      sendOnly,
    };
  }

  private wish(action: ClientAction): void {
    this.made += 1;
    const wish: Wish = { id: `wish-${String(this.made).padStart(12, "0")}`, action, outcomes: [], asked: 0 };
    this.wishes.push(wish);
    this.ask(wish);
  }

  /** Asks, and after an answer that leaves hope mostly asks again, under the same id: some at once, some when much else has happened. */
  private ask(wish: Wish): void {
    const { subject, chance } = this.parts;
    wish.asked += 1;
    const asksAgain = chance.weigh({ never: 3, soon: 3, later: 4 });
    subject.command(wish.action, wish.id).then(
      (answer) => wish.outcomes.push({ ok: true, answer }),
      (error: unknown) => {
        const { reason, retryable } = reasonOf(error);
        wish.outcomes.push({ ok: false, reason, retryable });
        const isIn = subject.state === "joined" || subject.state === "reconnecting";
        if (!retryable || wish.asked >= 20) return;
        if (asksAgain === "later") this.later.push(wish);
        else if (asksAgain === "soon" && isIn) this.ask(wish);
      },
    );
  }
}

function reasonOf(error: unknown): { reason: string; retryable: boolean } {
  if (typeof error !== "object" || error === null || !("reason" in error) || !("retryable" in error))
    return { reason: `no reason at all: ${String(error)}`, retryable: false };
  return { reason: String(error.reason), retryable: error.retryable === true };
}
