import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { usableSecrets } from "../../../src/tokens/app.js";
import { appWith, decodeApps } from "../../../src/tokens/apps.js";
import { createAppKeys } from "../../../src/tokens/key-ring.js";
import { onlyApp } from "../../../src/tokens/one-app.js";
import { ALPHA_SECRET, APPS, KEYS, NOW, keyWith } from "./craft.js";
import { ISS, issuerWith, ringWith } from "./provider.js";

const SECRET = "0123456789abcdef0123456789abcdef";
const one = (changes: object = {}, key: object = {}): unknown => [
  { id: "demo", keys: [{ apiKey: "demo-key", secret: SECRET, ...key }], ...changes },
];
const problems = (input: unknown): readonly string[] => {
  const decoded = decodeApps(input);
  return decoded.ok ? [] : decoded.problems;
};

describe("decodeApps", () => {
  test("fills in the defaults", () => {
    expect(decodeApps(one())).toEqual({
      ok: true,
      apps: [
        {
          id: "demo",
          name: "demo",
          openRooms: false,
          allowNoExpiry: false,
          expiryPolicy: "stay",
          clientExpiryPolicy: "restrict",
          maxTokenSeconds: null,
          protectedConferences: false,
          issuers: [],
          keys: [
            { apiKey: "demo-key", active: true, secrets: [{ id: "1", secret: SECRET, retiresAt: null }] },
          ],
        },
      ],
    });
  });

  test("an app that is made without settings has the same ones", () => {
    const keys = [keyWith("demo-key", SECRET)];
    expect(decodeApps(one())).toEqual({ ok: true, apps: [appWith({ id: "demo", keys })] });
    expect(appWith({ id: "demo" })).toMatchObject({ name: "demo", keys: [] });
    const changes = { name: "Demo", openRooms: true, maxTokenSeconds: 60 };
    expect(appWith({ id: "demo", keys, ...changes })).toEqual({
      ...appWith({ id: "demo", keys }),
      ...changes,
    });
  });

  test("takes complete apps, and none at all", () => {
    expect(decodeApps(APPS)).toEqual({ ok: true, apps: APPS });
    expect(decodeApps([])).toEqual({ ok: true, apps: [] });
  });

  test("counts the secret's bytes, not its characters", () => {
    expect(problems(one({}, { secret: "é".repeat(16) }))).toEqual([]);
    expect(problems(one({}, { secret: "é".repeat(15) }))).toHaveLength(1);
  });

  test.each([
    {
      name: "short secret",
      input: one({}, { secret: SECRET.slice(1) }),
      path: 'apps[0].keys[0].secret (apiKey "demo-key")',
    },
    {
      name: "three bytes",
      input: one({}, { secret: "abc" }),
      path: 'apps[0].keys[0].secret (apiKey "demo-key")',
    },
    {
      name: "empty secret",
      input: one({}, { secret: "" }),
      path: 'apps[0].keys[0].secret (apiKey "demo-key")',
    },
    {
      name: "blank secret",
      input: one({}, { secret: " ".repeat(40) }),
      path: 'apps[0].keys[0].secret (apiKey "demo-key")',
    },
    {
      name: "no secret",
      input: one({}, { secret: undefined }),
      path: 'apps[0].keys[0].secret (apiKey "demo-key")',
    },
    {
      name: "secret a list",
      input: one({}, { secret: [SECRET] }),
      path: 'apps[0].keys[0].secret (apiKey "demo-key")',
    },
    { name: "empty api key", input: one({}, { apiKey: "" }), path: 'apps[0].keys[0].apiKey (apiKey "")' },
    {
      name: "api key with a space",
      input: one({}, { apiKey: "a b" }),
      path: 'apps[0].keys[0].apiKey (apiKey "a b")',
    },
    { name: "api key a number", input: one({}, { apiKey: 7 }), path: "apps[0].keys[0].apiKey" },
    {
      name: "unknown member of a key",
      input: one({}, { alg: "none" }),
      path: 'apps[0].keys[0] (apiKey "demo-key")',
    },
    { name: "unknown member of an app", input: one({ openroom: true }), path: "apps[0]" },
    { name: "no id", input: one({ id: undefined }), path: "apps[0].id" },
    { name: "id with a colon", input: one({ id: "a:b" }), path: "apps[0].id" },
    { name: "id with braces", input: one({ id: "{a}" }), path: "apps[0].id" },
    { name: "id of a prototype", input: one({ id: "__proto__" }), path: "apps[0].id" },
    { name: "blank name", input: one({ name: "  " }), path: "apps[0].name" },
    { name: "policy unknown", input: one({ expiryPolicy: "kick" }), path: "apps[0].expiryPolicy" },
    { name: "switch as text", input: one({ allowNoExpiry: "false" }), path: "apps[0].allowNoExpiry" },
    { name: "no keys", input: one({ keys: [] }), path: "apps[0].keys" },
    { name: "keys an object", input: one({ keys: { a: SECRET } }), path: "apps[0].keys" },
    { name: "not a list", input: { apps: [] }, path: "apps" },
    { name: "nothing", input: undefined, path: "apps" },
  ])("$name", ({ input, path }) => {
    const found = problems(input);
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(`${path}: `)).toBe(true);
    expect(found.join()).not.toContain(SECRET.slice(1));
  });

  test("reports all problems at once, the repeated keys too", () => {
    const found = problems([
      {
        id: "a",
        keys: [
          { apiKey: "k1", secret: SECRET },
          { apiKey: "k1", secret: SECRET },
        ],
      },
      { id: "a", expiryPolicy: 1, keys: [{ apiKey: "k1", secret: "short-but-secret" }, null] },
    ]);
    expect(found.map((text) => text.slice(0, text.indexOf(": ")))).toEqual([
      "apps[1].expiryPolicy",
      'apps[1].keys[0].secret (apiKey "k1")',
      "apps[1].keys[1]",
      "apps[0].keys[1].apiKey",
      "apps[1].id",
      "apps[1].keys[0].apiKey",
    ]);
    expect(found.join()).toContain('apiKey "k1" is already used at apps[0].keys[0].apiKey');
    expect(found.join()).not.toMatch(/short-but-secret|0123456789/);
  });
});

