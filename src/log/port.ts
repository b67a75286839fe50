/**
 * The port to where rooms are kept: ordered logs, and two small directories beside them (`design.md` sections 1 and 6,
 * `log.md` rules 1 to 9 and 17). It speaks of rooms, events and numbers; events are opaque text to it.
 *
 * Every method may reject with a `LogFault` when the store cannot be reached or did not answer in time. A rejected `append`
 * may still have been stored: send the same request again, its commit id tells.
 */

import type { Records } from "./records.js";

/** Names a room: the app it belongs to, and its id there. Neither is empty. */
export interface RoomKey {
  readonly app: string;
  readonly room: string;
}

/** Where a log stands. `token` is the id of the commit that moved the head there; it proves that two histories are equal. */
export interface Head {
  readonly epoch: string;
  readonly seq: number;
  readonly token: string;
}

/** One stored commit: its events are numbered `first`, `first + 1`, … and it follows the commit `prev` (empty: none before). */
export interface StoredCommit {
  readonly first: number;
  readonly commit: string;
  readonly prev: string;
  readonly events: readonly string[];
}

/** A commit as every subscriber hears it. */
export interface Publication extends StoredCommit {
  readonly epoch: string;
}

/** A state at a number: `body` is opaque text, `token` the commit that ended at `seq`. */
export interface Snapshot {
  readonly epoch: string;
  readonly seq: number;
  readonly token: string;
  readonly body: string;
}

/** What `append` is asked to do. */
export interface AppendRequest {
  /** The head that the decision was made against; null: the room must not exist. */
  readonly expect: Head | null;
  /** The id of this commit, unique; the same id on every repetition of the same request. */
  readonly commit: string;
  /** Events to store. Empty, without `open`: compare only, nothing is written. */
  readonly events: readonly string[];
  /** Opens a room (with `expect: null`) or a new epoch over the expected one. Events are numbered from `base + 1`. */
  readonly open?: {
    readonly epoch: string;
    readonly base: number;
    /** The state at `base`; null for a new room. It replaces whatever was stored. */
    readonly snapshot: string | null;
    /** Life of the room's keys from now, or null for ever. `touch` changes it. */
    readonly ttlMs: number | null;
  };
  /** The caller's round trip, left for the next winner when this append loses (`log.md` rule 11). */
  readonly roundTripMs?: number;
}

/** What became of an append. */
export type AppendOutcome =
  /** Stored (or, for an empty append, the head is as expected). `yieldMs`: a slower node waits; wait so long before the next. */
  | { readonly kind: "stored"; readonly head: Head; readonly yieldMs: number }
  /** Somebody else was first. `missed` continues the expected head without gap, up to `head`. */
  | { readonly kind: "conflict"; readonly head: Head; readonly missed: readonly StoredCommit[] }
  /** The head is not where the expected one leads to: other epoch, other history, behind, or too far ahead to list. */
  | { readonly kind: "diverged"; readonly head: Head }
  /** There is no such room. */
  | { readonly kind: "missing" };

/** A room read whole: the snapshot, if there is one, and all commits after it up to the head. */
export interface LoadedRoom {
  readonly head: Head;
  readonly snapshot: Snapshot | null;
  readonly tail: readonly StoredCommit[];
}

/** What a range read says: the commits, or that they are not there any more. */
export type ReadOutcome =
  | { readonly kind: "read"; readonly commits: readonly StoredCommit[]; readonly head: Head }
  | { readonly kind: "gone" };

/** What a subscriber hears. Both may be called before `subscribe` has resolved. Neither may throw. */
export interface RoomListener {
  /** A commit was stored, by anybody. At most once, in order; gaps are possible and are the caller's to notice. */
  publication(publication: Publication): void;
  /** Something that is not kept, sent by `relay`. The sender hears its own. */
  relay(text: string): void;
}

/** The log of rooms. */
export interface RoomLog {
  /** Reads a room in one atomic step; null: there is none. */
  load(room: RoomKey): Promise<LoadedRoom | null>;
  /** Compare-and-append: the only call that moves a head. Stores all of it or nothing. */
  append(room: RoomKey, request: AppendRequest): Promise<AppendOutcome>;
  /** Commits after `after` (a number of `epoch`), whole commits, until at least `limit` events or the head. */
  read(room: RoomKey, epoch: string, after: number, limit: number): Promise<ReadOutcome>;
  /** Keeps a snapshot if the epoch is current and its number higher than the kept one's; drops events more than `keep` before it. */
  storeSnapshot(room: RoomKey, snapshot: Snapshot, keep: number): Promise<boolean>;
  /** Listens to a room; resolves once publications will be heard. The function returned ends it. */
  subscribe(room: RoomKey, listener: RoomListener): Promise<() => Promise<void>>;
  /** Sends text to every listener of a room, this process's included. Kept nowhere. */
  relay(room: RoomKey, text: string): Promise<void>;
  /** Sets how long the room lives from now; null: for ever. */
  touch(room: RoomKey, ttlMs: number | null): Promise<void>;
  /** Called after every lost and regained connection: publications may have been missed in between. Returns its undo. */
  onReconnect(listener: () => void): () => void;
}

/** Names that customers give to rooms. */
export interface RoomDirectory {
  /** Binds a customer's name to a room id, unless it is bound; answers the id that it is bound to. It stays so until renamed. */
  name(app: string, customRoomId: string, roomId: string): Promise<string>;
  /**
   * Binds a customer's name to the room `to` if it is bound to the room `from`, or to none; answers the id that it is bound to
   * then. Of many who take over a name at once one has its way, and all learn whose it is.
   */
  rename(app: string, customRoomId: string, from: string, to: string): Promise<string>;
  /** The room id behind a customer's name, or null. */
  named(app: string, customRoomId: string): Promise<string | null>;
}

/** Which nodes live, and which rooms each one serves: how the rooms of a dead node find another. */
export interface NodeDirectory {
  /**
   * Says that `node` lives. Answers the store's time (epoch ms), the nodes that have been silent for longer than `ttlMs`, and
   * whether the store knew this node: it does not at first, nor after it lost its data or the node was forgotten by another.
   */
  beat(
    node: string,
    ttlMs: number,
  ): Promise<{ readonly now: number; readonly dead: readonly string[]; readonly known: boolean }>;
  /** Notes that `node` serves a room. */
  serve(node: string, room: RoomKey): Promise<void>;
  /** Undoes `serve`. */
  release(node: string, room: RoomKey): Promise<void>;
  /** The rooms that a node serves, or did when it died. */
  served(node: string): Promise<readonly RoomKey[]>;
  /** Forgets a node and what it served: after its rooms have been taken over, or when it leaves in order. */
  forget(node: string): Promise<void>;
}

/** A store: all that a node keeps outside its memory. */
export interface Store {
  readonly kind: "memory" | "redis";
  readonly log: RoomLog;
  readonly rooms: RoomDirectory;
  readonly nodes: NodeDirectory;
  readonly records: Records;
  /** Whether the store answers at this moment; resolves within a second, never rejects. */
  healthy(): Promise<boolean>;
  /** Ends connections and timers. Repeated calls answer the same promise. */
  close(): Promise<void>;
}

/** The store cannot be reached or did not answer in time. Always retryable; an append behind it may have been stored. */
export class LogFault extends Error {
  override readonly name = "LogFault";
}
