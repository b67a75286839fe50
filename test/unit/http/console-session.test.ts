/** Sessions of the console as texts: which are good, on which node, and for how long; and how guesses are slowed down. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { createAttempts } from "../../../src/http/attempts.js";
import { createConsoleSessions, type ConsoleSessions } from "../../../src/http/console-session.js";

const ADMIN_TOKEN = "an-admin-token-of-the-tests-0123456789";
const START = Date.parse("2026-03-04T10:00:00.500Z");
const EIGHT_HOURS_MS = 8 * 3_600_000;
const HERE = "192.0.2.1";

/** A node whose clock a test sets. */
function sessionsAt(clock: { now: number }, adminToken = ADMIN_TOKEN): ConsoleSessions {
  return createConsoleSessions({ adminToken, now: () => clock.now, randomBytes });
}

function signedIn(sessions: ConsoleSessions, token = ADMIN_TOKEN, address = HERE) {
  const outcome = sessions.signIn(token, address);
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome.session;
}

describe("a session of the console", () => {
  test("is good for eight hours to the second, and says so", () => {
    const clock = { now: START };
    const sessions = sessionsAt(clock);
    const { value, expiresAt } = signedIn(sessions);
    // Of the second in which it was opened nothing is given away.
    expect(expiresAt).toBe(Math.floor(START / 1_000) * 1_000 + EIGHT_HOURS_MS);
    expect(sessions.endOf(value)).toBe(expiresAt);
    clock.now = expiresAt - 1;
    expect(sessions.endOf(value)).toBe(expiresAt);
    clock.now = expiresAt;
    expect(sessions.endOf(value)).toBeNull();
  });

  test("is good on every node with the same admin token, and on none with another", () => {
    const clock = { now: START };
    const { value, expiresAt } = signedIn(sessionsAt(clock));
    expect(sessionsAt(clock).endOf(value)).toBe(expiresAt);
    expect(sessionsAt(clock, `${ADMIN_TOKEN}x`).endOf(value)).toBeNull();
    expect(sessionsAt(clock, ADMIN_TOKEN.toUpperCase()).endOf(value)).toBeNull();
  });

  test("is another text each time, and holds nothing of the admin token", () => {
    const sessions = sessionsAt({ now: START });
    const values = Array.from({ length: 50 }, () => signedIn(sessions).value);
    expect(new Set(values).size).toBe(50);
    const digest = createHash("sha256").update(ADMIN_TOKEN).digest("base64url");
    for (const value of values) {
      expect(value).toMatch(/^\d{10}\.[\w-]{22}\.[\w-]{43}$/);
      expect([value.includes(ADMIN_TOKEN), value.includes(digest)]).toEqual([false, false]);
    }
  });

  test("cannot be had by changing any one character of another", () => {
    const sessions = sessionsAt({ now: START });
    const { value } = signedIn(sessions);
    const anyChange = fc.tuple(
      fc.nat({ max: value.length - 1 }),
      fc.constantFrom(...Array.from("0123456789abcXYZ-_.=+/ ")),
    );
    fc.assert(
      fc.property(anyChange, ([at, by]) => {
        const changed = value.slice(0, at) + by + value.slice(at + 1);
        fc.pre(changed !== value);
        return sessions.endOf(changed) === null;
      }),
    );
  });

  test("cannot be had of any text", () => {
    const sessions = sessionsAt({ now: START });
    const part = (length: number) => fc.base64String({ minLength: length, maxLength: length });
    const wellFormed = fc
      .tuple(fc.nat(), part(24), part(44))
      .map(([end, nonce, signed]) => `${end}.${nonce.slice(0, 22)}.${signed.slice(0, 43)}`);
    fc.assert(fc.property(fc.oneof(fc.string(), wellFormed), (text) => sessions.endOf(text) === null));
  });

  const { value: GOOD } = signedIn(sessionsAt({ now: START }));
  const [END = "", NONCE = "", SIGNED = ""] = GOOD.split(".");
  const later = String(Number(END) + 3_600);
  const signedWith = (key: string): string =>
    createHmac("sha256", key).update(`${END}.${NONCE}`).digest("base64url");
  const FORGED: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["only dots", ".."],
    ["a later end", `${later}.${NONCE}.${SIGNED}`],
    ["an end with a zero in front", `0${END}.${NONCE}.${SIGNED}`],
    ["an end in words of numbers", `1e11.${NONCE}.${SIGNED}`],
    ["no signature", `${END}.${NONCE}.`],
    ["the signature cut off", GOOD.slice(0, -1)],
    ["more behind it", `${GOOD}.x`],
    ["white space around it", ` ${GOOD}`],
    ["quotes around it", `"${GOOD}"`],
    ["the signature under the admin token itself", `${END}.${NONCE}.${signedWith(ADMIN_TOKEN)}`],
    ["the signature under no key", `${END}.${NONCE}.${signedWith("")}`],
    ["the same bytes in padded base64", `${GOOD}=`],
    ["the admin token", ADMIN_TOKEN],
  ];
  test.each(FORGED)("is not %s", (_what, text) => {
    const clock = { now: START };
    expect(sessionsAt(clock).endOf(GOOD)).not.toBeNull();
    expect(sessionsAt(clock).endOf(text)).toBeNull();
  });
});

