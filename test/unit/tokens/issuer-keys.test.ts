import { afterEach, describe, expect, test } from "@jest/globals";
import { generateKeyPairSync } from "node:crypto";
import { REFUSALS } from "../../../src/protocol/refusals.js";
import { createIssuerKeys, type IssuerKeys } from "../../../src/tokens/issuer-keys.js";
import type { JwksTiming } from "../../../src/tokens/jwks-source.js";
import { createVerifier } from "../../../src/tokens/verify.js";
import { eventually } from "../../support/eventually.js";
import { NOW } from "./craft.js";
import { JwksServer, keys, silence, text, type Answer } from "./jwks-server.js";
import {
  ALG_OF,
  JWKS,
  PAIRS,
  STRANGERS,
  issuerWith,
  jwkOf,
  providerClaims,
  providerToken,
  ringWith,
  signAs,
  type Family,
} from "./provider.js";

const MINUTE = 60_000;
const servers: JwksServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(answer: Answer): Promise<JwksServer> {
  const server = await JwksServer.start(answer);
  servers.push(server);
  return server;
}

/** A look-up with a clock that only the test moves. */
class Lookup {
  now = 0;
  readonly failures: string[] = [];
  readonly keys: IssuerKeys;

  constructor(timing: Partial<JwksTiming> = {}) {
    this.keys = createIssuerKeys({
      now: () => this.now,
      timing,
      failed: ({ url, problem }) => this.failures.push(`${new URL(url).pathname} ${problem}`),
    });
  }

  /** What becomes of a token with a key of this family; its `kid` is the family unless another is given. */
  check(url: string, family: Family = "RSA", kid: string | null = family): Promise<string> {
    const header = { alg: ALG_OF[family], kid: kid ?? undefined };
    const token = signAs(ALG_OF[family], header, providerClaims(), PAIRS[family].privateKey);
    return this.ask(url, token, family, kid);
  }

  ask(url: string, token: string, family: Family, kid: string | null): Promise<string> {
    return this.keys.check({ text: token, alg: ALG_OF[family], kid }, issuerWith({ jwksUrl: url, keys: [] }));
  }
}

describe("keys behind an address", () => {
  test("are fetched once, for whoever comes, and at the same time", async () => {
    const server = await serve(keys(...JWKS));
    const lookup = new Lookup();
    const all = Array.from({ length: 30 }, (_, index) =>
      lookup.check(server.url, (["RSA", "EC", "Ed25519"] as const)[index % 3]),
    );
    expect(new Set(await Promise.all(all))).toEqual(new Set(["holds"]));
    lookup.now += MINUTE;
    expect(await lookup.check(server.url)).toBe("holds");
    expect(server.requests).toHaveLength(1);
    expect(lookup.failures).toEqual([]);
  });

  test("are fetched again in the second half of their time, while nobody waits for them", async () => {
    const server = await serve(keys(...JWKS));
    const lookup = new Lookup();
    await lookup.check(server.url);
    lookup.now += 5 * MINUTE;
    server.answer = silence;
    expect(await lookup.check(server.url)).toBe("holds");
    await eventually(() => expect(server.requests).toHaveLength(2));
    expect(await lookup.check(server.url)).toBe("holds");
    expect(server.requests).toHaveLength(2);
  });

  test("do not count after ten minutes, whatever the reason why there are no newer ones", async () => {
    const server = await serve(keys(...JWKS));
    const lookup = new Lookup();
    await lookup.check(server.url);
    server.answer = text(500, "");
    lookup.now += 10 * MINUTE - 1;
    expect(await lookup.check(server.url)).toBe("holds");
    await eventually(() => expect(lookup.failures).toHaveLength(1));
    lookup.now += 1;
    expect(await lookup.check(server.url)).toBe("unavailable");
    server.answer = keys(...JWKS);
    lookup.now += MINUTE;
    expect(await lookup.check(server.url)).toBe("holds");
  });

  test("are replaced: a new kid is found, and the old one is not good any more", async () => {
    const [rsa, ec] = JWKS;
    const server = await serve(keys(rsa));
    const lookup = new Lookup();
    expect(await lookup.check(server.url, "RSA")).toBe("holds");
    server.answer = keys(ec);
    lookup.now += 30_000;
    expect(await lookup.check(server.url, "EC")).toBe("holds");
    expect(await lookup.check(server.url, "RSA")).toBe("no_key");
    expect(server.requests).toHaveLength(2);
  });

  test("without names are replaced too", async () => {
    const server = await serve(keys(jwkOf(STRANGERS.RSA.publicKey)));
    const lookup = new Lookup();
    expect(await lookup.check(server.url, "RSA", null)).toBe("fails");
    server.answer = keys(jwkOf(PAIRS.RSA.publicKey));
    expect(await lookup.check(server.url, "RSA", null)).toBe("fails");
    lookup.now += 30_000;
    expect(await lookup.check(server.url, "RSA", null)).toBe("holds");
    expect(server.requests).toHaveLength(2);
  });

  test("that nobody has are not asked for with every token", async () => {
    const server = await serve(keys(...JWKS));
    const lookup = new Lookup();
    for (let second = 0; second < 100; second += 1) {
      const asked = [1, 2].map((n) => lookup.check(server.url, "EC", `unknown-${second}-${n}`));
      expect(await Promise.all(asked)).toEqual(["no_key", "no_key"]);
      lookup.now += 1_000;
    }
    // The first, and one each time when 30 seconds had passed.
    expect(server.requests).toHaveLength(4);
    expect(await lookup.check(server.url)).toBe("holds");
  });
});

