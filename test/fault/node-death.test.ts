import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import type { Store } from "../../src/log/port.js";
import type { RunningNode } from "../../src/server.js";
import { eventually } from "../support/eventually.js";
import { away, breakable, type FaultyStore } from "../support/faulty-store.js";
import { createRoom, enter, errorOf, GUEST, HOST, MODERATOR, stateOf } from "../support/meeting.js";
import { startTestNode } from "../support/node.js";
import type { Peer } from "../support/peer.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";

const isAbout = (id: string) => (event: Peer["events"][number]) => event["participantId"] === id;

describe("a node of two is gone", () => {
  let redis: RedisServer;
  let first: RunningNode;
  let second: RunningNode;
  let doomedStore: Store;
  let doomed: RunningNode;

  beforeEach(async () => {
    redis = await startRedis();
    const settings = { ADMITONE_RESUME_WINDOW_SECONDS: "2" };
    [first, second] = [
      await startTestNode({ ...settings, REDIS_URL: redis.url }),
      await startTestNode({ ...settings, REDIS_URL: redis.url }),
    ];
    doomedStore = await connectRedisStore({ url: redis.url, prefix: "admitone" });
    doomed = await startTestNode(settings, { store: doomedStore });
  });
  afterEach(async () => {
    await Promise.all([first.close(), second.close(), doomed.close()]);
    await doomedStore.close();
    await redis.stop();
  });

  test("killed: people and knocks come back elsewhere without a knock, whoever does not is gone after the window", async () => {
    const roomId = await createRoom(first);
    const host = await enter(first, roomId, "host", MODERATOR);
    const [stays, goes] = [await enter(doomed, roomId, "stays"), await enter(doomed, roomId, "goes")];
    const [waits, gives] = [
      await enter(doomed, roomId, "waits", GUEST),
      await enter(doomed, roomId, "gives", GUEST),
    ];
    expect(await host.ask({ type: "disable-media", participantId: "stays", kind: "mic" })).toMatchObject({
      ok: true,
    });
    // A room with nobody on the nodes that live on.
    const lonely = await createRoom(first);
    const alone = await enter(doomed, lonely, "alone");
    await enter(doomed, lonely, "late", GUEST);
    await doomed.kill();
    await doomedStore.close();

    for (const peer of [stays, goes, waits, gives, alone]) expect((await peer.ended()).code).toBe(1006);
    // One does not wait until the others know.
    const early = await stays.resumeOn(second);
    expect(early.reply).toMatchObject({ ok: true, state: "joined" });
    expect(await host.event("participant-disconnected", isAbout("goes"))).toMatchObject({
      until: expect.any(Number),
    });
    await host.event("entry-disconnected", isAbout("gives"));
    expect((await waits.resumeOn(first)).reply).toMatchObject({ ok: true, state: "waiting" });
    expect(await host.event("participant-left", isAbout("goes"))).toMatchObject({ reason: { code: 1001 } });
    expect(await host.event("entry-withdrawn", isAbout("gives"))).toMatchObject({ cause: "disconnected" });
    expect(errorOf((await goes.resumeOn(first)).reply)).toMatchObject({ reason: "resume_window_over" });
    expect(
      host.events
        .filter((event) => event["type"] === "participant-disconnected")
        .map(({ participantId }) => participantId),
    ).toEqual(["goes"]);

    const state = await stateOf(second, roomId);
    expect([...state.participants.keys()]).toEqual(["host", "stays"]);
    expect([...state.knocks.keys()]).toEqual(["waits"]);
    await eventually(async () => {
      const left = await stateOf(second, lonely);
      expect([left.session, left.participants.size]).toEqual([null, 0]);
    });
    expect(host.closed).toBeNull();
  });

  test("closed in order: everybody is sent elsewhere, and nothing is lost", async () => {
    const roomId = await createRoom(first);
    const host = await enter(first, roomId, "host", MODERATOR);
    const people = await Promise.all(
      Array.from({ length: 20 }, (_, index) => enter(doomed, roomId, `p${index}`)),
    );
    const knocker = await enter(doomed, roomId, "knocker", GUEST);
    // Commands up to the last moment: each is done, or was not answered.
    for (const peer of people) peer.send({ type: "publish", id: "last", topic: "t", message: "bye" });
    const closed = doomed.close();
    expect((await fetch(`http://127.0.0.1:${doomed.port}/readyz`).catch(() => null))?.status ?? 503).toBe(
      503,
    );
    await closed;
    await doomed.close();
    for (const peer of [...people, knocker])
      expect(await peer.ended()).toEqual({ code: 1012, reason: "service_restart" });
    const back = await Promise.all(
      [...people, knocker].map((peer, index) => peer.resumeOn(index % 2 === 0 ? first : second)),
    );
    for (const { reply } of back) expect(reply).toMatchObject({ ok: true });
    const acknowledged = people
      .flatMap(({ frames }) => frames.filter(({ id, ok }) => id === "last" && ok === true))
      .map(({ seq }) => seq);
    const state = await stateOf(second, roomId);
    expect([state.participants.size, state.knocks.size]).toEqual([21, 1]);
    await eventually(() => expect(host.seq).toBe(state.seq));
    const heard = host.events.filter(({ type }) => type === "message-published").map(({ seq }) => seq);
    for (const seq of acknowledged) expect(heard).toContain(seq);
    expect(host.events.filter(({ type }) => type === "participant-left")).toEqual([]);
  });
});

