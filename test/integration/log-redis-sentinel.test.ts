import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { LogFault } from "../../src/log/port.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { createRecorder, mustAppend, openRoom, ROOM } from "../contract/log-fixture.js";
import { eventually } from "../support/eventually.js";
import { connectAdmin, type RedisAdmin } from "../support/redis-admin.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";

/** A master, a replica and one sentinel, which is told when to fail over. */
describe("redis store behind a sentinel", () => {
  let master: RedisServer;
  let replica: RedisServer;
  let sentinel: RedisServer;
  let sentinelAdmin: RedisAdmin;
  const admins: RedisAdmin[] = [];

  beforeEach(async () => {
    master = await startRedis({ args: ["--repl-diskless-sync-delay", "0"] });
    replica = await startRedis({ args: ["--replicaof", "127.0.0.1", String(master.port)] });
    sentinel = await startRedis({
      sentinel: [
        `sentinel monitor main 127.0.0.1 ${master.port} 1`,
        "sentinel down-after-milliseconds main 500",
        "sentinel failover-timeout main 5000",
      ],
    });
    const replicaAdmin = await connectAdmin(replica.url);
    sentinelAdmin = await connectAdmin(sentinel.url);
    admins.push(replicaAdmin, sentinelAdmin);
    await expectInfo(replicaAdmin, "replication", "master_link_status:up");
    await expectInfo(sentinelAdmin, "sentinel", "slaves=1");
  });

  afterEach(async () => {
    for (const admin of admins.splice(0)) admin.close();
    await Promise.all([master, replica, sentinel].map((server) => server.stop()));
  });

  test.each(["dies", "was replaced and serves on"])(
    "both connections leave a master that %s",
    async (fate) => {
      const url = `redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/main`;
      const store = await connectRedisStore({ url, prefix: "ao:", commandTimeoutMs: 500 });
      try {
        const recorder = createRecorder();
        await store.log.subscribe(ROOM, recorder);
        const head = await openRoom(store.log, ["a"]);
        const there = await connectAdmin(replica.url);
        admins.push(there);
        await eventually(async () => expect(await there.keys()).toHaveLength(2));

        if (fate === "dies") await master.kill();
        else await sentinelAdmin.send("SENTINEL", "FAILOVER", "main");
        await expectInfo(there, "replication", "role:master");
        await eventually(async () => {
          const counts = await there.send("PUBSUB", "SHARDNUMSUB", "ao:{app1:room1}:channel");
          expect(counts).toEqual(["ao:{app1:room1}:channel", 1]);
        });

        const next = await eventually(() => mustAppend(store.log, head, ["b"]));
        await eventually(() => expect(recorder.publications.at(-1)?.commit).toBe(next.token));
        expect(await there.send("HGET", "ao:{app1:room1}:head", "token")).toBe(next.token);
      } finally {
        await store.close();
      }
    },
  );

  test("a master that nobody knows is a fault", async () => {
    const url = `redis+sentinel://127.0.0.1:${sentinel.port}/other`;
    await expect(connectRedisStore({ url, prefix: "" })).rejects.toBeInstanceOf(LogFault);
  });

  test.each(["redis+sentinel://127.0.0.1:1", "http://127.0.0.1", "redis+cluster://127.0.0.1:1"])(
    "an address that means nothing is a bug of the caller: %s",
    async (url) => {
      await expect(connectRedisStore({ url, prefix: "" })).rejects.toThrow(RangeError);
    },
  );
});

async function expectInfo(admin: RedisAdmin, section: string, line: string): Promise<void> {
  await eventually(async () => expect(await admin.send("INFO", section)).toContain(line), {
    deadlineMs: 25_000,
  });
}