describe("an address that does not answer as it should", () => {
  const CURSED: readonly (readonly [string, Answer, string])[] = [
    ["an error", text(500, JSON.stringify({ keys: JWKS })), "answered 500"],
    ["nothing found", text(404, "not found"), "answered 404"],
    ["a success of another kind", text(206, JSON.stringify({ keys: JWKS })), "answered 206"],
    ["a page", text(200, "<html>Sign in</html>"), "answered something that is not JSON"],
    ["an empty body", text(200, ""), "answered something that is not JSON"],
    ["a list", text(200, JSON.stringify(JWKS)), "answered something that is not a set of keys"],
    ["an object without keys", text(200, "{}"), "answered something that is not a set of keys"],
    ["keys as an object", text(200, '{"keys":{}}'), "answered something that is not a set of keys"],
    ["null", text(200, "null"), "answered something that is not a set of keys"],
    [
      "very many keys",
      keys(...Array.from({ length: 101 }, () => JWKS[0])),
      "answered something that is not a set of keys",
    ],
    ["nothing at all", silence, "failed: TimeoutError"],
    [
      "a body that stops in the middle",
      (_request, response) => {
        response.write('{"keys":[');
      },
      "failed: TimeoutError",
    ],
    [
      "a line that is cut",
      (request) => {
        request.socket.destroy();
      },
      "failed: UND_ERR_SOCKET",
    ],
  ];
  test.each(CURSED)("%s: the token may be good in a moment", async (_what, answer, problem) => {
    const server = await serve(answer);
    const lookup = new Lookup({ timeoutMs: 200 });
    expect(await lookup.check(server.url)).toBe("unavailable");
    // The address without what may be secret in it, and nothing of the answer.
    expect(lookup.failures).toEqual([`/keys ${problem}`]);
    server.answer = keys(...JWKS);
    lookup.now += 1_000;
    expect(await lookup.check(server.url)).toBe("holds");
  });

  test("nobody listens", async () => {
    const server = await serve(silence);
    const { url } = server;
    await server.close();
    servers.pop();
    const lookup = new Lookup();
    expect(await lookup.check(url)).toBe("unavailable");
    expect(lookup.failures).toEqual(["/keys failed: ECONNREFUSED"]);
  });

  test.each([301, 302, 307, 308])("a redirect (%d) is not followed", async (status) => {
    const target = await serve(keys(...JWKS));
    const server = await serve(text(status, "", { location: target.url }));
    const lookup = new Lookup();
    expect(await lookup.check(server.url)).toBe("unavailable");
    expect(lookup.failures).toEqual([`/keys answered ${status}`]);
    expect(target.requests).toEqual([]);
  });

  test("a body without end is not read to the end", async () => {
    let cut = false;
    const server = await serve((_request, response) => {
      const chunk = Buffer.alloc(65_536, " ");
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", more);
      response.on("close", () => (cut = true));
      more();
    });
    const lookup = new Lookup();
    expect(await lookup.check(server.url)).toBe("unavailable");
    expect(lookup.failures).toEqual(["/keys answered more than 262144 bytes"]);
    await eventually(() => expect(cut).toBe(true));
  });

  test("is asked less and less often, however many tokens come", async () => {
    const server = await serve(text(503, ""));
    const lookup = new Lookup();
    const asked: number[] = [];
    for (let second = 0; second < 120; second += 1) {
      const all = await Promise.all([1, 2, 3].map(() => lookup.check(server.url)));
      expect(new Set(all)).toEqual(new Set(["unavailable"]));
      if (server.requests.length > asked.length) asked.push(second);
      lookup.now += 1_000;
    }
    expect(server.requests).toHaveLength(asked.length);
    expect(asked).toEqual([0, 1, 3, 7, 15, 31, 61, 91]);
  });

  test("takes nothing away while the keys that are there count; only what they do not know is in doubt", async () => {
    const [rsa] = JWKS;
    const server = await serve(keys(rsa));
    const lookup = new Lookup();
    expect(await lookup.check(server.url, "RSA")).toBe("holds");
    server.answer = text(500, "");
    lookup.now += MINUTE;
    // It may have come with a rotation that cannot be seen now.
    expect(await lookup.check(server.url, "EC")).toBe("unavailable");
    expect(await lookup.check(server.url, "EC")).toBe("unavailable");
    expect(await lookup.check(server.url, "RSA")).toBe("holds");
    const forged = signAs("RS256", { alg: "RS256", kid: "RSA" }, providerClaims(), STRANGERS.RSA.privateKey);
    expect(await lookup.ask(server.url, forged, "RSA", "RSA")).toBe("fails");
    expect(server.requests).toHaveLength(2);
  });

  test("is not felt at another", async () => {
    const [slow, broken, good] = await Promise.all([
      serve(silence),
      serve(text(500, "")),
      serve(keys(...JWKS)),
    ]);
    const lookup = new Lookup();
    let waiting = true;
    const held = lookup.check(slow.url).finally(() => (waiting = false));
    await eventually(() => expect(slow.requests).toHaveLength(1));
    expect(await lookup.check(broken.url)).toBe("unavailable");
    expect(await lookup.check(good.url)).toBe("holds");
    expect(waiting).toBe(true);
    await slow.close();
    servers.splice(servers.indexOf(slow), 1);
    expect(await held).toBe("unavailable");
  });
});

