/** History as those read it who ask instead of listening: nothing left out, nothing twice, and no false end of it. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { realEnvironment } from "../../src/gateway/environment.js";
import { Gateway } from "../../src/gateway/gateway.js";
import type { HistoryRead, Position } from "../../src/gateway/history.js";
import { createMetrics } from "../../src/gateway/metrics.js";
import { LiveRoom } from "../../src/gateway/live-room.js";
import { readHistory } from "../../src/gateway/history.js";
import { encodeSnapshotBody } from "../../src/gateway/snapshot-body.js";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import type { Store } from "../../src/log/port.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import type { RoomAction } from "../../src/room/commands.js";
import { NO_REVOCATIONS } from "../../src/tokens/standing.js";
import { eventually } from "../support/eventually.js";
import { breakable, type FaultyStore } from "../support/faulty-store.js";
import { testConfig } from "../support/node.js";
import { asJson, type Json } from "../support/peer.js";
import { startRedis } from "../support/redis-server.js";

const APP = "default";
const LOCK = { type: "lock-room", locked: true } as const;
const UNLOCK = { type: "lock-room", locked: false } as const;
const environment = realEnvironment(pino({ level: "error" }));
const say = (message: string): RoomAction => ({
  type: "publish",
  topic: "t",
  message,
  payload: { of: { message } },
  persist: false,
  sendOnly: null,
});

/** Stores that share what they keep, as those of several nodes do. */
interface Shared {
  another(): Promise<Store>;
  close(): Promise<void>;
}

const STORES: readonly (readonly [string, () => Promise<Shared>])[] = [
  [
    "memory",
    () => {
      const store = createMemoryStore({ now: Date.now });
      return Promise.resolve({ another: () => Promise.resolve(store), close: () => store.close() });
    },
  ],
  [
    "Redis",
    async () => {
      const redis = await startRedis();
      const opened: Store[] = [];
      const another = async (): Promise<Store> => {
        const store = await connectRedisStore({ url: redis.url, prefix: "admitone" });
        opened.push(store);
        return store;
      };
      const close = async (): Promise<void> => {
        await Promise.all(opened.map((store) => store.close()));
        await redis.stop();
      };
      return { another, close };
    },
  ],
];

