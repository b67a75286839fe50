import { describe, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import { MAX_TOKEN_LENGTH } from "../../../src/tokens/precheck.js";
import { createVerifier } from "../../../src/tokens/verify.js";
import type { Door } from "../../../src/tokens/verify.js";
import {
  ALPHA_NEXT_SECRET,
  ALPHA_SECRET,
  BETA_SECRET,
  DELTA_OLD_SECRET,
  DELTA_SECRET,
  HEADER,
  KEYS,
  NOW,
  claims,
  claimsText,
  craft,
  encode,
  goodClaims,
  sign,
} from "./craft.js";
import type { Part } from "./craft.js";
import { DOORS, ROOM } from "./hostile.js";

const SECOND = NOW / 1000;
const verifier = createVerifier({ apps: KEYS, now: () => NOW, toleranceSeconds: 0 });

const both: readonly Door[] = [DOORS.meeting, DOORS.rest];
const made = (changes: Readonly<Record<string, unknown>>, header: Part = HEADER): string =>
  craft(claims(changes), header);

const GOOD: readonly { name: string; token: string; doors: readonly Door[] }[] = [
  { name: "the plainest", token: craft(goodClaims()), doors: both },
  { name: "no typ", token: made({}, { alg: "HS256" }), doors: both },
  { name: "typ in small letters", token: made({}, { alg: "HS256", typ: "jwt" }), doors: both },
  {
    name: "header with space and newlines",
    token: made({}, '{"typ":"JWT",\r\n "alg":"HS256"}'),
    doors: both,
  },
  { name: "a kid, which has no effect", token: made({}, { ...HEADER, kid: "../../dev/null" }), doors: both },
  {
    name: "a jku, which has no effect",
    token: made({}, { ...HEADER, jku: "https://a.invalid" }),
    doors: both,
  },
  {
    name: "the app's second key",
    token: craft(claims({ apikey: "alpha-next-key" }), HEADER, ALPHA_NEXT_SECRET),
    doors: both,
  },
  {
    name: "a secret that ends in a minute",
    token: craft(claims({ apikey: "delta-key" }), HEADER, DELTA_OLD_SECRET),
    doors: both,
  },
  {
    name: "as long a life as the app allows",
    token: craft(claims({ apikey: "delta-key", exp: SECOND + 3600 }), HEADER, DELTA_SECRET),
    doors: both,
  },
  {
    name: "a one-time token",
    token: made({ version: 2, oneTime: true, jti: "t-1", roomId: ROOM }),
    doors: both,
  },
  { name: "no one-time token, and says so", token: made({ oneTime: false }), doors: both },
  {
    name: "no exp in an app that allows it",
    token: craft(claims({ apikey: "beta-key", exp: undefined }), HEADER, BETA_SECRET),
    doors: both,
  },
  { name: "version 2 alone", token: made({ version: 2 }), doors: both },
  { name: 'version "2" with a scope', token: made({ version: "2", roomId: ROOM }), doors: both },
  { name: "version 2.0, the same number", token: craft(claimsText('"version":2.0')), doors: both },
  {
    name: "exp in exponent form, a whole number",
    token: craft(claimsText('"exp":2e9', NOW, ["exp"])),
    doors: both,
  },
  { name: "expiry in a thousand years", token: made({ exp: SECOND + 3e10 }), doors: both },
  { name: "no iat", token: made({ iat: undefined }), doors: both },
  { name: "knocking", token: made({ permissions: ["ask_join"] }), doors: both },
  { name: "host and moderator", token: made({ permissions: ["allow_join", "allow_mod"] }), doors: both },
  { name: "a permission twice", token: made({ permissions: ["allow_join", "allow_join"] }), doors: both },
  {
    name: "allow_mod alone at the REST API",
    token: made({ permissions: ["allow_mod"] }),
    doors: [DOORS.rest],
  },
  {
    name: "all three at the REST API",
    token: made({ permissions: ["ask_join", "allow_join", "allow_mod"] }),
    doors: [DOORS.rest],
  },
  { name: "rtc", token: made({ version: 2, roles: ["rtc"] }), doors: [DOORS.meeting] },
  { name: "rtc twice", token: made({ version: 2, roles: ["rtc", "rtc"] }), doors: [DOORS.meeting] },
  { name: "crawler", token: made({ version: 2, roles: ["crawler"] }), doors: [DOORS.rest] },
  { name: "both roles", token: made({ version: 2, roles: ["crawler", "rtc"] }), doors: both },
  { name: "the room asked for", token: made({ version: 2, roomId: ROOM }), doors: both },
  { name: "the participant asked for", token: made({ version: 2, participantId: "ann" }), doors: both },
  {
    name: "a participant of 128 characters",
    token: made({ version: 2, participantId: "x".repeat(128) }),
    doors: [{ ...DOORS.meeting, participantId: null }],
  },
  {
    name: "a participant with letters of the world",
    token: made({ version: 2, participantId: "Zoë-李-👩‍🚀" }),
    doors: [{ ...DOORS.meeting, participantId: null }],
  },
  {
    name: "the customer's own claims",
    token: made({ iss: "us", aud: ["a"], user: { name: "Ann", tags: ["exp", "exp"] } }),
    doors: both,
  },
  {
    name: "the same name in two objects",
    token: made({ a: { id: 1 }, b: [{ id: 1 }, { id: 2 }] }),
    doors: both,
  },
  { name: "a string full of braces", token: made({ note: '{"exp":1,"exp":2} \\" [[[[[[[[[[' }), doors: both },
  { name: "constructor as a claim", token: made({ constructor: 1, toString: "x" }), doors: both },
  { name: "eight levels", token: made({ a: [[[[[[[]]]]]]] }), doors: both },
  { name: "a numeric claim that is large but finite", token: craft(claimsText('"big":1e308')), doors: both },
];

describe("good tokens", () => {
  test.each(GOOD)("$name", async ({ token, doors }) => {
    for (const door of doors) expect(await verifier.verify(token, door)).toMatchObject({ ok: true });
  });

  test("a token of exactly the largest length", async () => {
    const head = encode(HEADER);
    const rest = MAX_TOKEN_LENGTH - head.length - 43 - 2;
    const text = claimsText('"pad":""');
    const body = encode(
      text.replace('"pad":""', `"pad":"${"x".repeat(Math.floor((rest * 3) / 4) - text.length)}"`),
    );
    const token = sign(head, body);
    expect(token.length).toBe(MAX_TOKEN_LENGTH);
    expect(await verifier.verify(token, DOORS.meeting)).toMatchObject({ ok: true });
  });

  test("a token made as VideoSDK's documentation makes it", async () => {
    const clock = Date.now();
    const live = createVerifier({ apps: KEYS, now: () => clock, toleranceSeconds: 0 });
    const payload = {
      apikey: "alpha-key",
      permissions: ["allow_join"],
      version: 2,
      roomId: ROOM,
      participantId: "ann",
      roles: ["crawler", "rtc"],
    };
    const token = jwt.sign(payload, ALPHA_SECRET, { expiresIn: "120m", algorithm: "HS256" });
    for (const door of both) {
      expect(await live.verify(token, door)).toMatchObject({
        ok: true,
        grant: { app: "alpha", roomId: ROOM, participantId: "ann", roles: ["crawler", "rtc"] },
        claims: payload,
      });
    }
  });
});
