import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { RunningNode } from "../../src/server.js";
import { eventually } from "../support/eventually.js";
import {
  createRoom,
  enter,
  errorOf,
  GUEST,
  hangUp,
  HOST,
  join,
  MODERATOR,
  stateOf,
} from "../support/meeting.js";
import { startTestNode, token } from "../support/node.js";
import type { Peer } from "../support/peer.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";

interface Outage {
  begin(redis: RedisServer): Promise<void>;
  end(redis: RedisServer): Promise<void>;
}

/** Two ways in which Redis is away, and back with all that it had. */
const OUTAGES: Readonly<Record<string, Outage>> = {
  frozen: {
    begin(redis) {
      redis.pause();
      return Promise.resolve();
    },
    end(redis) {
      redis.resume();
      return Promise.resolve();
    },
  },
  killed: { begin: (redis) => redis.kill(), end: (redis) => redis.restart() },
};

describe.each(Object.entries(OUTAGES))("Redis is away: %s", (_name, outage) => {
  let redis: RedisServer;
  let first: RunningNode;
  let second: RunningNode;
  let roomId: string;
  let host: Peer;
  let guest: Peer;
  let far: Peer;
  let isAway = false;

  const begin = async (): Promise<void> => {
    await outage.begin(redis);
    isAway = true;
  };
  const end = async (): Promise<void> => {
    await outage.end(redis);
    isAway = false;
  };

  beforeEach(async () => {
    redis = await startRedis({ aof: true });
    const settings = {
      REDIS_URL: redis.url,
      ADMITONE_COMMAND_TIMEOUT_MS: "500",
      ADMITONE_RESUME_WINDOW_SECONDS: "2",
    };
    first = await startTestNode(settings);
    second = await startTestNode(settings);
    roomId = await createRoom(first);
    host = await enter(first, roomId, "host", MODERATOR);
    guest = await enter(first, roomId, "guest");
    far = await enter(second, roomId, "far");
    await host.event("participant-joined", (event) => JSON.stringify(event).includes('"far"'));
  });
  afterEach(async () => {
    if (isAway) await end();
    await Promise.all([first.close(), second.close()]);
    await redis.stop();
  });

  const probe = async (node: RunningNode, path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${node.port}${path}`)).status;

  /** Nobody was dropped: the same lines, nobody gone in anybody's eyes, and everything works. */
  async function allIsWell(): Promise<void> {
    await eventually(async () => {
      for (const node of [first, second]) expect(await probe(node, "/readyz")).toBe(200);
    });
    const answer = await eventually(async () => {
      const reply = await host.ask({ type: "publish", topic: "t", message: "back" });
      expect(reply).toMatchObject({ ok: true });
      return reply;
    });
    for (const peer of [host, guest, far]) {
      await eventually(() => expect(Number(peer.seq)).toBeGreaterThanOrEqual(Number(answer["seq"])));
      expect(peer.closed).toBeNull();
    }
    for (const peer of [host, guest, far]) {
      const lost = peer.events.filter(
        ({ type, participantId }) =>
          /left|disconnected/.test(String(type)) && ["host", "guest", "far"].includes(String(participantId)),
      );
      expect(lost).toEqual([]);
    }
    const state = await stateOf(second, roomId);
    for (const id of ["host", "guest", "far"]) expect(state.participants.get(id)?.person.line.up).toBe(true);
  }

  /** Waits until the node has noticed, and for longer than a command may take. */
  async function outageIsLong(): Promise<void> {
    for (const peer of [host, far]) {
      expect(errorOf(await peer.ask({ type: "publish", topic: "t", message: "lost" }))).toMatchObject({
        reason: "unavailable",
      });
    }
    for (const node of [first, second]) {
      await eventually(async () => {
        const metrics = await (await fetch(`http://127.0.0.1:${node.port}/metrics`)).text();
        expect(metrics).toMatch(/^admitone_store_up 0$/m);
      });
    }
  }

  test("lines and signals go on, commands are unavailable in time, and after it nobody is missing", async () => {
    await begin();
    expect(await guest.ask({ type: "signal", to: "host", payload: { candidate: 1 } })).toMatchObject({
      ok: true,
    });
    await host.find(({ type, from }) => type === "signal" && from === "guest");
    for (const message of [
      { type: "publish", topic: "t", message: "lost" },
      { type: "set-media", kind: "mic", on: true },
      { type: "lock-media", participantId: "*", kind: "webcam", locked: true },
    ]) {
      expect(errorOf(await host.ask(message))).toMatchObject({
        reason: "unavailable",
        retryable: true,
        code: 4503,
      });
    }
    expect(errorOf(await host.ask({ type: "signal", to: "far", payload: {} }))).toMatchObject({
      reason: "unavailable",
    });
    const late = await join(second, roomId, "late", GUEST);
    expect(errorOf(late.reply)).toMatchObject({ reason: "unavailable", retryable: true });
    expect(await late.peer.ended()).toEqual({ code: 4503, reason: "unavailable" });
    expect(await probe(first, "/livez")).toBe(200);
    expect(await probe(first, "/readyz")).toBe(503);
    const authorization = token({ permissions: HOST, roles: ["crawler"] });
    const rest = await fetch(`http://127.0.0.1:${first.port}/v2/rooms`, {
      method: "POST",
      headers: { authorization },
    });
    expect([rest.status, rest.headers.get("retry-after")]).toEqual([503, "1"]);
    await end();
    await allIsWell();
  });

  test("an outage that is longer than resume windows and a node's silence", async () => {
    const since = performance.now();
    await begin();
    await outageIsLong();
    await eventually(() => expect(performance.now() - since).toBeGreaterThan(6_000));
    expect([host.closed, guest.closed, far.closed]).toEqual([null, null, null]);
    await end();
    await allIsWell();
  });

  test("who went away meanwhile is found to be away, keeps the seat, and may come back", async () => {
    const [leaver, returner] = [
      await enter(first, roomId, "leaver"),
      await enter(second, roomId, "returner"),
    ];
    await begin();
    await Promise.all([leaver.cut(), returner.cut()]);
    await outageIsLong();
    await end();
    for (const id of ["leaver", "returner"])
      await host.event("participant-disconnected", ({ participantId }) => participantId === id);
    const { peer, reply } = await eventually(async () => {
      const back = await returner.resumeOn(first);
      expect(back.reply).toMatchObject({ ok: true });
      return back;
    });
    expect(reply).toMatchObject({ state: "joined" });
    await host.event("participant-left", ({ participantId }) => participantId === "leaver");
    await allIsWell();
    expect((await stateOf(first, roomId)).participants.has("returner")).toBe(true);
    hangUp([peer]);
  });
});
