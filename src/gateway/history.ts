/** What happened in a room, for those who ask instead of listening: the same events with the same numbers as on sockets. */
import type { RoomLog } from "../log/port.js";
import { decodeEvent } from "../room/events.js";
import { publicEvent } from "../room/view.js";
import type { LiveRoom } from "./live-room.js";

/** A place in a room's log. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** Events after a position, or that they are not kept any more. `at` is where the room is. */
export type HistoryRead =
  | {
      readonly kind: "read";
      readonly events: readonly string[];
      readonly upTo: Position;
      readonly at: Position;
    }
  | { readonly kind: "gone"; readonly at: Position };

/** What is asked of a room's history. */
export interface HistoryAsked {
  /** Null: all of this epoch. */
  readonly since: Position | null;
  readonly limit: number;
  /** How long to wait for the next event where there is none yet, milliseconds. */
  readonly waitMs: number;
  /** Says that nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * At most `limit` events after `since`, as JSON texts; null asks for all from the beginning. Where there is none yet, waits for
 * the next, until `waitMs` have passed or `signal` says that nobody wants it any more. Null: there is no such room. Rejects with
 * a fault.
 */
export async function readHistory(
  room: LiveRoom,
  log: RoomLog,
  asked: HistoryAsked,
): Promise<HistoryRead | null> {
  // Watched from before the first look, so that nothing can come between a look and the wait, and so that the room stays served.
  const news = new News(room, asked.signal);
  try {
    let read = await lookAndProve(room, log, asked);
    const deadline = performance.now() + asked.waitMs;
    while (read?.kind === "read" && read.events.length === 0) {
      const leftMs = deadline - performance.now();
      if (leftMs > 0) await news.within(leftMs);
      // Whoever hung up gets no answer, and what serves the others may be closed by now.
      if (leftMs <= 0 || asked.signal.aborted) return read;
      read = await look(room, log, asked);
      if (read?.kind === "gone") read = await lookAndProve(room, log, asked);
    }
    return read;
  } finally {
    news.end();
  }
}

/**
 * This node may be behind the one that gave the position, by a moment or by a lost publication: what would end a follower's way,
 * or tell them that nothing happened, is said only when the log has confirmed it.
 */
async function lookAndProve(room: LiveRoom, log: RoomLog, asked: HistoryAsked): Promise<HistoryRead | null> {
  const read = await look(room, log, asked);
  if (read?.kind === "read" && read.events.length > 0) return read;
  await room.verify();
  return look(room, log, asked);
}

async function look(
  room: LiveRoom,
  log: RoomLog,
  { since, limit }: Pick<HistoryAsked, "since" | "limit">,
): Promise<HistoryRead | null> {
  await room.read();
  const { replica, key } = room;
  const { head } = replica;
  if (head === null) return null;
  const at = { epoch: head.epoch, seq: head.seq };
  const { epoch, seq } = since ?? { epoch: head.epoch, seq: 0 };
  if (epoch !== head.epoch || seq > head.seq) return { kind: "gone", at };
  const recent = replica.since(seq)?.slice(0, limit);
  if (recent !== undefined)
    return readUpTo(
      at,
      seq,
      recent.map(({ text }) => text),
    );
  const read = await log.read(key, epoch, seq, limit);
  if (read.kind === "gone") return { kind: "gone", at };
  const events = read.commits
    .flatMap(({ first, events: texts }) => texts.map((text, index) => ({ seq: first + index, text })))
    .filter((event) => event.seq > seq)
    .slice(0, limit)
    .map((event) => publicEvent(decodeEvent(event.text), event.seq));
  // The log may have gone on since the replica was looked at.
  return readUpTo({ epoch, seq: read.head.seq }, seq, events);
}

function readUpTo(at: Position, seq: number, events: readonly string[]): HistoryRead {
  return { kind: "read", events, upTo: { epoch: at.epoch, seq: seq + events.length }, at };
}

/** Hears of commits in a room for one who waits for them; commits from before the wait count too. */
class News {
  private heard = false;
  private wake: () => void = () => undefined;
  private readonly unwatch: () => void;

  constructor(
    room: LiveRoom,
    private readonly signal: AbortSignal,
  ) {
    this.unwatch = room.watch(() => {
      this.heard = true;
      this.wake();
    });
  }

  /** Resolves when something was heard since the last call, when `ms` have passed, or when nobody waits any more. */
  async within(ms: number): Promise<void> {
    const { signal } = this;
    if (!this.heard && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener("abort", this.wake, { once: true });
      });
      signal.removeEventListener("abort", this.wake);
    }
    this.heard = false;
  }

  end(): void {
    this.unwatch();
  }
}
