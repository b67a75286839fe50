/** Tokens that the admin makes to try an app with: the doors take them as they take the app's own. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  admin,
  ADMIN_SETTINGS,
  ADMIN_TOKEN,
  asking,
  enterWith,
  makeApp,
  makeRoom,
} from "../support/admin.js";
import { eventually } from "../support/eventually.js";
import { errorOf, hangUp } from "../support/meeting.js";
import { startGateway, type TestGateway } from "../support/node.js";
import { asJson, Peer, type Json } from "../support/peer.js";
import { refusedAs, REST_TOPOLOGIES } from "../support/rest.js";

describe.each(REST_TOPOLOGIES)("test tokens, %s", (topology) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(topology, ADMIN_SETTINGS);
  });
  afterAll(() => gateway.close());

  const ask = (app: string, body: Json) =>
    asking(gateway.second, `Bearer ${ADMIN_TOKEN}`, "POST", `/v2/admin/apps/${app}/tokens`, body);
  const mint = async (app: string, body: Json): Promise<string> => {
    const { status, body: made } = await ask(app, body);
    expect(status).toBe(200);
    return String(made["token"]);
  };
  const claimsOf = (token: string): Json =>
    asJson(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));

  test("says what was asked for, and until when, and nothing is kept on the way", async () => {
    const { id, apiKey } = await makeApp(gateway.first);
    const asked = {
      permissions: ["ask_join"],
      roles: ["rtc"],
      roomId: "a-room",
      participantId: "ann",
      ttlSeconds: 60,
    };
    const { status, body, headers } = await ask(id, asked);
    expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(body).toEqual({ token: expect.any(String), apiKey, expiresAt: expect.any(String) });
    const claims = claimsOf(String(body["token"]));
    expect(claims).toEqual({
      ...{ apikey: apiKey, permissions: ["ask_join"], version: 2, roles: ["rtc"] },
      ...{ roomId: "a-room", participantId: "ann" },
      ...{ jti: expect.stringMatching(/^[0-9a-f]{24}$/), iat: expect.any(Number), exp: expect.any(Number) },
    });
    expect(Number(claims["exp"]) - Number(claims["iat"])).toBe(60);
    expect(Date.parse(String(body["expiresAt"]))).toBe(Number(claims["exp"]) * 1_000);
    const plain = claimsOf(await mint(id, { permissions: ["allow_join"] }));
    expect(Object.keys(plain).sort()).toEqual(["apikey", "exp", "iat", "jti", "permissions"]);
    expect(Number(plain["exp"]) - Number(plain["iat"])).toBe(3_600);
  });

  test("opens the doors of its app on every node, and can be revoked by itself", async () => {
    const pair = await makeApp(gateway.first);
    const roomId = await makeRoom(gateway.first, pair);
    const one = await mint(pair.id, { permissions: ["allow_join"], roles: ["rtc"], roomId });
    const other = await mint(pair.id, { permissions: ["allow_join"], roles: ["rtc"], roomId });
    const [first, second] = [
      await enterWith(gateway.first, roomId, one),
      await enterWith(gateway.second, roomId, other),
    ];
    await admin(gateway.first, "POST", `/apps/${pair.id}/revocations`, { type: "token", token: one });
    expect(await first.ended()).toMatchObject({ reason: "token_revoked" });
    expect(await second.ask({ type: "set-media", kind: "mic", on: true })).toMatchObject({ ok: true });
    const crawler = await mint(pair.id, { permissions: ["allow_join"], roles: ["crawler"] });
    expect((await asking(gateway.first, crawler, "GET", `/v2/rooms/${roomId}`)).status).toBe(200);
    hangUp([second]);
  });

  test("for one admission it is good once", async () => {
    const pair = await makeApp(gateway.first);
    const roomId = await makeRoom(gateway.first, pair);
    const once = await mint(pair.id, { permissions: ["allow_join"], roomId, oneTime: true });
    const peer = await enterWith(gateway.first, roomId, once);
    const { reply } = await Peer.join(gateway.second, { token: once, roomId, name: "again" });
    expect(errorOf(reply)).toMatchObject({ reason: "token_used" });
    hangUp([peer]);
  });

  test("is signed with what signs at the moment", async () => {
    const { id, apiKey } = await makeApp(gateway.first);
    const key = `/apps/${id}/keys`;
    const rotated = await admin(gateway.first, "POST", `${key}/${apiKey}/rotate`, { overlapSeconds: 0 });
    const explained = async (token: string): Promise<Json> =>
      admin(gateway.first, "POST", "/tokens/explain", { token, door: "rest" });
    expect(await explained(await mint(id, { permissions: ["allow_join"] }))).toMatchObject({
      outcome: "enter",
    });
    expect(rotated["apiKey"]).toBe(apiKey);
    const next = await admin(gateway.first, "POST", key, {});
    await admin(gateway.first, "POST", `${key}/${apiKey}`, { active: false });
    const { body } = await ask(id, { permissions: ["allow_join"] });
    expect(body["apiKey"]).toBe(next["apiKey"]);
    await admin(gateway.first, "POST", `${key}/${String(next["apiKey"])}`, { active: false });
    expect(await ask(id, { permissions: ["allow_join"] })).toMatchObject(
      refusedAs(404, "api_key_unknown", "app", { problem: "has no active key" }),
    );
  });

  test("of the app of the settings can be made too, and of an app that was deleted not", async () => {
    expect(claimsOf(await mint("default", { permissions: ["allow_mod"] }))["apikey"]).toBe("test-key");
    const { id } = await makeApp(gateway.first);
    await admin(gateway.first, "DELETE", `/apps/${id}`);
    await eventually(async () =>
      expect(await ask(id, { permissions: ["allow_join"] })).toMatchObject(
        refusedAs(404, "app_unknown", "app"),
      ),
    );
  });

  const WRONG: readonly (readonly [string, Json, string])[] = [
    ["no permissions", {}, "permissions"],
    ["none of them", { permissions: [] }, "permissions"],
    ["one that there is not", { permissions: ["allow_all"] }, "permissions.0"],
    ["a role that there is not", { permissions: ["allow_join"], roles: ["admin"] }, "roles.0"],
    ["a life of nothing", { permissions: ["allow_join"], ttlSeconds: 0 }, "ttlSeconds"],
    ["a life of more than half a day", { permissions: ["allow_join"], ttlSeconds: 43_201 }, "ttlSeconds"],
    ["half a second", { permissions: ["allow_join"], ttlSeconds: 0.5 }, "ttlSeconds"],
    ["a room that cannot be", { permissions: ["allow_join"], roomId: "a b" }, "roomId"],
    ["one admission to no room", { permissions: ["allow_join"], oneTime: true }, "roomId"],
  ];
  test.each(WRONG)("with %s is not made, and the field is named", async (_what, body, field) => {
    expect(await ask("default", body)).toMatchObject(refusedAs(400, "invalid_parameter", field));
  });

  test("the longest life is half a day", async () => {
    const { exp, iat } = claimsOf(await mint("default", { permissions: ["allow_join"], ttlSeconds: 43_200 }));
    expect(Number(exp) - Number(iat)).toBe(43_200);
  });
});
