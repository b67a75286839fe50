/**
 * The confusion table (RFC 8725 sections 2.1, 2.8, 3.1, 3.11, 3.12): every kind of token, and everything else that somebody holds
 * here, at every door; every algorithm with every key. What is not on the diagonal is refused, and with the reason that is told here.
 */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createDerivedKeys, type Purpose } from "../../../src/tokens/derived.js";
import { createKnockLinks } from "../../../src/tokens/knock-links.js";
import { OWN_TYPES, type OwnType } from "../../../src/tokens/precheck.js";
import { createVerifier, type Door } from "../../../src/tokens/verify.js";
import { ALPHA_NEXT_SECRET, ALPHA_SECRET, BETA_SECRET, HEADER, KEYS, NOW, claims, craft } from "./craft.js";
import { JwksServer, keys as keySet } from "./jwks-server.js";
import { OWN_CLAIMS, craftOwn, craftText, officeWith, ownKey } from "./own.js";
import {
  ALG_OF,
  PAIRS,
  STRANGERS,
  checksWith,
  jwkOf,
  providerClaims,
  providerToken,
  signAs,
} from "./provider.js";

const office = officeWith(checksWith());
const verifier = createVerifier(checksWith());
const MEETING: Door = { door: "meeting", roomId: "room-1", participantId: null };
const at = async (token: unknown, door: Door): Promise<string> => {
  const verdict = await verifier.verify(token, door);
  return verdict.ok ? "ok" : verdict.refusal.reason;
};

/** Every place where a token is shown, and what it says to one. */
const PLACES = {
  meeting: (token: string) => at(token, MEETING),
  rest: (token: string) => at(token, { door: "rest" }),
  other: (token: string) => at(token, { door: "other", role: null }),
  api: (token: string) => {
    const read = office.readApiToken(token);
    return Promise.resolve(read.ok ? "ok" : read.refusal.reason);
  },
  pass: (token: string) => {
    const read = office.readPass(token, "alpha");
    return Promise.resolve(read.ok ? "ok" : String(read.refusal.details?.["cause"]));
  },
  facts: async (token: string) => (await office.facts(token, "alpha"))?.kind ?? "nothing",
} as const;

const derived = createDerivedKeys(KEYS, () => NOW);
const knock = { app: "alpha", roomId: "room-1", participantId: "ann", since: NOW, exp: NOW + 60_000 };

/** What somebody may hold, with what each place makes of it: meeting, rest, other, api, pass, facts. */
const bad = "token_malformed";
const HELD: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "a customer's token for meetings",
    craft(claims({ version: 2, roles: ["rtc"] })),
    ["ok", "role_not_allowed", "ok", bad, bad, "customer"],
  ],
  [
    "a customer's token for the REST API",
    craft(claims({ version: 2, roles: ["crawler"] })),
    ["role_not_allowed", "ok", "ok", bad, bad, "customer"],
  ],
  ["an identity provider's token", providerToken(), ["ok", "role_not_allowed", "ok", bad, bad, "issuer"]],
  [
    "an identity provider's access token",
    providerToken({}, "EC", { typ: "at+jwt" }),
    ["ok", "role_not_allowed", "ok", bad, bad, "issuer"],
  ],
  ["an API token", craftOwn("api"), [bad, bad, bad, "ok", bad, "api"]],
  ["a client access token", craftOwn("client"), ["ok", bad, bad, bad, bad, "client"]],
  ["a conference access token", craftOwn("conference"), [bad, bad, bad, bad, "ok", "conference"]],
  ["the admin's token", "admin-token-of-the-operator-0123456789", [bad, bad, bad, bad, bad, "nothing"]],
  ["an admin's token with dots", "admin.token.operator", [bad, bad, bad, bad, bad, "nothing"]],
  [
    "a knock link's code",
    createKnockLinks({ keys: derived, now: () => NOW }).make(knock),
    [bad, bad, bad, bad, bad, "nothing"],
  ],
  ["a resume secret", "q".repeat(43), [bad, bad, bad, bad, bad, "nothing"]],
  ["a secret of the app", ALPHA_SECRET, [bad, bad, bad, bad, bad, "nothing"]],
  ["an API key", "alpha-key", [bad, bad, bad, bad, bad, "nothing"]],
];

describe("every kind of token at every door", () => {
  const cells = HELD.flatMap(([name, token, row]) =>
    Object.entries(PLACES).map(([place, look], index) => ({ name, place, token, look, result: row[index] })),
  );
  test.each(cells)("$name at $place: $result", async ({ token, look, result }) => {
    expect(await look(token)).toBe(result);
  });
});

