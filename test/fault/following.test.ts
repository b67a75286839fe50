import { afterEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import type { Collected, Followed } from "../../src/gateway/following.js";
import { Gateway } from "../../src/gateway/gateway.js";
import { realEnvironment } from "../../src/gateway/environment.js";
import { createMetrics } from "../../src/gateway/metrics.js";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import { roomName } from "../../src/log/plan.js";
import type { Store } from "../../src/log/port.js";
import type { Records } from "../../src/log/records.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { NO_REVOCATIONS } from "../../src/tokens/standing.js";
import { testConfig } from "../support/node.js";
import { eventually } from "../support/eventually.js";
import { away, breakable, type FaultyStore } from "../support/faulty-store.js";
import { startRedis } from "../support/redis-server.js";

/** What a follower of these tests keeps: how many events it was told of, and all of their numbers. */
const LEDGER = "ledger";
const clean: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of clean.splice(0).reverse()) await end();
});

/** Counts what it is told; a step that took effect twice would count twice. */
function counting(records: Records) {
  return async ({ events }: Followed): Promise<Collected> => {
    const { count = "0", order = "" } = Object.fromEntries(await records.fields(LEDGER));
    const numbers = events.map(({ seq }) => ` ${seq}`).join("");
    return {
      changes: [
        { put: LEDGER, field: "count", text: String(Number(count) + events.length) },
        { put: LEDGER, field: "order", text: order + numbers },
      ],
    };
  };
}

async function startGateway(store: Store, collect = counting(store.records)): Promise<Gateway> {
  const config = testConfig();
  const gateway = new Gateway({
    ...config,
    store,
    collect,
    standing: NO_REVOCATIONS,
    isProtected: () => false,
    environment: realEnvironment(pino({ level: "silent" })),
    metrics: createMetrics({ processMetrics: false }),
  });
  await gateway.start();
  clean.push(() => gateway.close());
  return gateway;
}

interface Space {
  readonly name: string;
  readonly open: () => Promise<() => Promise<FaultyStore>>;
}

const SPACES: readonly Space[] = [
  {
    name: "memory",
    open: () => {
      const real = createMemoryStore({ now: Date.now });
      clean.push(() => real.close());
      return Promise.resolve(() => Promise.resolve(breakable(real)));
    },
  },
  {
    name: "Redis",
    open: async () => {
      const redis = await startRedis();
      clean.push(() => redis.stop());
      return async () => {
        const store = breakable(await connectRedisStore({ url: redis.url, prefix: "admitone" }));
        clean.push(() => store.close());
        return store;
      };
    },
  },
];

async function publish(gateway: Gateway, roomId: string, text: string): Promise<void> {
  const outcome = await gateway.command("app", roomId, {
    type: "publish",
    topic: "t",
    message: text,
    payload: null,
    persist: false,
    sendOnly: null,
  });
  if (!outcome.ok) throw new Error(outcome.refusal.reason);
}

/** Every number from 1 to the last, once, in order. */
async function expectAll(records: Records, last: number): Promise<void> {
  await eventually(async () => {
    const ledger = await records.fields(LEDGER);
    const numbers = Array.from({ length: last }, (_, at) => ` ${at + 1}`).join("");
    expect(ledger.get("order")).toBe(numbers);
    expect(ledger.get("count")).toBe(String(last));
  });
}

describe.each(SPACES)("what follows the log, on $name", ({ open }) => {
  test("H7: two nodes that commit at once: each event is followed once, in order", async () => {
    const connect = await open();
    const first = await startGateway(await connect());
    const store = await connect();
    const second = await startGateway(store);
    const { roomId } = await first.createRoom("app", null, {});
    await Promise.all(
      Array.from({ length: 100 }, (_, at) => publish(at % 2 === 0 ? first : second, roomId, String(at))),
    );
    await expectAll(store.records, 101);
  });

  test("H7: what a node committed and did not follow before it died, another follows", async () => {
    const connect = await open();
    const store = await connect();
    const doomed = await connect();
    const first = await startGateway(doomed);
    const second = await startGateway(store);
    const { roomId } = await first.createRoom("app", null, {});
    // The other node serves the room, as it does where it has sockets in it.
    await second.findRoom("app", roomId);
    doomed.faults.write = () => Promise.reject(away());
    await Promise.all([1, 2, 3].map((at) => publish(first, roomId, String(at)).catch(() => undefined)));
    first.abandon();
    await expectAll(store.records, 4);
  });

  test("H7: a node that starts later follows what nobody served any more", async () => {
    const connect = await open();
    const doomed = await connect();
    const first = await startGateway(doomed);
    const { roomId } = await first.createRoom("app", null, {});
    doomed.faults.write = () => Promise.reject(away());
    await publish(first, roomId, "unfollowed").catch(() => undefined);
    first.abandon();
    const store = await connect();
    const second = await startGateway(store);
    // Asked for by somebody, or taken over once the other is taken for dead.
    await second.findRoom("app", roomId);
    await expectAll(store.records, 2);
  });

  test("H7: an answer that was lost has one effect, and a fault is tried again", async () => {
    const connect = await open();
    const store = await connect();
    const gateway = await startGateway(store);
    const { roomId } = await gateway.createRoom("app", null, {});
    let calls = 0;
    store.faults.write = async (next) => {
      calls += 1;
      if (calls % 3 === 0) return next();
      // Stored or not: the caller hears the same.
      if (calls % 3 === 1) await next();
      throw away();
    };
    await Promise.all(
      Array.from({ length: 30 }, (_, at) => publish(gateway, roomId, String(at)).catch(() => undefined)),
    );
    await expectAll(store.records, 31);
    store.mend();
  });

  test("H8, N8: a log that was trimmed before it was followed is told as a gap, once", async () => {
    const connect = await open();
    const store = await connect();
    const told: Followed[] = [];
    const gateway = await startGateway(store, (followed) => {
      told.push(followed);
      return Promise.resolve({ changes: [] });
    });
    const { roomId } = await gateway.createRoom("app", null, {});
    // The cursor of another history, as after a loss of data.
    const name = `following:${roomName({ app: "app", room: roomId })}`;
    expect([...(await store.records.fields(name)).keys()]).toEqual(["cursor"]);
    await store.records.write([{ put: name, field: "cursor", text: "900 of-another-epoch" }]);
    await publish(gateway, roomId, "after").catch(() => undefined);
    await eventually(() => {
      expect(told.at(-1)).toMatchObject({ gap: true, events: [], upTo: 2 });
    });
    await publish(gateway, roomId, "later");
    expect(told.at(-1)).toMatchObject({ gap: false, upTo: 3 });
  });
});
