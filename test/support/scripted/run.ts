/** One run: a client, a bad network, a room full of others, some minutes of virtual time; and then the quiet in which all must be well. */
import { Chance } from "./chance.js";
import { Crowd } from "./crowd.js";
import { checkAccounts } from "./accounts.js";
import { Gateway } from "./gateway.js";
import type { Answer } from "./gateway-orders.js";
import { Debts } from "./debts.js";
import { anyDoor } from "./gateway-place.js";
import type { Quirks } from "./gateway-seat.js";
import { Network } from "./network.js";
import { Oracle } from "./oracle.js";
import { RoomLog } from "./room-log.js";
import { personIn } from "./room-state.js";
import type { MakeSubject, Subject, Surroundings } from "./subject.js";
import { User } from "./user.js";
import { VirtualTime } from "./virtual-time.js";
import { ANN, checkQuiet, type QuietParts } from "./quiet.js";
import type { Property } from "./violation.js";

/** What a run is about. */
export interface RunOptions {
  readonly seed: number;
  readonly subject: MakeSubject;
  /** What is wrong with the gateway; nothing, but in the tests of the tests. */
  readonly quirks?: () => Quirks;
  /** What is wrong with what the client is given; nothing, but in the tests of the tests. */
  readonly twist?: (surroundings: Surroundings) => Surroundings;
  /** Hears what happens, line by line; makes a run slow. */
  readonly onLine?: (line: string) => void;
}

/** What a run came to. */
export interface RunResult {
  readonly violation: { readonly property: Property; readonly detail: string } | null;
  /** How often something happened; shows that the runs are not about nothing. */
  readonly counts: Readonly<Record<string, number>>;
  /** Each pause before a line, as a part of the longest that it might have been. */
  readonly pauses: readonly number[];
}

/** Longer than any window, timeout and pause together. */
const QUIET_MS = 180_000;

/** Plays one run. The same options give the same run, wherever it is played. */
export function play(options: RunOptions): Promise<RunResult> {
  return new Run(options).play();
}

class Run implements QuietParts {
  private readonly chance: Chance;
  private readonly time = new VirtualTime();
  readonly log = new RoomLog(ANN);
  private readonly network: Network;
  private readonly gateway: Gateway;
  readonly debts: Debts;
  readonly oracle: Oracle;
  readonly subject: Subject;
  private readonly crowd: Crowd;
  readonly user: User;
  private readonly answers = new Map<string, Answer[]>();
  private readonly counts = new Map<string, number>();
  private readonly pauses: number[] = [];
  private violation: RunResult["violation"] = null;

  constructor(private readonly options: RunOptions) {
    const {
      seed,
      subject: makeSubject,
      quirks = () => ({}),
      twist = (given: Surroundings) => given,
    } = options;
    const chance = new Chance(seed * 2_654_435_761);
    this.chance = chance;
    const { time, log } = this;
    const accuse = this.accuse;
    this.gateway = new Gateway({
      ...{ time, log, viewer: ANN, door: anyDoor(chance), quirks: quirks(), accuse },
      chance: chance.fork(),
      onAnswer: (id, answer) => {
        this.count(
          answer.ok ? (answer.repeated ? "answer: repeated" : "answer: ok") : `answer: ${answer.reason}`,
        );
        this.answers.set(id, [...(this.answers.get(id) ?? []), answer]);
      },
    });
    this.oracle = new Oracle({ log, viewer: ANN, subject: () => this.subject, accuse });
    this.network = new Network({
      ...{ time, chance: chance.fork(), accept: this.gateway.accept, diary: this.diary, accuse },
      onSend: (text) => this.debts.sent(text),
      onDelivery: (delivery) => {
        this.count(`delivered: ${delivery.kind === "end" ? `end ${delivery.code}` : delivery.kind}`);
        this.debts.delivers(delivery);
        if (delivery.kind === "frame" && "resume" in delivery.frame) this.network.answered();
      },
      onPause: (pause, longest) => this.pauses.push(longest === 0 ? 0 : pause / longest),
      onFate: (kind) => this.count(`line: ${kind}`),
    });
    const luck = chance.fork();
    let ids = 0;
    this.subject = makeSubject(
      twist({
        openSocket: this.network.openSocket,
        random: () => luck.next(),
        makeId: () => `made-${String((ids += 1)).padStart(12, "0")}`,
        startTimer: time.timerFor("client"),
        joinAttempts: chance.yes(0.3) ? chance.whole(2, 5) : Infinity,
        reconnectAttempts: chance.yes(0.1) ? chance.whole(3, 6) : Infinity,
        ...{ log, accuse },
        tell: (told) => {
          this.diary(() => `  told ${JSON.stringify(told)}`);
          if (told.kind === "recovered") this.count(`recovered: ${String(told.recovered)}`);
          this.debts.hear(told, this.subject.state);
          this.oracle.hear(told);
          if (told.kind !== "left") return;
          this.count(`left: ${told.left.code} ${told.left.why}`);
          this.network.isOver = true;
        },
      }),
    );
    this.debts = new Debts(accuse, this.subject.tells);
    this.crowd = new Crowd({ gateway: this.gateway, log, chance: chance.fork(), viewer: ANN });
    this.user = new User({
      ...{ subject: this.subject, log, chance: chance.fork() },
      onJoin: () => {
        this.diary(() => "  the user joins");
        this.network.beginStay();
      },
      onRefused: (reason) => {
        this.count(`join: ${reason}`);
        this.diary(() => `  the join was refused: ${reason}`);
        this.debts.over();
        this.oracle.over();
        this.network.isOver = true;
      },
      onLeaving: () => {
        this.diary(() => "  the user leaves");
        this.debts.isLeaving = true;
      },
      stir: () => time.stir(),
    });
  }