describe("keys with several secrets", () => {
  const entry = { id: "demo", keys: [] as unknown[] };
  const withKey = (key: object): unknown => [{ ...entry, keys: [{ apiKey: "demo-key", ...key }] }];
  const OTHER = "fedcba9876543210fedcba9876543210";

  test("each with its id and its end", () => {
    const secrets = [
      { secret: OTHER },
      { id: "old", secret: SECRET, retiresAt: "2026-12-01T00:00:00Z" },
      { secret: `${SECRET}2`, retiresAt: 7 },
    ];
    expect(decodeApps(withKey({ active: false, secrets }))).toMatchObject({
      ok: true,
      apps: [
        {
          keys: [
            {
              apiKey: "demo-key",
              active: false,
              secrets: [
                { id: "1", secret: OTHER, retiresAt: null },
                { id: "old", secret: SECRET, retiresAt: Date.UTC(2026, 11, 1) },
                { id: "3", secret: `${SECRET}2`, retiresAt: 7 },
              ],
            },
          ],
        },
      ],
    });
  });

  test.each([
    ["neither", {}, "keys[0].secret"],
    ["both ways", { secret: SECRET, secrets: [{ secret: OTHER }] }, "keys[0].secret"],
    ["an empty list", { secrets: [] }, "keys[0].secrets"],
    [
      "a short one",
      { secrets: [{ secret: OTHER }, { secret: "short-but-secret" }] },
      "keys[0].secrets[1].secret",
    ],
    ["one id twice", { secrets: [{ id: "2", secret: OTHER }, { secret: SECRET }] }, "keys[0].secrets"],
    [
      "an end that is no time",
      { secrets: [{ secret: OTHER, retiresAt: "soon" }] },
      "keys[0].secrets[0].retiresAt",
    ],
  ])("%s: refused", (_what, key, path) => {
    const found = problems(withKey(key));
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(`apps[0].${path} (apiKey "demo-key"): `)).toBe(true);
    expect(found.join()).not.toMatch(/short-but-secret|0123456789|fedcba/);
  });

  test("what counts at a moment", () => {
    const key = KEYS.find("delta-key");
    const idle = KEYS.find("delta-idle-key");
    if (key === null || idle === null) throw new Error("the keys of the tests are gone");
    const ids = (now: number): string[] => usableSecrets(key, now).map(({ id }) => id);
    expect(ids(NOW - 1)).toEqual(["new", "old", "gone"]);
    expect(ids(NOW)).toEqual(["new", "old"]);
    expect(ids(NOW + 60_000)).toEqual(["new"]);
    expect(usableSecrets(idle, NOW)).toEqual([]);
  });
});

