/** `POST /v1/auth/revoke` (RFC 7009) and `POST /v1/auth/introspect` (RFC 7662), for tokens of every kind. */
import { describe, expect, test } from "@jest/globals";
import { API_SCOPES, SESSION_SCOPES } from "../../src/tokens/scopes.js";
import { eventually } from "../support/eventually.js";
import { APP } from "../support/node.js";
import type { Json } from "../support/peer.js";
import { backEnd, OTHER_APP, otherBackEnd } from "../support/rest.js";
import {
  claimsOf,
  expectRefused,
  expectUnkept,
  THEIRS,
  TokenDesk,
  type Refused,
} from "../support/token-desk.js";

const atFault = (field: string): Refused => [400, "invalid_parameter", "invalid_request", field];
const NOT_BY_ITSELF: Refused = [400, "token_not_revocable", "unsupported_token_type", "token"];
const DEAD = { active: false } as const;

/** What introspection tells of the times and the id of any token that has them. */
function toldOf(token: string): Json {
  const { iat, exp, jti } = claimsOf(token);
  return { iat, exp, ...(jti === undefined ? {} : { jti }) };
}

describe("introspection", () => {
  const desk = new TokenDesk();
  const own = { active: true, token_type: "Bearer", client_id: APP.apiKey };

  test("tells what an API token is", async () => {
    const token = await desk.apiToken({ expires_in: "600" });
    expect(await desk.introspect(token)).toEqual({
      ...own,
      ...toldOf(token),
      token_kind: "api",
      scope: API_SCOPES.join(" "),
    });
  });

  test("tells what a client access token is, with the app's own id of the person", async () => {
    const named = await desk.clientToken({ externalId: "Ällis, #1", sessionScope: "conf:create" });
    expect(await desk.introspect(named)).toEqual({
      ...own,
      ...toldOf(named),
      token_kind: "client",
      scope: "conf:create",
      sub: "Ällis, #1",
    });
    const nameless = await desk.clientToken();
    expect(await desk.introspect(nameless)).toEqual({
      ...own,
      ...toldOf(nameless),
      token_kind: "client",
      scope: SESSION_SCOPES.join(" "),
    });
  });

  test("tells what a conference access token is", async () => {
    const made = await desk.rest.post(
      "/v2/conferences/create",
      { alias: "told of", participants: { bob: { permissions: ["JOIN", "SEND_AUDIO"] } } },
      { token: `Bearer ${await desk.apiToken()}` },
    );
    const { conferenceId, usersTokens } = made.body;
    const token = String(Reflect.get(Object(usersTokens), "bob"));
    expect(await desk.introspect(token)).toEqual({
      ...own,
      ...toldOf(token),
      token_kind: "conference",
      scope: "JOIN SEND_AUDIO",
      sub: "bob",
      room_id: conferenceId,
    });
  });

  test("tells what a customer's token is", async () => {
    const plain = backEnd();
    expect(await desk.introspect(plain)).toEqual({
      ...own,
      ...toldOf(plain),
      token_kind: "customer",
      scope: "allow_join",
    });
    const bound = backEnd({ roomId: "a-room", participantId: "alice", jti: "a-token", roles: ["rtc"] });
    expect(await desk.introspect(bound)).toEqual({
      ...own,
      ...toldOf(bound),
      token_kind: "customer",
      scope: "allow_join",
      sub: "alice",
      room_id: "a-room",
    });
  });

  test("tells nothing of what does not count, and nothing of other apps' tokens", async () => {
    const theirs = await desk.apiToken({}, { authorization: THEIRS });
    const mine = await desk.apiToken();
    const nothing = [
      "hello",
      "a.b.c",
      " ",
      `${mine}x`,
      mine.replace(/\.[^.]*$/, "."),
      `Bearer ${mine}`,
      "x".repeat(20_000),
      backEnd({ ttlSeconds: -1 }),
      backEnd({ apiKey: "nobodys-key" }),
      backEnd({ secret: OTHER_APP.secret }),
      backEnd({ permissions: [] }),
      otherBackEnd(),
      theirs,
      await desk.clientToken({}, { authorization: `Bearer ${theirs}` }),
    ];
    for (const token of nothing) expect([token, await desk.introspect(token)]).toEqual([token, DEAD]);
    expect(await desk.introspect(theirs, { authorization: THEIRS })).toMatchObject({ active: true });
    expect(await desk.introspect(mine, { authorization: THEIRS })).toEqual(DEAD);
  });

  test("a token of one second is dead behind it", async () => {
    const token = await desk.apiToken({ expires_in: "1" });
    await eventually(async () => expect(await desk.introspect(token)).toEqual(DEAD));
    const told = await desk.askClientToken({ sessionScope: "*" }, { authorization: `Bearer ${token}` });
    expectRefused(told, [401, "token_expired", "invalid_token", "exp"]);
  });
});

