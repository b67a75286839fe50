import { describe, expect, test } from "@jest/globals";
import { SignJWT } from "jose";
import type { ClaimMapping, Issuer } from "../../../src/tokens/app.js";
import { participantIdOf } from "../../../src/tokens/external-id.js";
import { createAppKeys } from "../../../src/tokens/key-ring.js";
import { createVerifier, type Door, type Verdict } from "../../../src/tokens/verify.js";
import { APPS, BETA_SECRET, NOW, appWith } from "./craft.js";
import { DOORS } from "./hostile.js";
import {
  AUD,
  ISS,
  MAPPING,
  PAIRS,
  STRANGERS,
  checksWith,
  issuerWith,
  providerClaims,
  providerToken,
  signAs,
  type Family,
} from "./provider.js";

const SECOND = NOW / 1000;
const FAMILIES: readonly Family[] = ["RSA", "EC", "Ed25519"];
const anybody: Door = { door: "meeting", roomId: "room-1", participantId: null };

const check = (token: string, issuer: Issuer = issuerWith(), door: Door = anybody): Promise<Verdict> =>
  createVerifier(checksWith(issuer)).verify(token, door);
const outcome = async (...args: Parameters<typeof check>): Promise<string> => {
  const verdict = await check(...args);
  return verdict.ok ? "ok" : [verdict.refusal.reason, verdict.refusal.field].filter(Boolean).join(" ");
};
const mapped = (changes: Partial<ClaimMapping>): Issuer => issuerWith({ claims: { ...MAPPING, ...changes } });
const rightsBy = (permissions: Partial<ClaimMapping["permissions"]>): Issuer =>
  mapped({ permissions: { ...MAPPING.permissions, ...permissions } });

describe("a token of an identity provider", () => {
  test.each(FAMILIES)("signed by %s gives a grant that says where it comes from", async (family) => {
    const verdict = await check(providerToken({ jti: "t-1" }, family));
    expect(verdict).toMatchObject({ ok: true });
    expect(verdict.ok ? verdict.grant : null).toEqual({
      app: "alpha",
      fingerprint: expect.stringMatching(/^[\w-]{22}$/),
      kind: "issuer",
      key: ISS,
      secretId: null,
      jti: "t-1",
      issuedAt: NOW,
      permissions: ["allow_join", "allow_mod"],
      roles: ["rtc"],
      roomId: null,
      participantId: "ann",
      expiresAt: NOW + 600_000,
      expiryPolicy: "stay",
      oneTime: false,
      scopes: null,
      name: "Ann",
    });
  });

  test("is the same token under the other signature that ECDSA allows", async () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const token = providerToken({}, "EC");
    const [head = "", body = "", signature = ""] = token.split(".");
    const hex = Buffer.from(signature, "base64url").toString("hex");
    const other = (order - BigInt(`0x${hex.slice(64)}`)).toString(16).padStart(64, "0");
    const twin = `${head}.${body}.${Buffer.from(hex.slice(0, 64) + other, "hex").toString("base64url")}`;
    const [one, two] = [await check(token), await check(twin)];
    expect(twin).not.toBe(token);
    expect([one.ok, two.ok]).toEqual([true, true]);
    expect(two.ok ? two.grant.fingerprint : null).toBe(one.ok ? one.grant.fingerprint : "");
  });

  test("made by another library", async () => {
    const token = await new SignJWT({ ...providerClaims() })
      .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: "EC" })
      .sign(PAIRS.EC.privateKey);
    expect(await outcome(token)).toBe("ok");
  });

  test.each(["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"])("of typ %s", async (typ) => {
    expect(await outcome(providerToken({}, "RSA", { typ }))).toBe("ok");
  });

  test.each(["Bearer", "logout+jwt", "client+jwt", "api+jwt", "", 7, null])(
    "of typ %j is another kind of token",
    async (typ) => {
      expect(await outcome(providerToken({}, "RSA", { typ }))).toMatch(
        /^(token_malformed header.typ|algorithm_not_allowed header.alg)$/,
      );
    },
  );

  test("a claim typ is the provider's own business", async () => {
    expect(await outcome(providerToken({ typ: "Bearer", azp: "web", version: 3, roles: "x" }))).toBe("ok");
  });

  test("opens meetings, and nothing else", async () => {
    expect(await outcome(providerToken(), issuerWith(), DOORS.rest)).toBe("role_not_allowed roles");
    expect(await outcome(providerToken(), issuerWith(), { door: "other", role: "crawler" })).toBe(
      "role_not_allowed roles",
    );
    expect(await outcome(providerToken(), issuerWith(), { door: "other", role: "rtc" })).toBe("ok");
  });

  test("is no token for a verifier that was given no keys of identity providers", async () => {
    const { apps, now, toleranceSeconds } = checksWith();
    const verifier = createVerifier({ apps, now, toleranceSeconds });
    expect(await verifier.verify(providerToken(), anybody)).toMatchObject({
      refusal: { reason: "key_unknown", field: "iss" },
    });
  });
});

