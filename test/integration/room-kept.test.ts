import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { RunningNode } from "../../src/server.js";
import { eventually } from "../support/eventually.js";
import { APP_ID, enter, HOST } from "../support/meeting.js";
import { startTestNode, token } from "../support/node.js";
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

/** Lives of the keys of the room itself, without what the archive keeps of it: milliseconds, -1 for ever. */
async function lives(room: string): Promise<number[]> {
  const ofRoom = (key: string): boolean => key.includes(`${APP_ID}:${room}`) && !key.includes("archive:");
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
