/**
 * What a client owes for each thing that it hears of its line: to tell it, once and at once, to stand where it then stands, and to end
 * where it was told that it is over. Knows frames, and nothing of rooms.
 */
import { mayComeBack } from "../../../src/protocol/leaving.js";
import type { Delivery } from "./line-fate.js";
import type { Telling, Told } from "./subject.js";
import { same, type Accuse, type Property } from "./violation.js";

type Frame = Readonly<Record<string, unknown>>;

type Debt =
  | { readonly kind: "recovered"; readonly recovered: boolean }
  | { readonly kind: "handed over"; readonly what: string }
  | { readonly kind: "snapshot"; readonly cause: string }
  | { readonly kind: "left"; readonly code: number };

const PROPERTY_OF: Readonly<Record<Debt["kind"], Property>> = {
  recovered: "recovered",
  "handed over": "events",
  snapshot: "events",
  left: "end",
};

/** Watches one client. */
export class Debts {
  /** The user wishes to go. */
  isLeaving = false;
  private owed: Debt[] = [];
  private state = "idle";
  /** Where the frames that were delivered put the client; null: nowhere. */
  private position: { readonly epoch: string; readonly seq: number } | null = null;
  /** Something was delivered that cannot be read: the position may be given up. */
  private isShaken = false;
  /** A resume was answered without all that was missed. */
  private isReturning = false;
  /** A resume promised all that was missed. */
  private isPromised = false;
  private hadLastWords = false;
  private readonly resumes = new Set<string>();
  /** Messages that were told, or were there before. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly accuse: Accuse,
    private readonly tells: ReadonlySet<Telling>,
  ) {}

  /** The client says this, on its way to the gateway. */
  sent(text: string): void {
    const message = parse(text);
    if (message["type"] !== "resume") return;
    this.resumes.add(String(message["id"]));
    const { epoch = null, seq = null } = message;
    if (this.position !== null && epoch === this.position.epoch && seq === this.position.seq) return;
    if (epoch === null && (this.position === null || this.isShaken)) return;
    const says = `${String(epoch)} ${String(seq)}`;
    const stands = this.position === null ? "nowhere" : `at ${this.position.epoch} ${this.position.seq}`;
    this.accuse("position", `comes back from ${says}, but stands ${stands}, and nothing was unreadable`);
  }

  /** The client is about to hear something of its line. */
  delivers(delivery: Delivery): void {
    this.check();
    switch (delivery.kind) {
      case "frame":
        this.expect({ ...delivery.frame });
        return;
      case "garbled":
        this.isShaken = true;
        return;
      case "end": {
        const isFinal = !mayComeBack(delivery.code) || this.hadLastWords;
        const isStaying =
          this.state === "joined" || this.state === "waiting" || this.state === "reconnecting";
        if (isFinal && isStaying) this.owed.push({ kind: "left", code: delivery.code });
      }
    }
  }

  /** The client tells something. `now` is where it says that it stands. */
  hear(told: Told, now: string): void {
    switch (told.kind) {
      case "state":
        if (told.before !== this.state || told.state !== now)
          this.accuse("state", `${told.before} to ${told.state}, while it was ${this.state}`);
        this.state = told.state;
        return;
      case "snapshot":
        if (this.isPromised && told.cause === "resumed")
          this.accuse("recovered", "a snapshot comes where all that was missed was to follow");
        this.pay(told);
        return;
      case "recovered":
        this.isPromised = told.recovered;
        this.pay(told);
        return;
      case "handed over":
        this.pay(told);
        return;
      case "reconnecting":
        this.isPromised = this.isReturning = false;
        return;
      case "left": {
        const owed = this.owed.find(({ kind }) => kind === "left");
        if (owed?.kind === "left" && told.left.code !== owed.code && !this.isLeaving)
          this.accuse("end", `left with ${told.left.code}, closed with ${owed.code}`);
        this.over();
        return;
      }
      case "event":
        return;
      case "fault":
        this.accuse("state", `a listener failed: ${String(told.error)}`);
    }
  }

