/** The vitals of nodes: what each tells of itself, what the others see, and when a node is forgotten. */
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { createMetrics, type Metrics } from "../../../src/gateway/metrics.js";
import { Vitals } from "../../../src/gateway/vitals.js";
import { createMemoryStore } from "../../../src/log/memory/memory-store.js";
import type { Store } from "../../../src/log/port.js";
import { breakable, type FaultyStore } from "../../support/faulty-store.js";

const STEP_MS = 5_000;
const START = Date.parse("2026-03-04T10:00:00Z");

interface Node {
  readonly vitals: Vitals;
  readonly metrics: Metrics;
}

describe("vitals", () => {
  let store: FaultyStore;
  let running: Vitals[] = [];
  const lines: string[] = [];
  beforeEach(() => {
    jest.useFakeTimers({ now: START, doNotFake: ["performance", "queueMicrotask", "nextTick"] });
    const real: Store = createMemoryStore({ now: Date.now });
    store = breakable(real);
    lines.length = 0;
  });
  afterEach(async () => {
    store.mend();
    await Promise.all(running.map((one) => one.close()));
    running = [];
    await store.close();
    jest.useRealTimers();
  });

  /** A node that has counters and shares them, and nothing else. */
  async function start(node: string, version = "1.2.3"): Promise<Node> {
    const metrics = createMetrics({ processMetrics: false });
    const log = (_fields: object, text: string): void => void lines.push(text);
    const vitals = new Vitals({
      ...{ node, version, metrics, records: store.records, stepMs: STEP_MS },
      now: Date.now,
      memoryBytes: () => 64.4 * 1_048_576,
      logger: { debug: log, error: log },
    });
    running.push(vitals);
    await vitals.start();
    return { vitals, metrics };
  }

  const steps = (count: number): Promise<void> => jest.advanceTimersByTimeAsync(count * STEP_MS);
  const namesSeenBy = async ({ vitals }: Node): Promise<string[]> =>
    (await vitals.nodes()).map(({ node }) => node);

  test("a node is there from its start on, with nothing in its series", async () => {
    const { vitals } = await start("a");
    expect(await vitals.nodes()).toEqual([
      {
        ...{ node: "a", version: "1.2.3", startedAt: START, seenAt: START, isUp: true },
        ...{ sockets: 0, rooms: 0, memoryMb: 64, series: [] },
      },
    ]);
  });

  test("a sample has what happened since the one before, and what there is at its end", async () => {
    const { vitals, metrics } = await start("a");
    metrics.connectionOpened();
    metrics.connectionOpened();
    metrics.roomsServed(3);
    for (const outcome of ["joined", "joined", "waiting", "room_full", "banned"])
      metrics.entered("join", outcome);
    for (const outcome of ["joined", "waiting", "resume_invalid"]) metrics.entered("resume", outcome);
    for (const waited of [9_000, 1_000, 4_000, 2_001]) metrics.knockAnswered(waited);
    await steps(1);
    metrics.connectionClosed(1000);
    metrics.entered("join", "joined");
    metrics.knockAnswered(70_000);
    await steps(1);
    await steps(1);
    const [own] = await vitals.nodes();
    expect(own).toMatchObject({ sockets: 1, rooms: 3, seenAt: START + 3 * STEP_MS });
    const quiet = { joins: 0, refused: 0, resumes: 0, resumesFailed: 0, lobbyWaitMs: null };
    expect(own?.series).toEqual([
      {
        at: START + STEP_MS,
        ...{ joins: 3, refused: 2, resumes: 2, resumesFailed: 1, lobbyWaitMs: 3_001, sockets: 2 },
      },
      { ...quiet, at: START + 2 * STEP_MS, joins: 1, lobbyWaitMs: 70_000, sockets: 1 },
      { ...quiet, at: START + 3 * STEP_MS, sockets: 1 },
    ]);
  });

  test("the numbers are those of the metrics", async () => {
    const { metrics } = await start("a");
    metrics.entered("join", "joined");
    metrics.knockAnswered(12_000);
    const text = await metrics.text();
    expect(await metrics.figures()).toMatchObject({ joins: 1 });
    expect(text).toContain('admitone_entries_total{way="join",outcome="joined"} 1');
    expect(text).toContain('admitone_lobby_wait_seconds_bucket{le="10"} 0');
    expect(text).toContain('admitone_lobby_wait_seconds_bucket{le="20"} 1');
    expect(text).toContain("admitone_lobby_wait_seconds_sum 12");
  });

  test("ten minutes are kept, and no more", async () => {
    const { vitals } = await start("a");
    await steps(130);
    const [own] = await vitals.nodes();
    expect(own?.series.map(({ at }) => at)).toEqual(
      Array.from({ length: 120 }, (_none, index) => START + (index + 11) * STEP_MS),
    );
  });

  test("one small write is made in a step", async () => {
    await start("a");
    await steps(130);
    let writes = 0;
    store.faults.write = (next) => {
      writes += 1;
      return next();
    };
    await steps(10);
    expect(writes).toBe(10);
    const texts = await store.records.fields("vitals:nodes");
    expect([...texts.keys()]).toEqual(["a"]);
    expect(texts.get("a")?.length).toBeLessThan(8_000);
  });

  test("every node sees all of them, the first to start before the others", async () => {
    const b = await start("b");
    await steps(1);
    const a = await start("a", "1.2.4");
    for (const node of [a, b]) expect(await namesSeenBy(node)).toEqual(["b", "a"]);
    expect((await b.vitals.nodes()).map(({ version }) => version)).toEqual(["1.2.3", "1.2.4"]);
  });

  test("a node that closes is gone at once", async () => {
    const a = await start("a");
    const b = await start("b");
    await b.vitals.close();
    expect(await namesSeenBy(a)).toEqual(["a"]);
    await steps(5);
    expect([...(await store.records.fields("vitals:nodes")).keys()]).toEqual(["a"]);
  });

  test("a node that dies is down after three steps, and forgotten after a minute, in the store too", async () => {
    const a = await start("a");
    const b = await start("b");
    b.vitals.abandon();
    await steps(2);
    expect((await a.vitals.nodes()).map(({ isUp }) => isUp)).toEqual([true, true]);
    await steps(1);
    expect((await a.vitals.nodes()).map(({ node, isUp }) => [node, isUp])).toEqual([
      ["a", true],
      ["b", false],
    ]);
    await steps(10);
    expect(await namesSeenBy(a)).toEqual(["a"]);
    expect([...(await store.records.fields("vitals:nodes")).keys()]).toEqual(["a"]);
    expect(await store.records.count("vitals:seen")).toBe(1);
  });

  test("while the store is away a node goes on sampling, and tells it afterwards", async () => {
    const { vitals, metrics } = await start("a");
    store.cutOff();
    metrics.entered("join", "joined");
    await steps(2);
    await expect(vitals.nodes()).rejects.toThrow("away");
    store.mend();
    await steps(1);
    const [own] = await vitals.nodes();
    expect(own?.series.map(({ joins }) => joins)).toEqual([1, 0, 0]);
    expect(new Set(lines)).toEqual(new Set(["cannot share vitals now"]));
  });

  test("a store that lost its data has the node again after a step", async () => {
    const a = await start("a");
    await store.records.write([{ clear: "vitals:nodes" }, { clear: "vitals:seen" }]);
    expect(await namesSeenBy(a)).toEqual([]);
    await steps(1);
    expect(await namesSeenBy(a)).toEqual(["a"]);
  });

  test.each(["", "no JSON", "null", "{}", '{"version":1}', '{"version":"9","rows":[[1]]}'])(
    "a node that tells %j is passed over",
    async (text) => {
      const a = await start("a");
      await store.records.write([
        { put: "vitals:nodes", field: "strange", text },
        { rank: "vitals:seen", member: "strange", score: Date.now() },
      ]);
      expect(await namesSeenBy(a)).toEqual(["a"]);
    },
  );
});
