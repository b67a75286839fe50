/** The delivery log of an endpoint. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Webhooks } from "../../../src/webhooks/port.js";
import { eventually } from "../../support/eventually.js";
import { APP, Bench, fieldOf, locks, startReceiver, valueOf, type Receiver } from "./support.js";

describe("N7: delivery log", () => {
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

  test("N7: the log: newest first, by status, in pages with exact totals", async () => {
    const { id } = await bench.endpoint(node, receiver);
    receiver.answer = ({ body }) => ({ status: fieldOf(body, "seq") === 4 ? 500 : 200 });
    await bench.happen(node, locks(5));
    await eventually(() => expect(bench.counted).toHaveLength(4));
    const list = async (status: "pending" | "delivered" | null, page: number) => {
      const { total, data } = valueOf(await node.deliveries(APP, id, status, { page, perPage: 2 }));
      return [total, data.map(({ seq }) => seq)];
    };
    expect(await list(null, 1)).toEqual([5, [5, 4]]);
    expect(await list(null, 3)).toEqual([5, [1]]);
    expect(await list("delivered", 2)).toEqual([3, [1]]);
    expect(await list("pending", 1)).toEqual([2, [5, 4]]);
    expect(await list("pending", 2)).toEqual([2, []]);
  });

  test("N7: a thousand delivered ones stay, and what is over is forgotten in the end", async () => {
    await bench.close();
    const keeping = bench.node({ keepFailedMs: 60_000 });
    const { id } = await bench.endpoint(keeping, receiver);
    await bench.happen(keeping, locks(500));
    await bench.happen(keeping, locks(510));
    await eventually(() => expect(bench.counted).toHaveLength(1_010), { deadlineMs: 25_000 });
    bench.time += 6_000;
    await eventually(async () => expect(await bench.deliveries(keeping, id)).toHaveLength(1_000));
    expect((await bench.deliveries(keeping, id)).at(-1)?.seq).toBe(11);
    bench.time += 60_000;
    await eventually(async () => {
      bench.time += 6_000;
      expect(await bench.deliveries(keeping, id)).toEqual([]);
    });
  });

  test("N7: one failed message is put back, behind what waits; one that did not fail is not", async () => {
    await bench.close();
    const short = bench.node({ retryForMs: 1 });
    node = short;
    const { id } = await bench.endpoint(short, receiver);
    receiver.answer = ({ body }) => ({ status: fieldOf(body, "seq") === 2 ? 200 : 500 });
    await bench.happen(short, locks(1));
    await eventually(() => expect(bench.counted).toHaveLength(1));
    await bench.attempts(node, 2);
    await bench.happen(short, locks(1));
    await bench.attempts(node, 3);
    expect(bench.counted.slice(-2)).toEqual(["failed", "delivered"]);
    const [fine, failed] = await bench.deliveries(short, id);
    expect(valueOf(await short.replay(APP, id, fine?.id ?? ""))).toBe(0);
    expect(await short.replay(APP, id, "nothing")).toMatchObject({
      refusal: { reason: "webhook_unknown", field: "deliveryId" },
    });
    receiver.answer = () => ({ status: 200 });
    expect(valueOf(await short.replay(APP, id, failed?.id ?? ""))).toBe(1);
    await eventually(async () => expect(await bench.deliveries(short, id, "delivered")).toHaveLength(2));
    expect(new Set(receiver.got.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
  });
});
