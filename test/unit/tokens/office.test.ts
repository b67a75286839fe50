import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { jwtVerify } from "jose";
import { CONFERENCE_PERMISSIONS } from "../../../src/protocol/events.js";
import { LIMITS } from "../../../src/protocol/limits.js";
import { createAppKeys } from "../../../src/tokens/key-ring.js";
import { OWN_TYPES, type OwnType } from "../../../src/tokens/precheck.js";
import { API_SCOPES, SESSION_SCOPES } from "../../../src/tokens/scopes.js";
import { createVerifier } from "../../../src/tokens/verify.js";
import { ALPHA_NEXT_SECRET, ALPHA_SECRET, KEYS, NOW, appWith, keyWith } from "./craft.js";
import { OWN_CLAIMS, craftOwn, craftText, officeWith, ownKey, payloadOf } from "./own.js";

const SECOND = NOW / 1000;
const office = officeWith();
const verifier = createVerifier({ apps: KEYS, now: () => NOW, toleranceSeconds: 0 });
const anyone = { door: "meeting", roomId: "room-1", participantId: null } as const;

const api = (changes: object = {}): string =>
  office.makeApiToken({ apiKey: "alpha-key", scopes: ["comms:conf:create"], ttlSeconds: 1800, ...changes });
const order = {
  app: "alpha",
  apiKey: "alpha-key",
  scopes: ["conf:create", "notifications:set"],
  externalId: "ann",
  ttlSeconds: 3600,
} as const;
const client = (changes: object = {}): string => {
  const made = office.makeClientToken({ ...order, ...changes });
  return made.ok ? made.token : made.refusal.reason;
};
const passOrder = {
  id: "pass-1",
  app: "alpha",
  apiKey: "alpha-key",
  roomId: "room-1",
  participantId: "ann",
  permissions: ["JOIN", "SEND_AUDIO"],
  expiresAt: NOW + 3_600_000,
} as const;

describe("what is made", () => {
  test("an API token says its scopes one by one, and lives as long as asked", () => {
    const token = office.makeApiToken({ apiKey: "alpha-key", scopes: API_SCOPES, ttlSeconds: 86_400 });
    expect(payloadOf(token)).toEqual({
      apikey: "alpha-key",
      jti: expect.stringMatching(/^[\w-]{22}$/),
      iat: SECOND,
      exp: SECOND + 86_400,
      scope: API_SCOPES.join(" "),
    });
    expect(office.readApiToken(token)).toEqual({
      ok: true,
      bearer: {
        app: "alpha",
        apiKey: "alpha-key",
        scopes: API_SCOPES,
        jti: payloadOf(token)["jti"],
        expiresAt: NOW + 86_400_000,
      },
    });
    expect(office.readApiToken(api({ scopes: [] }))).toMatchObject({ ok: true, bearer: { scopes: [] } });
  });

  test("a client access token says whose it is, where that is known", () => {
    expect(payloadOf(client())).toEqual({
      apikey: "alpha-key",
      jti: expect.stringMatching(/^[\w-]{22}$/),
      iat: SECOND,
      exp: SECOND + 3600,
      scope: "conf:create notifications:set",
      sub: "ann",
    });
    expect(payloadOf(client({ externalId: null }))).not.toHaveProperty("sub");
    expect(payloadOf(client({ externalId: "" }))).not.toHaveProperty("sub");
  });

  test("a conference access token has the id that the room knows", () => {
    const token = office.makePass({ ...passOrder, expiresAt: NOW + 3_600_999 });
    expect(payloadOf(token)).toEqual({
      apikey: "alpha-key",
      jti: "pass-1",
      iat: SECOND,
      exp: SECOND + 3600,
      roomId: "room-1",
      sub: "ann",
      authorities: ["JOIN", "SEND_AUDIO"],
    });
    expect(office.readPass(token, "alpha")).toEqual({
      ok: true,
      pass: { id: "pass-1", roomId: "room-1", participantId: "ann" },
    });
  });

  test("no two tokens are the same", () => {
    const jtis = Array.from({ length: 100 }, () => [payloadOf(api())["jti"], payloadOf(client())["jti"]]);
    expect(new Set(jtis.flat()).size).toBe(200);
  });

  test.each([
    ["an unknown key", { apiKey: "nobody" }],
    ["a deactivated key", { apiKey: "delta-idle-key", app: "delta" }],
    ["a key of another app", { apiKey: "beta-key" }],
  ])("%s signs nothing", (_what, changes) => {
    expect(() => office.makeClientToken({ ...order, ...changes })).toThrow("does not sign");
    expect(() => office.makePass({ ...passOrder, ...changes })).toThrow("does not sign");
    if (changes.apiKey !== "beta-key") expect(() => api(changes)).toThrow("does not sign");
  });
});

