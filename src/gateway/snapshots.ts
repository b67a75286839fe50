/** When a room's log is shortened by a snapshot, and how much of it stays (`log.md` rule 17). */
import type { RoomKey, RoomLog } from "../log/port.js";
import type { Replica } from "./replica.js";
import { encodeSnapshotBody } from "./snapshot-body.js";

/** Events kept in the log before a snapshot, for resumes and for recovery. */
const KEEP_EVENTS = 1_000;
/** The most that is kept for a follower that is behind. */
const KEEP_FOR_FOLLOWER = 20_000;
/** The shortest tail for which a snapshot is worth while. */
const SHORTEST_TAIL = 512;
/** The same for a room in which nobody is or waits any more: it may not be asked for again soon. */
const SHORTEST_TAIL_EMPTIED = 64;

/** The snapshots that one node stores of one room. */
export class Snapshots {
  private storedAt = 0;
  private storing = false;

  constructor(
    private readonly key: RoomKey,
    private readonly log: RoomLog,
    private readonly replica: Replica,
  ) {}

  /** The replica was loaded: what is stored is as good as a snapshot taken now. */
  loaded(): void {
    this.storedAt = this.replica.state.seq;
  }

  /** Stores one if it is worth while. `followedTo`: the number after which events must stay for the room's follower. */
  consider(followedTo: number): void {
    const { state, head } = this.replica;
    const tail = state.seq - this.storedAt;
    const emptied = state.session === null && state.knocks.size === 0;
    const due =
      tail > Math.max(SHORTEST_TAIL, 2 * state.participants.size) ||
      (emptied && tail > SHORTEST_TAIL_EMPTIED);
    if (!due || head === null || this.storing) return;
    this.storing = true;
    const keep = Math.min(Math.max(KEEP_EVENTS, head.seq - followedTo), KEEP_FOR_FOLLOWER);
    this.log
      .storeSnapshot(this.key, { ...head, body: encodeSnapshotBody(state, this.replica.lineage()) }, keep)
      .then(() => (this.storedAt = head.seq))
      .catch(() => undefined)
      .finally(() => (this.storing = false));
  }
}
