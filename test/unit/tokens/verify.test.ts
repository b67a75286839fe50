import { describe, expect, test } from "@jest/globals";
import { fingerprintOf } from "../../../src/tokens/signature.js";
import { checkScope, createVerifier } from "../../../src/tokens/verify.js";
import { BETA_SECRET, HEADER, KEYS, NOW, claims, craft } from "./craft.js";
import { DOORS, ROOM } from "./hostile.js";

const SECOND = NOW / 1000;
const verifier = createVerifier({ apps: KEYS, now: () => NOW, toleranceSeconds: 0 });

const made = (changes: Readonly<Record<string, unknown>>): string => craft(claims(changes));

describe("the grant", () => {
  test("says all that the token entitles to, and cannot be changed", async () => {
    const token = made({
      version: 2,
      roomId: ROOM,
      participantId: "ann",
      roles: ["rtc"],
      jti: "t-1",
      own: { a: 1 },
    });
    const verdict = await verifier.verify(token, DOORS.meeting);
    expect(verdict).toMatchObject({ ok: true, claims: { own: { a: 1 } } });
    const grant = verdict.ok ? verdict.grant : null;
    expect(grant).toEqual({
      app: "alpha",
      fingerprint: fingerprintOf(token),
      kind: "customer",
      key: "alpha-key",
      secretId: "1",
      jti: "t-1",
      issuedAt: NOW,
      permissions: ["allow_join"],
      roles: ["rtc"],
      roomId: ROOM,
      participantId: "ann",
      expiresAt: NOW + 600_000,
      expiryPolicy: "stay",
      oneTime: false,
      scopes: null,
      name: null,
    });
    expect(
      Object.isFrozen(grant) && Object.isFrozen(grant?.permissions) && Object.isFrozen(grant?.roles),
    ).toBe(true);
  });

  test("is unscoped, opens both doors and never expires where the token says nothing of these", async () => {
    const token = craft({ apikey: "beta-key", permissions: ["ask_join", "ask_join"] }, HEADER, BETA_SECRET);
    expect(await verifier.verify(token, DOORS.meeting)).toMatchObject({
      grant: {
        app: "beta",
        jti: null,
        issuedAt: null,
        permissions: ["ask_join"],
        roles: ["rtc", "crawler"],
        roomId: null,
        participantId: null,
        expiresAt: null,
        expiryPolicy: "leave",
      },
    });
  });

  test("the fingerprint is 22 characters of base64url and differs between tokens", () => {
    expect(fingerprintOf("a")).toBe("ypeBEsobvcr6wjGzmiPcTa");
    expect(fingerprintOf("b")).not.toBe(fingerprintOf("a"));
  });
});

describe("edges of time", () => {
  const at = async (
    now: number,
    changes: Readonly<Record<string, unknown>>,
    toleranceSeconds = 0,
  ): Promise<string> => {
    const verdict = await createVerifier({ apps: KEYS, now: () => now, toleranceSeconds }).verify(
      made(changes),
      DOORS.meeting,
    );
    return verdict.ok ? "ok" : verdict.refusal.reason;
  };
  const exp = SECOND + 10;
  test.each([
    { name: "a millisecond before exp", now: exp * 1000 - 1, changes: { exp }, tolerance: 0, result: "ok" },
    { name: "at exp", now: exp * 1000, changes: { exp }, tolerance: 0, result: "token_expired" },
    { name: "within the tolerance", now: (exp + 5) * 1000 - 1, changes: { exp }, tolerance: 5, result: "ok" },
    {
      name: "at the end of the tolerance",
      now: (exp + 5) * 1000,
      changes: { exp },
      tolerance: 5,
      result: "token_expired",
    },
    { name: "nbf 60 s ahead", now: NOW, changes: { nbf: SECOND + 60 }, tolerance: 0, result: "ok" },
    {
      name: "nbf 61 s ahead",
      now: NOW,
      changes: { nbf: SECOND + 61 },
      tolerance: 0,
      result: "token_not_yet_valid",
    },
    { name: "iat 60 s ahead", now: NOW, changes: { iat: SECOND + 60 }, tolerance: 0, result: "ok" },
    {
      name: "iat 60.001 s ahead",
      now: NOW - 1,
      changes: { iat: SECOND + 60 },
      tolerance: 0,
      result: "token_not_yet_valid",
    },
    {
      name: "iat 61 s ahead, whatever the tolerance",
      now: NOW,
      changes: { iat: SECOND + 61 },
      tolerance: 300,
      result: "token_not_yet_valid",
    },
    { name: "the clock at zero is a clock", now: 0, changes: { iat: 0, exp: 1 }, tolerance: 0, result: "ok" },
    {
      name: "expired at a clock of zero",
      now: 0,
      changes: { iat: 0, exp: 0 },
      tolerance: 0,
      result: "token_expired",
    },
  ])("$name: $result", async ({ now, changes, tolerance, result }) => {
    expect(await at(now, changes, tolerance)).toBe(result);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
    "a tolerance of %p is refused",
    (toleranceSeconds) => {
      expect(() => createVerifier({ apps: KEYS, now: () => NOW, toleranceSeconds })).toThrow(RangeError);
    },
  );
});

describe("order of checks: the first fault is the one reported", () => {
  const everything = {
    apikey: "nobody",
    exp: SECOND - 60,
    permissions: [],
    version: 2,
    roles: ["crawler"],
    roomId: "room-2",
    participantId: "bob",
  };
  test("from the key to the participant", async () => {
    const repairs: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
      ["key_unknown", { apikey: "beta-key" }],
      ["signature_invalid", { apikey: "alpha-key" }],
      ["token_expired", { exp: SECOND + 60 }],
      ["permissions_invalid", { permissions: ["ask_join"] }],
      ["role_not_allowed", { roles: ["rtc"] }],
      ["room_mismatch", { roomId: ROOM }],
      ["participant_mismatch", { participantId: "ann" }],
    ];
    let changes: Readonly<Record<string, unknown>> = everything;
    for (const [reason, repair] of repairs) {
      expect(await verifier.verify(made(changes), DOORS.meeting)).toMatchObject({ refusal: { reason } });
      changes = { ...changes, ...repair };
    }
    expect(await verifier.verify(made(changes), DOORS.meeting)).toMatchObject({ ok: true });
  });
});

describe("scope", () => {
  const scoped = { roomId: ROOM, participantId: "ann" };
  test.each([
    { grant: scoped, asked: { roomId: ROOM, participantId: "ann" }, reason: null },
    { grant: scoped, asked: { roomId: null, participantId: null }, reason: null },
    { grant: scoped, asked: { roomId: "room-2", participantId: "ann" }, reason: "room_mismatch" },
    { grant: scoped, asked: { roomId: ROOM, participantId: "bob" }, reason: "participant_mismatch" },
    {
      grant: { roomId: null, participantId: null },
      asked: { roomId: "x", participantId: "y" },
      reason: null,
    },
  ])("$grant asked for $asked: $reason", ({ grant, asked, reason }) => {
    expect(checkScope(grant, asked)?.reason ?? null).toBe(reason);
  });

  test("a door of somebody else's looks at the role alone", async () => {
    const token = made({ version: 2, roles: ["rtc"], roomId: "room-2", permissions: ["allow_mod"] });
    const ask = async (role: "rtc" | "crawler" | null): Promise<boolean> =>
      (await verifier.verify(token, { door: "other", role })).ok;
    expect([await ask(null), await ask("rtc"), await ask("crawler")]).toEqual([true, true, false]);
  });
});
