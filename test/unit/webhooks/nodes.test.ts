/** Several nodes over one store. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Records } from "../../../src/log/records.js";
import { eventually } from "../../support/eventually.js";
import { Claim } from "../../../src/webhooks/claim.js";
import { DUE } from "../../../src/webhooks/names.js";
import { checkLanes } from "./lanes.js";
import {
  Bench,
  lockEvent,
  mortal,
  seqsOf,
  START,
  startReceiver,
  type Receiver,
  type Reply,
} from "./support.js";

describe("N6: nodes", () => {
  let receiver: Receiver;
  let bench: Bench;
  let holdUp: (() => void)[];
  beforeEach(async () => {
    receiver = await startReceiver();
    bench = new Bench();
    holdUp = [];
  });
  afterEach(async () => {
    for (const go of holdUp) go();
    await bench.close();
    await receiver.close();
  });
  const held = (reply: Reply): Promise<Reply> => new Promise((resolve) => holdUp.push(() => resolve(reply)));

  test("N6: order is kept, nothing is lost, no lane is served by two: failures, and the death of a node", async () => {
    await checkLanes();
  });

  test("N6: a lane of a node that died is taken over when its lease is over, not before", async () => {
    const first = mortal(bench.records);
    const doomed = bench.node({ records: first.records });
    const { id } = await bench.endpoint(doomed, receiver);
    receiver.answer = () => held({ status: 200 });
    await bench.happen(doomed, [lockEvent(), lockEvent()]);
    await eventually(() => expect(receiver.got).toHaveLength(1));
    const survivor = bench.node();
    first.die();
    bench.time += 21_000;
    // News make the other node look: it finds the lease, and puts the lane off to its end.
    await bench.happen(survivor, [lockEvent()]);
    await eventually(async () => {
      const [lane] = await bench.records.range("webhooks:due");
      expect(lane?.score).toBe(START + 22_000);
    });
    expect(receiver.got).toHaveLength(1);
    receiver.answer = () => ({ status: 200 });
    bench.time += 1_500;
    await eventually(() => expect(seqsOf(receiver.got)).toEqual([1, 1, 2, 3]));
    await eventually(async () => expect(await bench.deliveries(survivor, id, "delivered")).toHaveLength(3));
  });

  test("N6: a worker that lost its lane writes nothing more", async () => {
    const slow = bench.node({ requestTimeoutMs: 30_000 });
    const { id } = await bench.endpoint(slow, receiver);
    receiver.answer = () => held({ status: 500 });
    await bench.happen(slow, [lockEvent()]);
    await eventually(() => expect(receiver.got).toHaveLength(1));
    receiver.answer = () => ({ status: 200 });
    bench.time += 60_000;
    const other = bench.node();
    await eventually(async () => expect(await bench.deliveries(other, id, "delivered")).toHaveLength(1));
    const before = await bench.deliveries(other, id);
    for (const go of holdUp.splice(0)) go();
    await slow.close();
    expect(await bench.deliveries(other, id)).toEqual(before);
    expect(bench.counted).toEqual(["delivered"]);
  });

  test("N6: an answer that comes after the lane was lost changes nothing for the worker that has it now", async () => {
    const slow = bench.node({ requestTimeoutMs: 30_000 });
    const { id } = await bench.endpoint(slow, receiver);
    receiver.answer = () => held({ status: 200 });
    await bench.happen(slow, [lockEvent(), lockEvent()]);
    await eventually(() => expect(receiver.got).toHaveLength(1));
    bench.time += 60_000;
    const other = bench.node();
    await eventually(() => expect(receiver.got).toHaveLength(2));
    holdUp.shift()?.();
    await slow.close();
    expect(await bench.deliveries(other, id, "delivered")).toEqual([]);
    receiver.answer = () => ({ status: 200 });
    holdUp.shift()?.();
    await eventually(async () => expect(await bench.deliveries(other, id, "delivered")).toHaveLength(2));
    expect(seqsOf(receiver.got)).toEqual([1, 1, 2]);
  });

  test("N6: of several that take a lane in the same moment one has it", async () => {
    const node = bench.node();
    await bench.endpoint(node, receiver);
    await node.close();
    await bench.happen(node, [lockEvent()]);
    const [lane] = await bench.records.range(DUE);
    if (lane === undefined) throw new Error("nothing is due");
    const host = {
      records: bench.records,
      environment: bench.environment,
      now: () => bench.time,
      due: DUE,
      ended: new AbortController().signal,
    };
    const claims = await Promise.all([1, 2, 3].map(() => Claim.take(host, lane, 10_000)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  test("N6: a node that closes lets its lanes go, and another goes on at once", async () => {
    const leaving = bench.node();
    await bench.endpoint(leaving, receiver);
    receiver.answer = () => held({ status: 200 });
    await bench.happen(leaving, [lockEvent(), lockEvent()]);
    await eventually(() => expect(receiver.got).toHaveLength(1));
    receiver.answer = () => ({ status: 200 });
    const staying = bench.node();
    await leaving.close();
    staying.wake();
    await eventually(() => expect(seqsOf(receiver.got)).toEqual([1, 1, 2]));
  });

  test("N6: a node that closes waits for a request that is about to end", async () => {
    const leaving = bench.node({ closeWithinMs: 5_000 });
    const { id } = await bench.endpoint(leaving, receiver);
    receiver.answer = () => held({ status: 200 });
    await bench.happen(leaving, [lockEvent(), lockEvent()]);
    await eventually(() => expect(receiver.got).toHaveLength(1));
    const closed = leaving.close();
    for (const go of holdUp.splice(0)) go();
    await closed;
    expect(await bench.deliveries(leaving, id, "delivered")).toHaveLength(1);
    expect(receiver.got).toHaveLength(1);
    await leaving.close();
  });

  test("N6: a message that is queued while the lane is about to end is not lost", async () => {
    let between: (() => Promise<void>) | null = null;
    const { records } = bench;
    const watched: Records = {
      ...records,
      async write(changes, conditions) {
        const ends = changes.some((change) => "clear" in change);
        const now = between;
        if (ends && now !== null) {
          between = null;
          await now();
        }
        return records.write(changes, conditions);
      },
    };
    const node = bench.node({ records: watched });
    const idle = bench.node();
    await bench.endpoint(node, receiver);
    await idle.close();
    between = () => bench.happen(idle, [lockEvent()]);
    await bench.happen(node, [lockEvent()]);
    await eventually(() => expect(seqsOf(receiver.got)).toEqual([1, 2]));
    expect(between).toBeNull();
    await eventually(async () => expect(await bench.records.count("webhooks:due")).toBe(0));
  });

  test("N6: a write whose answer was lost is not taken for a failure", async () => {
    const { records } = bench;
    let faults = 3;
    const shaky: Records = {
      ...records,
      async write(changes, conditions) {
        const done = await records.write(changes, conditions);
        const isEnd = changes.some(
          (change) => "unrank" in change && change.unrank.startsWith("webhooks:queue:"),
        );
        if (isEnd && faults > 0) {
          faults -= 1;
          const { LogFault } = await import("../../../src/log/port.js");
          throw new LogFault("no answer");
        }
        return done;
      },
    };
    const node = bench.node({ records: shaky });
    const { id } = await bench.endpoint(node, receiver);
    await bench.happen(node, [lockEvent(), lockEvent()]);
    await eventually(async () => expect(await bench.deliveries(node, id, "delivered")).toHaveLength(2));
    expect(seqsOf(receiver.got)).toEqual([1, 2]);
  });
});