describe("identity providers", () => {
  const keys = [generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" })];
  const base = { issuer: "https://id.example", audience: "us", keys };
  const found = (issuer: object): readonly string[] =>
    problems(one({ issuers: [{ ...base, ...issuer }] })).map((text) => text.slice(0, text.indexOf(": ")));

  test("are taken with keys, or with the address of keys; the rest has defaults", () => {
    expect(decodeApps(one({ issuers: [base] }))).toMatchObject({
      ok: true,
      apps: [
        {
          issuers: [
            {
              ...base,
              algorithms: ["RS256", "ES256", "EdDSA"],
              jwksUrl: null,
              claims: {
                permissions: { claim: null, values: {}, otherwise: [] },
                participantId: "sub",
                roomId: null,
                name: null,
              },
            },
          ],
        },
      ],
    });
    for (const jwksUrl of [
      "https://id.example/keys",
      "http://127.0.0.1:8080/k",
      "http://localhost/k",
      "http://[::1]/k",
    ]) {
      expect(found({ jwksUrl, keys: [] })).toEqual([]);
    }
  });

  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
  const curve = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ format: "jwk" });
  const secret = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  test.each([
    ["no keys and no address", { keys: [] }, "jwksUrl"],
    ["both", { jwksUrl: "https://id.example/keys" }, "jwksUrl"],
    ["an address without TLS", { keys: [], jwksUrl: "http://id.example/keys" }, "jwksUrl"],
    ["an address with credentials", { keys: [], jwksUrl: "https://me:secret@id.example/keys" }, "jwksUrl"],
    ["a file", { keys: [], jwksUrl: "file:///etc/keys" }, "jwksUrl"],
    ["a weak key", { keys: [weak] }, "keys"],
    ["a key of another curve", { keys: [curve] }, "keys"],
    ["a private key", { keys: [secret] }, "keys"],
    ["a broken key", { keys: [{ kty: "EC", crv: "P-256" }] }, "keys"],
    ["a secret", { keys: [{ kty: "oct", k: "AAAA" }] }, "keys[0].kty"],
    ["no algorithm", { algorithms: [] }, "algorithms"],
    ["an algorithm of customers", { algorithms: ["HS256"] }, "algorithms[0]"],
    ["none", { algorithms: ["none"] }, "algorithms[0]"],
    ["no audience", { audience: "" }, "audience"],
    [
      "an unknown permission",
      { claims: { permissions: { otherwise: ["admin"] } } },
      "claims.permissions.otherwise[0]",
    ],
  ])("%s: refused", (_what, issuer, path) => {
    expect(found(issuer)).toEqual([`apps[0].issuers[0].${path}`]);
  });

  test("one issuer and audience is one app's only", () => {
    const two = ["a", "b"].map((id) => ({ id, keys: [{ apiKey: id, secret: SECRET }], issuers: [base] }));
    expect(problems(two)).toEqual([
      expect.stringMatching(/^apps\[1\].issuers\[0\]: issuer and audience .* already used at/),
    ]);
    const apart = two.map((app, index) => ({ ...app, issuers: [{ ...base, audience: `us-${index}` }] }));
    const decoded = decodeApps(apart);
    const ring = createAppKeys(decoded.ok ? decoded.apps : []);
    expect(ring.issuers("https://id.example").map(({ app, issuer }) => [app.id, issuer.audience])).toEqual([
      ["a", "us-0"],
      ["b", "us-1"],
    ]);
    expect(ring.issuers("https://other.example")).toEqual([]);
  });
});

describe("a ring as one app sees it", () => {
  const alone = onlyApp(ringWith(issuerWith()), "alpha");
  test("its own keys, and no others", () => {
    expect(alone.find("alpha-key")?.app.id).toBe("alpha");
    expect(alone.app("alpha")?.id).toBe("alpha");
    expect(alone.apps().map(({ id }) => id)).toEqual(["alpha"]);
    expect(alone.keysOf("alpha").map(({ apiKey }) => apiKey)).toEqual(["alpha-key", "alpha-next-key"]);
    expect(alone.issuers(ISS)).toHaveLength(1);
    expect([alone.find("beta-key"), alone.app("beta"), alone.keysOf("beta")]).toEqual([null, null, []]);
    expect(onlyApp(ringWith(issuerWith()), "beta").issuers(ISS)).toEqual([]);
    expect(onlyApp(KEYS, "nobody").apps()).toEqual([]);
  });
});

describe("createAppKeys", () => {
  test("finds each key with its app", () => {
    expect(KEYS.find("alpha-next-key")).toMatchObject({ apiKey: "alpha-next-key", app: { id: "alpha" } });
    expect(KEYS.find("beta-key")?.app).toEqual({
      id: "beta",
      name: "Beta Clinic",
      openRooms: true,
      allowNoExpiry: true,
      expiryPolicy: "leave",
      clientExpiryPolicy: "stay",
      maxTokenSeconds: null,
      protectedConferences: false,
    });
    for (const name of ["", "nobody", "__proto__", "constructor", "toString"])
      expect(KEYS.find(name)).toBeNull();
  });

  test("a key shows no secret when it is printed", () => {
    const key = KEYS.find("alpha-key");
    expect(`${inspect(key, { depth: 9, showHidden: true })}${JSON.stringify(key)}`).not.toContain(
      ALPHA_SECRET,
    );
  });

  test("throws for apps that could not have been decoded, without their secrets", () => {
    const [first] = APPS;
    const weak = first === undefined ? [] : [{ ...first, keys: [keyWith("weak", "weak-secret")] }];
    expect(() => createAppKeys(weak)).toThrow(/apiKey "weak".*at least 32 bytes/);
    expect(() => createAppKeys(weak)).not.toThrow(/weak-secret/);
  });
});
