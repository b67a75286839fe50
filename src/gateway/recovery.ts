/**
 * Keeps a replica and the log one history. Usually that is a load; where the log lost data or took another way, it opens a new
 * epoch, or follows and asserts again what only this node holds (`log.md` rules 16, 18, 19).
 */
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Head, LoadedRoom, RoomKey, RoomLog } from "../log/port.js";
import type { RoomEvent } from "../room/events.js";
import type { RoomState } from "../room/state.js";
import { Replica } from "./replica.js";
import { encodeSnapshotBody, readLoaded } from "./snapshot-body.js";

/** What recovery needs of its room. */
export interface RecoveryHost {
  readonly key: RoomKey;
  readonly node: string;
  readonly log: RoomLog;
  readonly replica: Replica;
  freshId(): string;
  ttlFor(state: RoomState): number | null;
  /** History could not be continued: everybody here needs a fresh snapshot. */
  onNewHistory(): void;
  /** The log took another way; these events are held by this node alone, and are to be asserted again before the snapshots go out. */
  onFork(events: readonly RoomEvent[]): void;
  /** A new epoch was opened by this node. */
  onEpoch(epoch: string, why: string): void;
}

/** How long nodes wait to hear from one with more: more than the store's client needs to reconnect (`log.md` rule 18). */
const ELECTION_MS = 400;

const heldSchema = z.object({
  t: z.literal("held"),
  node: z.string(),
  seq: z.number(),
  ask: z.boolean(),
});

/**
 * Whether the commits that a loaded room tells of go back to the number `seq`. Those that do not prove nothing: a node that slept
 * through much has only missed it, and must not assert again what others have long undone.
 */
function reachesBack({ head }: LoadedRoom, seq: number, commits: ReadonlySet<string>): boolean {
  return head.seq - seq < commits.size;
}

/** Loads a room and mends what does not fit. */
export class Recovery {
  private running: Promise<void> | null = null;
  private rivals = new Map<string, number>();

  constructor(private readonly host: RecoveryHost) {}

  /** Brings the replica to the log, or the log to the replica. One at a time; rejects with a fault. */
  run(): Promise<void> {
    this.running ??= this.reconcile().finally(() => (this.running = null));
    return this.running;
  }

  /** Hears a relay of the room; true: it was about recovery. */
  hear(message: unknown): boolean {
    const parsed = heldSchema.safeParse(message);
    if (!parsed.success) return false;
    const { node, seq, ask } = parsed.data;
    if (node === this.host.node) return true;
    this.rivals.set(node, seq);
    if (ask && this.host.replica.head !== null) void this.say(false).catch(() => undefined);
    return true;
  }

  private async reconcile(): Promise<void> {
    for (let round = 0; ; round += 1) {
      const { log, key, replica } = this.host;
      // What the log says is as old as the question: judged by what was held when it was asked, since publications overtake it.
      const head = replica.head;
      const loaded = await log.load(key);
      if (head === null) {
        if (loaded !== null && replica.head === null) this.adopt(loaded);
        return;
      }
      if (loaded === null) {
        if (await this.openEpoch(null, head, round)) return;
        continue;
      }
      if (loaded.head.epoch !== head.epoch) {
        this.follow(loaded);
        return;
      }
      if (loaded.head.seq < head.seq && replica.passed(loaded.head)) {
        if (await this.openEpoch(loaded.head, head, round)) return;
        continue;
      }
      if (this.advance(loaded, replica.head ?? head)) return;
      await this.partWays(loaded);
    }
  }

  /** The same epoch, and the log is not simply behind: take what is new; false: it does not continue what is here. */
  private advance(loaded: LoadedRoom, head: Head): boolean {
    const { replica } = this.host;
    if (loaded.head.seq === head.seq && loaded.head.token === head.token) return true;
    if (loaded.head.seq <= head.seq) return replica.passed(loaded.head);
    const next = loaded.tail.filter(({ first }) => first > head.seq);
    if (next[0]?.first !== head.seq + 1) {
      // Trimmed in between: the snapshot may stand on another history, which its lineage tells.
      const { commits } = readLoaded(loaded);
      if (reachesBack(loaded, head.seq, commits) && !commits.has(head.token)) return false;
      this.adopt(loaded);
      return true;
    }
    return next.every((commit) => replica.offer(loaded.head.epoch, commit) === "taken");
  }

