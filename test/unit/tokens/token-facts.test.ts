import { describe, expect, test } from "@jest/globals";
import { createIssuerKeys } from "../../../src/tokens/issuer-keys.js";
import { KeysUnavailable } from "../../../src/tokens/token-refusal.js";
import { BETA_SECRET, HEADER, NOW, claims, craft } from "./craft.js";
import { craftOwn, officeWith } from "./own.js";
import { ISS, checksWith, issuerWith, providerToken, ringWith } from "./provider.js";

const SECOND = NOW / 1000;
const office = officeWith(checksWith());
const times = { issuedAt: NOW, expiresAt: NOW + 600_000 };

const TOKENS = {
  customer: craft(
    claims({
      version: 2,
      roomId: "room-1",
      participantId: "ann",
      permissions: ["allow_join", "allow_mod"],
      jti: "j-1",
    }),
  ),
  issuer: providerToken({ jti: "j-1" }),
  api: craftOwn("api"),
  client: craftOwn("client", { sub: "Ann Example" }),
  conference: craftOwn("conference"),
} as const;

describe("what a token is", () => {
  test.each([
    {
      token: TOKENS.customer,
      facts: {
        kind: "customer",
        key: "alpha-key",
        subject: "ann",
        scope: "allow_join allow_mod",
        roomId: "room-1",
      },
    },
    {
      token: TOKENS.issuer,
      facts: { kind: "issuer", key: ISS, subject: "ann", scope: "allow_join allow_mod", roomId: null },
    },
    {
      token: TOKENS.api,
      facts: {
        kind: "api",
        key: "alpha-key",
        subject: null,
        scope: "comms:conf:create comms:conf:admin",
        roomId: null,
      },
    },
    {
      token: TOKENS.client,
      facts: { kind: "client", key: "alpha-key", subject: "Ann Example", scope: "conf:create", roomId: null },
    },
    {
      token: TOKENS.conference,
      facts: {
        kind: "conference",
        key: "alpha-key",
        subject: "ann",
        scope: "JOIN SEND_AUDIO",
        roomId: "room-1",
      },
    },
  ])("$facts.kind", async ({ token, facts }) => {
    expect(await office.facts(token, "alpha")).toEqual({ app: "alpha", jti: "j-1", ...times, ...facts });
  });

  test("what is not said is null", async () => {
    const bare = craft({ apikey: "beta-key", permissions: ["ask_join"] }, HEADER, BETA_SECRET);
    expect(await office.facts(bare, "beta")).toEqual({
      kind: "customer",
      app: "beta",
      key: "beta-key",
      jti: null,
      subject: null,
      scope: "ask_join",
      issuedAt: null,
      expiresAt: null,
      roomId: null,
    });
    expect(await office.facts(craftOwn("client", { sub: undefined }), "alpha")).toMatchObject({
      subject: null,
    });
  });

  test("a token that opens only the REST API counts too", async () => {
    const crawler = craft(claims({ version: 2, roles: ["crawler"], permissions: ["allow_mod"] }));
    expect(await office.facts(crawler, "alpha")).toMatchObject({ kind: "customer", scope: "allow_mod" });
  });
});

describe("nothing is told", () => {
  test.each(Object.entries(TOKENS))("of a %s token of another app", async (_kind, token) => {
    for (const app of ["beta", "delta", "nobody", "", "__proto__"]) {
      expect(await office.facts(token, app)).toBeNull();
    }
  });

  test.each([
    ["customer", craft(claims({ exp: SECOND }))],
    ["issuer", providerToken({ exp: SECOND })],
    ["api", craftOwn("api", { exp: SECOND })],
    ["client", craftOwn("client", { exp: SECOND })],
    ["conference", craftOwn("conference", { exp: SECOND })],
  ])("of a %s token that has expired; whoever revokes it is told still", async (kind, token) => {
    expect(await office.facts(token, "alpha")).toBeNull();
    expect(await office.facts(token, "alpha", "ever")).toMatchObject({ kind, app: "alpha" });
    expect(await office.facts(token, "beta", "ever")).toBeNull();
  });

  test.each(Object.entries(TOKENS))("of a %s token with another signature", async (_kind, token) => {
    const [head = "", body = ""] = token.split(".");
    expect(await office.facts(`${head}.${body}.${"A".repeat(43)}`, "alpha")).toBeNull();
  });

  test.each([undefined, null, 7, "", "x", "a.b.c", "x".repeat(100_000)])("of %.10j", async (token) => {
    expect(await office.facts(token, "alpha")).toBeNull();
  });
});

test("where keys cannot be fetched nothing can be told, and that is no answer about the token", async () => {
  const jwksUrl = "http://127.0.0.1:9/keys";
  const unreachable = officeWith({
    apps: ringWith(issuerWith({ jwksUrl, keys: [] })),
    issuerKeys: createIssuerKeys({ now: () => NOW, fetch: () => Promise.reject(new TypeError("no line")) }),
  });
  await expect(unreachable.facts(TOKENS.issuer, "alpha")).rejects.toThrow(KeysUnavailable);
  expect(await unreachable.facts(TOKENS.issuer, "beta")).toBeNull();
  expect(await unreachable.facts(TOKENS.customer, "alpha")).toMatchObject({ kind: "customer" });
});
