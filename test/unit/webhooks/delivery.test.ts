/** Order and retries. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { askedWait, waitAfter } from "../../../src/webhooks/backoff.js";
import { LANE_LENGTH } from "../../../src/webhooks/collector.js";
import type { Webhooks } from "../../../src/webhooks/port.js";
import { eventually } from "../../support/eventually.js";
import {
  APP,
  Bench,
  fieldOf,
  locks,
  ROOM,
  roomState,
  seqsOf,
  START,
  startReceiver,
  valueOf,
  type Receiver,
} from "./support.js";

describe("N4, N5: delivery", () => {
  let receiver: Receiver;
  let bench: Bench;
  let node: Webhooks;
  beforeEach(async () => {
    receiver = await startReceiver();
    bench = new Bench();
    node = bench.node();
  });
  afterEach(async () => {
    await bench.close();
    await receiver.close();
  });

  test("N4: the messages of a room go in order, one after the other; those of rooms beside each other", async () => {
    await bench.endpoint(node, receiver);
    const open: (() => void)[] = [];
    receiver.answer = () => new Promise((resolve) => open.push(() => resolve({ status: 200 })));
    await bench.happen(node, locks(2), "room-1");
    await bench.happen(node, locks(2), "room-2");
    await eventually(() => expect(receiver.got).toHaveLength(2));
    expect(seqsOf(receiver.got).sort()).toEqual([1, 3]);
    for (const go of open.splice(0)) go();
    await eventually(() => expect(receiver.got).toHaveLength(4));
    expect(seqsOf(receiver.got.slice(2)).sort()).toEqual([2, 4]);
    for (const go of open.splice(0)) go();
    await eventually(() => expect(bench.counted).toHaveLength(4));
  });

  test("N4: no more lanes at once than there are slots", async () => {
    await bench.close();
    const narrow = bench.node({ slots: 1 });
    await bench.endpoint(narrow, receiver);
    let [now, most] = [0, 0];
    receiver.answer = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return { status: 200 };
    };
    for (const room of ["a", "b", "c", "d"]) await bench.happen(narrow, locks(1), room);
    await eventually(() => expect(bench.counted).toHaveLength(4));
    expect(most).toBe(1);
  });

  test("N5: a failure holds the lane, and the wait doubles until a success", async () => {
    const { id } = await bench.endpoint(node, receiver);
    receiver.answer = () => ({ status: 500 });
    await bench.happen(node, locks(2));
    for (let failures = 1; failures <= 5; failures++) {
      await eventually(() => expect(bench.counted).toHaveLength(failures));
      const [newest, oldest] = await bench.deliveries(node, id);
      expect(newest).toMatchObject({
        seq: 2,
        attempts: 0,
        last: null,
        nextAttemptAt: null,
        status: "pending",
      });
      expect(oldest).toMatchObject({ seq: 1, attempts: failures, status: "pending" });
      expect(oldest?.last).toMatchObject({ at: bench.time, httpStatus: 500, error: "answered 500" });
      const wait = (oldest?.nextAttemptAt ?? 0) - bench.time;
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** (failures - 1));
      expect(wait).toBeLessThanOrEqual(1_000 * 2 ** (failures - 1));
      bench.time += wait;
      node.wake();
    }
    await eventually(() => expect(bench.counted).toHaveLength(6));
    receiver.answer = () => ({ status: receiver.got.length === 7 ? 200 : 500 });
    bench.time += 32_000;
    await eventually(() => expect(bench.counted.slice(6)).toEqual(["delivered", "retrying"]));
    const [waiting, done] = await bench.deliveries(node, id);
    expect(done).toMatchObject({ seq: 1, status: "delivered", attempts: 7, nextAttemptAt: null });
    expect((waiting?.nextAttemptAt ?? 0) - bench.time).toBeLessThanOrEqual(1_000);
  });

  test("N5: waits: at least half of the doubled second, an hour at most; retry-after is heard, an hour at most", () => {
    expect([waitAfter(1, 0), waitAfter(1, 1), waitAfter(4, 0), waitAfter(4, 0.5)]).toEqual([
      500, 1_000, 4_000, 6_000,
    ]);
    expect([waitAfter(13, 1), waitAfter(1_000, 0)]).toEqual([3_600_000, 1_800_000]);
    expect([null, "7", "999999", "soon", "-1"].map((text) => askedWait(text, START))).toEqual([
      0, 7_000, 3_600_000, 0, 0,
    ]);
    expect(askedWait(new Date(START + 90_000).toUTCString(), START)).toBe(90_000);
    expect(askedWait(new Date(START - 90_000).toUTCString(), START)).toBe(0);
  });

  test("N5: a receiver that says when to come again is left alone until then", async () => {
    const { id } = await bench.endpoint(node, receiver);
    receiver.answer = () => ({ status: 429, headers: { "retry-after": "120" } });
    await bench.happen(node, locks(1));
    await eventually(() => expect(bench.counted).toHaveLength(1));
    expect(await bench.deliveries(node, id)).toMatchObject([{ nextAttemptAt: bench.time + 120_000 }]);
    // News for the lane do not shorten its wait.
    await bench.happen(node, locks(1));
    bench.time += 119_000;
    node.wake();
    await eventually(async () => {
      const [due] = await bench.records.range("webhooks:due");
      expect(due?.score).toBe(START + 120_000);
    });
    expect(receiver.got).toHaveLength(1);
    bench.time += 1_000;
    await eventually(() => expect(receiver.got).toHaveLength(2));
  });

  test("N5: a message that is too old at a failure is given up, and the lane goes on soon", async () => {
    await bench.close();
    const short = bench.node({ retryForMs: 10_000 });
    node = short;
    const { id } = await bench.endpoint(short, receiver);
    receiver.answer = ({ body }) => ({ status: fieldOf(body, "seq") === 1 ? 400 : 200 });
    await bench.happen(short, locks(3));
    await eventually(() => {
      bench.time += 500;
      expect(bench.counted.filter((one) => one === "delivered")).toHaveLength(2);
    });
    expect(await bench.deliveries(short, id)).toMatchObject([
      { seq: 3, status: "delivered", attempts: 1 },
      { seq: 2, status: "delivered", attempts: 1 },
      { seq: 1, status: "failed", nextAttemptAt: null, last: { httpStatus: 400 } },
    ]);
    expect((await bench.deliveries(short, id, "failed")).map(({ seq }) => seq)).toEqual([1]);
  });

  test("N5: a test that goes well, or a new URL, ends the wait", async () => {
    const { id } = await bench.endpoint(node, receiver);
    receiver.answer = () => ({ status: 503, headers: { "retry-after": "3600" } });
    await bench.happen(node, locks(1));
    await eventually(() => expect(bench.counted).toEqual(["retrying"]));
    valueOf(await node.test(APP, id));
    receiver.answer = ({ body }) => ({ status: fieldOf(body, "webhookType") === "test" ? 200 : 500 });
    valueOf(await node.test(APP, id));
    await eventually(() => expect(bench.counted).toEqual(["retrying", "retrying"]));
    receiver.answer = () => ({ status: 200 });
    valueOf(await node.changeEndpoint(APP, id, { url: `${receiver.url}/new` }));
    await eventually(() => expect(bench.counted).toEqual(["retrying", "retrying", "delivered"]));
  });

  test("N5: gone: the endpoint is disabled, and what waits for it fails; enabled again it can be replayed", async () => {
    const { id } = await bench.endpoint(node, receiver);
    receiver.answer = () => ({ status: 410 });
    await bench.happen(node, locks(3));
    await eventually(() => expect(bench.counted).toEqual(["failed", "failed", "failed"]));
    expect(receiver.got).toHaveLength(1);
    expect(await node.endpoints(APP)).toMatchObject([{ id, enabled: false }]);
    receiver.answer = () => ({ status: 200 });
    valueOf(await node.changeEndpoint(APP, id, { enabled: true }));
    expect(valueOf(await node.replay(APP, id, null))).toBe(3);
    await eventually(() => expect(seqsOf(receiver.got)).toEqual([1, 1, 2, 3]));
    await eventually(async () => expect(await bench.deliveries(node, id, "delivered")).toHaveLength(3));
    expect(await bench.deliveries(node, id, "failed")).toEqual([]);
  });

  test("N5: a room's webhook that is gone is only tried again; one that was taken away fails what waits", async () => {
    bench.state = roomState({ webhook: { endPoint: receiver.url, events: ["*"] } });
    receiver.answer = () => ({ status: 410 });
    await bench.happen(node, locks(1));
    await eventually(() => expect(bench.counted).toEqual(["retrying"]));
    bench.state = roomState();
    await bench.attempts(node, 2);
    expect(await bench.deliveries(node, `room-${ROOM}`)).toMatchObject([{ status: "failed", attempts: 1 }]);
  });

  test("N5: no connection is a failure like any other", async () => {
    const { port } = receiver;
    const { id } = await bench.endpoint(node, { url: `http://127.0.0.1:${port}/` });
    await receiver.close();
    await bench.happen(node, locks(1));
    await eventually(() => expect(bench.counted).toEqual(["retrying"]));
    expect(await bench.deliveries(node, id)).toMatchObject([{ last: { httpStatus: null } }]);
  });

  test("N5: what a full lane has no place for fails at once and can be replayed later", async () => {
    const { id } = await bench.endpoint(node, receiver);
    await bench.close();
    const events = locks(500);
    for (let done = 0; done < LANE_LENGTH; done += events.length) await bench.happen(node, events);
    await bench.happen(node, locks(2));
    const [newest] = await bench.deliveries(node, id, "failed");
    expect(newest).toMatchObject({
      seq: LANE_LENGTH + 2,
      attempts: 0,
      last: { error: "too many messages wait" },
    });
    const page = { page: 1, perPage: 1 };
    expect(valueOf(await node.deliveries(APP, id, null, page)).total).toBe(LANE_LENGTH + 2);
    expect(valueOf(await node.deliveries(APP, id, "failed", page)).total).toBe(2);
    expect(valueOf(await node.replay(APP, id, null))).toBe(0);
  });

  test("N6: nothing is left behind of a lane that is empty", async () => {
    await bench.endpoint(node, receiver);
    await bench.happen(node, locks(3));
    await eventually(() => expect(bench.counted).toHaveLength(3));
    await eventually(async () => expect(await bench.records.count("webhooks:due")).toBe(0));
  });
});
