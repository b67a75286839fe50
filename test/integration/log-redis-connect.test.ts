import { describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { LogFault } from "../../src/log/port.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { startRedis } from "../support/redis-server.js";

describe("connecting to Redis", () => {
  test("nobody there is a fault", async () => {
    const server = await startRedis();
    await server.stop();
    const refused = connectRedisStore({ url: server.url, prefix: "" });
    await expect(refused).rejects.toBeInstanceOf(LogFault);
    await expect(refused).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  });

  test("a wrong password is told, not the password", async () => {
    const server = await startRedis({ args: ["--requirepass", "right"] });
    const url = (password: string): string => server.url.replace("//", `//default:${password}@`);
    try {
      const wrong = connectRedisStore({ url: url("hunter2"), prefix: "" });
      await expect(wrong).rejects.toMatchObject({ cause: { message: expect.stringMatching(/^WRONGPASS/) } });
      await expect(wrong).rejects.not.toThrow(/hunter2/);
      const store = await connectRedisStore({ url: url("right"), prefix: "" });
      expect(await store.healthy()).toBe(true);
      await store.close();
    } finally {
      await server.stop();
    }
  });

  test("a server that says nothing is a fault in time", async () => {
    const server = await startRedis();
    server.pause();
    const silent = connectRedisStore({ url: server.url, prefix: "", commandTimeoutMs: 100 });
    await expect(silent).rejects.toBeInstanceOf(LogFault);
    server.resume();
    await server.stop();
  });

  test.each([
    ["redis_version:6.2.14\r\nredis_mode:standalone", "Redis 7.0 or newer is needed"],
    ["redis_version:7.4.1\r\nredis_mode:cluster", "Redis Cluster"],
    ["nothing known", "of unknown version"],
  ])("a server that can never serve is refused, and says why: %j", async (info, reason) => {
    const { server, url } = await pretendRedis(info);
    const refused = connectRedisStore({ url, prefix: "" });
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.not.toBeInstanceOf(LogFault);
    server.close();
    await once(server, "close");
  });

  test("a prefix with braces is a bug of the caller", async () => {
    await expect(connectRedisStore({ url: "redis://127.0.0.1:1", prefix: "{a}" })).rejects.toThrow(
      RangeError,
    );
  });
});

/** Speaks as much of the protocol as connecting takes: a map for HELLO, a text for INFO, OK for the rest. */
async function pretendRedis(info: string): Promise<{ server: Server; url: string }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      for (const command of chunk.toString().match(/(?<=\$\d+\r\n)(HELLO|INFO|CLIENT)(?=\r\n)/g) ?? []) {
        if (command === "HELLO") socket.write("%1\r\n+proto\r\n:3\r\n");
        else if (command === "INFO") socket.write(`$${info.length}\r\n${info}\r\n`);
        else socket.write("+OK\r\n");
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { server, url: `redis://127.0.0.1:${address.port}` };
}
