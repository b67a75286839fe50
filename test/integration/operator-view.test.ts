/** The gateway as its operator looks at it: which rooms are occupied, and how the nodes fare, over all nodes. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { RunningNode } from "../../src/server.js";
import { admin, ADMIN_SETTINGS, enterWith, makeApp, makeRoom, signed } from "../support/admin.js";
import { eventually } from "../support/eventually.js";
import { createRoom, enter, GUEST, hangUp, MODERATOR } from "../support/meeting.js";
import { startGateway, startTestNode, type TestGateway } from "../support/node.js";
import { asJson, asList, type Json } from "../support/peer.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import { REST_TOPOLOGIES } from "../support/rest.js";

const TIME = expect.stringMatching(/^\d{4}-.*Z$/);

async function listed(node: RunningNode, app = "default"): Promise<Json[]> {
  return asList((await admin(node, "GET", `/apps/${app}/rooms/live`))["data"]).map(asJson);
}

describe.each(REST_TOPOLOGIES)("occupied rooms, %s", (topology) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(topology, ADMIN_SETTINGS);
  });
  afterAll(() => gateway.close());

  test("are listed with who is in and who waits, whichever node they are on, until the last has gone", async () => {
    const { first, second } = gateway;
    const app = await makeApp(first);
    const names = { customRoomId: "the-board", maxParticipants: 7 };
    const [empty, waiting, busy] = [
      await makeRoom(first, app),
      await makeRoom(first, app),
      await makeRoom(first, app, names),
    ];
    const hosts = signed(app, { permissions: ["allow_join", "allow_mod"] });
    const guest = signed(app, { permissions: ["ask_join"], jti: "1" });
    const other = signed(app, { permissions: ["ask_join"], jti: "2" });
    const peers = [await enterWith(first, waiting, guest)];
    const [host] = [await enterWith(second, busy, hosts)];
    peers.push(await enterWith(first, busy, other));
    expect(await host.ask({ type: "lock-room", locked: true })).toMatchObject({ ok: true });
    const rest = { customRoomId: null, locked: false };
    for (const node of [first, second])
      await eventually(async () =>
        expect(await listed(node, app.id)).toEqual([
          {
            ...{ roomId: busy, customRoomId: "the-board", locked: true, maxParticipants: 7 },
            ...{ participants: 1, lobby: 1, startedAt: TIME },
          },
          {
            ...rest,
            roomId: waiting,
            participants: 0,
            lobby: 1,
            maxParticipants: expect.any(Number),
            startedAt: null,
          },
        ]),
      );
    expect(JSON.stringify(await listed(first, app.id))).not.toContain(empty);
    expect((await listed(first)).map(({ roomId }) => roomId)).not.toContain(busy);
    await host.ask({ type: "end" });
    await peers[0]?.ask({ type: "withdraw" });
    for (const node of [first, second])
      await eventually(async () => expect(await listed(node, app.id)).toEqual([]));
    hangUp([...peers, host]);
  });
});

describe("how the nodes fare", () => {
  let redis: RedisServer;
  let first: RunningNode;
  let second: RunningNode;
  const start = (): Promise<RunningNode> =>
    startTestNode({ REDIS_URL: redis.url, ...ADMIN_SETTINGS }, { vitalsStepMs: 500 });
  beforeAll(async () => {
    redis = await startRedis();
    first = await start();
    second = await start();
  });
  afterAll(async () => {
    await Promise.all([first.close(), second.close()]);
    await redis.stop();
  });

  const seenBy = async (node: RunningNode): Promise<Json[]> =>
    asList((await admin(node, "GET", "/nodes"))["nodes"]).map(asJson);
  const oneSeenBy = async (node: RunningNode, seen: RunningNode): Promise<Json> => {
    const found = (await seenBy(node)).find((one) => one["node"] === seen.gateway.node);
    if (found === undefined) throw new Error("not seen");
    return found;
  };
  const sum = (node: Json, name: string): number =>
    asList(node["series"]).reduce((total: number, sample) => total + Number(asJson(sample)[name]), 0);

  test("each node tells, to whichever is asked", async () => {
    for (const node of [first, second]) {
      const { nodes, ...rest } = await admin(node, "GET", "/nodes");
      expect(rest).toEqual({ store: "redis", durable: true });
      expect(asList(nodes).map((one) => asJson(one)["node"])).toEqual([
        first.gateway.node,
        second.gateway.node,
      ]);
      expect(asList(nodes)).toContainEqual(
        expect.objectContaining({
          version: expect.stringMatching(/^\d/),
          startedAt: TIME,
          seenAt: TIME,
          up: true,
        }),
      );
    }
    expect(Number((await oneSeenBy(first, second))["memoryMb"])).toBeGreaterThan(10);
  });

  test("joins, refusals, resumes and waits in the lobby are told by the node on which they were", async () => {
    const roomId = await createRoom(first);
    const host = await enter(first, roomId, "host", MODERATOR);
    const guest = await enter(second, roomId, "guest", GUEST);
    await host.find(({ type }) => type === "events", "the knock");
    expect(await host.ask({ type: "admit", participantId: "guest" })).toMatchObject({ ok: true });
    await enter(second, "no-such-room", "lost", MODERATOR).catch(() => undefined);
    await eventually(async () => {
      const [one, other] = [await oneSeenBy(second, first), await oneSeenBy(first, second)];
      expect([sum(one, "joins"), sum(other, "joins"), sum(other, "refused")]).toEqual([1, 1, 1]);
      expect([one["sockets"], one["rooms"]]).toEqual([1, 1]);
      const waits = asList(one["series"]).map((sample) => asJson(sample)["lobbyWaitMs"]);
      // The host's node committed the answer, so it is the one that knows.
      expect(waits.filter((wait) => wait !== null)).toEqual([expect.any(Number)]);
      expect(asList(other["series"]).every((sample) => asJson(sample)["lobbyWaitMs"] === null)).toBe(true);
    });
    const text = await (await fetch(`http://127.0.0.1:${first.port}/metrics`)).text();
    expect(text).toContain("admitone_lobby_wait_seconds_count 1");
    hangUp([host, guest]);
  });

  test("a node that leaves is gone, one that dies is down and then forgotten, and its rooms do no harm", async () => {
    const roomId = await createRoom(first);
    const third = await start();
    const host = await enter(third, roomId, "host", MODERATOR);
    await eventually(async () =>
      expect((await listed(second)).map((room) => room["roomId"])).toContain(roomId),
    );
    await third.kill();
    await eventually(async () => expect(await oneSeenBy(second, third)).toMatchObject({ up: false }));
    // The seat is kept for whoever comes back.
    await eventually(async () =>
      expect((await listed(second)).map((room) => room["roomId"])).toContain(roomId),
    );
    await eventually(async () => expect(await seenBy(second)).toHaveLength(2));
    await eventually(async () => {
      const again = await enter(second, roomId, "host", MODERATOR);
      expect(await again.ask({ type: "end" })).toMatchObject({ ok: true });
    });
    await eventually(async () =>
      expect((await listed(second)).map((room) => room["roomId"])).not.toContain(roomId),
    );
    const fourth = await start();
    expect(await seenBy(second)).toHaveLength(3);
    await fourth.close();
    expect(await seenBy(second)).toHaveLength(2);
    hangUp([host]);
  });

  test("a node that keeps rooms in its memory says that nothing survives it", async () => {
    const node = await startTestNode(ADMIN_SETTINGS);
    expect(await admin(node, "GET", "/nodes")).toMatchObject({
      store: "memory",
      durable: false,
      nodes: [{ node: node.gateway.node, up: true }],
    });
    await node.close();
  });
});
