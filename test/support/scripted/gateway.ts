/**
 * A gateway in small that speaks the protocol of `docs/protocol.md` to one client: join, knock, resume with secrets that each use
 * replaces, commands with ids that have one effect, batches with numbers, snapshots, and the ways in which a stay ends.
 */
import type { ClientMessage } from "../../../src/protocol/commands.js";
import { decodeClientMessage } from "../../../src/protocol/decode.js";
import { REFUSALS, type Reason } from "../../../src/protocol/refusals.js";
import type { Chance } from "./chance.js";
import { acceptedFrame, endingOf, EPOCH_MS, HELLO, refusedFrame, UNKNOWN_FRAME } from "./gateway-frames.js";
import { Orders, type Connection, type OrderParts } from "./gateway-orders.js";
import { Place, type Door } from "./gateway-place.js";
import { Seat, type Quirks } from "./gateway-seat.js";
import type { Wire, WireListeners } from "./line-fate.js";
import type { RoomLog } from "./room-log.js";
import type { RuleContext } from "./room-happenings.js";
import { knockIn, personIn, type Happening } from "./room-state.js";
import type { VirtualTime } from "./virtual-time.js";
import type { Accuse } from "./violation.js";

/** What a gateway is made of. */
export interface GatewayParts {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly log: RoomLog;
  /** The id that the client goes by. */
  readonly viewer: string;
  readonly door: Door;
  readonly quirks: Quirks;
  readonly accuse: Accuse;
  /** An answer to a command is on its way. */
  readonly onAnswer: OrderParts["onAnswer"];
}

/** The gateway. */
export class Gateway {
  /** Until then the store cannot be reached. */
  awayUntil = 0;
  readonly place: Place;
  private readonly orders: Orders;
  private readonly connections = new Set<Connection>();
  private flushing = false;
  /** The latest line that was let in. */
  private newest = 0;
  /** The line that was heard last, and what its client counted. */
  private counted: { readonly line: number; readonly attempt: number } | null = null;
  /** The client's place is over with what was just appended, and why. */
  private ended: Reason | null = null;
  private made = 0;

  constructor(private readonly parts: GatewayParts) {
    const { time, log, viewer, door, accuse } = parts;
    const happen = (...events: Happening[]): void => this.happen(events);
    this.orders = new Orders({
      ...parts,
      place: () => this.place,
      isAway: () => time.now < this.awayUntil,
      context: () => this.context(),
      commit: (events, id) => this.commit(events, id),
      publish: () => this.publish(),
    });
    this.place = new Place({ time, log, viewer, door, accuse, happen, context: () => this.context() });
  }

  /** What the rules take from outside. */
  context(): RuleContext {
    const { time, door } = this.parts;
    return {
      now: EPOCH_MS + time.now,
      freshId: (prefix) => `${prefix}-${(this.made += 1)}`,
      knockTimeoutMs: door.knockTimeoutMs,
    };
  }

  /** A line was opened. */
  readonly accept = (wire: Wire): WireListeners => {
    const connection: Connection = { wire, phase: "new", unanswered: 0, freeAt: 0, seat: null };
    this.connections.add(connection);
    wire.send(HELLO);
    return {
      text: (text) => this.hear(connection, text),
      gone: () => this.forget(connection),
    };
  };

  /** Something happens in the room that is no command of the client. */
  happen(events: readonly Happening[]): void {
    if (events.length === 0) return;
    this.commit(events, null);
    this.publish();
  }

  /** Something of a later version happens. */
  happenUnknown(): void {
    this.parts.log.appendUnknown(EPOCH_MS + this.parts.time.now);
    this.seat?.say(UNKNOWN_FRAME);
    this.publish();
  }

  /** The client's present seat; null while its line is not here. */
  get seat(): Seat | null {
    const seat = this.place.seat;
    return seat?.isOver === false ? seat : null;
  }

  /** The node that holds the client's line goes: with a close frame, or (1006) without. */
  restart(code: number): void {
    for (const connection of [...this.connections]) {
      connection.wire.close(code, code === 1012 ? "service_restart" : "");
      this.forget(connection);
    }
  }

  /** The store lost its newest events; a new epoch begins, and everybody who is here gets a snapshot. */
  loseData(lost: number, base: number): void {
    this.parts.log.reopen(lost, base);
    for (const id of this.parts.log.takenBack.keys()) this.place.forgetId(id);
    this.place.mend();
    this.publish();
  }

  private hear(connection: Connection, text: string): void {
    const decoded = decodeClientMessage(text);
    const { accuse } = this.parts;
    if (!decoded.ok) {
      accuse("protocol", `not a message of the protocol: ${text}`);
      return;
    }
    const message = decoded.value;
    if (message.type === "ping") connection.wire.send(acceptedFrame(message.id, {}));
    else if (message.type === "join" || message.type === "resume") this.knock(connection, message);
    else if (connection.phase !== "in") {
      accuse("protocol", `${message.type} before the answer to the join or resume`);
      connection.wire.send(refusedFrame(message.id, "not_joined"));
    } else this.orders.take(connection, message);
  }