  /** A stay, or an attempt at one, is over: nothing is owed any more. */
  over(): void {
    this.owed = [];
    this.position = null;
    this.isShaken = this.isReturning = this.isPromised = this.hadLastWords = this.isLeaving = false;
  }

  /** Everything that was heard was told. */
  check(): void {
    const [first] = this.owed;
    if (first === undefined) return;
    this.owed = [];
    this.accuse(PROPERTY_OF[first.kind], `not told: ${JSON.stringify(first)}`);
  }

  private expect(said: Frame): void {
    switch (said["type"]) {
      case "reply":
        if (typeof said["resume"] !== "string" || !this.resumes.has(String(said["id"]))) return;
        if (this.state !== "reconnecting") return;
        this.isReturning = said["recovered"] === false;
        if (said["recovered"] === true) this.owed.push({ kind: "recovered", recovered: true });
        return;
      case "events":
        this.advance(said);
        return;
      case "snapshot":
        this.owesKept(said["room"], this.position !== null);
        this.position = { epoch: String(said["epoch"]), seq: Number(said["seq"]) };
        this.isShaken = false;
        if (this.tells.has("numbers")) this.owed.push({ kind: "snapshot", cause: String(said["cause"]) });
        this.owesReturn(said["cause"] === "recovered");
        return;
      case "lobby":
        this.position = null;
        this.isShaken = false;
        this.owesAside(`lobby ${String(said["cause"])} ${String(said["hostPresent"])}`);
        this.owesReturn(false);
        return;
      case "signal":
        this.owesAside(`signal ${String(said["from"])} ${String(said["id"])}`);
        return;
      case "token-refresh":
        if (this.tells.has("marks"))
          this.owesAside(`token ${String(said["mark"])} ${String(said["expiresAt"])}`);
        return;
      case "meeting-left":
      case "entry-responded":
        this.hadLastWords = true;
        return;
      default:
    }
  }

  private advance(said: Frame): void {
    const { position } = this;
    const [first, count] = [Number(said["seq"]), Number(said["count"])];
    if (position === null || said["epoch"] !== position.epoch || first > position.seq + 1) return;
    for (const event of listIn(said, "events"))
      if (Number(event["seq"]) > position.seq && event["type"] === "message-published")
        this.owesMessage(event["message"]);
    this.position = { epoch: position.epoch, seq: Math.max(position.seq, first + count - 1) };
  }

  /** Kept messages that came while nothing could be told are told; those of before one came in are not. */
  private owesKept(room: unknown, wasInside: boolean): void {
    for (const message of listIn(recordOf(room), "messages"))
      if (wasInside) this.owesMessage(message);
      else this.seen.add(String(message["id"]));
  }

  private owesMessage(message: unknown): void {
    const id = String(recordOf(message)["id"]);
    if (this.tells.has("messages") && !this.seen.has(id)) this.owesAside(`message ${id}`);
    this.seen.add(id);
  }

  private owesReturn(isNewHistory: boolean): void {
    if (this.isReturning || isNewHistory) this.owed.push({ kind: "recovered", recovered: false });
    this.isReturning = false;
  }

  private owesAside(what: string): void {
    this.owed.push({ kind: "handed over", what });
  }

  private pay(told: Told): void {
    // Of each kind in the order in which it was heard.
    const index = this.owed.findIndex(({ kind }) => kind === told.kind);
    if (index >= 0 && same(this.owed[index], told)) this.owed.splice(index, 1);
    else
      this.accuse(
        told.kind === "recovered" ? "recovered" : "events",
        `told without a cause: ${JSON.stringify(told)}`,
      );
  }
}

function parse(text: string): Frame {
  return recordOf(JSON.parse(text));
}

function recordOf(value: unknown): Frame {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function listIn(frame: Frame, name: string): Frame[] {
  const list: unknown = frame[name];
  return Array.isArray(list) ? list.map(recordOf) : [];
}
