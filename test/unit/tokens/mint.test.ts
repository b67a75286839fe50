import { describe, expect, test } from "@jest/globals";
import { mintToken } from "../../../src/tokens/mint.js";
import type { MintOptions } from "../../../src/tokens/mint.js";
import { precheckToken } from "../../../src/tokens/precheck.js";
import { createVerifier } from "../../../src/tokens/verify.js";
import { ALPHA_SECRET, KEYS, NOW } from "./craft.js";
import { DOORS, ROOM } from "./hostile.js";

const basics: MintOptions = {
  apiKey: "alpha-key",
  secret: ALPHA_SECRET,
  permissions: ["allow_join"],
  ttlSeconds: 600,
  now: () => NOW,
};
const verifier = createVerifier({ apps: KEYS, now: () => NOW, toleranceSeconds: 0 });

describe("mintToken", () => {
  test("an unscoped token carries no version", () => {
    expect(precheckToken(mintToken(basics))).toMatchObject({
      header: { alg: "HS256", typ: "JWT" },
      payload: { apikey: "alpha-key", permissions: ["allow_join"], iat: NOW / 1000, exp: NOW / 1000 + 600 },
    });
    expect(JSON.stringify(precheckToken(mintToken(basics)))).not.toContain("version");
  });

  test.each([
    { roomId: ROOM },
    { participantId: "ann" },
    { roles: ["rtc", "crawler"] as const },
    { roles: [] },
  ])("%j brings version 2", (scope) => {
    expect(precheckToken(mintToken({ ...basics, ...scope }))).toMatchObject({
      payload: { version: 2, ...scope },
    });
  });

  test("what is minted opens the door", async () => {
    const token = mintToken({ ...basics, roomId: ROOM, participantId: "ann", roles: ["rtc"], jti: "t-1" });
    expect(await verifier.verify(token, DOORS.meeting)).toMatchObject({
      ok: true,
      grant: { jti: "t-1", roomId: ROOM },
    });
  });

  test("a one-time token says so", async () => {
    const token = mintToken({ ...basics, roomId: ROOM, jti: "t-1", oneTime: true });
    expect(await verifier.verify(token, DOORS.meeting)).toMatchObject({ ok: true, grant: { oneTime: true } });
    expect(await verifier.verify(mintToken(basics), DOORS.meeting)).toMatchObject({
      grant: { oneTime: false },
    });
  });

  test("the clock's milliseconds are rounded down, so that the token is good at once", () => {
    const token = mintToken({ ...basics, now: () => NOW + 999 });
    expect(precheckToken(token)).toMatchObject({ payload: { iat: NOW / 1000 } });
  });

  test("an expired token can be made on purpose", async () => {
    const token = mintToken({ ...basics, ttlSeconds: -60 });
    expect(await verifier.verify(token, DOORS.meeting)).toMatchObject({
      refusal: { reason: "token_expired" },
    });
  });

  test("short secrets and broken lifetimes are refused, without the secret in the text", () => {
    expect(() => mintToken({ ...basics, secret: "short-secret" })).toThrow(RangeError);
    expect(() => mintToken({ ...basics, secret: "short-secret" })).not.toThrow(/short-secret/);
    for (const ttlSeconds of [0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => mintToken({ ...basics, ttlSeconds })).toThrow(RangeError);
    }
  });
});