describe("revocation", () => {
  const desk = new TokenDesk();

  test("an API token that was revoked opens nothing; twice is as good as once", async () => {
    const [token, other] = [await desk.apiToken(), await desk.apiToken()];
    for (const shown of [token, token]) {
      const { status, headers, body } = await desk.revoke(shown);
      expect([status, body]).toEqual([200, {}]);
      expectUnkept(headers);
      expect(await desk.introspect(token)).toEqual(DEAD);
    }
    const told = await desk.askClientToken({ sessionScope: "*" }, { authorization: `Bearer ${token}` });
    expectRefused(told, [401, "token_revoked", "invalid_token", null]);
    expect(await desk.introspect(other)).toMatchObject({ active: true });
  });

  test("client access tokens, customers' tokens with a jti, each by itself", async () => {
    const clients = await desk.apiToken();
    const authorization = `Bearer ${clients}`;
    const [revoked, kept] = [
      await desk.clientToken({ externalId: "alice" }, { authorization }),
      await desk.clientToken({ externalId: "alice" }, { authorization }),
    ];
    expect((await desk.revoke(revoked)).body).toEqual({});
    expect([await desk.introspect(revoked), await desk.introspect(kept)]).toEqual([
      DEAD,
      expect.objectContaining({ active: true }),
    ]);
    expect(await desk.introspect(clients)).toMatchObject({ active: true });

    const customers = backEnd({ jti: "leaked" });
    expect((await desk.rest.get("/v2/rooms", { token: customers })).status).toBe(200);
    expect((await desk.revoke(customers)).body).toEqual({});
    expect((await desk.rest.get("/v2/rooms", { token: customers })).body).toMatchObject({
      statusCode: 401,
      code: "token_revoked",
    });
  });

  test("a token without a jti cannot be revoked by itself, and goes on", async () => {
    const token = backEnd();
    expectRefused(await desk.revoke(token), NOT_BY_ITSELF);
    expect(await desk.introspect(token)).toMatchObject({ active: true });
  });

  test("what does not count, and what is another app's, is a success without an effect", async () => {
    const theirs = await desk.apiToken({}, { authorization: THEIRS });
    for (const token of [
      "hello",
      "x".repeat(20_000),
      backEnd({ ttlSeconds: -1, jti: "old" }),
      otherBackEnd(),
      otherBackEnd({ jti: "theirs" }),
      theirs,
    ]) {
      const { status, body } = await desk.revoke(token);
      expect([token, status, body]).toEqual([token, 200, {}]);
    }
    expect(await desk.introspect(theirs, { authorization: THEIRS })).toMatchObject({ active: true });
    const named = otherBackEnd({ jti: "theirs" });
    expect(await desk.introspect(named, { authorization: THEIRS })).toMatchObject({ active: true });
    // The same name in another app is another token.
    expect((await desk.revoke(backEnd({ jti: "theirs" }))).status).toBe(200);
    expect(await desk.introspect(named, { authorization: THEIRS })).toMatchObject({ active: true });
  });

  test("the hint is only a hint", async () => {
    for (const hint of ["access_token", "refresh_token", "nonsense", ""]) {
      const token = await desk.apiToken();
      expect((await desk.form("/v1/auth/introspect", { token, token_type_hint: hint })).body).toMatchObject({
        active: true,
      });
      expect((await desk.form("/v1/auth/revoke", { token, token_type_hint: hint })).status).toBe(200);
      expect(await desk.introspect(token)).toEqual(DEAD);
    }
  });
});

describe("revocation on two nodes", () => {
  const desk = new TokenDesk("Redis, two nodes");

  test("what one node revokes is dead at the other within moments", async () => {
    const token = await desk.apiToken();
    const other = { node: desk.rest.sockets };
    expect(await desk.introspect(token, other)).toMatchObject({ active: true });
    expect((await desk.revoke(token)).status).toBe(200);
    await eventually(async () => expect(await desk.introspect(token, other)).toEqual(DEAD));
    const told = await desk.askClientToken(
      { sessionScope: "*" },
      { ...other, authorization: `Bearer ${token}` },
    );
    expectRefused(told, [401, "token_revoked", "invalid_token", null]);
  });
});

describe.each(["/v1/auth/revoke", "/v1/auth/introspect"])("%s", (path) => {
  const desk = new TokenDesk();

  const SPOILED: readonly (readonly [string, string])[] = [
    ["no token", ""],
    ["an empty token", "token="],
    ["two tokens", "token=a&token=b"],
  ];
  test.each(SPOILED)("refuses %s", async (_what, form) => {
    expectRefused(await desk.form(path, form), atFault("token"));
  });

  test("refuses a hint that is there twice, and what is no form", async () => {
    const twice = await desk.form(path, "token=a&token_type_hint=b&token_type_hint=c");
    expectRefused(twice, atFault("token_type_hint"));
    const json = await desk.post(path, '{"token":"a"}', { contentType: "application/json" });
    expectRefused(json, atFault("body"));
  });

  test("is for keys and secrets alone", async () => {
    const token = await desk.apiToken();
    for (const authorization of [null, `Bearer ${token}`, `Bearer ${backEnd()}`]) {
      const told = await desk.form(path, { token }, { authorization });
      expectRefused(told, [401, "credentials_invalid", "invalid_client", "authorization"]);
      expect(told.headers.get("www-authenticate")).toMatch(/^Basic /);
    }
    expect(await desk.introspect(token)).toMatchObject({ active: true });
  });
});