describe("whose token it is", () => {
  test.each([
    { name: "another issuer", changes: { iss: "https://other.example" }, result: "key_unknown iss" },
    { name: "the issuer with a slash more", changes: { iss: `${ISS}/` }, result: "key_unknown iss" },
    { name: "the issuer in capitals", changes: { iss: ISS.toUpperCase() }, result: "key_unknown iss" },
    { name: "a prototype's name", changes: { iss: "__proto__" }, result: "key_unknown iss" },
    { name: "an empty issuer", changes: { iss: "" }, result: "claims_invalid iss" },
    { name: "an issuer in a list", changes: { iss: [ISS] }, result: "claims_invalid iss" },
    { name: "no issuer", changes: { iss: undefined }, result: "claims_invalid apikey" },
    { name: "another audience", changes: { aud: "admitone-beta" }, result: "claims_invalid aud" },
    { name: "no audience", changes: { aud: undefined }, result: "claims_invalid aud" },
    { name: "an empty list of audiences", changes: { aud: [] }, result: "claims_invalid aud" },
    { name: "an audience that begins alike", changes: { aud: `${AUD}-2` }, result: "claims_invalid aud" },
    { name: "the audience in a list in a list", changes: { aud: [[AUD]] }, result: "claims_invalid aud" },
    { name: "the audience as a member", changes: { aud: { [AUD]: AUD } }, result: "claims_invalid aud" },
    { name: "the audience among others", changes: { aud: ["account", AUD] }, result: "ok" },
    { name: "the audience in a list", changes: { aud: [AUD] }, result: "ok" },
    {
      name: "an apikey beside it",
      changes: { apikey: "alpha-key" },
      result: "algorithm_not_allowed header.alg",
    },
    {
      name: "an empty apikey beside it",
      changes: { apikey: "" },
      result: "algorithm_not_allowed header.alg",
    },
  ])("$name: $result", async ({ changes, result }) => {
    expect(await outcome(providerToken(changes))).toBe(result);
  });

  test("two apps that take tokens of one issuer are told apart by the audience", async () => {
    const beta = appWith("beta", BETA_SECRET, { issuers: [issuerWith({ audience: "admitone-beta" })] });
    const apps = createAppKeys([
      ...APPS.filter(({ id }) => id === "delta"),
      appWith("alpha", BETA_SECRET, { issuers: [issuerWith()] }),
      beta,
    ]);
    const verifier = createVerifier({ ...checksWith(), apps });
    expect(await verifier.verify(providerToken(), anybody)).toMatchObject({ grant: { app: "alpha" } });
    expect(await verifier.verify(providerToken({ aud: "admitone-beta" }), anybody)).toMatchObject({
      grant: { app: "beta" },
    });
    // Which of the two it opens would hang on an order of ours.
    expect(await verifier.verify(providerToken({ aud: [AUD, "admitone-beta"] }), anybody)).toMatchObject({
      refusal: { reason: "claims_invalid", field: "aud" },
    });
  });
});

