/**
 * One room's follower on one node: hands the log's events to `Collect` and moves the room's cursor in the same step as what
 * comes of it (`docs/decisions/0007`). Every node that serves the room may do this; the compare on the cursor keeps it single.
 */
import { LogFault, type RoomKey, type RoomLog } from "../log/port.js";
import { roomName } from "../log/plan.js";
import type { Change, Records } from "../log/records.js";
import { decodeEvent } from "../room/events.js";
import type { Collect, Followed } from "./following.js";
import type { Replica } from "./replica.js";

/** What a follower works with. */
export interface FollowerHost {
  readonly key: RoomKey;
  readonly log: RoomLog;
  readonly records: Records;
  readonly replica: Replica;
  readonly collect: Collect;
  /** Life of what is kept about this room's log, milliseconds from now; null: for ever. */
  readonly ttlMs: () => number | null;
  readonly onBug: (error: unknown) => void;
}

/** Events of one step at most. */
const STEP = 500;
/** After an own commit: events of the next moments go with it. */
const OWN_DELAY_MS = 100;
/** After somebody else's commit: long enough for its node to have done it, short enough to take over from a dead one. */
const OTHERS_DELAY_MS = 1_500;
/** After a fault, milliseconds. */
const RETRY_MS = 500;

/** After a bug, which the same events would most likely meet again. */
const RETRY_BUG_MS = 30_000;

/** Where following has come to. */
interface Cursor {
  readonly epoch: string;
  readonly seq: number;
}

/** Follows one room. */
export class Follower {
  private cursor: Cursor | null | undefined = undefined;
  /** The last cursor that this node knew of; it moves on only. */
  private known: Cursor | null = null;
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private dueAt = Infinity;
  private stopped = false;

  constructor(private readonly host: FollowerHost) {}

  /** The room does not exist yet, so nothing of it was followed. A wrong guess costs one refused write. */
  beginAnew(): void {
    this.cursor = null;
  }

  /** Events were taken, by a commit of this node or of another; they are followed soon. */
  taken(own: boolean): void {
    this.schedule(own ? OWN_DELAY_MS : OTHERS_DELAY_MS);
  }

  /** Whether something is still to be followed, as far as this node knows. */
  get behind(): boolean {
    return this.timer !== null || this.running !== null;
  }

  /** The number up to which the log was followed, as far as this node knows: what comes after it must be kept. */
  get followedTo(): number {
    return this.known?.epoch === this.host.replica.head?.epoch ? (this.known?.seq ?? 0) : 0;
  }

  /** Follows up to where the replica is now. Rejects with a fault; then it is tried again later all the same. */
  async catchUp(): Promise<void> {
    while (this.running !== null) await this.running.catch(() => undefined);
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.dueAt = Infinity;
    const running = this.run().finally(() => {
      this.running = null;
    });
    this.running = running;
    await running;
  }

  /** Keeps the cursor as long as the room, which was used without a new event. Rejects with a fault. */
  async touch(): Promise<void> {
    await this.host.records.write([{ expire: this.name, ttlMs: this.host.ttlMs() }]);
  }

  /** Follows nothing any more. */
  stop(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private schedule(delayMs: number): void {
    const at = performance.now() + delayMs;
    if (this.stopped || at >= this.dueAt) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.dueAt = at;
    this.timer = setTimeout(() => {
      this.catchUp().catch((error: unknown) => {
        const isFault = error instanceof LogFault;
        if (!isFault) this.host.onBug(error);
        this.schedule(isFault ? RETRY_MS : RETRY_BUG_MS);
      });
    }, delayMs);
  }

  private async run(): Promise<void> {
    const { replica } = this.host;
    while (!this.stopped && replica.head !== null) {
      const cursor = this.cursor === undefined ? await this.readCursor() : this.cursor;
      const { head } = replica;
      this.known = cursor;
      if (cursor?.epoch === head.epoch && cursor.seq >= head.seq) {
        this.cursor = cursor;
        return;
      }
      const followed = await this.next(cursor, head.epoch);
      if (followed === null) continue;
      // Whatever becomes of the step, only the store knows where the cursor is until it has answered.
      this.cursor = undefined;
      const { changes, stored } = await this.host.collect(followed);
      const to = { epoch: followed.epoch, seq: followed.upTo };
      if (!(await this.move(cursor, to, changes))) continue;
      this.cursor = to;
      this.known = to;
      stored?.();
    }
  }

  /** The events after the cursor, from memory or from the log; null: history moved meanwhile, look again. */
  private async next(cursor: Cursor | null, epoch: string): Promise<Followed | null> {
    const { replica, log, key } = this.host;
    const { state } = replica;
    const after = cursor?.seq ?? 0;
    const step = (events: Followed["events"]): Followed => {
      const some = events.slice(0, STEP);
      return { room: key, epoch, events: some, state, gap: false, upTo: some.at(-1)?.seq ?? after };
    };
    const recent = replica.since(after);
    // Of another epoch the numbers go on where the history does, and then the replica still has the events in memory.
    if (recent !== null && recent.length > 0) return step(recent);
    const gap: Followed = { room: key, epoch, events: [], state, gap: true, upTo: state.seq };
    if (cursor !== null && cursor.epoch !== epoch) return recent === null ? gap : { ...gap, gap: false };
    const read = await log.read(key, epoch, after, STEP);
    if (replica.head?.epoch !== epoch) return null;
    if (read.kind === "gone") return gap;
    const events = read.commits.flatMap(({ first, events: texts }) =>
      texts.map((text, index) => ({ seq: first + index, event: decodeEvent(text) })),
    );
    return step(events.filter(({ seq }) => seq > after));
  }

  private async readCursor(): Promise<Cursor | null> {
    const found = await this.host.records.fields(this.name, ["cursor"]);
    const text = found.get("cursor");
    return text === undefined ? null : cursorFrom(text);
  }

  private move(from: Cursor | null, to: Cursor, changes: readonly Change[]): Promise<boolean> {
    const map = this.name;
    return this.host.records.write(
      [
        ...changes,
        { put: map, field: "cursor", text: textOf(to) },
        { expire: map, ttlMs: this.host.ttlMs() },
      ],
      [{ map, field: "cursor", is: from === null ? null : textOf(from) }],
    );
  }

  private get name(): string {
    return `following:${roomName(this.host.key)}`;
  }
}

function textOf({ epoch, seq }: Cursor): string {
  return `${seq} ${epoch}`;
}

function cursorFrom(text: string): Cursor {
  const [seq = "", epoch = ""] = text.split(" ");
  return { epoch, seq: Number(seq) };
}
