import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { DEVELOPMENT_APP } from "../../../src/config-apps.js";
import { readConfig, type Config } from "../../../src/config.js";
import { listVariables } from "../../../src/variables.js";

const KEY = { ADMITONE_API_KEY: "k", ADMITONE_API_SECRET: "s".repeat(32) };

function good(environment: Record<string, string>, file?: string): Config {
  const read = readConfig(environment, () => file ?? "");
  if (!read.ok) throw new Error(read.problems.join("\n"));
  return read.config;
}

function problems(environment: Record<string, string>, file?: string): string[] {
  const read = readConfig(environment, () => {
    if (file === undefined) throw new Error("no such file");
    return file;
  });
  return read.ok ? [] : read.problems;
}

describe("settings", () => {
  test("nothing set: loopback, the embedded log, the development app", () => {
    expect(good({})).toMatchObject({
      host: "127.0.0.1",
      port: 8080,
      redisUrl: null,
      development: true,
      apps: [DEVELOPMENT_APP],
      roomDefaults: {
        maxParticipants: 50,
        hostAbsent: "hold",
        knockTimeoutMs: 600_000,
        resumeWindowMs: 30_000,
      },
    });
  });

  test("webhooks: loopback may be sent to only where the gateway itself listens on it", () => {
    expect(good({}).webhookNetworks).toEqual(["127.0.0.0/8", "::1/128"]);
    expect(good({ ...KEY, ADMITONE_HOST: "0.0.0.0" }).webhookNetworks).toEqual([]);
    expect(good({ ADMITONE_WEBHOOK_NETWORKS: "10.0.0.0/8, fd00::/8" }).webhookNetworks).toEqual([
      "10.0.0.0/8",
      "fd00::/8",
    ]);
    for (const wrong of ["10.0.0.0", "10.0.0.0/33", "::1/129", "example.org/8", "10.0.0.0/8,"]) {
      expect(problems({ ADMITONE_WEBHOOK_NETWORKS: wrong })).toHaveLength(1);
    }
  });

  test("webhooks: the RSA key is read from its file, and anything else is refused without showing it", () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    expect(good({ ADMITONE_WEBHOOK_RSA_KEY_FILE: "key.pem" }, pem).webhookRsaKey).toBe(pem);
    const other = generateKeyPairSync("ed25519")
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString();
    for (const wrong of [other, "no key", undefined]) {
      const [problem, ...more] = problems({ ADMITONE_WEBHOOK_RSA_KEY_FILE: "key.pem" }, wrong);
      expect(problem).toMatch(/^ADMITONE_WEBHOOK_RSA_KEY_FILE/);
      expect(problem).not.toContain("no key");
      expect(more).toEqual([]);
    }
  });

  test("origins: with a list, the gateway's public address is on it", () => {
    expect(good({ ADMITONE_PUBLIC_URL: "https://meet.example/" }).allowedOrigins).toBeNull();
    const list = { ADMITONE_ALLOWED_ORIGINS: "https://a.example, https://b.example" };
    expect(good(list).allowedOrigins).toEqual(["https://a.example", "https://b.example"]);
    const behind = { ...list, ADMITONE_PUBLIC_URL: "https://meet.example:8443/calls" };
    expect(good(behind).allowedOrigins?.at(-1)).toBe("https://meet.example:8443");
  });

  test("frames: plain origins only, since they become a part of a policy", () => {
    expect(good({}).frameAncestors).toEqual([]);
    const list = { ADMITONE_FRAME_ANCESTORS: "https://a.example, http://localhost:3000" };
    expect(good(list).frameAncestors).toEqual(["https://a.example", "http://localhost:3000"]);
    for (const wrong of ["*", "https://a.example/", "https://a.example; script-src *", "a.example", "data:"])
      expect(problems({ ADMITONE_FRAME_ANCESTORS: wrong })).toEqual([
        expect.stringMatching(/^ADMITONE_FRAME_ANCESTORS: .* is not an origin/),
      ]);
  });

  test("STUN and TURN: no address by default; a relay needs its secret, and no secret or address is repeated", () => {
    expect(good({}).ice).toEqual({ urls: [], turnSecret: null, ttlSeconds: 14_400 });
    expect(good({ ADMITONE_ICE_URLS: "stun:stun.example.org" }).ice.turnSecret).toBeNull();
    const relay = { ADMITONE_ICE_URLS: "stun:a.example , turns:a.example:5349" };
    const secret = { ADMITONE_TURN_SECRET: "shared-with-the-relay" };
    expect(good({ ...relay, ...secret, ADMITONE_TURN_TTL_SECONDS: "60" }).ice).toEqual({
      urls: ["stun:a.example", "turns:a.example:5349"],
      turnSecret: "shared-with-the-relay",
      ttlSeconds: 60,
    });
    expect(problems(relay)).toEqual([expect.stringMatching(/^ADMITONE_TURN_SECRET is missing/)]);
    expect(problems(secret)).toEqual([expect.stringMatching(/^ADMITONE_ICE_URLS has no turn:/)]);
    expect(problems({ ...relay, ADMITONE_TURN_SECRET: "short" })).toEqual([
      "ADMITONE_TURN_SECRET must be at least 16 characters",
    ]);
    const wrong = problems({ ...secret, ADMITONE_ICE_URLS: "turn:a.example,turn:me:password@a.example," });
    expect(wrong.map((problem) => problem.slice(0, 27))).toEqual([
      "ADMITONE_ICE_URLS: number 2",
      "ADMITONE_ICE_URLS: number 3",
    ]);
    expect(wrong.join()).not.toContain("password");
    for (const seconds of ["59", "86401"])
      expect(problems({ ADMITONE_TURN_TTL_SECONDS: seconds })).toHaveLength(1);
  });

  test("an empty value counts as not set, as compose files leave it", () => {
    expect(good({ REDIS_URL: "", ADMITONE_PORT: "" })).toMatchObject({ redisUrl: null, port: 8080 });
  });

  test("one app from key and secret, with its switches", () => {
    const switches = {
      ADMITONE_OPEN_ROOMS: "true",
      ADMITONE_TOKEN_EXPIRY: "leave",
      ADMITONE_ALLOW_NO_EXPIRY: "true",
    };
    const { apps, development } = good({ ...KEY, ...switches });
    expect(development).toBe(false);
    expect(apps).toMatchObject([
      { id: "default", openRooms: true, expiryPolicy: "leave", allowNoExpiry: true },
    ]);
  });

  test("one app: what its tokens may be", () => {
    const switches = {
      ADMITONE_CLIENT_TOKEN_EXPIRY: "leave",
      ADMITONE_MAX_TOKEN_SECONDS: "900",
      ADMITONE_PROTECTED_CONFERENCES: "true",
    };
    expect(good({ ...KEY, ...switches }).apps).toMatchObject([
      { clientExpiryPolicy: "leave", maxTokenSeconds: 900, protectedConferences: true },
    ]);
    expect(good(KEY).apps).toMatchObject([
      { clientExpiryPolicy: "restrict", maxTokenSeconds: null, protectedConferences: false },
    ]);
  });

  test("an admin needs no app to begin with, also off loopback, and there is no development app then", () => {
    const admin = { ADMITONE_ADMIN_TOKEN: "t".repeat(32) };
    expect(good({ ...admin, ADMITONE_HOST: "0.0.0.0" })).toMatchObject({ apps: [], development: false });
    expect(good(admin)).toMatchObject({ apps: [DEVELOPMENT_APP], development: true });
    for (const wrong of ["t".repeat(31), `${"t".repeat(32)} with a space`]) {
      expect(problems({ ADMITONE_ADMIN_TOKEN: wrong }).join()).toMatch(/^ADMITONE_ADMIN_TOKEN must be/);
    }
  });

  test("encryption keys are 32 bytes each, the first seals; wrong ones are not repeated", () => {
    const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map((key) => key.toString("base64"));
    expect(good({ ADMITONE_ENCRYPTION_KEYS: `${one}, ${two}` }).encryptionKeys).toEqual([
      Buffer.alloc(32, 1),
      Buffer.alloc(32, 2),
    ]);
    expect(good({}).encryptionKeys).toEqual([]);
    for (const wrong of ["c2hvcnQ=", `${one},`, `${one} ${two}`]) {
      const [problem] = problems({ ADMITONE_ENCRYPTION_KEYS: wrong });
      expect(problem).toMatch(/^ADMITONE_ENCRYPTION_KEYS must be/);
      expect(problem).not.toContain(wrong);
    }
  });

  test("several apps from a file", () => {
    const file = JSON.stringify([
      { id: "one", keys: [{ apiKey: "a", secret: "a".repeat(32) }] },
      { id: "two", expiryPolicy: "restrict", keys: [{ apiKey: "b", secret: "b".repeat(32) }] },
    ]);
    expect(good({ ADMITONE_APPS_FILE: "apps.json" }, file).apps.map(({ id }) => id)).toEqual(["one", "two"]);
  });

  test("the example of the README is a good file", () => {
    const readme = readFileSync("README.md", "utf8");
    const example = /```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
    expect(good({ ADMITONE_APPS_FILE: "apps.json" }, example).apps).toHaveLength(2);
  });

  test("all problems are reported at once, each with its variable, and no secret is repeated", () => {
    const all = problems({
      ADMITONE_PORT: "eighty",
      ADMITONE_HOST_ABSENT: "shrug",
      REDIS_URL: "http://redis",
      ADMITONE_API_KEY: "k",
      ADMITONE_API_SECRET: "too-short-secret",
      ADMITONE_MAX_PARTICIPANTS: "0",
      ADMITONE_COLOUR: "blue",
    });
    for (const name of ["PORT", "HOST_ABSENT", "API_SECRET", "MAX_PARTICIPANTS", "COLOUR"]) {
      expect(all.filter((problem) => problem.startsWith(`ADMITONE_${name} `))).toHaveLength(1);
    }
    expect(all.some((problem) => problem.startsWith("REDIS_URL "))).toBe(true);
    expect(all.join()).not.toContain("too-short-secret");
  });

  test.each([
    ["a key without its secret", { ADMITONE_API_KEY: "k" }, "ADMITONE_API_SECRET is missing"],
    ["a secret without its key", { ADMITONE_API_SECRET: "s".repeat(32) }, "ADMITONE_API_KEY is missing"],
    ["both a file and a key", { ...KEY, ADMITONE_APPS_FILE: "apps.json" }, "stands instead of"],
    ["a file that is not there", { ADMITONE_APPS_FILE: "apps.json" }, "cannot be read"],
    ["no app off loopback", { ADMITONE_HOST: "0.0.0.0" }, "the development app serves loopback only"],
    [
      "the development secret off loopback",
      {
        ADMITONE_HOST: "0.0.0.0",
        ADMITONE_API_KEY: "k",
        ADMITONE_API_SECRET: DEVELOPMENT_APP.keys[0]?.secrets[0]?.secret ?? "",
      },
      "which everybody knows",
    ],
  ])("refused: %s", (_name, environment, text) => {
    expect(problems(environment).join("\n")).toContain(text);
  });

  test("a file that is not JSON is named, its text is not repeated", () => {
    const [problem] = problems({ ADMITONE_APPS_FILE: "apps.json" }, '{"secret": "very-secret"');
    expect(problem).toBe("ADMITONE_APPS_FILE is not JSON");
  });

  test("an IPv6 loopback is loopback", () => {
    expect(good({ ADMITONE_HOST: "::1" }).development).toBe(true);
  });

  test("the README lists every variable with its default and meaning", () => {
    const readme = readFileSync("README.md", "utf8");
    const cell = (text: string): string => (text === "" ? "" : `\`${text}\``);
    const row = (cells: readonly string[]): string => cells.map((text) => text.trim()).join("|");
    const rows = readme.split("\n").map((line) => row(line.split("|").slice(1, -1)));
    for (const { name, default: fallback, meaning } of listVariables()) {
      expect(rows).toContain(row([cell(name), cell(fallback), meaning]));
    }
  });
});
