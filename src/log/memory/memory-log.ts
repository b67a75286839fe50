import { MAX_MISSED_EVENTS, planAppend, roomName, yieldFor, type AppendPlan } from "../plan.js";
import type {
  AppendOutcome,
  AppendRequest,
  Head,
  LoadedRoom,
  ReadOutcome,
  RoomKey,
  RoomListener,
  RoomLog,
  Snapshot,
  StoredCommit,
} from "../port.js";
import { answering, type Answer } from "./answering.js";
import { Listeners } from "./listeners.js";

interface Room {
  head: Head;
  snapshot: Snapshot | null;
  commits: StoredCommit[];
  /** The slowest round trip among those who lost since the last stored append, in ms. */
  roundTripMs: number | null;
  expiresAt: number | null;
}

/** How often rooms that expired without anybody looking are swept out, in ms. */
const SWEEP_EVERY_MS = 60_000;

/** Rooms in this process's memory. `guard` throws once the store is closed. */
export class MemoryLog implements RoomLog {
  readonly #rooms = new Map<string, Room>();
  readonly #listeners = new Listeners();
  readonly #answer: Answer;
  #sweptAt: number;

  constructor(
    private readonly now: () => number,
    guard: () => void,
  ) {
    this.#answer = answering(guard);
    this.#sweptAt = now();
  }

  /** Reads a room in one atomic step; null: there is none. */
  load(key: RoomKey): Promise<LoadedRoom | null> {
    return this.#answer(() => {
      const room = this.#live(roomName(key));
      if (room === undefined) return null;
      const after = room.snapshot?.seq ?? 0;
      return {
        head: room.head,
        snapshot: room.snapshot,
        tail: room.commits.filter(({ first }) => first > after),
      };
    });
  }

  /** Compare-and-append, see the port. */
  append(key: RoomKey, request: AppendRequest): Promise<AppendOutcome> {
    return this.#answer(() => {
      const name = roomName(key);
      const plan = planAppend(request);
      const room = this.#live(name);
      const { expect } = request;
      if (room === undefined) {
        return expect === null && plan !== null ? this.#store(name, undefined, plan) : { kind: "missing" };
      }
      if (expect !== null && isSame(room.head, expect)) {
        return plan === null
          ? { kind: "stored", head: room.head, yieldMs: 0 }
          : this.#store(name, room, plan);
      }
      return lost(room, request);
    });
  }

  /** Whole commits from the one that holds event `after + 1` on. */
  read(key: RoomKey, epoch: string, after: number, limit: number): Promise<ReadOutcome> {
    return this.#answer(() => {
      const room = this.#live(roomName(key));
      if (room?.head.epoch !== epoch || after > room.head.seq) return { kind: "gone" };
      if (after === room.head.seq) return { kind: "read", commits: [], head: room.head };
      const start = room.commits.findIndex((commit) => commit.first <= after + 1 && endOf(commit) > after);
      if (start < 0) return { kind: "gone" };
      const commits: StoredCommit[] = [];
      for (let at = start, events = 0; events < Math.max(1, limit); at += 1) {
        const commit = room.commits[at];
        if (commit === undefined) break;
        commits.push(commit);
        events += endOf(commit) - Math.max(after, commit.first - 1);
      }
      return { kind: "read", commits, head: room.head };
    });
  }

  /** Keeps a snapshot that belongs to this history and is newer, and drops what is more than `keep` before it. */
  storeSnapshot(key: RoomKey, snapshot: Snapshot, keep: number): Promise<boolean> {
    return this.#answer(() => {
      const room = this.#live(roomName(key));
      if (room?.head.epoch !== snapshot.epoch) return false;
      if (room.snapshot !== null && room.snapshot.seq >= snapshot.seq) return false;
      const next = room.commits.find(({ first }) => first === snapshot.seq + 1);
      const token = room.head.seq === snapshot.seq ? room.head.token : next?.prev;
      if (token !== snapshot.token) return false;
      room.snapshot = { ...snapshot };
      room.commits = room.commits.filter((commit) => endOf(commit) > snapshot.seq - keep);
      return true;
    });
  }

  /** Listens to a room until the function returned is called. */
  subscribe(key: RoomKey, listener: RoomListener): Promise<() => Promise<void>> {
    return this.#answer(() => {
      const end = this.#listeners.add(roomName(key), listener);
      return () => {
        end();
        return Promise.resolve();
      };
    });
  }

  /** Sends text to every listener of a room. */
  relay(key: RoomKey, text: string): Promise<void> {
    return this.#answer(() => {
      this.#listeners.deliver(roomName(key), (listener) => listener.relay(text));
    });
  }

  /** Sets how long the room lives from now; null: for ever. */
  touch(key: RoomKey, ttlMs: number | null): Promise<void> {
    return this.#answer(() => {
      const room = this.#live(roomName(key));
      if (room !== undefined) room.expiresAt = this.#expiry(ttlMs);
      this.#sweep();
    });
  }

  /** Memory never loses its connection: the listener is never called. */
  onReconnect(): () => void {
    return () => undefined;
  }

  /** Ends all subscriptions; what is under way is not delivered any more. */
  close(): void {
    this.#listeners.clear();
    this.#rooms.clear();
  }

  #store(name: string, before: Room | undefined, { head, commit, opening }: AppendPlan): AppendOutcome {
    const { first, prev, events } = commit;
    const stored = events.length === 0 ? [] : [{ first, commit: commit.commit, prev, events: [...events] }];
    if (opening === null && before !== undefined) {
      before.commits.push(...stored);
      before.head = head;
    } else {
      const expiresAt = this.#expiry(opening?.ttlMs ?? null);
      const snapshot = opening?.snapshot ?? null;
      this.#rooms.set(name, { head, snapshot, commits: stored, roundTripMs: null, expiresAt });
    }
    const yieldMs = yieldFor(before?.roundTripMs ?? null);
    if (before !== undefined) before.roundTripMs = null;
    this.#listeners.deliver(name, (listener) => listener.publication(commit));
    return { kind: "stored", head, yieldMs };
  }

  #live(name: string): Room | undefined {
    const room = this.#rooms.get(name);
    const expiresAt = room?.expiresAt ?? Infinity;
    if (this.now() < expiresAt) return room;
    this.#rooms.delete(name);
    return undefined;
  }

  #expiry(ttlMs: number | null): number | null {
    return ttlMs === null ? null : this.now() + ttlMs;
  }

  #sweep(): void {
    if (this.now() - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = this.now();
    for (const name of this.#rooms.keys()) this.#live(name);
  }
}

/** What a request hears whose expectation is not the head. */
function lost(room: Room, request: AppendRequest): AppendOutcome {
  const { expect, commit, roundTripMs } = request;
  const { head } = room;
  const diverged: AppendOutcome = { kind: "diverged", head };
  if (expect?.epoch !== head.epoch) return diverged;
  if (head.seq <= expect.seq || head.seq - expect.seq > MAX_MISSED_EVENTS) return diverged;
  const start = room.commits.findIndex(({ first }) => first === expect.seq + 1);
  const missed = start < 0 ? [] : room.commits.slice(start);
  if (missed[0]?.prev !== expect.token) return diverged;
  if (roundTripMs !== undefined && missed[0].commit !== commit) {
    room.roundTripMs = Math.max(room.roundTripMs ?? 0, roundTripMs);
  }
  return { kind: "conflict", head, missed };
}

function isSame(a: Head, b: Head): boolean {
  return a.epoch === b.epoch && a.seq === b.seq && a.token === b.token;
}

/** The number of a commit's last event. */
function endOf({ first, events }: StoredCommit): number {
  return first + events.length - 1;
}