describe("second opinion: jose verifies what we make, with the derived key", () => {
  const made: readonly (readonly [OwnType, string])[] = [
    ["api", api()],
    ["client", client()],
    ["conference", office.makePass(passOrder)],
  ];
  test.each(made)("%s", async (type, token) => {
    const options = { algorithms: ["HS256"], typ: OWN_TYPES[type], currentDate: new Date(NOW) };
    await expect(jwtVerify(token, ownKey(type), options)).resolves.toMatchObject({
      protectedHeader: { alg: "HS256", typ: OWN_TYPES[type] },
      payload: { apikey: "alpha-key", iat: SECOND },
    });
    // The app's own secret is not what signs it, and neither is the key of another kind.
    const others = [new TextEncoder().encode(ALPHA_SECRET), ...made.map(([other]) => ownKey(other))];
    const accepted = await Promise.all(
      others.map((key) =>
        jwtVerify(token, key, options).then(
          () => true,
          () => false,
        ),
      ),
    );
    expect(accepted).toEqual([false, ...made.map(([other]) => other === type)]);
  });
});

describe("size", () => {
  const HEADERS = { api: "x".repeat(4), client: "x", conference: "" } as const;
  /** A good token of exactly so many characters: base64url has no text of 4n + 1 characters, so the header makes up for it. */
  const sized = (type: OwnType, length: number): string => {
    for (let pad = 0; pad < 4; pad += 1) {
      const header = { kid: HEADERS[type] + "x".repeat(pad) };
      const claims = JSON.stringify(OWN_CLAIMS[type]);
      const rest = length - craftText(type, claims, { header }).length;
      const text = claims + " ".repeat(Math.floor((rest * 3) / 4));
      for (const more of ["", " ", "  "]) {
        const token = craftText(type, text + more, { header });
        if (token.length === length) return token;
      }
    }
    throw new Error("no such length");
  };
  const read = async (type: OwnType, token: string): Promise<unknown> => {
    switch (type) {
      case "api":
        return office.readApiToken(token);
      case "client":
        return verifier.verify(token, anyone);
      case "conference":
        return office.readPass(token, "alpha");
    }
  };

  test.each(["api", "client", "conference"] as const)(
    "%s: a token of 2,048 bytes is read, and one of 2,049 is not",
    async (type) => {
      const [fits, large] = [sized(type, 2_048), sized(type, 2_049)];
      expect([fits.length, large.length]).toEqual([2_048, 2_049]);
      expect(await read(type, fits)).toMatchObject({ ok: true });
      const refusal =
        type === "conference"
          ? { reason: "conference_token_invalid", details: { cause: "token_too_long" } }
          : { reason: "token_too_long" };
      expect(await read(type, large)).toMatchObject({ ok: false, refusal });
    },
  );

  test.each([
    ["x", 1_000],
    ["é", 400],
    ["漢", 300],
    ["😀", 200],
    ['"', 400],
    ["\u{1}", 100],
  ])("ids of %j are taken up to the limit, and one over it is told by how much", async (char, least) => {
    const made = (length: number) => office.makeClientToken({ ...order, externalId: char.repeat(length) });
    let length = least;
    while (made(length).ok) length += 1;
    const [last, first] = [made(length - 1), made(length)];
    const token = last.ok ? last.token : "";
    expect(await verifier.verify(token, anyone)).toMatchObject({
      ok: true,
      claims: { sub: char.repeat(length - 1) },
    });
    const details = first.ok ? {} : { ...first.refusal.details };
    expect(first).toMatchObject({ refusal: { reason: "token_too_large" } });
    const bytes = Number(details["bytes"]);
    expect(details).toEqual({ bytes, limit: 2_048, over: bytes - 2_048, shorten: "externalId" });
    // Nothing between the two was possible: one character is at most 6 bytes of JSON, and 8 of base64url.
    expect(token.length).toBeLessThanOrEqual(2_048);
    expect(bytes).toBeGreaterThan(2_048);
    expect(bytes - token.length).toBeLessThanOrEqual(8);
  });

  test("one byte over is one byte over", () => {
    // 2,048 characters cannot come of this header: 2,047 and 2,049 are next to each other.
    const sizes = Array.from({ length: 60 }, (_, n) => {
      const made = office.makeClientToken({ ...order, externalId: "x".repeat(1_280 + n) });
      return made.ok ? made.token.length : Number(made.refusal.details?.["bytes"]);
    });
    expect(sizes).toEqual(expect.arrayContaining([2_047, 2_049]));
    const at = sizes.indexOf(2_049);
    const over = office.makeClientToken({ ...order, externalId: "x".repeat(1_280 + at) });
    expect(over).toMatchObject({ ok: false, refusal: { details: { bytes: 2_049, over: 1 } } });
  });

  test("1,024 quotation marks are a legal id, and too many for a token", () => {
    const made = office.makeClientToken({ ...order, externalId: '"'.repeat(LIMITS.externalIdBytes) });
    expect(made).toMatchObject({
      ok: false,
      refusal: { reason: "token_too_large", details: { limit: 2_048 } },
    });
    expect(office.makeClientToken({ ...order, externalId: "x".repeat(1_024) })).toMatchObject({ ok: true });
  });

  test("the longest conference access token and API token fit", () => {
    const apiKey = '"'.repeat(128);
    const apps = createAppKeys([appWith("wide", ALPHA_SECRET, { keys: [keyWith(apiKey, ALPHA_SECRET)] })]);
    const wide = officeWith({ apps });
    const token = wide.makePass({
      ...passOrder,
      app: "wide",
      apiKey,
      id: "x".repeat(22),
      roomId: "漢".repeat(128),
      participantId: "語".repeat(128),
      permissions: CONFERENCE_PERMISSIONS,
    });
    expect(wide.readPass(token, "wide")).toMatchObject({
      ok: true,
      pass: { participantId: "語".repeat(128) },
    });
    expect(wide.readApiToken(wide.makeApiToken({ apiKey, scopes: API_SCOPES, ttlSeconds: 1 }))).toMatchObject(
      {
        ok: true,
      },
    );
  });

  test("an external id with half a character in it could not be read again", () => {
    expect(office.makeClientToken({ ...order, externalId: "a\u{d800}" })).toEqual({
      ok: false,
      refusal: { reason: "invalid_parameter", field: "externalId" },
    });
  });
});

