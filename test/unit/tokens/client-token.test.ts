import { describe, expect, test } from "@jest/globals";
import { participantIdOf } from "../../../src/tokens/external-id.js";
import type { ClientTokenOrder } from "../../../src/tokens/office.js";
import { createVerifier, type Door, type Verdict } from "../../../src/tokens/verify.js";
import { KEYS, NOW } from "./craft.js";
import { DOORS } from "./hostile.js";
import { craftOwn, officeWith } from "./own.js";

const office = officeWith();
const verifier = createVerifier({ apps: KEYS, now: () => NOW, toleranceSeconds: 0 });
const door = (participantId: string | null): Door => ({ door: "meeting", roomId: "room-1", participantId });

function order(changes: Partial<ClientTokenOrder>): string {
  const made = office.makeClientToken({
    app: "alpha",
    apiKey: "alpha-key",
    scopes: [],
    externalId: "ann",
    ttlSeconds: 3600,
    ...changes,
  });
  return made.ok ? made.token : "";
}
const check = (changes: Partial<ClientTokenOrder>, asked: string | null = null): Promise<Verdict> =>
  verifier.verify(order(changes), door(asked));

describe("a client access token at the meeting door", () => {
  test("asks to come in, and says what it covers", async () => {
    const verdict = await check({ scopes: ["conf:create", "notifications:set"] });
    expect(verdict.ok ? verdict.grant : verdict).toEqual({
      app: "alpha",
      fingerprint: expect.stringMatching(/^[\w-]{22}$/),
      kind: "client",
      key: "alpha-key",
      secretId: "1",
      jti: expect.stringMatching(/^[\w-]{22}$/),
      issuedAt: NOW,
      permissions: ["ask_join"],
      roles: ["rtc"],
      roomId: null,
      participantId: "ann",
      expiresAt: NOW + 3_600_000,
      expiryPolicy: "restrict",
      oneTime: false,
      scopes: ["conf:create", "notifications:set"],
      name: "ann",
    });
  });

  test.each(["alice@example.test", "Alice Example", '"'.repeat(600), "*"])(
    "%.20s is the same participant every time",
    async (externalId) => {
      const first = await check({ externalId });
      const second = await check({ externalId, scopes: ["conf:create"], ttlSeconds: 60 });
      for (const verdict of [first, second]) {
        expect(verdict).toMatchObject({ ok: true, grant: { participantId: participantIdOf(externalId) } });
      }
    },
  );

  test("what its bearer says about themselves is ignored, and is no fault", async () => {
    for (const asked of ["ann", "bob", "x".repeat(128)]) {
      expect(await check({}, asked)).toMatchObject({ ok: true, grant: { participantId: "ann" } });
    }
  });

  test("without an external id they are who they say", async () => {
    for (const asked of [null, "bob"]) {
      expect(await check({ externalId: null }, asked)).toMatchObject({
        ok: true,
        grant: { participantId: null, name: null },
      });
    }
  });

  test("the name is the external id, unless they may change it", async () => {
    expect(await check({ externalId: "Ann Example" })).toMatchObject({ grant: { name: "Ann Example" } });
    expect(await check({ externalId: "x".repeat(200) })).toMatchObject({ grant: { name: "x".repeat(128) } });
    expect(await check({ externalId: `${"x".repeat(127)}😀` })).toMatchObject({
      grant: { name: "x".repeat(127) },
    });
    expect(await check({ scopes: ["session:update"] })).toMatchObject({ grant: { name: null } });
  });

  test("the app says what happens when it expires, apart from its own tokens", async () => {
    const beta = await check({ app: "beta", apiKey: "beta-key" });
    expect(beta).toMatchObject({ grant: { app: "beta", expiryPolicy: "stay" } });
  });

  test("the longest life that the app allows its own tokens does not count for ours", async () => {
    const token = order({ app: "delta", apiKey: "delta-key", ttlSeconds: 86_400 });
    expect(await verifier.verify(token, door(null))).toMatchObject({ ok: true, grant: { app: "delta" } });
  });

  test("no scope that this version does not know is in the grant", async () => {
    const verdict = await verifier.verify(
      craftOwn("client", { scope: "* conf:* conf:create conf:fly" }),
      door(null),
    );
    expect(verdict).toMatchObject({ grant: { scopes: ["conf:create"] } });
  });

  test("no claim but ours gives anything", async () => {
    for (const more of [{ roomId: "room-1" }, { permissions: ["allow_mod"] }, { authorities: ["JOIN"] }]) {
      expect(await verifier.verify(craftOwn("client", more), door(null))).toMatchObject({
        refusal: { reason: "claims_invalid" },
      });
    }
  });

  test.each([DOORS.rest, { door: "other", role: null }, { door: "other", role: "rtc" }] as const)(
    "is of the wrong type at %j",
    async (other) => {
      expect(await verifier.verify(order({}), other)).toEqual({
        ok: false,
        refusal: { reason: "token_malformed", field: "header.typ", details: { fault: "wrong_type" } },
      });
    },
  );
});