describe.each(STORES)("the history of a room, %s", (_name, start) => {
  let shared: Shared;
  const gateways: Gateway[] = [];
  let here: Gateway;
  beforeAll(async () => {
    shared = await start();
    here = await node();
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await shared.close();
  });

  const options = (store: Store) => {
    const { roomDefaults, commandTimeoutMs, idleRoomTtlMs } = testConfig();
    const metrics = createMetrics({ processMetrics: false });
    const collect = () => Promise.resolve({ changes: [] });
    return {
      ...{ store, environment, metrics, roomDefaults, commandTimeoutMs, idleRoomTtlMs, collect },
      ...{ standing: NO_REVOCATIONS, isProtected: () => false },
    };
  };
  const node = async (store?: Store): Promise<Gateway> => {
    const gateway = new Gateway(options(store ?? (await shared.another())));
    await gateway.start();
    gateways.push(gateway);
    return gateway;
  };
  const faultyNode = async (): Promise<{ there: Gateway; store: FaultyStore }> => {
    const store = breakable(await shared.another());
    return { there: await node(store), store };
  };
  const room = async (): Promise<string> => (await here.createRoom(APP, null, {})).roomId;
  const ask = (
    gateway: Gateway,
    roomId: string,
    since: Position | null,
    { limit = 1_000, waitMs = 0, signal = new AbortController().signal } = {},
  ): Promise<HistoryRead | null> => gateway.history(APP, roomId, { since, limit, waitMs, signal });
  const at = async (roomId: string): Promise<Position> => {
    const position = await here.position(APP, roomId);
    if (position === null) throw new Error("no room");
    return position;
  };
  const parsed = (read: HistoryRead | null): Json[] => {
    if (read?.kind !== "read") throw new Error(`not read: ${JSON.stringify(read)}`);
    return read.events.map((text) => asJson(JSON.parse(text)));
  };
  const numbers = (read: HistoryRead | null): unknown[] => parsed(read).map(({ seq }) => seq);
  const does = async (roomId: string, ...actions: readonly RoomAction[]): Promise<void> => {
    const outcomes = await Promise.all(actions.map((action) => here.command(APP, roomId, action)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: true });
  };

  /** A room whose first events are in the log only, for a node that comes later. */
  const longRoom = async (): Promise<{ roomId: string; late: Gateway; head: Position }> => {
    const roomId = await room();
    // Commits of one event and of several.
    for (let round = 0; round < 24; round += 1) {
      await does(roomId, say(`one ${round}`), say(`two ${round}`), say(`three ${round}`));
      await does(roomId, say(`alone ${round}`));
    }
    const head = await at(roomId);
    const state = await here.findRoom(APP, roomId);
    if (state === null) throw new Error("no room");
    const store = await shared.another();
    const loaded = await store.log.load({ app: APP, room: roomId });
    if (loaded === null) throw new Error("no log");
    // With a snapshot at the end, nobody who loads the room has its events in memory.
    const snapshot = { ...loaded.head, body: encodeSnapshotBody(state, [loaded.head.token]) };
    if (loaded.snapshot?.seq !== loaded.head.seq)
      expect(await store.log.storeSnapshot({ app: APP, room: roomId }, snapshot, 1_000)).toBe(true);
    return { roomId, late: await node(), head };
  };

  test("is the same from the memory of a node and from the log", async () => {
    const { roomId, late, head } = await longRoom();
    const fromMemory = await ask(here, roomId, null);
    const fromLog = await ask(late, roomId, null);
    expect(numbers(fromMemory)).toEqual(Array.from({ length: 97 }, (_one, index) => index + 1));
    expect(parsed(fromLog)).toEqual(parsed(fromMemory));
    expect(fromLog).toMatchObject({ upTo: head, at: head });
  });

  test.each([1, 2, 3, 7, 96, 97, 98])(
    "goes on page by page, %i at a time, from memory and log",
    async (limit) => {
      const { roomId, late, head } = await longRoom();
      const whole = parsed(await ask(here, roomId, null));
      for (const gateway of [here, late]) {
        const pages: Json[] = [];
        for (let since: Position | null = null; since?.seq !== head.seq;) {
          const page = await ask(gateway, roomId, since, { limit });
          const events = parsed(page);
          expect(events.length).toBeGreaterThan(0);
          expect(events.length).toBeLessThanOrEqual(limit);
          pages.push(...events);
          since = page?.kind === "read" ? page.upTo : head;
        }
        expect(pages).toEqual(whole);
      }
    },
  );

  test("does not end for a position that another node gave a moment ago", async () => {
    const roomId = await room();
    const { there, store } = await faultyNode();
    expect(numbers(await ask(there, roomId, null))).toEqual([1]);
    store.faults.hears = () => false;
    const before = await at(roomId);
    await does(roomId, LOCK);
    await does(roomId, UNLOCK);
    const after = await at(roomId);
    expect(await ask(there, roomId, after)).toEqual({ kind: "read", events: [], upTo: after, at: after });
    await does(roomId, LOCK);
    expect(numbers(await ask(there, roomId, before))).toContain(before.seq + 1);
    expect(numbers(await ask(there, roomId, after))).toEqual([after.seq + 1]);
  });

  test("ends for a position ahead of the room, and says where the room is", async () => {
    const roomId = await room();
    const head = await at(roomId);
    expect(await ask(here, roomId, { ...head, seq: head.seq + 1 })).toEqual({ kind: "gone", at: head });
    expect(await ask(here, roomId, { ...head, epoch: "another" })).toEqual({ kind: "gone", at: head });
  });

  test("ends where the log does not keep the events any more", async () => {
    const roomId = await room();
    const start = await at(roomId);
    await does(roomId, LOCK);
    await does(roomId, UNLOCK);
    const store = await shared.another();
    const key = { app: APP, room: roomId };
    const loaded = await store.log.load(key);
    const state = await here.findRoom(APP, roomId);
    if (loaded === null || state === null) throw new Error("no log");
    const body = encodeSnapshotBody(state, [loaded.head.token]);
    expect(await store.log.storeSnapshot(key, { ...loaded.head, body }, 0)).toBe(true);
    const late = await node();
    expect(await ask(late, roomId, start)).toEqual({ kind: "gone", at: await at(roomId) });
    expect(await ask(late, roomId, null)).toMatchObject({ kind: "gone" });
    expect(parsed(await ask(late, roomId, await at(roomId)))).toEqual([]);
  });

  test("is of no room that does not exist, and of one that appears later", async () => {
    const there = await node();
    const signal = new AbortController().signal;
    expect(await there.history(APP, "nowhere", { since: null, limit: 1, waitMs: 20_000, signal })).toBeNull();
    const roomId = await room();
    expect(numbers(await ask(there, roomId, null))).toEqual([1]);
    expect(
      await there.history("another-app", roomId, { since: null, limit: 1, waitMs: 0, signal }),
    ).toBeNull();
  });

  test("a wait ends with the next event, on whichever node it is made", async () => {
    const roomId = await room();
    const there = await node();
    const since = await at(roomId);
    const waits = [here, there].map((gateway) => ask(gateway, roomId, since, { waitMs: 25_000 }));
    await does(roomId, LOCK);
    for (const wait of waits) {
      const read = await wait;
      expect(numbers(read)).toEqual([since.seq + 1]);
      expect(read).toMatchObject({ upTo: { ...since, seq: since.seq + 1 } });
    }
  });

  test("a wait does not sleep over an event that comes while it begins", async () => {
    const roomId = await room();
    const { there, store } = await faultyNode();
    expect(numbers(await ask(there, roomId, null))).toEqual([1]);
    const since = await at(roomId);
    let proofs = 0;
    // Right after the log has confirmed that there is nothing new.
    store.faults.append = async (request, next) => {
      const outcome = await next();
      if (request.events.length === 0 && ++proofs === 1) await does(roomId, LOCK);
      return outcome;
    };
    expect(numbers(await ask(there, roomId, since, { waitMs: 25_000 }))).toEqual([since.seq + 1]);
    expect(proofs).toBeGreaterThan(0);
  });

  test("a wait that hears nothing finds at its end what was missed", async () => {
    const roomId = await room();
    const { there, store } = await faultyNode();
    const since = await at(roomId);
    expect(parsed(await ask(there, roomId, since))).toEqual([]);
    store.faults.hears = () => false;
    let proofs = 0;
    store.faults.append = async (request, next) => {
      const outcome = await next();
      if (request.events.length === 0 && ++proofs === 1) await does(roomId, LOCK);
      return outcome;
    };
    expect(numbers(await ask(there, roomId, since, { waitMs: 1_500 }))).toEqual([since.seq + 1]);
  });

  test("a wait without events ends empty, and where it began", async () => {
    const roomId = await room();
    const since = await at(roomId);
    const read = await ask(here, roomId, since, { waitMs: 50 });
    expect(read).toEqual({ kind: "read", events: [], upTo: since, at: since });
  });

  test("a new epoch ends what waits in the old one, by the end of the wait at the latest", async () => {
    const roomId = await room();
    const since = await at(roomId);
    const store = await shared.another();
    const key = { app: APP, room: roomId };
    const loaded = await store.log.load(key);
    const state = await here.findRoom(APP, roomId);
    if (loaded === null || state === null) throw new Error("no log");
    const wait = ask(here, roomId, since, { waitMs: 1_500 });
    const snapshot = encodeSnapshotBody(state, [loaded.head.token]);
    const open = { epoch: "second", base: loaded.head.seq, snapshot, ttlMs: null };
    const opened = await store.log.append(key, { expect: loaded.head, commit: "x", events: [], open });
    expect(opened).toMatchObject({ kind: "stored" });
    expect(await wait).toEqual({ kind: "gone", at: { ...since, epoch: "second" } });
  });

  test("whoever hangs up is let go at once, and with them the room", async () => {
    const roomId = await room();
    const since = await at(roomId);
    const live = new LiveRoom({
      ...options(await shared.another()),
      key: { app: APP, room: roomId },
      node: "n",
      now: Date.now,
    });
    const store = await shared.another();
    const caller = new AbortController();
    const asked = { since, limit: 1, waitMs: 1_000_000, signal: caller.signal };
    const wait = readHistory(live, store.log, asked);
    // The room would be let go when nobody follows it any more, but for the one who waits.
    await eventually(() => expect(live.follower.behind).toBe(false));
    expect(live.isIdle(0)).toBe(false);
    caller.abort();
    expect(await wait).toEqual({ kind: "read", events: [], upTo: since, at: since });
    await eventually(() => expect(live.isIdle(0)).toBe(true));
    await live.close();
    // Also one who was gone before it began.
    expect(await readHistory(live, store.log, asked)).toMatchObject({ events: [] });
  });
});