describe("what is read", () => {
  const badPass = (cause: string) => ({
    ok: false,
    refusal: { reason: "conference_token_invalid", field: "conferenceToken", details: { cause } },
  });

  test.each([
    { name: "expired", changes: { exp: SECOND }, reason: "token_expired", field: "exp" },
    { name: "of the future", changes: { iat: SECOND + 61 }, reason: "token_not_yet_valid", field: "iat" },
    { name: "an unknown key", changes: { apikey: "nobody" }, reason: "key_unknown", field: "apikey" },
    {
      name: "a key in a list",
      changes: { apikey: ["alpha-key"] },
      reason: "claims_invalid",
      field: "apikey",
    },
    { name: "no id", changes: { jti: undefined }, reason: "claims_invalid", field: "jti" },
    { name: "no exp", changes: { exp: undefined }, reason: "claims_invalid", field: "exp" },
    { name: "exp as text", changes: { exp: "1e9" }, reason: "claims_invalid", field: "exp" },
    {
      name: "a claim more",
      changes: { permissions: ["allow_join"] },
      reason: "claims_invalid",
      field: "payload",
    },
  ])("$name: refused, whatever its kind", async ({ changes, reason, field }) => {
    const refusal = { reason, field };
    expect(office.readApiToken(craftOwn("api", changes))).toEqual({ ok: false, refusal });
    expect(await verifier.verify(craftOwn("client", changes), anyone)).toEqual({ ok: false, refusal });
    expect(office.readPass(craftOwn("conference", changes), "alpha")).toEqual(badPass(reason));
  });

  test("a key of another app did not sign it", async () => {
    const changes = { apikey: "beta-key" };
    const refusal = { reason: "signature_invalid" };
    expect(office.readApiToken(craftOwn("api", changes))).toEqual({ ok: false, refusal });
    expect(await verifier.verify(craftOwn("client", changes), anyone)).toEqual({ ok: false, refusal });
    expect(office.readPass(craftOwn("conference", changes), "beta")).toEqual(badPass("signature_invalid"));
    expect(office.readPass(craftOwn("conference", changes), "alpha")).toEqual(badPass("key_unknown"));
  });

  test("the clock tolerance counts here too", () => {
    const late = officeWith({ toleranceSeconds: 10 });
    const expired = { exp: SECOND - 9 };
    expect(office.readApiToken(craftOwn("api", expired)).ok).toBe(false);
    expect(late.readApiToken(craftOwn("api", expired)).ok).toBe(true);
    expect(late.readPass(craftOwn("conference", expired), "alpha").ok).toBe(true);
    expect(late.readApiToken(craftOwn("api", { exp: SECOND - 10 })).ok).toBe(false);
  });

  test("a conference access token is read for its own app only", () => {
    const token = office.makePass(passOrder);
    expect(office.readPass(token, "alpha").ok).toBe(true);
    for (const app of ["beta", "delta", "nobody", "__proto__"]) {
      expect(office.readPass(token, app)).toEqual(badPass("key_unknown"));
    }
  });

  test.each([undefined, null, "", 7, {}, "x", "a.b.c"])("%j is no token", async (token) => {
    expect(office.readApiToken(token).ok).toBe(false);
    expect(office.readPass(token, "alpha").ok).toBe(false);
    expect(await office.facts(token, "alpha")).toBeNull();
  });

  test("what an API token names that this version does not know allows nothing", () => {
    const scope = "comms:conf:create comms:conf:fly comms:* comms:conf:create";
    expect(office.readApiToken(craftOwn("api", { scope }))).toMatchObject({
      bearer: { scopes: ["comms:conf:create"] },
    });
  });
});

