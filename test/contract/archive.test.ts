/** The archive's rules (`docs/rules.md` H) on Redis; `test/unit/archive` runs the same on memory. */
import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { randomUUID } from "node:crypto";
import type { Store } from "../../src/log/port.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import { attendanceContract } from "./archive-attendance-contract.js";
import type { EmptyRecords } from "./archive-fixture.js";
import { gapContract } from "./archive-gap-contract.js";
import { listsContract } from "./archive-lists-contract.js";
import { toldContract } from "./archive-told-contract.js";

let server: RedisServer | undefined;
const opened: Store[] = [];

beforeAll(async () => {
  server = await startRedis();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});
afterAll(() => server?.stop());

const empty: EmptyRecords = async () => {
  if (server === undefined) throw new Error("not started");
  const store = await connectRedisStore({ url: server.url, prefix: `${randomUUID()}:` });
  opened.push(store);
  return store.records;
};

attendanceContract(empty);
toldContract(empty);
gapContract(empty);
listsContract(empty);