  /**
   * Two histories under the numbers of one epoch. The log's gets a new epoch before it is followed: a client whose line was lost
   * in the other one would else be handed events that do not continue what it knows.
   */
  private async partWays(loaded: LoadedRoom): Promise<void> {
    const { host } = this;
    const copy = new Replica(() => undefined);
    fill(copy, loaded);
    const epoch = host.freshId();
    const outcome = await host.log.append(host.key, {
      expect: loaded.head,
      commit: host.freshId(),
      events: [],
      open: {
        epoch,
        base: loaded.head.seq,
        snapshot: encodeSnapshotBody(copy.state, [...readLoaded(loaded).commits]),
        ttlMs: host.ttlFor(copy.state),
      },
    });
    if (outcome.kind === "stored") host.onEpoch(epoch, "the room had two histories");
  }

  /** Takes the log's history as it is. */
  private adopt(loaded: LoadedRoom): void {
    const wasEmpty = this.host.replica.head === null;
    fill(this.host.replica, loaded);
    if (!wasEmpty) this.host.onNewHistory();
  }

  /** Successor or fork: the log wins, and what only this node holds is asserted again. */
  private follow(loaded: LoadedRoom): void {
    const { commits } = readLoaded(loaded);
    const { replica } = this.host;
    const mine = reachesBack(loaded, replica.state.seq, commits)
      ? replica.after(commits).map(({ event }) => event)
      : [];
    fill(this.host.replica, loaded);
    if (mine.length === 0) this.host.onNewHistory();
    else this.host.onFork(mine);
  }

  /** The log lost what this node holds. The node with the most opens the next epoch; true: done, false: look again. */
  private async openEpoch(found: Head | null, head: Head, round: number): Promise<boolean> {
    const { log, key, replica, node } = this.host;
    this.rivals = new Map();
    await this.say(true);
    await pause(ELECTION_MS);
    const ahead = [...this.rivals].some(
      ([other, seq]) => seq > head.seq || (seq === head.seq && other < node),
    );
    // Whoever holds more is given the time to open; if nothing came of it, the next round tries all the same.
    if (ahead && round === 0) {
      await pause(ELECTION_MS);
      return false;
    }
    const commit = this.host.freshId();
    const epoch = this.host.freshId();
    const outcome = await log.append(key, {
      expect: found,
      commit,
      events: [],
      open: {
        epoch,
        base: head.seq,
        snapshot: encodeSnapshotBody(replica.state, replica.lineage()),
        ttlMs: this.host.ttlFor(replica.state),
      },
    });
    if (outcome.kind !== "stored" || replica.head !== head) return false;
    replica.rename(outcome.head);
    this.host.onEpoch(epoch, found === null ? "the room was gone" : "the room was behind");
    this.host.onNewHistory();
    return true;
  }

  private async say(ask: boolean): Promise<void> {
    const { log, key, node, replica } = this.host;
    await log.relay(key, JSON.stringify({ t: "held", node, seq: replica.state.seq, ask }));
  }
}

/** The state of a room as it was loaded. */
export function stateOf(loaded: LoadedRoom): RoomState {
  const copy = new Replica(() => undefined);
  fill(copy, loaded);
  return copy.state;
}

/** Makes a replica what the log says, with nothing of what it held before. */
function fill(replica: Replica, loaded: LoadedRoom): void {
  const { base, commits } = readLoaded(loaded);
  const { snapshot, head } = loaded;
  replica.restart(
    snapshot === null ? null : { epoch: head.epoch, seq: snapshot.seq, token: snapshot.token },
    base,
    [...commits],
  );
  for (const commit of loaded.tail) {
    if (replica.offer(head.epoch, commit) !== "taken") {
      throw new Error("The log does not continue its own snapshot");
    }
  }
}
