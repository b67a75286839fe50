/** Endpoints, and which events they get. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { passes } from "../../../src/webhooks/endpoints.js";
import type { Webhooks } from "../../../src/webhooks/port.js";
import { eventually } from "../../support/eventually.js";
import {
  APP,
  Bench,
  fieldOf,
  knockEvent,
  lockEvent,
  ROOM,
  roomState,
  START,
  startReceiver,
  step,
  valueOf,
  type Receiver,
} from "./support.js";

describe("N1: endpoints", () => {
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

  const given = { url: "https://example.com/hook", events: ["entry-*"], description: "desk" };

  test("N1: are added, listed, changed and removed, for one app", async () => {
    const one = valueOf(await node.addEndpoint(APP, given));
    expect(one).toEqual({ ...given, id: one.id, enabled: true, createdAt: START });
    bench.time += 1;
    const other = valueOf(await node.addEndpoint(APP, { ...given, events: ["*"] }));
    expect(await node.endpoints(APP)).toEqual([one, other]);
    expect(await node.endpoints("other app")).toEqual([]);
    const changed = valueOf(
      await node.changeEndpoint(APP, one.id, { enabled: false, events: ["session-ended"] }),
    );
    expect(changed).toEqual({ ...one, enabled: false, events: ["session-ended"] });
    expect(await node.endpoints(APP)).toEqual([changed, other]);
    expect(await node.removeEndpoint(APP, one.id)).toEqual({ ok: true, value: null });
    expect(await node.endpoints(APP)).toEqual([other]);
    const unknown = { ok: false, refusal: { reason: "webhook_unknown", field: "id" } };
    expect(await node.removeEndpoint(APP, one.id)).toEqual(unknown);
    expect(await node.changeEndpoint(APP, one.id, {})).toEqual(unknown);
    expect(await node.deliveries(APP, one.id, null, { page: 1, perPage: 10 })).toEqual(unknown);
    expect(await node.replay("other app", other.id, null)).toEqual(unknown);
  });

  test("N1: what is not valid is refused by field", async () => {
    const field = async (part: object): Promise<unknown> => {
      const answer = await node.addEndpoint(APP, { ...given, ...part });
      return answer.ok ? null : `${answer.refusal.reason} ${answer.refusal.field ?? ""}`;
    };
    expect(await field({ url: "https://10.0.0.1/" })).toBe("address_refused url");
    expect(await field({ url: "http://example.com/" })).toBe("invalid_parameter url");
    expect(await field({ events: [] })).toBe("invalid_parameter events");
    for (const name of ["", "a b", "*entry", "entry-*-x", "Entry"])
      expect([name, await field({ events: [name] })]).toEqual([name, "invalid_parameter events.0"]);
    expect(await field({ description: "x".repeat(513) })).toBe("invalid_parameter description");
    expect(await field({ events: ["*", "entry-requested", "entry-*"] })).toBe(null);
  });

  test("N1: a filter names events, or their beginnings", () => {
    expect(passes(["entry-requested"], "entry-requested")).toBe(true);
    expect(passes(["entry-requested"], "entry-responded")).toBe(false);
    expect(passes(["session-ended", "entry-*"], "entry-responded")).toBe(true);
    expect(passes(["entry-*"], "participant-left")).toBe(false);
    expect(passes(["*"], "anything")).toBe(true);
  });

  test("N1: every enabled endpoint gets what it asks for, once; a disabled one gets nothing", async () => {
    const knocks = await bench.endpoint(node, { url: `${receiver.url}/knocks` }, ["entry-*"]);
    const all = await bench.endpoint(node, { url: `${receiver.url}/all` });
    const off = await bench.endpoint(node, receiver);
    valueOf(await node.changeEndpoint(APP, off.id, { enabled: false }));
    await bench.happen(node, [lockEvent(), knockEvent("p1")]);
    await eventually(() => expect(bench.counted).toHaveLength(3));
    expect((await bench.deliveries(node, knocks.id)).map((one) => one.webhookType)).toEqual([
      "entry-requested",
    ]);
    expect(await bench.deliveries(node, all.id)).toHaveLength(2);
    expect(await bench.deliveries(node, off.id)).toEqual([]);
    expect(new Set(receiver.got.map(({ body }) => fieldOf(body, "id"))).size).toBe(3);
  });

  test("N1: a room's own webhook gets VideoSDK's four where it names none, and goes where the room says at delivery", async () => {
    const started = { type: "session-started", at: START, cmd: null, body: { sessionId: "s1" } } as const;
    bench.state = roomState({ webhook: { endPoint: "http://127.0.0.1:1/old", events: [] } });
    const { followed, told } = step([lockEvent(), started], { state: bench.state });
    bench.state = roomState({ webhook: { endPoint: receiver.url, events: [] } });
    await bench.records.write(await node.collect(followed, told));
    node.wake();
    await eventually(() => expect(receiver.got).toHaveLength(1));
    expect(fieldOf(receiver.got[0]?.body ?? "", "webhookType")).toBe("session-started");
    await eventually(async () => {
      expect(await bench.deliveries(node, `room-${ROOM}`)).toMatchObject([{ status: "delivered", seq: 2 }]);
    });
    bench.state = roomState({ webhook: { endPoint: receiver.url, events: ["room-*"] } });
    await bench.happen(node, [started, lockEvent()]);
    await eventually(() => expect(receiver.got).toHaveLength(2));
    expect(fieldOf(receiver.got[1]?.body ?? "", "webhookType")).toBe("room-lock-changed");
    expect(valueOf(await node.test(APP, `room-${ROOM}`))).toMatchObject({
      status: "delivered",
      roomId: ROOM,
    });
    bench.state = roomState();
    expect(await node.test(APP, `room-${ROOM}`)).toMatchObject({ ok: false });
  });

  test("N1: with an endpoint goes what was still to be delivered to it", async () => {
    receiver.answer = () => ({ status: 500 });
    const { id } = await bench.endpoint(node, receiver);
    await bench.happen(node, [lockEvent(), lockEvent(false)]);
    await eventually(() => expect(bench.counted).toEqual(["retrying"]));
    valueOf(await node.removeEndpoint(APP, id));
    bench.time += 60_000;
    await eventually(async () => expect(await bench.records.count("webhooks:due")).toBe(0));
    expect(receiver.got).toHaveLength(1);
  });

  test("N1: a step that tells nobody anything writes nothing", async () => {
    const { followed, told } = step([lockEvent()]);
    expect(await node.collect(followed, told)).toEqual([]);
    await bench.endpoint(node, receiver, ["entry-requested"]);
    expect(await node.collect(followed, told)).toEqual([]);
  });

  test("N8: lost events are told to those who want all, or this", async () => {
    const endpoints = [];
    for (const events of [["*"], ["events-lost"], ["entry-*", "session-started"]])
      endpoints.push(await bench.endpoint(node, receiver, events));
    const { followed } = step([], { from: 100 });
    await bench.records.write(await node.collect({ ...followed, gap: true, upTo: 120 }, []));
    node.wake();
    await eventually(() => expect(receiver.got).toHaveLength(2));
    for (const { body } of receiver.got)
      expect(JSON.parse(body)).toMatchObject({
        webhookType: "events-lost",
        data: { meetingId: ROOM },
        epoch: "e1",
        seq: 120,
      });
    expect(await bench.deliveries(node, endpoints[2]?.id ?? "")).toEqual([]);
  });

  test("N13: logs hold neither bodies nor secrets nor addresses", async () => {
    receiver.answer = () => ({ status: 500 });
    await bench.endpoint(node, { url: `${receiver.url}?key=topsecret` });
    await bench.happen(node, [knockEvent("somebody")]);
    await eventually(() => expect(bench.counted).toHaveLength(1));
    expect(bench.lines.join("\n")).not.toMatch(/topsecret|somebody|whsec|127\.0\.0\.1/);
  });
});
