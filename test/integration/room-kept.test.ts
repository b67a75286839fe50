import { afterAll, beforeAll, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import type { RunningNode } from "../../src/server.js";
import { eventually } from "../support/eventually.js";
import { APP_ID, enter, HOST } from "../support/meeting.js";
import { APP, startTestNode, token } from "../support/node.js";
import { Peer } from "../support/peer.js";
import { connectAdmin, type RedisAdmin } from "../support/redis-admin.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";

let redis: RedisServer;
let node: RunningNode;
let admin: RedisAdmin;
beforeAll(async () => {
  redis = await startRedis();
  node = await startTestNode({ REDIS_URL: redis.url, ADMITONE_OPEN_ROOMS: "true" });
  admin = await connectAdmin(redis.url);
});
afterAll(async () => {
  await node.close();
  admin.close();
  await redis.stop();
});

/** Lives of the keys of the room itself, without what the archive and the record of admissions keep of it: milliseconds, -1 for ever. */
async function lives(room: string): Promise<number[]> {
  const ofRoom = (key: string): boolean =>
    key.includes(`${APP_ID}:${room}`) && !/archive:|admissions:/.test(key);
  const keys = (await admin.keys()).filter(ofRoom);
  return Promise.all(keys.map((key) => admin.life(key)));
}

test("a room that a join opened is forgotten when unused, and kept for ever once a back end has closed it", async () => {
  const host = await enter(node, "opened-by-a-join", "host", HOST);
  await host.ask({ type: "leave" });
  await eventually(async () => {
    const all = await lives("opened-by-a-join");
    // The log, its head, and how far it was followed.
    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...all)).toBeGreaterThan(0);
  });
  const response = await fetch(`http://127.0.0.1:${node.port}/v2/rooms/opened-by-a-join`, {
    method: "POST",
    headers: { authorization: token({ permissions: HOST, roles: ["crawler"] }) },
    body: JSON.stringify({ status: "disabled" }),
  });
  expect(response.status).toBe(200);
  await eventually(async () => {
    expect(new Set(await lives("opened-by-a-join"))).toEqual(new Set([-1]));
  });
});

test("a room that a join opened is kept for as long as a one-time token that was used in it could come back", async () => {
  const roomId = "opened-by-a-one-time-token";
  const days = 3;
  const claims = {
    apikey: APP.apiKey,
    permissions: ["allow_join"],
    version: 2,
    roomId,
    jti: "one",
    oneTime: true,
  };
  const once = jwt.sign(claims, APP.secret, { algorithm: "HS256", expiresIn: days * 86_400 });
  const { peer, reply } = await Peer.join(node, { token: once });
  expect(reply).toMatchObject({ ok: true });
  await peer.ask({ type: "leave" });
  await eventually(async () => {
    const all = await lives(roomId);
    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...all)).toBeGreaterThan((days - 1) * 86_400_000);
  });
  expect((await Peer.join(node, { token: once })).reply).toMatchObject({ error: { reason: "token_used" } });
});