describe("guesses at the admin token", () => {
  test("are heard ten times a minute from one address, and then not even the right one is", () => {
    const clock = { now: START };
    const sessions = sessionsAt(clock);
    for (let guess = 0; guess < 10; guess += 1)
      expect(sessions.signIn(`guess ${guess}`, HERE)).toEqual({ ok: false, retryAfterSeconds: null });
    clock.now += 12_000;
    expect(sessions.signIn(ADMIN_TOKEN, HERE)).toEqual({ ok: false, retryAfterSeconds: 48 });
    expect(signedIn(sessions, ADMIN_TOKEN, "192.0.2.2").value).not.toBe("");
    clock.now = START + 60_000;
    expect(signedIn(sessions).value).not.toBe("");
  });

  test("that are right do not count", () => {
    const sessions = sessionsAt({ now: START });
    for (let time = 0; time < 30; time += 1) signedIn(sessions);
    expect(sessions.signIn("a guess", HERE)).toEqual({ ok: false, retryAfterSeconds: null });
  });
});

describe("counting what failed", () => {
  const made = (clock: { now: number }, addresses = 100) =>
    createAttempts({ now: () => clock.now, limit: 2, windowMs: 1_000, addresses });
  const failTwice = (attempts: ReturnType<typeof made>, address: string): void => {
    attempts.failed(address);
    attempts.failed(address);
  };

  const NETWORKS: readonly (readonly [string, string, boolean])[] = [
    ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true],
    ["2001:db8:1:2::1", "2001:0db8:0001:0002::1", true],
    ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
    ["2001:db8::1", "2001:db8:0:0:9::1", true],
    ["::1", "::2", true],
    ["fe80::1%eth0", "fe80::2%eth0", true],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.2", false],
    ["192.0.2.1", "192.0.2.2", false],
    ["", "192.0.2.2", false],
  ];
  test.each(NETWORKS)("%s and %s count as one: %s", (one, other, isOne) => {
    const attempts = made({ now: START });
    failTwice(attempts, one);
    expect([attempts.waitMs(one), attempts.waitMs(other)]).toEqual([1_000, isOne ? 1_000 : 0]);
  });

  test("remembers a bounded number of addresses, and lets go of the one that began first", () => {
    const clock = { now: START };
    const attempts = made(clock, 3);
    for (const address of ["a", "b", "c", "d"]) {
      failTwice(attempts, address);
      clock.now += 1;
    }
    expect(["a", "b", "c", "d"].map((address) => attempts.waitMs(address) > 0)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  test("begins anew when its window is over, and when the clock was set back", () => {
    const clock = { now: START };
    const attempts = made(clock);
    failTwice(attempts, "a");
    clock.now += 1_000;
    expect(attempts.waitMs("a")).toBe(0);
    failTwice(attempts, "a");
    expect(attempts.waitMs("a")).toBe(1_000);
    clock.now -= 3_600_000;
    expect(attempts.waitMs("a")).toBe(0);
  });
});