describe("type, key and claims belong together", () => {
  const types = { ...OWN_TYPES, customer: "JWT" } as const;
  type Kind = keyof typeof types;
  const kinds: readonly Kind[] = ["api", "client", "conference", "customer"];
  const keyOf = (kind: Kind): Buffer | string => (kind === "customer" ? ALPHA_SECRET : ownKey(kind));
  const claimsOf = (kind: Kind) => (kind === "customer" ? claims({}) : OWN_CLAIMS[kind]);
  const home = { api: "api", client: "meeting", conference: "pass", customer: "meeting" } as const;
  const cells = kinds.flatMap((type) =>
    kinds.flatMap((key) => kinds.map((claimed) => ({ type, key, claimed }))),
  );
  test.each(cells)("type $type, key of $key, claims of $claimed", async ({ type, key, claimed }) => {
    const token = craft(claimsOf(claimed), { alg: "HS256", typ: types[type] }, keyOf(key));
    const good = type === key && key === claimed;
    const told = await Promise.all(
      Object.entries(PLACES).map(async ([place, look]) => [place, await look(token)] as const),
    );
    const accepted = told.filter(([, result]) => result === "ok").map(([place]) => place);
    const right = type === "customer" ? ["meeting", "rest", "other"] : [home[type]];
    expect(accepted).toEqual(good ? right : []);
    const reason =
      type === key ? /^(claims_invalid|version_required|permissions_invalid)$/ : /^signature_invalid$/;
    if (!good) expect(Object.fromEntries(told)[home[type]]).toMatch(reason);
    expect(Object.fromEntries(told)["facts"]).toBe(good ? type : "nothing");
  });
  test("none is left out", () => expect(cells).toHaveLength(64));
});

describe("keys for something else sign none of our tokens", () => {
  const purposes: readonly Purpose[] = ["webhook signatures", "knock links"];
  const keys: readonly (readonly [string, Buffer | string | undefined])[] = [
    ...purposes.map((purpose) => [purpose, derived.of("alpha", purpose)[0]] as const),
    ["the app's secret", ALPHA_SECRET],
    ["the secret of its other key", ALPHA_NEXT_SECRET],
    ["another app's secret", BETA_SECRET],
    ["nothing", ""],
    ["the API key", "alpha-key"],
  ];
  test.each(keys)("%s", async (_name, key = "") => {
    for (const type of ["api", "client", "conference"] as const) {
      for (const look of Object.values(PLACES)) {
        expect(await look(craftOwn(type, {}, { key }))).not.toMatch(/^(ok|api|client|conference)$/);
      }
    }
  });

  test.each(["api", "client", "conference"] as const)(
    "%s: that of another key, or of another app, does not sign for this one",
    async (type: OwnType) => {
      const others = [
        ownKey(type, "alpha-next-key"),
        ownKey(type, "beta-key"),
        ownKey(type, "delta-key", "new"),
      ];
      for (const key of others) {
        for (const look of Object.values(PLACES)) {
          expect(await look(craftOwn(type, {}, { key }))).toMatch(
            /^(signature_invalid|token_malformed|nothing)$/,
          );
        }
      }
    },
  );
});

