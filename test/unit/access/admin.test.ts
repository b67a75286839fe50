/** What the admin can do to apps and keys, and what is refused. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import type { Access, AccessAdmin } from "../../../src/access/port.js";
import { usableSecrets } from "../../../src/tokens/app.js";
import {
  Bench,
  bearer,
  FIXED,
  FIXED_SECRET,
  HOUR,
  issuerOf,
  madeApp,
  mark,
  reasonOf,
  SETTINGS,
  START,
  yes,
} from "./support.js";

const SECRET = "a secret that somebody chose, of 32 bytes and more";

describe("the admin of apps", () => {
  let bench: Bench;
  let node: Access;
  let admin: AccessAdmin;
  beforeEach(async () => {
    bench = new Bench();
    node = await bench.node();
    ({ admin } = node);
  });
  afterEach(() => bench.close());

  const signs = (apiKey: string): string[] => {
    const key = node.find(apiKey);
    return key === null ? [] : usableSecrets(key, bench.time).map((one) => one.key.export().toString("utf8"));
  };

  test("an app is made with a key and a secret that are shown once, and is known at once", async () => {
    const settings = {
      name: "Acme",
      openRooms: true,
      maxTokenSeconds: 60,
      issuers: [issuerOf("https://id")],
    };
    const { app, credentials } = yes(await admin.create({ id: "acme", settings }));
    const { apiKey, secretId, secret } = credentials;
    expect(apiKey).toMatch(/^ak_[a-z2-7]{20}$/);
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(app).toEqual({
      ...SETTINGS,
      ...settings,
      id: "acme",
      source: "store",
      createdAt: START,
      keys: [
        {
          apiKey,
          active: true,
          createdAt: START,
          secrets: [{ id: secretId, status: "active", createdAt: START, retiresAt: null }],
        },
      ],
    });
    expect(node.app("acme")).toEqual({
      ...SETTINGS,
      id: "acme",
      name: "Acme",
      openRooms: true,
      maxTokenSeconds: 60,
    });
    expect(node.find(apiKey)?.app.id).toBe("acme");
    expect(node.keysOf("acme")).toEqual([node.find(apiKey)]);
    expect(node.issuers("https://id").map((one) => one.app.id)).toEqual(["acme"]);
    expect(signs(apiKey)).toEqual([secret]);
    expect(JSON.stringify([admin.list(), admin.view("acme")])).not.toContain(secret);
  });

  test("what is not said of an app has its default, and its name is its id", async () => {
    const { app } = yes(await admin.create({ id: "acme", settings: {} }));
    expect(app).toMatchObject({ ...SETTINGS, name: "acme", issuers: [] });
  });

  test("apps of settings and store are listed together, by id", async () => {
    await madeApp(node, "zeta");
    await madeApp(node, "acme");
    expect(admin.list().map(({ id, source }) => [id, source])).toEqual([
      ["acme", "store"],
      ["fixed", "settings"],
      ["zeta", "store"],
    ]);
    expect(
      node
        .apps()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(["acme", "fixed", "zeta"]);
    expect(admin.view("fixed")).toMatchObject({
      source: "settings",
      createdAt: null,
      keys: [
        { apiKey: "fixed-key", active: true, secrets: [{ status: "active" }, { status: "retired" }] },
        { apiKey: "fixed-off", active: false },
      ],
    });
    expect(admin.view("nobody")).toBeNull();
    expect(JSON.stringify(admin.list())).not.toContain(FIXED_SECRET);
  });

  test("ids, keys, and issuers with their audiences are unique over settings and store", async () => {
    yes(await admin.create({ id: "acme", settings: { issuers: [issuerOf("https://id")] } }));
    yes(await admin.addKey("acme", { apiKey: "mine" }));
    yes(
      await admin.create({ id: "beta", settings: { issuers: [issuerOf("https://id", "another audience")] } }),
    );
    const clashing = { issuers: [issuerOf("https://id")] };
    const twice = { issuers: [issuerOf("https://new"), issuerOf("https://new")] };
    expect(await admin.create({ id: "acme", settings: {} })).toMatchObject({ refusal: { field: "id" } });
    expect(reasonOf(await admin.create({ id: "acme", settings: {} }))).toBe("app_exists");
    expect(reasonOf(await admin.create({ id: "fixed", settings: {} }))).toBe("app_exists");
    expect(reasonOf(await admin.create({ id: "c", settings: clashing }))).toBe("app_exists");
    expect(reasonOf(await admin.create({ id: "c", settings: twice }))).toBe("app_exists");
    expect(reasonOf(await admin.change("beta", clashing))).toBe("app_exists");
    expect(reasonOf(await admin.addKey("beta", { apiKey: "mine" }))).toBe("app_exists");
    expect(reasonOf(await admin.addKey("acme", { apiKey: "mine" }))).toBe("app_exists");
    expect(reasonOf(await admin.addKey("beta", { apiKey: "fixed-key" }))).toBe("app_exists");
    expect(admin.view("c")).toBeNull();
    // One's own do not stand in one's way.
    yes(await admin.change("acme", clashing));
  });

  test("a made name that is taken is made anew", async () => {
    const same = Buffer.alloc(20, 3);
    let draws = 0;
    const unlucky = await bench.node({
      randomBytes: (count) => {
        if (count !== same.length) return randomBytes(count);
        draws += 1;
        return draws < 4 ? same : randomBytes(count);
      },
    });
    expect((await madeApp(unlucky)).apiKey).toBe("ak_dddddddddddddddddddd");
    expect((await madeApp(unlucky, "beta")).apiKey).toMatch(/^ak_(?!d{20})[a-z2-7]{20}$/);
    expect(draws).toBe(4);
  });

  test("a change touches what it names and nothing else", async () => {
    const { apiKey, secret } = await madeApp(node);
    const before = admin.view("acme");
    const change = {
      expiryPolicy: "leave",
      maxTokenSeconds: 600,
      issuers: [issuerOf("https://id")],
    } as const;
    expect(yes(await admin.change("acme", change))).toEqual({ ...before, ...change });
    expect(yes(await admin.change("acme", { name: "New" }))).toEqual({ ...before, ...change, name: "New" });
    expect(yes(await admin.change("acme", { issuers: [] }))).toMatchObject({ issuers: [], name: "New" });
    expect(node.app("acme")).toMatchObject({ name: "New", expiryPolicy: "leave" });
    expect(signs(apiKey)).toEqual([secret]);
  });

  test("a removed app is gone with its keys and issuers; its id and its keys may be used again", async () => {
    const made = await madeApp(node);
    yes(await admin.change("acme", { issuers: [issuerOf("https://id")] }));
    expect(await admin.remove("acme")).toEqual({ ok: true, value: null });
    expect(node.app("acme")).toBeNull();
    expect(node.find(made.apiKey)).toBeNull();
    expect(node.keysOf("acme")).toEqual([]);
    expect(node.issuers("https://id")).toEqual([]);
    expect(admin.view("acme")).toBeNull();
    expect(node.objection(made.mark, made.bearer)).toBe("key_unknown");
    expect(reasonOf(await admin.remove("acme"))).toBe("app_unknown");
    await madeApp(node);
    yes(await admin.addKey("acme", { apiKey: made.apiKey }));
    expect(node.objection(made.mark, made.bearer)).toBe("token_revoked");
  });

  test("keys: added with a name and a secret of one's own, turned off and on, removed", async () => {
    await madeApp(node);
    const made = yes(await admin.addKey("acme", { apiKey: "mine", secret: SECRET }));
    expect(made).toMatchObject({ apiKey: "mine", secret: SECRET });
    const token = [mark({ key: "mine", secretId: made.secretId }), bearer({ app: "acme" })] as const;
    expect(signs("mine")).toEqual([SECRET]);
    expect(node.objection(...token)).toBeNull();
    expect(node.keysOf("acme").map(({ apiKey }) => apiKey)).toEqual([expect.any(String), "mine"]);

    expect(yes(await admin.setActive("acme", "mine", false)).keys[1]).toMatchObject({ active: false });
    expect(node.objection(...token)).toBe("key_deactivated");
    expect(signs("mine")).toEqual([]);
    expect(node.find("mine")?.active).toBe(false);
    yes(await admin.setActive("acme", "mine", true));
    expect(node.objection(...token)).toBeNull();

    expect(yes(await admin.removeKey("acme", "mine")).keys).toHaveLength(1);
    expect(node.objection(...token)).toBe("key_unknown");
    expect(node.find("mine")).toBeNull();
  });

  test("rotation: the new secret is the first, the old ones end after the overlap, or sooner if they did", async () => {
    const { apiKey, secret, secretId } = await madeApp(node);
    const second = yes(await admin.rotate("acme", apiKey, { overlapSeconds: 60 }));
    bench.time += 1_000;
    const third = yes(await admin.rotate("acme", apiKey, { overlapSeconds: 600, secret: SECRET }));
    expect(third.secret).toBe(SECRET);
    expect(admin.view("acme")?.keys[0]?.secrets).toEqual([
      { id: third.secretId, status: "active", createdAt: START + 1_000, retiresAt: null },
      { id: second.secretId, status: "retiring", createdAt: START, retiresAt: START + 601_000 },
      { id: secretId, status: "retiring", createdAt: START, retiresAt: START + 60_000 },
    ]);
    expect(signs(apiKey)).toEqual([SECRET, second.secret, secret]);
    bench.time = START + 60_000;
    expect(signs(apiKey)).toEqual([SECRET, second.secret]);
    expect(admin.view("acme")?.keys[0]?.secrets.map(({ status }) => status)).toEqual([
      "active",
      "retiring",
      "retired",
    ]);
    yes(await admin.rotate("acme", apiKey, { overlapSeconds: 0 }));
    expect(signs(apiKey)).toHaveLength(1);
  });

  test("a secret that retired signs nothing new, and puts nobody out; one that was revoked does", async () => {
    const made = await madeApp(node);
    const { secretId } = yes(await admin.rotate("acme", made.apiKey, { overlapSeconds: 0 }));
    expect(node.objection(made.mark, made.bearer)).toBeNull();
    yes(await admin.revokeSecret("acme", made.apiKey, made.secretId));
    expect(node.objection(made.mark, made.bearer)).toBe("token_revoked");
    expect(node.objection({ ...made.mark, secretId }, made.bearer)).toBeNull();
    expect(admin.view("acme")?.keys[0]?.secrets.map(({ id }) => id)).toEqual([secretId]);
  });

  test("the last secret that signs cannot be revoked, however many have retired", async () => {
    const { apiKey, secretId } = await madeApp(node);
    expect(reasonOf(await admin.revokeSecret("acme", apiKey, secretId))).toBe("last_secret");
    const next = yes(await admin.rotate("acme", apiKey, { overlapSeconds: 60 }));
    bench.time += 60_000;
    expect(reasonOf(await admin.revokeSecret("acme", apiKey, next.secretId))).toBe("last_secret");
    yes(await admin.rotate("acme", apiKey, { overlapSeconds: 60 }));
    // The newest, while the one before still signs.
    const newest = admin.view("acme")?.keys[0]?.secrets[0]?.id ?? "";
    yes(await admin.revokeSecret("acme", apiKey, newest));
    expect(signs(apiKey)).toEqual([next.secret]);
  });

  test("a key keeps ten secrets, the newest; a retired one that goes is as good as revoked", async () => {
    const { apiKey, mark: first, bearer: who } = await madeApp(node);
    const ids = (): string[] => admin.view("acme")?.keys[0]?.secrets.map(({ id }) => id) ?? [];
    for (let index = 0; index < 9; index += 1) {
      yes(await admin.rotate("acme", apiKey, { overlapSeconds: 1 }));
      bench.time += 1_000;
    }
    const ten = ids();
    expect(ten).toHaveLength(10);
    expect(node.objection(first, who)).toBeNull();
    yes(await admin.rotate("acme", apiKey, { overlapSeconds: 1_000 }));
    expect(ids().slice(1)).toEqual(ten.slice(0, 9));
    expect(node.objection(first, who)).toBe("token_revoked");
    // All at once: none has retired, and the oldest ends before its time.
    for (let index = 0; index < 10; index += 1)
      yes(await admin.rotate("acme", apiKey, { overlapSeconds: 1_000 }));
    expect(ids()).toHaveLength(10);
    expect(ids()).not.toContain(ten[0]);
    expect(signs(apiKey)).toHaveLength(10);
  });

  test("what is not there is refused, and so is changing an app of the settings", async () => {
    const { apiKey } = await madeApp(node);
    await madeApp(node, "beta");
    const calls: Readonly<Record<string, (app: string, key: string) => Promise<unknown>>> = {
      setActive: async (app, key) => reasonOf(await admin.setActive(app, key, false)),
      removeKey: async (app, key) => reasonOf(await admin.removeKey(app, key)),
      rotate: async (app, key) => reasonOf(await admin.rotate(app, key, { overlapSeconds: 0 })),
      revokeSecret: async (app, key) => reasonOf(await admin.revokeSecret(app, key, "1")),
    };
    for (const call of Object.values(calls)) {
      expect(await call("nobody", apiKey)).toBe("app_unknown");
      expect(await call("fixed", "fixed-key")).toBe("app_fixed");
      expect(await call("acme", "nothing")).toBe("api_key_unknown");
      // Another app's key is as good as none.
      expect(await call("beta", apiKey)).toBe("api_key_unknown");
    }
    expect(reasonOf(await admin.revokeSecret("acme", apiKey, "nothing"))).toBe("api_key_unknown");
    for (const [app, reason] of [
      ["nobody", "app_unknown"],
      ["fixed", "app_fixed"],
    ] as const) {
      expect(reasonOf(await admin.change(app, { name: "n" }))).toBe(reason);
      expect(reasonOf(await admin.remove(app))).toBe(reason);
      expect(reasonOf(await admin.addKey(app, {}))).toBe(reason);
    }
    expect(node.app("fixed")).toMatchObject({ name: FIXED.name });
  });

  test("without an encryption key no secret can be kept, and the rest works", async () => {
    const { apiKey, secretId } = await madeApp(node);
    const other = new Bench();
    const keyless = (await other.node({ sealer: null })).admin;
    expect(reasonOf(await keyless.create({ id: "acme", settings: {} }))).toBe("encryption_key_missing");
    other.close();
    const late = bench.make({ sealer: null });
    await late.refresh();
    expect(reasonOf(await late.admin.addKey("acme", {}))).toBe("encryption_key_missing");
    expect(reasonOf(await late.admin.rotate("acme", apiKey, { overlapSeconds: 0 }))).toBe(
      "encryption_key_missing",
    );
    yes(await late.admin.setActive("acme", apiKey, false));
    await node.refresh();
    expect(node.objection(mark({ key: apiKey, secretId }), bearer({ app: "acme" }))).toBe("key_deactivated");
  });

  test("values that no decoder lets through are bugs: nothing is written, and no secret is repeated", async () => {
    const { apiKey } = await madeApp(node);
    const before = await bench.dump();
    await expect(admin.create({ id: "no id", settings: {} })).rejects.toThrow(RangeError);
    await expect(admin.addKey("acme", { apiKey: "a:b" })).rejects.toThrow(RangeError);
    await expect(admin.addKey("acme", { secret: "short-secret" })).rejects.not.toThrow("short-secret");
    await expect(admin.addKey("acme", { secret: "short-secret" })).rejects.toThrow(RangeError);
    for (const overlapSeconds of [-1, NaN, Infinity])
      await expect(admin.rotate("acme", apiKey, { overlapSeconds })).rejects.toThrow(RangeError);
    expect(await bench.dump()).toEqual(before);
  });

  test("a token of an identity provider counts as long as the app takes its issuer", async () => {
    await madeApp(node);
    await madeApp(node, "beta");
    yes(await admin.change("acme", { issuers: [issuerOf("https://id")] }));
    const token = mark({ kind: "issuer", key: "https://id", secretId: null });
    expect(node.objection(token, bearer({ app: "acme" }))).toBeNull();
    expect(node.objection(token, bearer({ app: "beta" }))).toBe("key_unknown");
    yes(await admin.change("acme", { issuers: [] }));
    expect(node.objection(token, bearer({ app: "acme" }))).toBe("key_unknown");
  });

  test("a key counts in its own app alone, also those of the settings", async () => {
    await madeApp(node);
    expect(node.objection(mark(), bearer())).toBeNull();
    expect(node.objection(mark({ secretId: "2" }), bearer())).toBeNull();
    expect(node.objection(mark({ secretId: null }), bearer())).toBeNull();
    expect(node.objection(mark({ secretId: "3" }), bearer())).toBe("token_revoked");
    expect(node.objection(mark({ key: "fixed-off" }), bearer())).toBe("key_deactivated");
    expect(node.objection(mark(), bearer({ app: "acme" }))).toBe("key_unknown");
    expect(node.objection(mark({ key: "__proto__" }), bearer())).toBe("key_unknown");
    expect(node.objection(mark({ issuedAt: START - HOUR }), bearer())).toBeNull();
  });
});