describe("the key", () => {
  test.each(FAMILIES)("%s: no other key of the family signs for the provider", async (family) => {
    const alg = ({ RSA: "RS256", EC: "ES256", Ed25519: "EdDSA" } as const)[family];
    const { privateKey, publicKey } = STRANGERS[family];
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: family };
    const made = (header: object): string => signAs(alg, { alg, ...header }, providerClaims(), privateKey);
    expect(await outcome(made({ kid: family }))).toBe("signature_invalid");
    expect(await outcome(made({}))).toBe("signature_invalid");
    expect(await outcome(made({ kid: family, jwk }))).toBe("signature_invalid");
    expect(await outcome(made({ jwk }))).toBe("signature_invalid");
    expect(await outcome(made({ kid: "mine", jwk: { ...jwk, kid: "mine" } }))).toBe("key_unknown header.kid");
  });

  test.each([
    { name: "none, where one key fits", kid: undefined, result: "ok" },
    { name: "another family's", kid: "EC", result: "key_unknown header.kid" },
    { name: "of nobody", kid: "x", result: "key_unknown header.kid" },
    { name: "empty", kid: "", result: "key_unknown header.kid" },
    { name: "a path", kid: "../../../dev/null", result: "key_unknown header.kid" },
    { name: "a prototype's name", kid: "__proto__", result: "key_unknown header.kid" },
    { name: "an address", kid: "https://attacker.invalid/jwks.json", result: "key_unknown header.kid" },
    { name: "a number", kid: 1, result: "key_unknown header.kid" },
    { name: "null", kid: null, result: "key_unknown header.kid" },
    { name: "a list", kid: ["RSA"], result: "key_unknown header.kid" },
  ])("kid: $name: $result", async ({ kid, result }) => {
    expect(await outcome(providerToken({}, "RSA", { kid }))).toBe(result);
  });

  test("without a kid every key that fits is tried, and no other", async () => {
    const keys = [STRANGERS.RSA, PAIRS.RSA, STRANGERS.EC].map(({ publicKey }) => ({
      ...publicKey.export({ format: "jwk" }),
    }));
    const issuer = issuerWith({ keys });
    expect(await outcome(providerToken({}, "RSA", { kid: undefined }), issuer)).toBe("ok");
    expect(await outcome(providerToken({}, "EC", { kid: undefined }), issuer)).toBe("signature_invalid");
    expect(await outcome(providerToken({}, "Ed25519", { kid: undefined }), issuer)).toBe(
      "key_unknown header.alg",
    );
  });

  test("two keys of one name are both tried", async () => {
    const keys = [STRANGERS.EC, PAIRS.EC].map(({ publicKey }) => ({
      ...publicKey.export({ format: "jwk" }),
      kid: "EC",
    }));
    expect(await outcome(providerToken({}, "EC"), issuerWith({ keys }))).toBe("ok");
  });

  test("an algorithm that the app has not named for it is refused before any key is asked", async () => {
    const issuer = issuerWith({ algorithms: ["ES256"] });
    expect(await outcome(providerToken({}, "EC"), issuer)).toBe("ok");
    for (const family of ["RSA", "Ed25519"] as const) {
      expect(await outcome(providerToken({}, family), issuer)).toBe("algorithm_not_allowed header.alg");
    }
  });

  test.each([
    ["jku", "https://attacker.invalid/jwks.json"],
    ["x5u", "https://attacker.invalid/cert.pem"],
    ["x5c", ["MIIB"]],
    ["jwk", { kty: "RSA" }],
  ])("a %s in the header has no effect", async (name, value) => {
    expect(await outcome(providerToken({}, "RSA", { [name]: value }))).toBe("ok");
  });
});

