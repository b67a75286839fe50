/**
 * From events to sockets: one room's connections on one node. Batches leave together, encoded once for the whole room; a
 * newcomer becomes a recipient inside the flush, in one synchronous step, so that no gap and no double are possible
 * (`log.md` rules 13 to 15).
 */
import { hostPresent } from "../room/state.js";
import { endingOf, type Ending } from "./endings.js";
import {
  entryRespondedFrame,
  lobbyFrame,
  meetingLeftFrame,
  SnapshotFrames,
  type SnapshotCause,
} from "./frames.js";
import { BatchFrames, catchUpFrame, concerned } from "./batch-frames.js";
import type { Recipient } from "./recipient.js";
import type { Replica, Taken } from "./replica.js";

/** Somebody who comes in: a join, or a resume. The answer goes out in the flush, right before their first frames. */
export interface Arrival {
  readonly recipient: Recipient;
  readonly participantId: string;
  /** Sends the answer to the join or resume; `recovered` says that all they missed follows, and no snapshot. */
  readonly answer: (recovered: boolean) => void;
  /** Where a resuming client's copy stands; null wants a snapshot. */
  readonly from: { readonly epoch: string; readonly seq: number } | null;
  readonly cause: "joined" | "resumed";
}

interface Member {
  readonly recipient: Recipient;
  readonly participantId: string;
  place: "room" | "lobby";
  /** Rights as of the last frame; when they change the member gets a snapshot that fits them. */
  rights: string;
}

/** Longest wait for a batch to grow, milliseconds (`log.md` rule 15). */
const LONGEST_WAIT_MS = 20;

/** The connections of one room on one node. */
export class FanOut {
  private readonly members = new Map<string, Member>();
  private pending: Taken[] = [];
  private arrivals: Arrival[] = [];
  private readonly snapshots = new SnapshotFrames();
  private scheduled = false;
  private held = false;
  private lastCount = 0;
  private lastTookMs = 0;
  private lastEnd = 0;
  private hosted = false;
  private comings = 0;

  constructor(
    private readonly replica: Replica,
    /** Whether commands wait at this moment: then a flush may wait for company. */
    private readonly isBusy: () => boolean,
    private readonly onFlush: (events: number, recipients: number) => void,
  ) {}

  /** Connections of this room on this node, those that are about to come in included. */
  get size(): number {
    return this.members.size + this.arrivals.length;
  }

  /** How many connections have come in since the beginning: when it has changed, somebody is new. */
  get arrived(): number {
    return this.comings;
  }

  /** The connections that are in, in the room or in the lobby, and whose they are. */
  lines(): Iterable<Pick<Arrival, "recipient" | "participantId">> {
    return this.members.values();
  }

  /** Takes events that the replica has just taken; they leave with the next flush. */
  take(taken: readonly Taken[]): void {
    this.pending.push(...taken);
    this.schedule();
  }

  /** Takes a newcomer whom the room has just let in, or into the lobby. */
  arrive(arrival: Arrival): void {
    this.arrivals.push(arrival);
    this.schedule();
  }

  /** Forgets a connection that is gone. */
  drop(connection: string): void {
    this.members.delete(connection);
    this.arrivals = this.arrivals.filter(({ recipient }) => recipient.connection !== connection);
  }

  /** Sends a text to the connection of a participant in the room, if it is here. */
  sendTo(participantId: string, text: string): boolean {
    const line = this.replica.state.participants.get(participantId)?.person.line;
    const member = line?.up === true ? this.members.get(line.connection) : undefined;
    if (member?.place !== "room") return false;
    member.recipient.send(text);
    return true;
  }

  /** Sends a text to the connection of somebody in the room or in the lobby, if it is here. */
  tell(participantId: string, text: string): boolean {
    const { participants, knocks } = this.replica.state;
    const line = (participants.get(participantId) ?? knocks.get(participantId))?.person.line;
    const member = line?.up === true ? this.members.get(line.connection) : undefined;
    member?.recipient.send(text);
    return member !== undefined;
  }

  /** Sends nothing until `resync`: history is being mended. */
  hold(): void {
    this.pending = [];
    this.held = true;
  }

  /** After history could not be continued: everybody gets a fresh snapshot, and whoever has no place any more is told so. */
  resync(): void {
    this.pending = [];
    this.held = false;
    if (this.arrivals.length > 0) this.schedule();
    for (const member of [...this.members.values()]) {
      const place = this.placeOf(member);
      if (place === null) this.dismiss(member, endingOf([], member, this.replica.state));
      else this.welcome(member, place, "recovered");
    }
  }

  private schedule(): void {
    if (this.scheduled || this.held) return;
    this.scheduled = true;
    const crowded = this.lastCount > 1 || this.isBusy();
    const waitMs = crowded
      ? Math.min(this.lastTookMs, LONGEST_WAIT_MS) - (performance.now() - this.lastEnd)
      : 0;
    if (waitMs > 1) setTimeout(this.flush, waitMs);
    // Everything of a commit is taken and answered in one synchronous step, so the next tick has all of it.
    else process.nextTick(this.flush);
  }

