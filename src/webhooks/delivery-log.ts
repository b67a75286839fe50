/** The delivery logs: lists of them, replays out of them, and what is forgotten (`docs/rules.md` N7). */
import type { Page, PageQuery } from "../archive/archive.js";
import { freshId, type Environment } from "../gateway/environment.js";
import type { Records } from "../log/records.js";
import { LANE_LENGTH } from "./collector.js";
import { decodeMessage, deliveryOf, forget, reopen, unchanged, type Kept, type Message } from "./message.js";
import {
  DUE,
  EXPIRY,
  laneMap,
  logOf,
  parseExpiry,
  parseLane,
  POLICY_ENDPOINT,
  queueOf,
  roomMap,
} from "./names.js";
import type { Delivery } from "./port.js";

/** Delivered messages that stay listed. */
const KEPT_DELIVERED = 1_000;
/** Messages changed by one write: other calls must not wait for a long script. */
const CHUNK = 100;
/** Between two clean-ups of one node, milliseconds. */
const TIDY_EVERY_MS = 5_000;

/** What the logs are kept with. `now` in epoch milliseconds. */
export interface DeliveryLogHost {
  readonly records: Records;
  readonly environment: Environment;
  readonly now: () => number;
}

/** The delivery logs of all endpoints. Methods reject with a fault where the records are away. */
export class DeliveryLog {
  private readonly touched = new Map<string, { readonly app: string; readonly endpointId: string }>();
  private tidiedAt = 0;

  constructor(private readonly host: DeliveryLogHost) {}

  /** Newest first. */
  async list(
    app: string,
    endpointId: string,
    status: Delivery["status"] | null,
    { page, perPage }: PageQuery,
  ): Promise<Page<Delivery>> {
    const { records } = this.host;
    const log = logOf(app, endpointId);
    const index = log.index(status ?? "all");
    const [total, found] = await Promise.all([
      records.count(index),
      records.range(index, { descending: true, offset: (page - 1) * perPage, limit: perPage }),
    ]);
    const messages = await this.read(
      log.messages,
      found.map(({ member }) => member),
    );
    return { total, data: messages.map(({ message }) => deliveryOf(message)) };
  }

  /** Whether there is anything at all in an endpoint's log. */
  async isEmpty(app: string, endpointId: string): Promise<boolean> {
    return (await this.host.records.count(logOf(app, endpointId).index("all"))) === 0;
  }

  /** Puts failed messages back, oldest first; null: there is no message with this id. */
  async replay(app: string, endpointId: string, id: string | null): Promise<number | null> {
    const { records } = this.host;
    const log = logOf(app, endpointId);
    if (id !== null && (await records.fields(log.messages, [id])).size === 0) return null;
    const ids = id !== null ? [id] : (await records.range(log.index("failed"))).map(({ member }) => member);
    let count = 0;
    for (let from = 0; from < ids.length; from += CHUNK) {
      const messages = await this.read(log.messages, ids.slice(from, from + CHUNK));
      const lanes = new Map<string, string[]>();
      for (const { message } of messages)
        lanes.set(message.lane, [...(lanes.get(message.lane) ?? []), message.id]);
      for (const [lane, some] of lanes) count += await this.putBack(lane, some);
    }
    return count;
  }

  /** Ends the waits of an endpoint's lanes: there is reason to think that the receiver is back. */
  async hurry(app: string, endpointId: string): Promise<void> {
    const { records, now } = this.host;
    if (endpointId.startsWith(POLICY_ENDPOINT)) return;
    const log = logOf(app, endpointId);
    const ids = (await records.range(log.index("pending"))).map(({ member }) => member);
    const lanes = new Set<string>();
    for (let from = 0; from < ids.length; from += CHUNK)
      for (const { message } of await this.read(log.messages, ids.slice(from, from + CHUNK)))
        lanes.add(message.lane);
    for (const lane of lanes)
      await records.write([
        { drop: laneMap(lane), field: "fare" },
        { rank: DUE, member: lane, score: now() },
      ]);
  }

  /** An endpoint was delivered to; its log may have become too long. */
  touch(app: string, endpointId: string): void {
    this.touched.set(JSON.stringify([app, endpointId]), { app, endpointId });
  }

  /** Forgets what is over, now and then. */
  async tidy(): Promise<void> {
    const { now } = this.host;
    if (now() - this.tidiedAt < TIDY_EVERY_MS) return;
    this.tidiedAt = now();
    await this.expire();
    const touched = [...this.touched.values()];
    this.touched.clear();
    for (const { app, endpointId } of touched) await this.trim(app, endpointId);
  }

  private async putBack(name: string, ids: readonly string[]): Promise<number> {
    const { records, environment, now } = this.host;
    const lane = parseLane(name);
    const log = logOf(lane.room.app, lane.endpointId);
    for (;;) {
      const [messages, kept, [highest], length] = await Promise.all([
        this.read(log.messages, ids),
        records.fields(roomMap(lane.room), ["tail"]),
        records.range(queueOf(name), { descending: true, limit: 1 }),
        records.count(queueOf(name)),
      ]);
      const time = now();
      const back = messages
        .filter(({ message }) => message.status === "failed" && message.question === null)
        .slice(0, Math.max(0, LANE_LENGTH - length));
      if (back.length === 0) return 0;
      const base = Math.max(Number(kept.get("tail") ?? 0), highest?.score ?? 0);
      const done = await records.write(
        [
          ...back.flatMap(({ message }, index) => reopen(waitingAgain(message, time), base + 1 + index)),
          { put: laneMap(name), field: "mark", text: freshId(environment) },
          // Whoever asks for a replay has reason to think that the receiver is back.
          { drop: laneMap(name), field: "fare" },
          { rank: DUE, member: name, score: time },
        ],
        back.map(unchanged),
      );
      if (done) return back.length;
    }
  }

  private async expire(): Promise<void> {
    const { records, now } = this.host;
    const over = await records.range(EXPIRY, { max: now(), limit: 5 * CHUNK });
    for (let from = 0; from < over.length; from += CHUNK) {
      const some = over.slice(from, from + CHUNK);
      // Refused where another node does the same, or somebody replays one of them: the next turn sees what is left.
      await records.write(
        some.flatMap(({ member }) => {
          const { app, endpointId, id } = parseExpiry(member);
          return forget(app, endpointId, id);
        }),
        some.map(({ member, score }) => ({ index: EXPIRY, member, is: score })),
      );
    }
  }

  private async trim(app: string, endpointId: string): Promise<void> {
    const { records } = this.host;
    const index = logOf(app, endpointId).index("delivered");
    for (;;) {
      const surplus = await records.range(index, { descending: true, offset: KEPT_DELIVERED, limit: CHUNK });
      if (surplus.length > 0)
        await records.write(surplus.flatMap(({ member }) => forget(app, endpointId, member)));
      if (surplus.length < CHUNK) return;
    }
  }

  private async read(map: string, ids: readonly string[]): Promise<Kept[]> {
    const texts = await this.host.records.fields(map, ids);
    return ids.flatMap((id) => {
      const text = texts.get(id);
      return text === undefined ? [] : [decodeMessage(text)];
    });
  }
}

function waitingAgain(message: Message, now: number): Message {
  return { ...message, status: "pending", triedSince: now, nextAttemptAt: null };
}