describe("who is taken for dead", () => {
  let store: Store;
  let nodes: { node: RunningNode; store: FaultyStore; beatAt: number }[];
  beforeEach(async () => {
    store = createMemoryStore({ now: Date.now });
    nodes = [];
    for (let index = 0; index < 3; index += 1) {
      const mine = breakable(store);
      const one = { node: await startTestNode({}, { store: mine }), store: mine, beatAt: 0 };
      mine.faults.before = (call) => {
        if (call === "beat") one.beatAt = performance.now();
      };
      nodes.push(one);
    }
  });
  afterEach(async () => {
    await Promise.all(nodes.map(({ node }) => node.close()));
    await store.close();
  });

  test("not a node that is busy taking over another's rooms", async () => {
    const [busy, dead, other] = nodes;
    if (busy === undefined || dead === undefined || other === undefined) throw new Error("three nodes");
    const kept = await createRoom(busy.node);
    const guest = await enter(busy.node, kept, "guest");
    const observer = await enter(other.node, kept, "observer", MODERATOR);
    const rooms = await Promise.all(Array.from({ length: 40 }, () => createRoom(dead.node)));
    await Promise.all(rooms.map((roomId) => enter(dead.node, roomId, "lonely", HOST)));
    // Each room takes its time; the other node leaves all of it to this one.
    busy.store.faults.before = async (call) => {
      if (call === "beat") busy.beatAt = performance.now();
      if (call === "load") await new Promise((resume) => setTimeout(resume, 200));
    };
    other.store.faults.before = (call, subject) => {
      if (call === "served" && subject === dead.node.gateway.node) throw away();
    };
    await dead.node.kill();
    await eventually(async () => expect(await store.nodes.served(dead.node.gateway.node)).toEqual([]), {
      deadlineMs: 25_000,
    });
    for (const roomId of rooms)
      expect((await stateOf(other.node, roomId)).participants.get("lonely")?.view.online).toBe(false);
    expect(observer.events.filter(({ type }) => type === "participant-disconnected")).toEqual([]);
    expect([guest.closed, observer.closed]).toEqual([null, null]);
  });

  test("not a node that came back from the same outage a moment later", async () => {
    const [early, late, bystander] = nodes;
    if (early === undefined || late === undefined) throw new Error("two nodes");
    await bystander?.node.close();
    const roomId = await createRoom(early.node);
    const host = await enter(early.node, roomId, "host", MODERATOR);
    const guest = await enter(late.node, roomId, "guest");
    // It begins right behind a sign of life of the one, and half a second or so behind the other's.
    const begins = late.beatAt;
    await eventually(() => expect(late.beatAt).not.toBe(begins));
    late.store.faults.before = (call) => {
      if (call === "beat") throw away();
    };
    const seen = early.beatAt;
    await eventually(() => expect(early.beatAt).not.toBe(seen));
    early.store.faults.before = (call) => {
      if (call === "beat") throw away();
    };
    const silent = (one: (typeof nodes)[number]) => performance.now() - one.beatAt;
    await eventually(() => expect(silent(late)).toBeGreaterThan(5_050));
    early.store.faults.before = (call) => {
      if (call === "beat") early.beatAt = performance.now();
    };
    await eventually(() => expect(silent(early)).toBeLessThan(2_000));
    late.store.faults.before = () => undefined;
    await eventually(() => expect(silent(early)).toBeLessThan(500));
    expect(await guest.ask({ type: "publish", topic: "t", message: "still here" })).toMatchObject({
      ok: true,
    });
    await host.event("message-published");
    expect(host.events.filter(({ type }) => type === "participant-disconnected")).toEqual([]);
    expect(guest.closed).toBeNull();
  });
});
