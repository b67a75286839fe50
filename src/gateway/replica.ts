/**
 * A node's copy of a room: the state folded from the log, and the last events with their numbers. It takes a commit only where
 * the commit continues its own number and token (`log.md` rules 2, 7, 12).
 */
import type { Head, StoredCommit } from "../log/port.js";
import { decodeEvent, type RoomEvent } from "../room/events.js";
import { evolve } from "../room/evolve.js";
import { NO_ROOM, type RoomState } from "../room/state.js";
import { audienceOf, publicEvent, type Audience } from "../room/view.js";

/** How many of the last events a node keeps in memory, for resumes and for recovery (`log.md` rule 17). */
const RECENT = 2_000;

/** An event that the replica has taken. */
export interface Taken {
  readonly seq: number;
  readonly event: RoomEvent;
  readonly audience: Audience;
  /** The public text, made once for everybody. */
  readonly text: string;
  /** The commit that brought it. */
  readonly commit: string;
}

/** What became of a commit that was offered: taken, known already, ahead of us, or of another history. */
export type Offer = "taken" | "known" | "gap" | "fork";

/** A commit whose events and end state this node has at hand, because it made them. */
export interface OwnCommit {
  readonly events: readonly RoomEvent[];
  readonly state: RoomState;
}

/** The copy of one room. `head` is null while the room does not exist. */
export class Replica {
  state: RoomState = NO_ROOM;
  head: Head | null = null;
  private recent: Taken[] = [];
  /** Ids of the commits before those in memory, as far as the snapshot told that this replica began with. */
  private ancestors: readonly string[] = [];

  /** @param onTaken hears the events of every commit taken, in order, right after the state has moved */
  constructor(private readonly onTaken: (taken: readonly Taken[]) => void) {}

  /** Offers a commit of `epoch`. `own` saves decoding and folding where this node made it. Throws where an event is damaged. */
  offer(epoch: string, commit: StoredCommit, own?: OwnCommit): Offer {
    if (this.head === null)
      return commit.first === 1 && commit.prev === "" ? this.take(epoch, commit, own) : "gap";
    if (epoch !== this.head.epoch) return "fork";
    if (commit.first <= this.head.seq) return this.knows(commit) ? "known" : "fork";
    if (commit.first > this.head.seq + 1) return "gap";
    return commit.prev === this.head.token ? this.take(epoch, commit, own) : "fork";
  }

  /** Starts anew from a snapshot (null: from nothing) with its lineage; what was kept of the history before goes with it. */
  restart(head: Head | null, state: RoomState, ancestors: readonly string[]): void {
    this.head = head;
    this.state = state;
    this.ancestors = ancestors;
    this.recent = [];
  }

  /** Moves to a new epoch that stands on the state as it is. */
  rename(head: Head): void {
    this.head = head;
  }

  /** When the newest event in memory happened, epoch milliseconds; 0 where there is none. */
  get newestAt(): number {
    return this.recent.at(-1)?.event.at ?? 0;
  }

  /** Whether a commit of this history ended at the head given: then the log is behind, and not another one. */
  passed({ seq, token }: Head): boolean {
    const first = this.recent[0];
    return first !== undefined && this.recent[seq - first.seq]?.commit === token;
  }

  /** The events after the number `seq`; null where they are not all in memory. */
  since(seq: number): readonly Taken[] | null {
    if (seq === this.state.seq) return [];
    const first = this.recent[0];
    if (first === undefined || seq < first.seq - 1 || seq > this.state.seq) return null;
    return this.recent.slice(seq + 1 - first.seq);
  }

  /** The ids of the commits that led here, as far as they are known, oldest first. */
  lineage(): string[] {
    return [...new Set([...this.ancestors, ...this.recent.map(({ commit }) => commit)])];
  }

  /** The events in memory that came after the last commit of `common`; all of them where none is common. */
  after(common: ReadonlySet<string>): readonly Taken[] {
    return this.recent.slice(this.recent.findLastIndex(({ commit }) => common.has(commit)) + 1);
  }

  private take(epoch: string, commit: StoredCommit, own: OwnCommit | undefined): "taken" {
    const events = own?.events ?? commit.events.map(decodeEvent);
    const state = own?.state ?? events.reduce(evolve, this.state);
    const taken = events.map((event, index) => {
      const seq = commit.first + index;
      return {
        seq,
        event,
        audience: audienceOf(event, state),
        text: publicEvent(event, seq),
        commit: commit.commit,
      };
    });
    this.state = state;
    this.head = { epoch, seq: commit.first + events.length - 1, token: commit.commit };
    this.recent.push(...taken);
    if (this.recent.length > 2 * RECENT) this.recent = this.recent.slice(-RECENT);
    this.onTaken(taken);
    return "taken";
  }

  private knows(commit: StoredCommit): boolean {
    const first = this.recent[0];
    if (first === undefined || commit.first < first.seq) return true;
    return this.recent[commit.first - first.seq]?.commit === commit.commit;
  }
}