  private knock(connection: Connection, message: Extract<ClientMessage, { type: "join" | "resume" }>): void {
    const { chance, accuse } = this.parts;
    if (connection.phase !== "new") {
      accuse("protocol", `a second ${message.type} on one line`);
      return;
    }
    connection.phase = "entering";
    this.counts(connection.wire.number, message);
    const waitMs = chance.yes(0.05) ? chance.whole(1_000, 16_000) : chance.whole(0, 200);
    this.later(waitMs, () => {
      if (this.parts.time.now < this.awayUntil) this.refuse(connection, message.id, "unavailable");
      // A message from a line that was given up must not take the place back from the line that came after it.
      else if (connection.wire.number > this.newest && (this.connections.has(connection) || chance.yes(0.5)))
        this.enter(connection, message);
    });
  }

  /** R8: of two lines the later one has the higher count, in whatever order they are heard. */
  private counts(line: number, { type, attempt }: { readonly type: string; readonly attempt: number }): void {
    const other = this.counted;
    this.counted = { line, attempt };
    if (other === null || Math.sign(line - other.line) === Math.sign(attempt - other.attempt)) return;
    const before = `line ${other.line} counted ${other.attempt}`;
    this.parts.accuse("protocol", `${type} on line ${line} counts ${attempt}; ${before}`);
  }

  /** An entry can take its place though the line has just gone: then its answer is lost, and the place is kept for the window. */
  private enter(connection: Connection, message: Extract<ClientMessage, { type: "join" | "resume" }>): void {
    const { log, viewer, quirks, chance } = this.parts;
    const seat = new Seat({
      ...{ wire: connection.wire, log, viewer, quirks },
      onEnd: () => this.connections.delete(connection),
    });
    const before = log.seq;
    const entered =
      message.type === "join" ? this.place.join(message, seat) : this.place.resume(message, seat);
    if (!entered.ok) {
      this.refuse(connection, message.id, entered.reason);
      return;
    }
    connection.phase = "in";
    connection.seat = seat;
    this.newest = connection.wire.number;
    const isInRoom = personIn(log.state, viewer) !== undefined;
    const missed = message.type === "resume" && isInRoom ? this.missed(message.epoch, message.seq) : null;
    const recovered = missed !== null;
    const facts = { seq: log.seq, state: isInRoom ? "joined" : "waiting", participantId: viewer };
    const secret = {
      roomId: "room-1",
      resume: entered.secret,
      resumeWindowMs: this.parts.door.resumeWindowMs,
    };
    const more = message.type === "resume" ? { token: null, recovered } : { token: null };
    seat.say(acceptedFrame(message.id, { ...facts, ...secret, ...more }));
    seat.begin(missed, message.type === "join" ? "joined" : "resumed");
    // A gateway that is not sure may say a thing twice; never with other numbers.
    if (missed !== null && chance.yes(0.2)) {
      const from = Math.max(log.epoch.base, before - chance.whole(0, 5));
      seat.repeat(log.epoch.entries.slice(from - log.epoch.base));
    }
    if (!this.connections.has(connection)) this.place.lost(seat);
    this.publish();
  }

  /** All that happened since the client's position; null where only a snapshot is honest. */
  private missed(epoch: string | null, seq: number | null): Parameters<Seat["begin"]>[0] {
    const { log, viewer, quirks } = this.parts;
    if (epoch === null || seq === null) return null;
    const entries = log.since(epoch, seq);
    const changed = entries?.some(
      ({ known }) =>
        (known?.type === "permissions-changed" && known.participantId === viewer) ||
        (known?.type === "participant-joined" && known.participant.participantId === viewer),
    );
    if (entries !== null && changed === false) return { from: seq, entries };
    if (quirks.alwaysRecovers !== true || epoch !== log.epoch.name || seq > log.seq) return null;
    return { from: seq, entries: log.epoch.entries.slice(seq - log.epoch.base) };
  }

  private refuse(connection: Connection, id: string, reason: Reason): void {
    const { code } = REFUSALS[reason];
    connection.wire.send(refusedFrame(id, reason));
    connection.wire.close(code < 4000 ? 4400 : code, reason);
    this.connections.delete(connection);
  }

  private commit(events: readonly Happening[], command: string | null): void {
    const { log, time, viewer } = this.parts;
    for (const { known } of log.append(events, EPOCH_MS + time.now, command)) {
      if (known === null) continue;
      const ended = endingOf(known, viewer);
      if (ended !== null) this.ended = ended.reason;
      this.place.follow(known);
    }
  }

  /** News leave together, at once or a little later; what concerns the client's own place leaves at once. */
  private publish(): void {
    const { chance, log, viewer } = this.parts;
    if (this.ended !== null) {
      // The seat finds the ending among the news, behind the events up to it.
      this.seat?.flush();
      this.place.vacate(this.ended);
      this.ended = null;
      return;
    }
    const isPlaced = personIn(log.state, viewer) ?? knockIn(log.state, viewer);
    if (isPlaced === undefined || chance.yes(0.3)) this.seat?.flush();
    else if (!this.flushing) {
      this.flushing = true;
      this.later(chance.whole(0, 25), () => {
        this.flushing = false;
        this.seat?.flush();
      });
    }
  }

  private forget(connection: Connection): void {
    if (!this.connections.delete(connection) || connection.seat === null) return;
    this.place.lost(connection.seat);
  }

  private later(milliseconds: number, run: () => void): void {
    this.parts.time.timerFor("world")(run, milliseconds);
  }
}
