import { describe, expect, test } from "@jest/globals";
import { explainToken } from "../../../src/tokens/explain.js";
import type { Explanation } from "../../../src/tokens/explain.js";
import { createVerifier } from "../../../src/tokens/verify.js";
import { BETA_SECRET, HEADER, KEYS, NOW, claims, craft, goodClaims } from "./craft.js";
import { DOORS, ROOM, hostileTokens } from "./hostile.js";
import { craftOwn } from "./own.js";
import { AUD, ISS, checksWith, providerToken } from "./provider.js";

const meeting = { apps: KEYS, now: () => NOW, door: "meeting" } as const;
const rest = { apps: KEYS, now: () => NOW, door: "rest" } as const;
const SECOND = NOW / 1000;

const sentences = ({ claims: list }: Explanation): Record<string, string> =>
  Object.fromEntries(list.map(({ name, sentence }) => [name, sentence]));

describe("a good token in words", () => {
  test("every claim has its sentence", async () => {
    const token = craft(
      claims({
        permissions: ["allow_join", "allow_mod"],
        version: 2,
        roomId: ROOM,
        participantId: "ann",
        roles: ["rtc", "crawler"],
        nbf: SECOND - 90,
        exp: SECOND + 720,
        jti: "t-1",
        own: { a: 1 },
      }),
    );
    const explanation = await explainToken(token, { ...meeting, roomId: ROOM, participantId: "ann" });
    expect(sentences(explanation)).toEqual({
      apikey: 'names the key "alpha-key"',
      permissions: "allow_join: enters at once, and answers the knocks of others; allow_mod: moderates",
      version: "version 2; 2 is needed for roomId, participantId and roles",
      roomId: 'good for the room "room-1" only',
      participantId: 'good for the participant "ann" only',
      roles: "rtc: opens meetings; crawler: opens the REST API",
      nbf: "2026-11-21T11:58:30.000Z, is good since 90 s ago",
      iat: "2026-11-21T12:00:00.000Z, was made 0 s ago",
      exp: "2026-11-21T12:12:00.000Z, expires in 12 min",
      jti: `the token's own id: "t-1"`,
      own: 'not read by the gateway: {"a":1}',
    });
    expect(explanation).toMatchObject({
      header: HEADER,
      key: {
        verified: true,
        app: "alpha",
        sentence: 'signed with the key "alpha-key" of the app "Alpha School"',
      },
      step: "done",
      answer: "enters",
      sentence: 'enters at once, only room "room-1", only as "ann"',
      grant: { app: "alpha" },
      refusal: null,
    });
  });

  test.each([
    {
      permissions: ["ask_join"],
      door: meeting,
      answer: "knocks",
      sentence: "knocks and waits for a host, any room of the app",
    },
    {
      permissions: ["ask_join"],
      door: rest,
      answer: "allowed",
      sentence: "may use the REST API, any room of the app",
    },
  ])("$permissions: $sentence", async ({ permissions, door, answer, sentence }) => {
    expect(await explainToken(craft(claims({ permissions })), door)).toMatchObject({ answer, sentence });
  });

  test.each([
    [90, "expires in 90 s"],
    [3600, "expires in 60 min"],
    [7200, "expires in 2 h"],
    [5 * 86_400, "expires in 5 days"],
    [-30, "expired 30 s ago"],
    [-10_000, "expired 2 h ago"],
  ])("exp %d seconds from now %s", async (seconds, words) => {
    expect(sentences(await explainToken(craft(claims({ exp: SECOND + seconds })), rest))["exp"]).toContain(
      words,
    );
  });

  test("without a room, a token for any room is looked at as it stands", async () => {
    const token = craft(claims({ version: 2, roomId: "room-9" }));
    expect(await explainToken(token, meeting)).toMatchObject({ answer: "enters" });
    expect(await explainToken(token, { ...meeting, roomId: ROOM })).toMatchObject({
      answer: "refused",
      step: "room",
    });
  });

  test("the gateway's clock tolerance counts here too", async () => {
    const token = craft(claims({ exp: SECOND - 5 }));
    expect((await explainToken(token, meeting)).answer).toBe("refused");
    expect((await explainToken(token, { ...meeting, toleranceSeconds: 10 })).answer).toBe("enters");
  });
});

