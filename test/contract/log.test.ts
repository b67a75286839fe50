import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import type { Store } from "../../src/log/port.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import { storeContract } from "./log-contract.js";
import type { StoreKind } from "./log-fixture.js";

storeContract(memoryKind());
storeContract(redisKind());

function memoryKind(): StoreKind {
  const stores = new Map<string, Store>();
  return {
    name: "memory",
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    connect(space) {
      const store = stores.get(space) ?? createMemoryStore({ now: () => Date.now() });
      stores.set(space, store);
      return Promise.resolve(store);
    },
  };
}

function redisKind(): StoreKind {
  let server: RedisServer | undefined;
  return {
    name: "redis",
    async start() {
      server = await startRedis();
    },
    async stop() {
      await server?.stop();
    },
    async connect(space) {
      if (server === undefined) throw new Error("not started");
      return connectRedisStore({ url: server.url, prefix: `${space}:` });
    },
  };
}
