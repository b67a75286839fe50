/** Starting: encryption keys that fit, that were replaced, that are missing; apps that clash with the settings. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { createSealer } from "../../../src/access/sealing.js";
import { Bench, FIXED, FIXED_SECRET, issuerOf, madeApp, yes } from "./support.js";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const secretOf = (node: Awaited<ReturnType<Bench["node"]>>, apiKey: string): string | undefined =>
  node.find(apiKey)?.secrets[0]?.key.export().toString();

describe("before it starts", () => {
  test("a node knows the apps of the settings", () => {
    const node = bench.make();
    expect(node.find("fixed-key")?.app.id).toBe("fixed");
    expect(node.apps().map(({ id }) => id)).toEqual(["fixed"]);
  });

  test("apps of the settings that cannot stand together are an error at once, which repeats no secret", () => {
    expect(() => bench.make({ fixed: [FIXED, FIXED] })).toThrow(/fixed-key/);
    expect(() => bench.make({ fixed: [FIXED, FIXED] })).not.toThrow(FIXED_SECRET);
  });
});

describe("encryption keys", () => {
  const fresh = (): Buffer => randomBytes(32);

  test("a wrong one, or none: the node does not start, and names the apps and keys, not the secrets", async () => {
    const first = await bench.node();
    const acme = await madeApp(first);
    const beta = await madeApp(first, "beta");
    for (const [sealer, why] of [
      [createSealer([fresh()]), "none of the encryption keys opens them"],
      [null, "there is no encryption key"],
    ] as const) {
      const start = bench.make({ sealer }).start();
      await expect(start).rejects.toThrow(
        `The secrets of these apps and keys cannot be read, since ${why}: acme (${acme.apiKey}), beta (${beta.apiKey})`,
      );
      await expect(start).rejects.not.toThrow(acme.secret);
    }
    expect(JSON.stringify(bench.lines)).not.toContain(acme.secret);
  });

  test("without apps in the store a node starts without one", async () => {
    const node = await bench.node({ sealer: null });
    expect(node.apps()).toHaveLength(1);
  });

  test("replaced: a node that starts with the new one in front seals everything anew, and then the old one can go", async () => {
    const [old] = bench.keys;
    if (old === undefined) throw new Error("no key");
    const next = fresh();
    const first = await bench.node({ sealer: createSealer([old, next]) });
    const acme = await madeApp(first);
    yes(await first.admin.rotate("acme", acme.apiKey, { overlapSeconds: 60 }));
    const view = first.admin.view("acme");
    const alarms = { count: 0 };
    first.onChange(() => (alarms.count += 1));
    const second = await bench.node({ sealer: createSealer([next, old]) });
    await first.refresh();
    expect(alarms.count).toBe(0);
    const third = await bench.node({ sealer: createSealer([next]) });
    for (const node of [first, second, third]) {
      expect(node.admin.view("acme")).toEqual(view);
      expect(node.find(acme.apiKey)?.secrets[1]?.key.export().toString()).toBe(acme.secret);
    }
    await expect(bench.make({ sealer: createSealer([old]) }).start()).rejects.toThrow(/acme/);
    // Once is enough.
    const before = await bench.dump();
    await bench.node({ sealer: createSealer([next, old]) });
    expect(await bench.dump()).toEqual(before);
  });

  test("replaced too soon: who was not given the new one says so, goes on with what it knows, and puts nobody out", async () => {
    const first = await bench.node();
    const acme = await madeApp(first);
    const alarms = { count: 0 };
    first.onChange(() => (alarms.count += 1));
    await bench.node({ sealer: createSealer([fresh(), ...bench.keys]) });
    await first.refresh();
    expect(bench.lines).toEqual([
      {
        level: "error",
        fields: { app: "acme", apiKey: acme.apiKey },
        text: "no encryption key opens a secret of this key",
      },
    ]);
    expect(secretOf(first, acme.apiKey)).toBe(acme.secret);
    expect(first.objection(acme.mark, acme.bearer)).toBeNull();
    expect(alarms.count).toBe(0);
  });

  test("a secret that was never known and does not open is of no use; its app and its holders stay", async () => {
    const first = await bench.node();
    const other = await bench.node({ sealer: createSealer([fresh()]) });
    const acme = await madeApp(first);
    await other.refresh();
    expect(other.app("acme")).toMatchObject({ id: "acme" });
    expect(other.find(acme.apiKey)).toMatchObject({ active: true, secrets: [] });
    expect(other.objection(acme.mark, acme.bearer)).toBeNull();
    expect(other.admin.view("acme")).toEqual(first.admin.view("acme"));
    const { secretId, secret } = yes(await other.admin.rotate("acme", acme.apiKey, { overlapSeconds: 60 }));
    expect(other.find(acme.apiKey)?.secrets.map(({ id }) => id)).toEqual([secretId]);
    expect(secretOf(other, acme.apiKey)).toBe(secret);
  });

  test("a sealed secret that was moved to another key does not open there", async () => {
    const first = await bench.node();
    const acme = await madeApp(first);
    await madeApp(first, "beta");
    const dump = await bench.dump();
    const sealedOf = (name: string): string => /"sealed":"([^"]+)"/.exec(dump.get(name) ?? "")?.[1] ?? "";
    const moved = (dump.get("app:beta") ?? "").replace(sealedOf("app:beta"), sealedOf("app:acme"));
    await bench.restore(new Map([...dump, ["app:beta", moved]]));
    await expect(bench.make().start()).rejects.toThrow(/: beta \(ak_[a-z2-7]{20}\)$/);
    expect(secretOf(first, acme.apiKey)).toBe(acme.secret);
  });
});

describe("an app of the store that clashes with the settings", () => {
  const lines = (): unknown => bench.lines.map(({ level, fields, text }) => [level, fields, text]);

  test("the same id: the one of the settings counts, and a warning says so", async () => {
    const first = await bench.node({ fixed: [] });
    const made = await madeApp(first, "fixed");
    const node = await bench.node();
    expect(node.admin.list()).toMatchObject([{ id: "fixed", source: "settings" }]);
    expect(node.find(made.apiKey)).toBeNull();
    expect(node.objection(made.mark, made.bearer)).toBe("key_unknown");
    expect(lines()).toEqual([
      ["warn", { app: "fixed" }, "an app of the store is not used: the settings have one"],
    ]);
  });

  test("the same key, the same issuer: they are the settings', and the rest of the app counts", async () => {
    const first = await bench.node({ fixed: [] });
    const made = await madeApp(first);
    yes(await first.admin.addKey("acme", { apiKey: "fixed-key" }));
    yes(await first.admin.change("acme", { issuers: [issuerOf("https://id"), issuerOf("https://id", "b")] }));
    const node = await bench.node({ fixed: [{ ...FIXED, issuers: [issuerOf("https://id")] }] });
    expect(node.find("fixed-key")?.app.id).toBe("fixed");
    expect(secretOf(node, made.apiKey)).toBe(made.secret);
    expect(node.keysOf("acme").map(({ apiKey }) => apiKey)).toEqual([made.apiKey]);
    expect(node.issuers("https://id").map(({ app, issuer }) => [app.id, issuer.audience])).toEqual([
      ["fixed", "meetings"],
      ["acme", "b"],
    ]);
    await node.refresh();
    yes(await node.admin.change("acme", { name: "New", issuers: [] }));
    expect(lines()).toEqual([
      ["warn", { app: "acme", apiKey: "fixed-key" }, "a key of the store is not used: another app has it"],
      [
        "warn",
        { app: "acme", issuer: "https://id" },
        "an issuer of the store is not used: another app has it",
      ],
    ]);
    // The admin sees it, and can take it away.
    expect(node.admin.view("acme")?.keys.map(({ apiKey }) => apiKey)).toEqual([made.apiKey, "fixed-key"]);
    yes(await node.admin.removeKey("acme", "fixed-key"));
    expect(node.find("fixed-key")?.app.id).toBe("fixed");
  });
});