describe("keys that cannot check a token of ours are left out, and the others count", () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const curve = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const other = generateKeyPairSync("ed448");
  const rsa = jwkOf(PAIRS.RSA.publicKey, { kid: "RSA" });
  const ODD: readonly (readonly [string, unknown])[] = [
    ["a private key", jwkOf(PAIRS.RSA.privateKey, { kid: "RSA" })],
    ["a secret", { kty: "oct", kid: "RSA", k: "c2VjcmV0" }],
    ["for encryption", { ...rsa, use: "enc" }],
    ["for signing only", { ...rsa, key_ops: ["sign"] }],
    ["for another algorithm", { ...rsa, alg: "RS512" }],
    ["for PSS", { ...rsa, alg: "PS256" }],
    ["of 1,024 bits", jwkOf(weak.publicKey, { kid: "RSA" })],
    ["of another curve", jwkOf(curve.publicKey, { kid: "RSA" })],
    ["Ed448", jwkOf(other.publicKey, { kid: "RSA" })],
    ["without its numbers", { kty: "RSA", kid: "RSA" }],
    ["a point off the curve", { ...jwkOf(PAIRS.EC.publicKey, { kid: "RSA" }), x: "AAAA" }],
    ["with a name that is no text", { ...rsa, kid: 7 }],
    ["an address", { kty: "RSA", kid: "RSA", x5u: "https://attacker.invalid/cert.pem" }],
    ["null", null],
    ["a text", "RSA"],
  ];
  test.each(ODD)("%s", async (_what, odd) => {
    const server = await serve(keys(odd, jwkOf(PAIRS.EC.publicKey, { kid: "EC" })));
    const lookup = new Lookup();
    expect(await lookup.check(server.url, "RSA")).toBe("no_key");
    expect(await lookup.check(server.url, "EC")).toBe("holds");
    expect(lookup.failures).toEqual([]);
  });

  test.each([
    { use: "sig" },
    { alg: "RS256" },
    { key_ops: ["verify"] },
    { x5t: "abc", x5c: ["MIIB"], ext: true, custom: 1 },
  ])("%j is no reason to leave it out", async (more) => {
    const server = await serve(keys({ ...rsa, ...more }));
    expect(await new Lookup().check(server.url)).toBe("holds");
  });
});

test("at the door: while keys cannot be fetched, the refusal says to try again", async () => {
  const server = await serve(text(500, ""));
  let now = NOW;
  const verifier = createVerifier({
    apps: ringWith(issuerWith({ jwksUrl: server.url, keys: [] })),
    issuerKeys: createIssuerKeys({ now: () => now }),
    now: () => now,
    toleranceSeconds: 0,
  });
  const ask = () => verifier.verify(providerToken(), { door: "meeting", roomId: "r", participantId: null });
  expect(await ask()).toEqual({ ok: false, refusal: { reason: "unavailable" } });
  expect(REFUSALS.unavailable).toMatchObject({ retryable: true, http: 503 });
  server.answer = keys(...JWKS);
  now += 1_000;
  expect(await ask()).toMatchObject({ ok: true, grant: { participantId: "ann" } });
});
