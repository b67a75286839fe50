/** The hook that answers knocks. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { LogFault } from "../../../src/log/port.js";
import { refuse } from "../../../src/protocol/refusals.js";
import type { BackOffice } from "../../../src/room/events.js";
import type { Delivery, Webhooks } from "../../../src/webhooks/port.js";
import type { WebhooksOptions } from "../../../src/webhooks/webhooks.js";
import { eventually } from "../../support/eventually.js";
import {
  Bench,
  knockEvent,
  mortal,
  ROOM,
  roomState,
  SECRETS,
  START,
  startReceiver,
  type Receiver,
  type Reply,
} from "./support.js";

type Policy = NonNullable<BackOffice["knockPolicy"]>;
const POLICY = `policy-${ROOM}`;

describe("N9: knock policy", () => {
  let receiver: Receiver;
  let bench: Bench;
  beforeEach(async () => {
    receiver = await startReceiver();
    bench = new Bench();
  });
  afterEach(async () => {
    await bench.close();
    await receiver.close();
  });

  const says =
    (value: unknown, status = 200): (() => Reply) =>
    () => ({ status, text: JSON.stringify(value) });
  const knock = async (node: Webhooks, part: Partial<Policy> = {}, ids = ["p1"]): Promise<void> => {
    const events = ids.map((id) => knockEvent(id, bench.time));
    const policy: Policy = { url: receiver.url, timeoutMs: 3_000, fallback: "ask", ...part };
    bench.state = roomState({ knockPolicy: policy }, events);
    await bench.happen(node, events);
  };
  const settled = async (node: Webhooks): Promise<readonly Delivery[]> =>
    eventually(async () => {
      const all = await bench.deliveries(node, POLICY);
      expect(all.length).toBeGreaterThan(0);
      for (const { status } of all) expect(status).not.toBe("pending");
      return all;
    });

  test("N9: is asked once, signed, with who knocks; its answer takes effect", async () => {
    bench.time = Date.now();
    const node = bench.node();
    receiver.answer = says({ decision: "allow", note: "on the list", more: 1 });
    await knock(node);
    expect(await settled(node)).toMatchObject([
      { status: "delivered", attempts: 1, webhookType: "entry-policy", seq: 1 },
    ]);
    expect(bench.decided).toEqual([
      { participantId: "p1", since: bench.time, decision: "allow", note: "on the list" },
    ]);
    expect(receiver.got).toHaveLength(1);
    const { body = "", headers = {} } = receiver.got[0] ?? {};
    const { time } = bench;
    expect(body).toMatch(/^\{"webhookType":"entry-policy","data":\{"meetingId":/);
    expect(new Webhook(SECRETS[0] ?? "").verify(body, plain(headers))).toMatchObject({
      ...{ epoch: "e1", seq: 1, at: time },
      data: {
        ...{ meetingId: ROOM, participantId: "p1", participantName: "name of p1", metaData: null },
        ...{ since: time, expiresAt: time + 600_000 },
      },
    });
  });

  test("N9: deny without a note, and ask: the second leaves it to the hosts", async () => {
    const node = bench.node();
    receiver.answer = says({ decision: "deny", note: null });
    await knock(node);
    await settled(node);
    expect(bench.decided).toMatchObject([{ decision: "deny", note: null }]);
    receiver.answer = says({ decision: "ask" });
    await knock(node, { fallback: "deny" });
    await settled(node);
    expect(bench.decided).toHaveLength(1);
  });

  test.each<[string, () => Reply | null]>([
    ["an error", says({ decision: "allow" }, 500)],
    ["no JSON", () => ({ status: 200, text: "yes" })],
    ["no decision", says({ allow: true })],
    ["another decision", says({ decision: "maybe" })],
    ["a note that is too long", says({ decision: "allow", note: "x".repeat(513) })],
    ["a redirect", () => ({ status: 302, headers: { location: "/" }, text: '{"decision":"allow"}' })],
    ["too much", () => ({ status: 200, text: `{"decision":"allow","x":"${"x".repeat(70_000)}"}` })],
  ])("N9: %s instead of an answer: the fallback holds, at once", async (_name, answer) => {
    const node = bench.node();
    receiver.answer = answer;
    await knock(node, { fallback: "deny" });
    expect(await settled(node)).toMatchObject([{ status: "failed", attempts: 1 }]);
    expect(bench.decided).toEqual([{ participantId: "p1", since: START, decision: "deny", note: null }]);
    expect(receiver.got).toHaveLength(1);
  });

  test("N9: no answer in time: the fallback holds", async () => {
    const node = bench.node();
    receiver.answer = () => null;
    await knock(node, { fallback: "allow", timeoutMs: 2_000 });
    expect(await settled(node)).toMatchObject([{ status: "failed", last: { httpStatus: null } }]);
    expect(bench.decided).toMatchObject([{ decision: "allow" }]);
  });

  test("N9: an address that is refused: the fallback holds", async () => {
    const node = bench.node();
    await knock(node, { fallback: "deny", url: "https://10.0.0.1/" });
    expect(await settled(node)).toMatchObject([
      { status: "failed", last: { error: "the address is refused" } },
    ]);
    expect(bench.decided).toMatchObject([{ decision: "deny" }]);
  });

  test("N9: knocks do not wait for each other, nor for other webhooks", async () => {
    const node = bench.node({ slots: 2 });
    const open: (() => void)[] = [];
    receiver.answer = () =>
      new Promise((resolve) => open.push(() => resolve({ status: 200, text: '{"decision":"allow"}' })));
    await bench.endpoint(node, receiver);
    await knock(node, {}, ["p1", "p2"]);
    await eventually(() => expect(open).toHaveLength(3));
    for (const go of open) go();
    await settled(node);
    expect(bench.decided.map(({ participantId }) => participantId).sort()).toEqual(["p1", "p2"]);
  });

  test("N9: nobody is asked about who was sent back, nor in a room without a policy", async () => {
    const node = bench.node();
    bench.state = roomState({ knockPolicy: { url: receiver.url, timeoutMs: 3_000, fallback: "ask" } });
    await bench.happen(node, [knockEvent("p1", START, true)]);
    bench.state = roomState();
    await bench.happen(node, [knockEvent("p1")]);
    expect(await bench.records.count("webhooks:due-policies")).toBe(0);
  });

  test("N9: nobody is asked about a knock that is over, or by a policy that was taken away", async () => {
    const node = bench.node();
    const event = knockEvent("p1");
    const policy = roomState({ knockPolicy: { url: receiver.url, timeoutMs: 3_000, fallback: "allow" } });
    for (const now of [
      policy,
      roomState({}, [event]),
      { ...policy, knocks: roomState({}, [knockEvent("p1", START + 1)]).knocks },
    ]) {
      bench.state = policy;
      const queued = bench.happen(node, [event]);
      bench.state = now;
      await queued;
      await settled(node);
    }
    expect(receiver.got).toEqual([]);
    expect(bench.decided).toEqual([]);
    expect((await bench.deliveries(node, POLICY)).map(({ last }) => last?.error)).toEqual([
      "the knock is over",
      "the room has no policy any more",
      "the knock is over",
    ]);
  });

  test("N9: a decision that the store does not take is tried until it does, without asking again", async () => {
    let tries = 0;
    const decide: WebhooksOptions["decide"] = () => {
      tries += 1;
      if (tries === 1) return Promise.reject(new LogFault("away"));
      if (tries === 2) return Promise.resolve({ ok: false, refusal: refuse("unavailable") });
      return Promise.resolve({ ok: true });
    };
    const node = bench.node({ decide });
    receiver.answer = says({ decision: "allow" });
    await knock(node);
    await eventually(async () => {
      bench.time += 1_000;
      expect(await bench.deliveries(node, POLICY)).toMatchObject([{ status: "delivered" }]);
    });
    expect(tries).toBe(3);
    expect(receiver.got).toHaveLength(1);
  });

  test.each(["already_decided", "knock_unknown", "room_full"] as const)(
    "N9: refused %s: it ends there",
    async (reason) => {
      let tries = 0;
      const decide: WebhooksOptions["decide"] = () => {
        tries += 1;
        return Promise.resolve({ ok: false, refusal: refuse(reason) });
      };
      const node = bench.node({ decide });
      receiver.answer = says({ decision: "allow" });
      await knock(node);
      expect(await settled(node)).toMatchObject([{ status: "delivered" }]);
      expect(tries).toBe(1);
    },
  );

  test("N9: a node dies while it asks: the next one applies the fallback when the lease is over", async () => {
    const first = mortal(bench.records);
    const doomed = bench.node({ records: first.records });
    receiver.answer = () => null;
    await knock(doomed, { fallback: "deny" });
    await eventually(() => expect(receiver.got).toHaveLength(1));
    first.die();
    const survivor = bench.node();
    bench.time += 3_000 + 20_001;
    await eventually(() => expect(bench.decided).toMatchObject([{ decision: "deny" }]));
    expect(receiver.got).toHaveLength(1);
    expect(await settled(survivor)).toMatchObject([{ status: "failed" }]);
  });

  test("N9: nobody has asked in time: a moment late it is still asked, later the fallback holds", async () => {
    const writer = bench.node();
    await writer.close();
    receiver.answer = says({ decision: "allow" });
    await knock(writer, { fallback: "deny" });
    bench.time += 7_000;
    const node = bench.node();
    await settled(node);
    expect(bench.decided).toMatchObject([{ decision: "allow" }]);
    await node.close();
    await knock(writer, { fallback: "deny" });
    bench.time += 8_001;
    const last = bench.node();
    await settled(last);
    expect(bench.decided).toMatchObject([{ decision: "allow" }, { decision: "deny" }]);
    expect(receiver.got).toHaveLength(1);
  });

  test("N9: questions are not put back", async () => {
    const node = bench.node();
    receiver.answer = () => ({ status: 500 });
    await knock(node);
    const [failed] = await settled(node);
    expect(await node.test("app", POLICY)).toMatchObject({
      ok: true,
      value: { roomId: ROOM, status: "failed" },
    });
    expect(await node.replay("app", POLICY, null)).toEqual({ ok: true, value: 0 });
    expect(await node.replay("app", POLICY, failed?.id ?? "")).toEqual({ ok: true, value: 0 });
  });
});

function plain(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
