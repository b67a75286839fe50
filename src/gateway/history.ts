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

/**
 * At most `limit` events after `since`, as JSON texts; null asks for all from the beginning. Where there is none yet, waits for
 * the next, until `waitMs` have passed or `signal` says that nobody wants it any more. Null: there is no such room. Rejects with
 * a fault.
 */
export async function readHistory(
  room: LiveRoom,
  log: RoomLog,
  asked: {
    readonly since: Position | null;
    readonly limit: number;
    readonly waitMs: number;
    readonly signal: AbortSignal;
  },
): Promise<HistoryRead | null> {
  const first = await readOnce(room, log, asked);
  if (first?.kind !== "read" || first.events.length > 0 || asked.waitMs <= 0) return first;
  await somethingNew(room, asked);
  return readOnce(room, log, asked);
}

async function readOnce(
  room: LiveRoom,
  log: RoomLog,
  { since, limit }: { readonly since: Position | null; readonly limit: number },
): Promise<HistoryRead | null> {
  await room.read();
  const { replica, key } = room;
  const { head } = replica;
  if (head === null) return null;
  const at = { epoch: head.epoch, seq: head.seq };
  const { epoch, seq } = since ?? { epoch: head.epoch, seq: 0 };
  if (epoch !== head.epoch || seq > head.seq) return { kind: "gone", at };
  const upTo = (count: number): Position => ({ epoch, seq: seq + count });
  const recent = replica.since(seq)?.slice(0, limit);
  if (recent !== undefined) {
    return { kind: "read", events: recent.map(({ text }) => text), upTo: upTo(recent.length), at };
  }
  const read = await log.read(key, epoch, seq, limit);
  if (read.kind === "gone") return { kind: "gone", at };
  const events = read.commits
    .flatMap(({ first, events: texts }) => texts.map((text, index) => ({ seq: first + index, text })))
    .filter((event) => event.seq > seq)
    .slice(0, limit)
    .map((event) => publicEvent(decodeEvent(event.text), event.seq));
  return { kind: "read", events, upTo: upTo(events.length), at };
}

function somethingNew(
  room: LiveRoom,
  {
    since,
    waitMs,
    signal,
  }: { readonly since: Position | null; readonly waitMs: number; readonly signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      unwatch();
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    const unwatch = room.watch(end);
    signal.addEventListener("abort", end, { once: true });
    // What came between the read and here would not be told again.
    const head = room.replica.head;
    if (signal.aborted || head?.epoch !== since?.epoch || head?.seq !== since?.seq) end();
  });
}