  private readonly flush = (): void => {
    if (this.held) {
      this.scheduled = false;
      return;
    }
    const begin = performance.now();
    const events = this.pending;
    const arrivals = this.arrivals;
    this.pending = [];
    this.arrivals = [];
    this.scheduled = false;
    if (events.length > 0) this.send(events);
    if (events.length > 0) this.reconcile(events);
    this.tellLobby();
    for (const arrival of arrivals) arrival.recipient.together(() => this.admit(arrival, events));
    this.lastCount = events.length;
    this.lastEnd = performance.now();
    // Writes must fall into this measure: a cork that outlasts the flush would let it flush far too often.
    this.lastTookMs = this.lastEnd - begin;
    this.onFlush(events.length, this.members.size);
  };

  private send(events: readonly Taken[]): void {
    const epoch = this.replica.head?.epoch ?? "";
    const frames = new BatchFrames(epoch, events);
    const left = leftWithin(events);
    for (const member of this.members.values()) {
      const { recipient, participantId, place } = member;
      if (place !== "room") continue;
      const count = left.get(participantId);
      if (count === undefined) {
        recipient.send(frames.for(participantId, this.isHost(participantId)));
        continue;
      }
      // What came behind their leaving is not for them; who is back already gets a snapshot, as from the lobby.
      recipient.send(new BatchFrames(epoch, events.slice(0, count)).for(participantId, false));
      if (this.placeOf(member) === "room") member.place = "lobby";
    }
  }

  /** Moves the connections whose place changed: admitted, sent back, replaced, gone; and tells those whose rights changed. */
  private reconcile(events: readonly Taken[]): void {
    const everybody = events.some(({ event }) => event.type === "session-ended");
    const touched = new Set(events.map(({ event }) => concerned(event)));
    for (const member of [...this.members.values()]) {
      if (!everybody && !touched.has(member.participantId)) continue;
      const place = this.placeOf(member);
      if (place === null) this.dismiss(member, endingOf(events, member, this.replica.state));
      else if (place !== member.place) this.welcome(member, place, "admitted");
      else if (place === "room" && this.rightsOf(member.participantId) !== member.rights)
        this.welcome(member, place, "permissions");
    }
  }

  private admit({ recipient, participantId, answer, from, cause }: Arrival, events: readonly Taken[]): void {
    const member: Member = { recipient, participantId, place: "lobby", rights: "" };
    const place = this.placeOf(member);
    if (place === null) {
      answer(false);
      this.dismiss(member, endingOf(events, member, this.replica.state));
      return;
    }
    this.members.set(recipient.connection, member);
    this.comings += 1;
    const isHost = this.isHost(participantId);
    const missed =
      place === "room" && from !== null ? catchUpFrame(this.replica, from, participantId, isHost) : null;
    answer(missed !== null);
    if (missed === null) {
      this.welcome(member, place, cause);
      return;
    }
    member.place = "room";
    member.rights = this.rightsOf(participantId);
    recipient.send(missed);
  }

  private welcome(member: Member, place: Member["place"], cause: SnapshotCause): void {
    const { state, head } = this.replica;
    const { participantId, recipient } = member;
    const before = member.place;
    member.place = place;
    if (place === "lobby") {
      member.rights = "";
      const lobbyCause = before === "room" ? "returned" : cause === "joined" ? "knocked" : "resumed";
      recipient.send(lobbyFrame(state, participantId, lobbyCause));
      return;
    }
    member.rights = this.rightsOf(participantId);
    recipient.sendLarge(this.snapshots.frame(state, head?.epoch ?? "", participantId, cause));
  }

  private dismiss({ recipient }: Member, ending: Ending): void {
    this.members.delete(recipient.connection);
    if (ending.entryResponded !== null) recipient.send(entryRespondedFrame(ending.entryResponded));
    else if (ending.reason !== null) recipient.send(meetingLeftFrame(ending.reason, ending.note));
    recipient.close(ending.code, ending.text);
  }

  private tellLobby(): void {
    const hosted = hostPresent(this.replica.state);
    if (hosted === this.hosted) return;
    this.hosted = hosted;
    for (const { recipient, participantId, place } of this.members.values()) {
      if (place === "lobby") recipient.send(lobbyFrame(this.replica.state, participantId, "hosts"));
    }
  }

  private placeOf({ participantId, recipient }: Member): Member["place"] | null {
    const { participants, knocks } = this.replica.state;
    const holds = (line: { up: boolean; connection?: string } | undefined): boolean =>
      line?.up === true && line.connection === recipient.connection;
    if (holds(participants.get(participantId)?.person.line)) return "room";
    return holds(knocks.get(participantId)?.person.line) ? "lobby" : null;
  }

  private isHost(participantId: string): boolean {
    return (
      this.replica.state.participants.get(participantId)?.view.permissions.includes("allow_join") === true
    );
  }

  private rightsOf(participantId: string): string {
    return this.replica.state.participants.get(participantId)?.view.permissions.join() ?? "";
  }
}

/** Who left the room within a batch, and how many of its events they may hear: those up to their leaving. */
function leftWithin(events: readonly Taken[]): ReadonlyMap<string, number> {
  const left = new Map<string, number>();
  for (const [index, { event }] of events.entries()) {
    if (event.type !== "participant-left" || left.has(event.body.participantId)) continue;
    left.set(event.body.participantId, index + 1);
  }
  return left;
}