describe("times", () => {
  const limited = { ...checksWith(), apps: ringOf(3600) };
  function ringOf(maxTokenSeconds: number | null) {
    return createAppKeys([
      appWith("alpha", BETA_SECRET, { allowNoExpiry: true, maxTokenSeconds, issuers: [issuerWith()] }),
    ]);
  }
  test.each([
    { changes: { exp: SECOND }, result: "token_expired exp" },
    { changes: { exp: SECOND + 1 }, result: "ok" },
    { changes: { exp: undefined }, result: "expiry_missing exp" },
    { changes: { exp: String(SECOND + 60) }, result: "claims_invalid exp" },
    { changes: { exp: SECOND + 60.5 }, result: "claims_invalid exp" },
    { changes: { exp: 1e300 }, result: "claims_invalid exp" },
    { changes: { nbf: SECOND + 60 }, result: "ok" },
    { changes: { nbf: SECOND + 61 }, result: "token_not_yet_valid nbf" },
    { changes: { iat: SECOND + 61 }, result: "token_not_yet_valid iat" },
    { changes: { iat: "now" }, result: "claims_invalid iat" },
    { changes: { iat: SECOND, exp: SECOND + 3600 }, result: "ok" },
    { changes: { iat: undefined, exp: SECOND + 60 }, result: "claims_invalid iat" },
    { changes: { iat: SECOND - 1, exp: SECOND + 3600 }, result: "lifetime_too_long exp" },
    { changes: { jti: "" }, result: "claims_invalid jti" },
    { changes: { jti: 7 }, result: "claims_invalid jti" },
  ])("$changes: $result, even where the app allows its own tokens more", async ({ changes, result }) => {
    const verdict = await createVerifier(limited).verify(providerToken(changes), anybody);
    const text = verdict.ok ? "ok" : `${verdict.refusal.reason} ${String(verdict.refusal.field)}`;
    expect(text).toBe(result);
  });
});

describe("rights", () => {
  const roles = (...list: readonly unknown[]) => ({ realm_access: { roles: list } });
  const permissions = async (token: string, issuer?: Issuer): Promise<readonly string[] | string> => {
    const verdict = await check(token, issuer);
    return verdict.ok
      ? verdict.grant.permissions
      : `${verdict.refusal.reason} ${String(verdict.refusal.field)}`;
  };
  test.each([
    { name: "a list", changes: roles("teacher"), result: ["allow_join", "allow_mod"] },
    { name: "a text", changes: { realm_access: { roles: "pupil" } }, result: ["ask_join"] },
    { name: "one twice", changes: roles("teacher", "teacher"), result: ["allow_join", "allow_mod"] },
    { name: "with what stands for nothing", changes: roles("guest", "pupil"), result: ["ask_join"] },
    { name: "with what is no text", changes: roles(1, null, ["teacher"], "pupil"), result: ["ask_join"] },
  ])("by $name", async ({ changes, result }) => {
    expect(await permissions(providerToken(changes))).toEqual(result);
  });

  const refused = "permissions_invalid realm_access.roles";
  test.each([
    { name: "a role that stands for nothing", changes: roles("guest") },
    { name: "unknown roles only", changes: roles("admin") },
    { name: "a prototype's name", changes: roles("constructor", "__proto__", "toString") },
    { name: "no role", changes: roles() },
    { name: "no such claim", changes: { realm_access: undefined } },
    { name: "a text with two names in it", changes: { realm_access: { roles: "pupil teacher" } } },
    { name: "roles that contradict each other", changes: roles("teacher", "pupil") },
    {
      name: "the claim under its whole name, as a member of something else",
      changes: { realm_access: { "realm_access.roles": ["teacher"] } },
    },
  ])("$name: none, and no way in", async ({ changes }) => {
    expect(await permissions(providerToken(changes))).toBe(refused);
  });

  test("of everybody, where the app says so", async () => {
    const everybody = rightsBy({ claim: null, otherwise: ["ask_join"] });
    expect(await permissions(providerToken(), everybody)).toEqual(["ask_join"]);
    expect(await permissions(providerToken(roles("admin")), rightsBy({ otherwise: ["ask_join"] }))).toEqual([
      "ask_join",
    ]);
    for (const name of ["constructor", "toString", "__proto__"]) {
      expect(await permissions(providerToken(roles(name)), rightsBy({ otherwise: ["ask_join"] }))).toEqual([
        "ask_join",
      ]);
    }
    // What is known counts, even where it stands for nothing.
    expect(await permissions(providerToken(roles("guest")), rightsBy({ otherwise: ["ask_join"] }))).toBe(
      refused,
    );
    const moderator = rightsBy({ claim: null, otherwise: ["allow_mod"] });
    expect(await permissions(providerToken(), moderator)).toBe("permissions_invalid permissions");
  });

  test("by a claim that is named like an address, or has dots inside", async () => {
    const claim = "https://example.test/roles";
    expect(await permissions(providerToken({ [claim]: ["teacher"] }), rightsBy({ claim }))).toEqual([
      "allow_join",
      "allow_mod",
    ]);
    const inside = { resource_access: { "my.client": { roles: ["pupil"] } } };
    expect(
      await permissions(providerToken(inside), rightsBy({ claim: "resource_access.my.client.roles" })),
    ).toEqual(["ask_join"]);
    // The member of this very name comes first.
    const both = { "a.b": "pupil", a: { b: "teacher" } };
    expect(await permissions(providerToken(both), rightsBy({ claim: "a.b" }))).toEqual(["ask_join"]);
    expect(await permissions(providerToken({ a: { b: "teacher" } }), rightsBy({ claim: "a.b" }))).toEqual([
      "allow_join",
      "allow_mod",
    ]);
  });

  test("by the words of a scope, which is a list of them by standard", async () => {
    const token = providerToken({ scope: "openid teacher" });
    expect(await permissions(token, rightsBy({ claim: "scope" }))).toEqual(["allow_join", "allow_mod"]);
  });
});

