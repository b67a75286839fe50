/** Where secrets are, and where they are not: in the one answer that makes them, and in no list, no log and no record as they are. */
import { afterAll, describe, expect, test } from "@jest/globals";
import { Writable } from "node:stream";
import { pino } from "pino";
import { realEnvironment } from "../../src/gateway/environment.js";
import { startNode } from "../../src/server.js";
import {
  ADMIN_SETTINGS,
  ADMIN_TOKEN,
  asking,
  ENCRYPTION_KEY,
  enterWith,
  makeRoom,
  pairOf,
  signed,
} from "../support/admin.js";
import { eventually } from "../support/eventually.js";
import { testConfig } from "../support/node.js";
import { asJson, Peer, type Json } from "../support/peer.js";
import { connectAdmin } from "../support/redis-admin.js";
import { startRedis } from "../support/redis-server.js";

const CHOSEN = "a-secret-that-the-customer-has-chosen";
const NEXT = "the-secret-that-comes-after-it-0123456";

const READ: Readonly<Record<string, readonly string[]>> = {
  string: ["GET"],
  hash: ["HGETALL"],
  list: ["LRANGE", "0", "-1"],
  set: ["SMEMBERS"],
  zset: ["ZRANGE", "0", "-1"],
  stream: ["XRANGE", "-", "+"],
};

/** All keys of a Redis with what is in them, as one text. */
async function everythingIn(url: string): Promise<string> {
  const redis = await connectAdmin(url);
  let text = "";
  for (const key of await redis.keys()) {
    const type = String(await redis.send("TYPE", key));
    // It went meanwhile.
    if (type === "none") continue;
    const [command = "", ...rest] = READ[type] ?? [];
    text += JSON.stringify([key, await redis.send(command, key, ...rest)]);
  }
  redis.close();
  return text;
}

/** What is still to be closed, the newest last. */
const open: (() => Promise<void>)[] = [];
afterAll(async () => {
  while (open.length > 0) await open.pop()?.();
});

describe("secrets", () => {
  test("are in the answer that makes them, and nowhere else", async () => {
    const redis = await startRedis();
    open.push(() => redis.stop());
    let log = "";
    const paper = new Writable({
      write(chunk: Buffer, _encoding, done) {
        log += chunk.toString("utf8");
        done();
      },
    });
    const config = testConfig({ REDIS_URL: redis.url, ...ADMIN_SETTINGS, ADMITONE_LOG_LEVEL: "debug" });
    const environment = realEnvironment(pino({ level: "debug" }, paper));
    const node = await startNode(config, { environment });
    open.push(() => node.close());
    const other = await startNode(config, { environment });
    open.push(() => other.close());
    const said: string[] = [];
    const ask = async (method: string, path: string, body?: Json): Promise<Json> => {
      const came = await asking(node, `Bearer ${ADMIN_TOKEN}`, method, `/v2/admin/apps${path}`, body);
      return came.body;
    };
    const quietly = async (method: string, path: string, body?: Json): Promise<void> => {
      said.push(JSON.stringify(await ask(method, path, body)));
    };

    const first = pairOf((await ask("POST", "", { id: "alpha" }))["credentials"]);
    const { apiKey } = pairOf(await ask("POST", "/alpha/keys", { secret: CHOSEN }));
    const rotated = pairOf(await ask("POST", `/alpha/keys/${apiKey}/rotate`, { secret: NEXT }));
    expect(rotated.secret).toBe(NEXT);
    const token = signed(first, { permissions: ["allow_join"], jti: "one" });
    const room = await makeRoom(node, first);
    const peer = await eventually(() => enterWith(other, room, token));

    await quietly("GET", "");
    await quietly("GET", "/alpha");
    await quietly("POST", "/alpha", { name: "Alpha" });
    await quietly("POST", `/alpha/keys/${apiKey}`, { active: false });
    await quietly("POST", "/alpha/keys", { apiKey, secret: CHOSEN });
    await quietly("POST", "/alpha/keys", { secret: `${CHOSEN}\u0000`.slice(0, 20) });
    await quietly("POST", "/nobody/keys", { secret: CHOSEN });
    await quietly("POST", "/alpha/revocations", { type: "token", token });
    await quietly("GET", "/alpha/revocations");
    await quietly("POST", "/alpha/revocations", { type: "token", token: `${token}x` });
    await quietly("DELETE", `/alpha/keys/${apiKey}`);
    expect(await peer.ended()).toMatchObject({ reason: "token_revoked" });
    const refused = await Peer.join(node, { token, roomId: room });
    expect(refused.reply).toMatchObject({ ok: false });
    refused.peer.socket.terminate();
    const stored = await everythingIn(redis.url);
    // What fails for want of a store is logged, but not what was asked.
    await redis.kill();
    await quietly("POST", "/alpha/keys", { secret: CHOSEN });
    await eventually(() => expect(log).toContain('"msg"'));
    while (open.length > 0) await open.pop()?.();

    const secrets = { first: first.secret, CHOSEN, NEXT, token, ADMIN_TOKEN, ENCRYPTION_KEY };
    for (const [where, text] of Object.entries({ answers: said.join("\n"), log, stored })) {
      expect([where, text === ""]).toEqual([where, false]);
      for (const [what, secret] of Object.entries(secrets))
        expect([what, where, text.includes(secret)]).toEqual([what, where, false]);
    }
    expect(stored).toContain("alpha");
    expect(asJson(JSON.parse(said[1] ?? ""))["id"]).toBe("alpha");
  });
});