describe("rotation: tokens of both secrets pass while both count, and new ones come from the newest", () => {
  const ringAt = (secrets: readonly (readonly [string, string, number | null])[], active = true) =>
    createAppKeys([
      appWith("alpha", ALPHA_SECRET, {
        keys: [
          {
            apiKey: "alpha-key",
            active,
            secrets: secrets.map(([id, secret, retiresAt]) => ({ id, secret, retiresAt })),
          },
        ],
      }),
    ]);
  const before = ringAt([["1", ALPHA_SECRET, null]]);
  const during = ringAt([
    ["2", ALPHA_NEXT_SECRET, null],
    ["1", ALPHA_SECRET, NOW + 60_000],
  ]);
  const tokensOf = (apps: typeof before) => {
    const from = officeWith({ apps });
    const made = from.makeClientToken(order);
    return {
      api: from.makeApiToken({ apiKey: "alpha-key", scopes: [], ttlSeconds: 600 }),
      client: made.ok ? made.token : "",
      pass: from.makePass(passOrder),
    };
  };
  const readBy = async (apps: typeof before, tokens: ReturnType<typeof tokensOf>, now = NOW) => {
    const options = { apps, now: () => now, toleranceSeconds: 0 };
    const reader = officeWith(options);
    return [
      reader.readApiToken(tokens.api).ok,
      (await createVerifier(options).verify(tokens.client, anyone)).ok,
      reader.readPass(tokens.pass, "alpha").ok,
    ];
  };
  const [all, none] = [
    [true, true, true],
    [false, false, false],
  ];

  test("old ones until the end of their secret, new ones from then on alone", async () => {
    const [old, fresh] = [tokensOf(before), tokensOf(during)];
    expect(await readBy(during, old)).toEqual(all);
    expect(await readBy(during, fresh)).toEqual(all);
    expect(await readBy(before, fresh)).toEqual(none);
    expect(await readBy(during, old, NOW + 59_999)).toEqual(all);
    expect(await readBy(during, old, NOW + 60_000)).toEqual(none);
    expect(await readBy(during, fresh, NOW + 60_000)).toEqual(all);
    expect(await readBy(ringAt([["2", ALPHA_NEXT_SECRET, null]]), old)).toEqual(none);
  });

  test("the grant says by which secret", async () => {
    const token = tokensOf(before).client;
    const verdict = await createVerifier({ apps: during, now: () => NOW, toleranceSeconds: 0 }).verify(
      token,
      anyone,
    );
    expect(verdict).toMatchObject({ grant: { kind: "client", key: "alpha-key", secretId: "1" } });
  });

  test("a deactivated key reads nothing and says so", async () => {
    const tokens = tokensOf(before);
    const idle = ringAt([["1", ALPHA_SECRET, null]], false);
    expect(await readBy(idle, tokens)).toEqual(none);
    const reader = officeWith({ apps: idle });
    expect(reader.readApiToken(tokens.api)).toMatchObject({
      refusal: { reason: "key_deactivated", field: "apikey" },
    });
    expect(reader.readPass(tokens.pass, "alpha")).toEqual({
      ok: false,
      refusal: {
        reason: "conference_token_invalid",
        field: "conferenceToken",
        details: { cause: "key_deactivated" },
      },
    });
  });
});

test("whatever is ordered is read as it was ordered", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.subarray([...API_SCOPES]),
      fc.subarray([...SESSION_SCOPES]),
      fc.subarray([...CONFERENCE_PERMISSIONS]),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 86_400 }),
      async (apiScopes, scopes, permissions, externalId, ttlSeconds) => {
        const bearer = office.readApiToken(api({ scopes: apiScopes, ttlSeconds }));
        expect(bearer).toMatchObject({ bearer: { scopes: apiScopes, expiresAt: NOW + ttlSeconds * 1000 } });
        const verdict = await verifier.verify(client({ scopes, externalId, ttlSeconds }), anyone);
        expect(verdict).toMatchObject({ grant: { scopes, expiresAt: NOW + ttlSeconds * 1000 } });
        const pass = office.makePass({ ...passOrder, permissions });
        expect(await office.facts(pass, "alpha")).toMatchObject({ scope: permissions.join(" ") });
      },
    ),
  );
});
