import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { decodeApps } from "../../../src/tokens/apps.js";
import { createAppKeys } from "../../../src/tokens/key-ring.js";
import { ALPHA_SECRET, APPS, KEYS, keyWith } from "./craft.js";

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
