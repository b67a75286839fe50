/** The access table on a real Redis: several nodes, restarts, losses of data, and no secret in it that could be read. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { createAccess } from "../../src/access/access.js";
import type { Access } from "../../src/access/port.js";
import { createSealer } from "../../src/access/sealing.js";
import type { Store } from "../../src/log/port.js";
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import { eventually } from "../support/eventually.js";
import { asJson } from "../support/peer.js";
import { connectAdmin } from "../support/redis-admin.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import { copyOf, restartEmpty } from "../support/rollback.js";
import { bearer, mark, yes } from "../unit/access/support.js";

const KEY = randomBytes(32);
const CHOSEN = "a secret that somebody chose, with 32 bytes and more";
const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };

let server: RedisServer;
let stores: Store[];
let nodes: Access[];
beforeEach(async () => {
  server = await startRedis({ aof: true });
  stores = [];
  nodes = [];
});
afterEach(async () => {
  for (const node of nodes) node.close();
  await Promise.all(stores.map((store) => store.close()));
  await server.stop();
});

async function startAccess(): Promise<Access> {
  const store = await connectRedisStore({ url: server.url, prefix: "ao:" });
  stores.push(store);
  const node = createAccess({
    records: store.records,
    fixed: [],
    sealer: createSealer([KEY]),
    now: Date.now,
    randomBytes,
    logger: silent,
    pollMs: 20,
    settleMs: 0,
    toleranceSeconds: 0,
  });
  await node.start();
  nodes.push(node);
  return node;
}

/** An app with two secrets, one of them chosen, another key that is off, and a revoked token. */
async function fill({ admin }: Access): Promise<{ apiKey: string; secrets: string[] }> {
  const { credentials } = yes(await admin.create({ id: "acme", settings: { name: "Acme" } }));
  const { apiKey, secret } = credentials;
  yes(await admin.rotate("acme", apiKey, { overlapSeconds: 600, secret: CHOSEN }));
  const off = yes(await admin.addKey("acme", { apiKey: "off" }));
  yes(await admin.setActive("acme", "off", false));
  yes(await admin.revoke("acme", { kind: "token", jti: "t1" }, { expiresAt: null, by: "me", note: "lost" }));
  return { apiKey, secrets: [CHOSEN, secret, off.secret] };
}

function seenBy({ admin }: Access): unknown {
  return [admin.list(), admin.revocations("acme")];
}

describe("the access table over Redis", () => {
  test("what one node does the other hears of by itself, and it is the same", async () => {
    const [one, other] = [await startAccess(), await startAccess()];
    let alarms = 0;
    other.onChange(() => (alarms += 1));
    const { apiKey, secrets } = await fill(one);
    await eventually(() => expect(seenBy(other)).toEqual(seenBy(one)));
    expect(other.find(apiKey)?.secrets.map(({ key }) => key.export().toString())).toEqual(
      secrets.slice(0, 2),
    );
    expect(alarms).toBeGreaterThan(0);
    yes(await other.admin.remove("acme"));
    await eventually(() => expect(one.find(apiKey)).toBeNull());
  });

  test("changes on two nodes at the same time are all there", async () => {
    const [one, other] = [await startAccess(), await startAccess()];
    yes(await one.admin.create({ id: "acme", settings: {} }));
    const names = Array.from({ length: 30 }, (_, index) => `k${index}`);
    const answers = await Promise.all(
      names.map((apiKey, index) => (index % 2 === 0 ? one : other).admin.addKey("acme", { apiKey })),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    await Promise.all([one.refresh(), other.refresh()]);
    expect(seenBy(one)).toEqual(seenBy(other));
    expect(one.keysOf("acme")).toHaveLength(31);
  });

  test("apps, keys and revocations survive a restart of everything", async () => {
    const before = await startAccess();
    const { apiKey, secrets } = await fill(before);
    const seen = seenBy(before);
    before.close();
    await server.restart();
    const after = await startAccess();
    expect(seenBy(after)).toEqual(seen);
    expect(after.find(apiKey)?.secrets.map(({ key }) => key.export().toString())).toEqual(
      secrets.slice(0, 2),
    );
    const token = mark({ key: apiKey, secretId: after.find(apiKey)?.secrets[0]?.id ?? null });
    expect(after.objection(token, bearer({ app: "acme" }))).toBeNull();
    expect(after.objection({ ...token, jti: "t1" }, bearer({ app: "acme" }))).toBe("token_revoked");
    expect(after.objection({ ...token, key: "off" }, bearer({ app: "acme" }))).toBe("key_deactivated");
  });

  test("Redis comes back empty: the nodes that live put everything back", async () => {
    const [one, other] = [await startAccess(), await startAccess()];
    await fill(one);
    await eventually(() => expect(seenBy(other)).toEqual(seenBy(one)));
    const seen = seenBy(one);
    await restartEmpty(server);
    await eventually(async () => {
      const late = await startAccess();
      expect(seenBy(late)).toEqual(seen);
    });
    expect([seenBy(one), seenBy(other)]).toEqual([seen, seen]);
  });

  test("Redis comes back with an old copy: what was revoked since is revoked again, and what was removed is gone", async () => {
    const one = await startAccess();
    const { apiKey } = await fill(one);
    yes(await one.admin.create({ id: "beta", settings: {} }));
    const old = await copyOf(server);
    yes(await one.admin.remove("beta"));
    yes(
      await one.admin.revoke(
        "acme",
        { kind: "all", before: Date.now() },
        { expiresAt: null, by: "me", note: null },
      ),
    );
    yes(await one.admin.setActive("acme", apiKey, false));
    const seen = seenBy(one);
    await old.putBack();
    await old.drop();
    await eventually(async () => {
      const late = await startAccess();
      expect(seenBy(late)).toEqual(seen);
    });
    expect(seenBy(one)).toEqual(seen);
  });

  test("no secret lies in Redis or in its files so that it could be read", async () => {
    const node = await startAccess();
    const { apiKey, secrets } = await fill(node);
    yes(await node.admin.change("acme", { name: "Another name" }));
    const admin = await connectAdmin(server.url);
    const held: string[] = [];
    for (const key of await admin.keys()) {
      expect(await admin.send("TYPE", key)).toBe("hash");
      held.push(JSON.stringify(await admin.send("HGETALL", key)));
    }
    const config = asJson(await admin.send("CONFIG", "GET", "dir"));
    admin.close();
    const folder = path.join(String(config["dir"]), "appendonlydir");
    for (const file of await readdir(folder)) held.push(await readFile(path.join(folder, file), "latin1"));
    const all = held.join("\n");
    // It is there, and in a form in which a secret could be found.
    expect(all).toContain(apiKey);
    for (const secret of secrets)
      for (const form of [
        secret,
        secret.slice(0, 16),
        secret.slice(-16),
        Buffer.from(secret).toString("hex"),
      ])
        expect(all).not.toContain(form);
  });
});
