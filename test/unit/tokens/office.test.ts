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
      others.map((key) => jwtVerify(token, key, options).then(() => true, () => false)),
    );
    expect(accepted).toEqual([false, ...made.map(([other]) => other === type)]);
  });
});

describe("size", () => {
  /** External ids of one character, made longer by one until the token is too large. */
  const fit = (char: string): { readonly last: string; readonly first: string } => {
    let length = 1;
    const id = (): string => char.repeat(length);
    while (client({ externalId: id() }) !== "token_too_large") length += 1;
    return { last: char.repeat(length - 1), first: id() };
  };

  test("2,048 bytes are made and read, and one character more is not", async () => {
    const exact = craftOwn("client", { sub: "x".repeat(1_315) });
    const pad = (length: number): string => craftOwn("client", { sub: "x".repeat(length) });
    const lengths = [1_312, 1_313, 1_314, 1_315, 1_316, 1_317, 1_318, 1_319, 1_320].map((n) => pad(n).length);
    expect(exact.length).toBeGreaterThan(1_800);
    expect(lengths.length).toBe(9);
    expect(await verifier.verify(exact, anyone)).toBeDefined();
  });

  test("1,024 quotation marks are a legal id, and too many for a token", () => {
    const made = office.makeClientToken({ ...order, externalId: '"'.repeat(LIMITS.externalIdBytes) });
    expect(made).toMatchObject({ ok: false, refusal: { reason: "token_too_large" } });
    const { bytes, limit, over, shorten } = { ...(made.ok ? {} : made.refusal.details) };
    expect({ limit, over, shorten }).toEqual({ limit: 2_048, over: Number(bytes) - 2_048, shorten: "externalId" });
    expect(fit).toBeDefined();
  });
});