  async play(): Promise<RunResult> {
    const { chance, time, network, user } = this;
    network.weather = { trouble: chance.next() * 0.8, garble: chance.yes(0.3) ? chance.next() * 0.03 : 0 };
    for (let left = chance.whole(0, 6); left > 0; left -= 1) this.crowd.act();
    user.join();
    const chaos = chance.whole(15_000, 90_000);
    const acts = chance.whole(8, 34);
    for (let act = 0; act < acts && this.violation === null; act += 1) {
      await this.pass(chance.whole(0, (2 * chaos) / acts));
      this.act();
    }
    network.weather = { trouble: 0, garble: 0 };
    network.downUntil = this.gateway.awayUntil = time.now;
    this.diary(() => "  from here on nothing goes wrong any more");
    await this.pass(QUIET_MS / 2);
    // The last event of all shows whether one before it is missing.
    if (chance.yes(0.5)) this.crowd.admitOwn();
    await this.pass(QUIET_MS / 2);
    if (this.violation === null) {
      this.count(`quiet: ${this.subject.state}`);
      checkQuiet(this);
    }
    await this.end();
    checkAccounts({ wishes: user.wishes, log: this.log, answers: this.answers, accuse: this.accuse });
    this.count("events told", this.oracle.told);
    this.count("commands", user.wishes.length);
    for (const [cause, count] of this.oracle.causes) this.count(`snapshot: ${cause}`, count);
    const { violation, pauses } = this;
    return { violation, counts: Object.fromEntries(this.counts), pauses };
  }

  private act(): void {
    const { chance, gateway, network, time, log } = this;
    const one = chance.weigh({ crowd: 55, user: 40, restart: 1.5, loss: 1, trim: 1.5, away: 3 });
    if (one !== "crowd" && one !== "user") this.count(`node: ${one}`);
    switch (one) {
      case "crowd":
        this.crowd.act();
        return;
      case "user":
        this.user.act();
        return;
      case "restart":
        this.diary(() => "  the node goes down");
        network.downUntil = time.now + chance.whole(0, 6_000);
        gateway.restart(chance.pick([1001, 1006, 1012]) ?? 1006);
        return;
      case "loss": {
        const lost = chance.yes(0.5) ? 0 : chance.whole(1, 6);
        const base = chance.pick([log.seq, Math.max(0, log.seq - lost), chance.whole(0, log.seq + 20)]) ?? 0;
        this.diary(() => `  ${lost} events are lost, a new epoch begins behind ${base}`);
        gateway.loseData(lost, base);
        return;
      }
      case "trim":
        log.keptAfter = log.seq;
        return;
      case "away":
        this.diary(() => "  the store is away");
        gateway.awayUntil = time.now + chance.whole(500, 8_000);
    }
  }

  /** The stay ends, whoever wishes it; afterwards nothing moves any more. */
  private async end(): Promise<void> {
    const { subject, chance, accuse, user, time } = this;
    if (this.violation !== null) return;
    const isIn = (): boolean => subject.state === "joined" || subject.state === "waiting";
    if (subject.state === "joined" && chance.yes(0.4)) this.crowd.putOut();
    await this.pass(5_000);
    if (isIn()) user.leave();
    // Longer than the gateway gets to close the line, shorter than any timer that may have been forgotten.
    await this.pass(4_000);
    if (!isIn() && time.pending("client") > 0) accuse("timers", "one is left over when it has just ended");
    await this.pass(QUIET_MS);
    this.debts.check();
    if (isIn()) accuse("end", `still ${subject.state} after the end`);
    if (user.open > 0) accuse("liveness", "leaving came to no end");
    if (this.network.line !== null) accuse("end", `line ${this.network.line.number} is open after the end`);
    const timers = time.pending("client");
    if (timers > 0) accuse("timers", `${timers} left over`);
    if (personIn(this.log.state, ANN) !== undefined) accuse("end", "still has a seat after the end");
  }

  private pass(milliseconds: number): Promise<void> {
    return this.time.runUntil(this.time.now + milliseconds, () => this.violation !== null);
  }

  readonly accuse = (property: Property, detail: string): void => {
    this.violation ??= { property, detail };
    this.diary(() => `  NOT KEPT: ${property}: ${detail}`);
  };

  private readonly diary = (text: () => string): void => {
    this.options.onLine?.(`${String(Math.round(this.time.now)).padStart(7)} ${text()}`);
  };

  private count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }
}
