/** The admission record's rules (`docs/rules.md` Q) on Redis; `test/unit/admissions` runs the same on memory. */
import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { randomUUID } from "node:crypto";
import type { Store } from "../../src/log/port.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import { recordContract } from "../unit/admissions/record-contract.js";

let server: RedisServer | undefined;
const opened: Store[] = [];

beforeAll(async () => {
  server = await startRedis();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});
afterAll(() => server?.stop());

recordContract(async () => {
  if (server === undefined) throw new Error("not started");
  const store = await connectRedisStore({ url: server.url, prefix: `${randomUUID()}:` });
  opened.push(store);
  return store.records;
});