describe("tokens of other kinds in words", () => {
  const provided = { ...checksWith(), door: "meeting", roomId: ROOM } as const;

  test("of an identity provider: what it says, as the app reads it", async () => {
    const explanation = await explainToken(providerToken({ email: "a@b.test" }), provided);
    expect(sentences(explanation)).toEqual({
      iss: `made by "${ISS}"`,
      aud: `made for "${AUD}"`,
      sub: 'says who its bearer is: "ann"',
      name: 'says what its bearer is called: "Ann"',
      realm_access: 'says what its bearer may do: {"roles":["offline_access","teacher"]}',
      iat: "2026-11-21T12:00:00.000Z, was made 0 s ago",
      exp: "2026-11-21T12:10:00.000Z, expires in 10 min",
      email: 'not read by the gateway: "a@b.test"',
    });
    expect(explanation).toMatchObject({
      key: {
        verified: true,
        app: "alpha",
        sentence: `signed by the identity provider "${ISS}" for the app "Alpha School"`,
      },
      answer: "enters",
      sentence: 'enters at once, any room of the app, only as "ann"',
    });
  });

  test("of a provider that nobody takes tokens of, or with a signature of somebody else", async () => {
    expect(await explainToken(providerToken({ iss: "https://x.example" }), provided)).toMatchObject({
      step: "key",
      key: { verified: false, app: null, sentence: 'no key is known for the iss "https://x.example"' },
    });
    const [head = "", body = ""] = providerToken().split(".");
    const forged = await explainToken(`${head}.${body}.${"A".repeat(342)}`, provided);
    expect(forged).toMatchObject({ step: "signature", key: { verified: false, app: null } });
    expect(forged.key.sentence).toBe(
      `the identity provider "${ISS}" did not make this signature; nothing that the token says is proved`,
    );
    expect(JSON.stringify(forged)).not.toContain("Alpha School");
  });

  test("where its rights are no way in, the claim that gives them is named", async () => {
    const token = providerToken({ realm_access: { roles: ["teacher", "pupil"] } });
    expect((await explainToken(token, provided)).sentence).toMatch(
      /\(realm_access\.roles\); ask_join stands alone \[permissions_invalid, 4008/,
    );
  });

  test("a client access token", async () => {
    const explanation = await explainToken(craftOwn("client", { sub: "Ann Example" }), provided);
    expect(sentences(explanation)).toMatchObject({
      apikey: 'names the key "alpha-key"',
      scope: 'may be used for "conf:create"',
      sub: 'good for the person that the app calls "Ann Example"',
      jti: `the token's own id: "j-1"`,
    });
    expect(explanation).toMatchObject({
      key: {
        verified: true,
        app: "alpha",
        sentence: 'a client access token, made here with the key "alpha-key" of the app "Alpha School"',
      },
      answer: "knocks",
    });
    expect(explanation.sentence).toMatch(
      /^knocks and waits for a host, unless an invitation or a conference/,
    );
  });

  test("an API token opens neither door", async () => {
    for (const door of [provided, rest]) {
      expect(await explainToken(craftOwn("api"), door)).toMatchObject({
        step: "form",
        answer: "refused",
        header: { typ: "api+jwt" },
        sentence: expect.stringContaining("(wrong_type in header.typ)"),
      });
    }
  });

  test("a token that was revoked is told to be ours, and revoked", async () => {
    const standing = { objection: () => "token_revoked" as const };
    expect(await explainToken(craft(goodClaims()), { ...meeting, standing })).toMatchObject({
      step: "standing",
      key: { verified: true, app: "alpha" },
      sentence: "is refused: it was revoked [token_revoked, 4002 INVALID_TOKEN]",
    });
  });

  test("a one-time token says that it is one", async () => {
    const token = craft(claims({ version: 2, roomId: ROOM, jti: "t-1", oneTime: true }));
    expect(sentences(await explainToken(token, meeting))["oneTime"]).toBe("used up by the first admission");
  });
});

describe("a bad token in words", () => {
  test.each([
    {
      name: "nothing",
      token: undefined,
      step: "form",
      sentence: "is refused: there is no token [token_missing, 4002 INVALID_TOKEN]",
    },
    {
      name: "a twin claim",
      token: craft('{"apikey":"alpha-key","exp":1,"exp":2}'),
      step: "form",
      sentence:
        "is refused: this is not a well-formed token (duplicate_member in exp) [token_malformed, 4002 INVALID_TOKEN]",
    },
    {
      name: "a bad claim",
      token: craft(claims({ exp: "soon" })),
      step: "claims",
      sentence:
        "is refused: a claim is missing or not of the right form (exp) [claims_invalid, 4002 INVALID_TOKEN]",
    },
    {
      name: "allow_mod alone",
      token: craft(claims({ permissions: ["allow_mod"] })),
      step: "permissions",
      sentence: expect.stringContaining("allow_mod moderates, but does not enter [permissions_invalid, 4008"),
    },
    {
      name: "ask_join in company",
      token: craft(claims({ permissions: ["allow_join", "ask_join"] })),
      step: "permissions",
      sentence: expect.stringContaining("ask_join stands alone"),
    },
  ])("$name", async ({ token, step, sentence }) => {
    expect(await explainToken(token, meeting)).toMatchObject({
      step,
      answer: "refused",
      grant: null,
      sentence,
    });
  });

  test("a header that cannot be accepted is shown, and nothing after it", async () => {
    expect(await explainToken(craft(goodClaims(), { alg: "none" }), meeting)).toMatchObject({
      header: { alg: "none" },
      claims: [],
      key: { verified: false, app: null, sentence: "not looked for: the token broke before" },
      refusal: { reason: "algorithm_not_allowed" },
    });
  });

  test("a wrong signature proves nothing, and does not tell whose key it is", async () => {
    const explanation = await explainToken(craft(goodClaims(), HEADER, BETA_SECRET), meeting);
    expect(explanation).toMatchObject({ step: "signature", key: { verified: false, app: null } });
    expect(explanation.key.sentence).toMatch(/"alpha-key" did not make this signature/);
    expect(JSON.stringify(explanation)).not.toContain("Alpha School");
  });

  test("an unknown or missing apikey", async () => {
    expect((await explainToken(craft(claims({ apikey: "x" })), meeting)).key.sentence).toBe(
      'no key is known for the apikey "x"',
    );
    expect((await explainToken(craft(claims({ apikey: undefined })), meeting)).key.sentence).toBe(
      "the token names no apikey",
    );
  });

  test("text of the token cannot move the cursor, turn the line or flood it", async () => {
    const nasty = `\u{1b}[2J\u{9b}1m\u{202e}\u{2028}\u{200b}${"x".repeat(500)}`;
    const token = craft(claims({ own: nasty, exp: nasty, permissions: [nasty], roles: nasty }));
    for (const { sentence } of (await explainToken(token, meeting)).claims) {
      expect(sentence).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(sentence.length).toBeLessThan(200);
    }
  });
});

test("the explanation and the verifier never differ, over the whole table", async () => {
  const verifier = createVerifier({ apps: KEYS, now: () => NOW, toleranceSeconds: 0 });
  for (const { token } of hostileTokens(NOW)) {
    const asked = { ...meeting, roomId: ROOM, participantId: "ann" };
    const pairs = [
      [await explainToken(token, asked), await verifier.verify(token, DOORS.meeting)],
      [await explainToken(token, rest), await verifier.verify(token, DOORS.rest)],
    ] as const;
    for (const [explanation, verdict] of pairs) {
      expect(explanation.refusal).toEqual(verdict.ok ? null : verdict.refusal);
      expect(explanation.grant).toEqual(verdict.ok ? verdict.grant : null);
    }
  }
});