describe("every algorithm with every key", () => {
  const pem = (family: keyof typeof PAIRS): string =>
    PAIRS[family].publicKey.export({ type: "spki", format: "pem" }).toString();
  const jwk = (family: keyof typeof PAIRS): string =>
    JSON.stringify(PAIRS[family].publicKey.export({ format: "jwk" }));
  const families = ["RSA", "EC", "Ed25519"] as const;
  const texts: Readonly<Record<string, string>> = {
    "the app's secret": ALPHA_SECRET,
    ...Object.fromEntries(families.map((family) => [`${family} as PEM text`, pem(family)])),
    ...Object.fromEntries(
      families.map((family) => [`${family} as PEM text without the last newline`, pem(family).trimEnd()]),
    ),
    ...Object.fromEntries(families.map((family) => [`${family} as JWK text`, jwk(family)])),
  };
  const algorithms = ["HS256", "RS256", "ES256", "EdDSA", "PS256", "RS384", "none"] as const;
  const keyNames = [...Object.keys(texts), ...families];
  const payloads = {
    customer: claims({}),
    provider: providerClaims(),
    both: { ...providerClaims(), ...claims({}) },
  } as const;
  const familyOf: Readonly<Record<string, string>> = { RS256: "RSA", ES256: "EC", EdDSA: "Ed25519" };

  /** Signed with the key as that key can sign; the header says what it says. */
  function made(
    alg: string,
    keyName: string,
    payload: keyof typeof payloads,
    kid: string | undefined,
  ): string {
    const header = { alg, kid };
    const family = families.find((one) => one === keyName);
    if (family === undefined) return craft(payloads[payload], header, texts[keyName] ?? "");
    const how = family === "RSA" && (alg === "PS256" || alg === "RS384") ? alg : ALG_OF[family];
    return signAs(how, header, payloads[payload], PAIRS[family].privateKey);
  }

  /** Written from the rules, not from the code: who may sign what with what. */
  function expected(
    alg: string,
    keyName: string,
    payload: keyof typeof payloads,
    kid: string | undefined,
  ): string {
    const family = familyOf[alg];
    if (alg === "HS256") {
      if (payload === "provider") return "algorithm_not_allowed";
      return keyName === "the app's secret" ? "ok" : "signature_invalid";
    }
    if (family === undefined || payload !== "provider") return "algorithm_not_allowed";
    if (kid !== undefined && kid !== family) return "key_unknown";
    return keyName === family ? "ok" : "signature_invalid";
  }

  const cells = algorithms.flatMap((alg) => keyNames.map((keyName) => ({ alg, keyName })));
  test.each(cells)("$alg, with $keyName", async ({ alg, keyName }) => {
    for (const payload of ["customer", "provider", "both"] as const) {
      for (const kid of [undefined, ...families]) {
        const result = await PLACES.meeting(made(alg, keyName, payload, kid));
        expect([payload, kid, result]).toEqual([payload, kid, expected(alg, keyName, payload, kid)]);
      }
    }
  });

  test("none without a signature is no token at all", async () => {
    for (const payload of Object.values(payloads)) {
      const [head, body] = craft(payload, { alg: "none" }).split(".");
      expect(await PLACES.meeting(`${head}.${body}.`)).toBe("token_malformed");
    }
  });

  test.each(["RS256", "ES256", "EdDSA", "PS256", "none"])("%s signs none of our own kinds", async (alg) => {
    for (const type of ["api", "client", "conference"] as const) {
      for (const family of families) {
        const header = { alg, typ: OWN_TYPES[type], kid: family };
        const token = signAs(ALG_OF[family], header, OWN_CLAIMS[type], PAIRS[family].privateKey);
        for (const look of Object.values(PLACES)) {
          expect(await look(token)).toMatch(/^(algorithm_not_allowed|token_malformed|nothing)$/);
        }
        expect(
          await look(PLACES, type, craftText(type, OWN_CLAIMS[type], { header: { alg }, key: pem(family) })),
        ).toBe("algorithm_not_allowed");
      }
    }
  });
});

function look(places: typeof PLACES, type: OwnType, token: string): Promise<string> {
  return { api: places.api, client: places.meeting, conference: places.pass }[type](token);
}

describe("keys that a token brings along, or says where to find", () => {
  let attacker: JwksServer;
  beforeAll(async () => {
    const list = (["RSA", "EC", "Ed25519"] as const).map((kid) => jwkOf(STRANGERS[kid].publicKey, { kid }));
    attacker = await JwksServer.start(keySet(...list));
  });
  afterAll(() => attacker.close());

  test.each(["RSA", "EC", "Ed25519"] as const)(
    "%s: has no effect, and nobody looks there",
    async (family) => {
      const alg = ALG_OF[family];
      const { publicKey, privateKey } = STRANGERS[family];
      const jwk = jwkOf(publicKey, { kid: family });
      const x5c = [publicKey.export({ type: "spki", format: "der" }).toString("base64")];
      const { url } = attacker;
      for (const more of [
        { jwk },
        { jku: url },
        { x5u: url },
        { x5c },
        { jwk, jku: url, x5u: url, x5c, jwks: { keys: [jwk] } },
      ]) {
        for (const kid of [undefined, family]) {
          const token = signAs(alg, { alg, kid, ...more }, providerClaims(), privateKey);
          expect(await PLACES.meeting(token)).toBe("signature_invalid");
        }
        const elsewhere = signAs(alg, { alg, kid: url, ...more }, providerClaims(), privateKey);
        expect(await PLACES.meeting(elsewhere)).toBe("key_unknown");
        const named = signAs(
          alg,
          { alg, ...more },
          providerClaims({ iss: new URL(url).origin, jwks_uri: url }),
          privateKey,
        );
        expect(await PLACES.meeting(named)).toBe("key_unknown");
      }
      expect(attacker.requests).toEqual([]);
    },
  );

  test("a secret in the header signs nothing", async () => {
    const k = "the-attackers-own-secret-of-32-bytes";
    const jwk = { kty: "oct", k: Buffer.from(k).toString("base64url"), alg: "HS256" };
    expect(await PLACES.meeting(craft(claims({}), { ...HEADER, jwk }, k))).toBe("signature_invalid");
    for (const type of ["api", "client", "conference"] as const) {
      expect(await look(PLACES, type, craftOwn(type, {}, { header: { jwk }, key: k }))).toBe(
        "signature_invalid",
      );
    }
  });
});
