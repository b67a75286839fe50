/** The numbered history of a room, epoch by epoch, with the room as it was at every number: what the client is judged by. */
import { EMPTY_ROOM, evolve, isFor, type Happening, type ModelEvent, type RoomState } from "./room-state.js";

/** What a number stands for: an event, or one of a type that no client of today knows. */
export interface Entry {
  readonly seq: number;
  readonly event: ModelEvent | { readonly seq: number; readonly at: number; readonly type: string };
  /** The event again, where it is of a known type. */
  readonly known: ModelEvent | null;
  /** Whether the client's own participant may see it. */
  readonly isVisible: boolean;
  /** The command whose effect it is, by id; null: not the client's. */
  readonly command: string | null;
  readonly after: RoomState;
}

/** One numbered history. */
export interface Epoch {
  readonly name: string;
  /** The number before the first entry. */
  readonly base: number;
  readonly before: RoomState;
  /** What was there from the beginning, and what came; numbers rise by one. */
  readonly entries: Entry[];
}

/** An event of the future: the client is to pass over it and count its number. */
export const UNKNOWN_TYPE = "something-of-a-later-version";

/** The history of one room. */
export class RoomLog {
  readonly epochs: Epoch[] = [{ name: "epoch-1", base: 0, before: EMPTY_ROOM, entries: [] }];
  /** Older numbers of the present epoch are not kept for those who come back. */
  keptAfter = 0;
  /** Effects that a loss of data took back, by the id of their command. */
  readonly takenBack = new Map<string, number>();

  constructor(private readonly viewer: string) {}

  /** The present epoch. */
  get epoch(): Epoch {
    const last = this.epochs[this.epochs.length - 1];
    if (last === undefined) throw new Error("a log has an epoch");
    return last;
  }

  get seq(): number {
    return this.epoch.base + this.epoch.entries.length;
  }

  get state(): RoomState {
    const { entries, before } = this.epoch;
    return entries[entries.length - 1]?.after ?? before;
  }

  /** Appends events; those behind it are one commit. `at` is in epoch milliseconds. */
  append(happenings: readonly Happening[], at: number, command: string | null): readonly Entry[] {
    return happenings.map((happening) => {
      const before = this.state;
      const known: ModelEvent = { ...happening, seq: this.seq + 1, at };
      const after = evolve(before, known);
      // One's own going is still for oneself.
      const isVisible =
        isFor(known, this.viewer, after) && (isIn(before, this.viewer) || isIn(after, this.viewer));
      return this.push({ seq: known.seq, event: known, known, isVisible, command, after });
    });
  }

  /** Appends something of a type that the client does not know. */
  appendUnknown(at: number): Entry {
    const seq = this.seq + 1;
    const event = { seq, at, type: UNKNOWN_TYPE, shape: [seq] };
    return this.push({ seq, event, known: null, isVisible: true, command: null, after: this.state });
  }

  /** The entries behind a number of the present epoch; null where they are not kept, or where there is no such number. */
  since(epoch: string, seq: number): readonly Entry[] | null {
    if (epoch !== this.epoch.name || seq < this.keptAfter || seq > this.seq) return null;
    return this.epoch.entries.slice(seq - this.epoch.base);
  }

  /** An epoch by its name. */
  find(name: string): Epoch | undefined {
    return this.epochs.find((one) => one.name === name);
  }

  /** The room at a number. */
  stateAt(name: string, seq: number): RoomState | undefined {
    const epoch = this.find(name);
    if (epoch === undefined) return undefined;
    return seq === epoch.base ? epoch.before : epoch.entries[seq - epoch.base - 1]?.after;
  }

  /** The store lost data: the newest `lost` events are gone, and what is left goes on as a new epoch that begins to count at `base`. */
  reopen(lost: number, base: number): readonly Entry[] {
    const { entries, before } = this.epoch;
    const gone = entries.slice(Math.max(0, entries.length - lost));
    const kept = entries[entries.length - gone.length - 1]?.after ?? before;
    for (const id of new Set(gone.map(({ command }) => command)))
      if (id !== null) this.takenBack.set(id, (this.takenBack.get(id) ?? 0) + 1);
    this.epochs.push({ name: `epoch-${this.epochs.length + 1}`, base, before: kept, entries: [] });
    this.keptAfter = base;
    return gone;
  }

  private push(entry: Entry): Entry {
    this.epoch.entries.push(entry);
    return entry;
  }
}

const isIn = ({ participants }: RoomState, id: string): boolean =>
  participants.some(({ participantId }) => participantId === id);