describe("who its bearer is", () => {
  const participant = async (changes: object, issuer?: Issuer): Promise<string | null> => {
    const verdict = await check(providerToken({ ...changes }), issuer);
    return verdict.ok
      ? verdict.grant.participantId
      : `${verdict.refusal.reason} ${String(verdict.refusal.field)}`;
  };
  test("the claim itself where it can be an id, else one made of it", async () => {
    expect(await participant({ sub: "auth0|5f7c8ec7" })).toBe("auth0|5f7c8ec7");
    expect(await participant({ sub: "Ann Example" })).toBe(participantIdOf("Ann Example"));
    expect(await participant({ sub: "x".repeat(129) })).toMatch(/^ext-[\w-]{22}$/);
    expect(await participant({ sub: "*" })).toMatch(/^ext-[\w-]{22}$/);
    expect(await participant({ email: "ann@example.test" }, mapped({ participantId: "email" }))).toBe(
      "ann@example.test",
    );
  });

  test.each([undefined, "", null, 7, ["ann"], {}])("sub %j: refused", async (sub) => {
    expect(await participant({ sub })).toBe("claims_invalid sub");
  });

  test("another id that is asked for is refused", async () => {
    const door: Door = { door: "meeting", roomId: "room-1", participantId: "bob" };
    expect(await outcome(providerToken(), issuerWith(), door)).toBe("participant_mismatch participantId");
    expect(await outcome(providerToken(), issuerWith(), { ...door, participantId: "ann" })).toBe("ok");
  });

  test("the room is the provider's where it is mapped, and then required", async () => {
    const issuer = mapped({ roomId: "meeting.id" });
    const inRoom = (id: unknown) => providerToken({ meeting: { id } });
    expect(await outcome(inRoom("room-1"), issuer)).toBe("ok");
    expect(await outcome(inRoom("room-2"), issuer)).toBe("room_mismatch roomId");
    for (const id of [undefined, "", null, 7, ["room-1"]]) {
      expect(await outcome(inRoom(id), issuer)).toBe("claims_invalid meeting.id");
    }
    // Not mapped, such a claim ties the token to nothing.
    expect(await outcome(providerToken({ roomId: "room-2" }))).toBe("ok");
  });

  test("the name is the provider's where it gives one", async () => {
    const name = async (changes: object, issuer?: Issuer): Promise<string | null> => {
      const verdict = await check(providerToken({ ...changes }), issuer);
      return verdict.ok ? verdict.grant.name : "refused";
    };
    expect(await name({ name: "Ann B." })).toBe("Ann B.");
    expect(await name({ name: "x".repeat(200) })).toBe("x".repeat(128));
    expect(await name({ name: `${"x".repeat(127)}😀` })).toBe("x".repeat(127));
    for (const none of [undefined, null, "", "  ", 7]) expect(await name({ name: none })).toBeNull();
    expect(await name({ name: "Ann" }, mapped({ name: null }))).toBeNull();
  });
});
