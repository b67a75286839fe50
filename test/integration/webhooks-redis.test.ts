import { afterEach, beforeEach, describe, test } from "@jest/globals";
import type { Store } from "../../src/log/port.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import { checkLanes } from "../unit/webhooks/lanes.js";

/** The records in Redis do for webhooks what those in memory do. */
describe("webhooks over Redis", () => {
  let server: RedisServer;
  let store: Store;
  beforeEach(async () => {
    server = await startRedis();
    store = await connectRedisStore({ url: server.url, prefix: "ao:" });
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  test("N6: order is kept, nothing is lost, no lane is served by two: failures, and the death of a node", async () => {
    await checkLanes(store.records);
  });
});
