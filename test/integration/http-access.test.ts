import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { appToken, Backend, crawler, JSON_BODY } from "../support/backend.js";
import { Peer } from "../support/peer.js";

describe("who may ask over REST, and what every answer carries", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await Backend.start();
  });
  afterAll(() => backend.close());

  test("who may ask: crawlers and tokens without roles, raw or as Bearer; nobody without, or with the wrong one", async () => {
    const good = [
      crawler(),
      `Bearer ${crawler()}`,
      `bearer ${crawler()}`,
      appToken(0),
      appToken(0, { roles: ["rtc", "crawler"] }),
    ];
    for (const authorization of good)
      expect((await backend.get("/v2/rooms/none", authorization)).status).toBe(404);
    const bad: readonly (readonly [string, number, string])[] = [
      ["", 401, "token_missing"],
      ["Bearer", 400, "invalid_parameter"],
      ["hello", 401, "token_malformed"],
      [crawler({ ttlSeconds: -1 }), 401, "token_expired"],
      [appToken(0, { roles: ["rtc"] }), 403, "role_not_allowed"],
      [crawler({ secret: "not-the-secret-of-it-0123456789-0123" }), 401, "signature_invalid"],
    ];
    for (const [authorization, status, code] of bad) {
      const answer = await backend.get("/v2/rooms/none", authorization);
      expect([answer.status, answer.body["code"]]).toEqual([status, code]);
      expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
    }
    const inUrl = await backend.ask(`/v2/rooms/none?access_token=${crawler()}`);
    expect(inUrl.status).toBe(401);
  });

  test("a token of one room sees that room alone, and makes none", async () => {
    const mine = String((await backend.post("{}", JSON_BODY)).body["roomId"]);
    const other = String((await backend.post('{"customRoomId":"not-yours"}', JSON_BODY)).body["roomId"]);
    const scoped = crawler({ roomId: mine });
    expect((await backend.get(`/v2/rooms/${mine}`, scoped)).body["roomId"]).toBe(mine);
    for (const target of [other, "not-yours", "none"]) {
      expect(await backend.get(`/v2/rooms/${target}`, scoped)).toMatchObject({
        status: 403,
        body: { code: "room_mismatch", error: "Token is invalid or expired" },
      });
    }
    expect((await backend.post("{}", { ...JSON_BODY, authorization: scoped })).status).toBe(403);
  });

  test("two apps never see each other's rooms, not by id, name or socket", async () => {
    const theirs = appToken(1, { roles: ["crawler"] });
    const made = await backend.post('{"customRoomId":"shared-name"}', JSON_BODY);
    const roomId = String(made.body["roomId"]);
    for (const target of [roomId, "shared-name"])
      expect((await backend.get(`/v2/rooms/${target}`, theirs)).status).toBe(404);
    const other = await backend.post('{"customRoomId":"shared-name"}', {
      ...JSON_BODY,
      authorization: theirs,
    });
    expect(other.body["roomId"]).not.toBe(roomId);
    expect((await backend.get("/v2/rooms/shared-name")).body["roomId"]).toBe(roomId);
    expect((await backend.get("/v2/rooms/shared-name", theirs)).body["roomId"]).toBe(other.body["roomId"]);

    const { reply } = await Peer.join(backend.gateway.second, { token: appToken(1), roomId });
    expect(reply).toMatchObject({ ok: false, error: { reason: "room_unknown", code: 4003 } });
    // The same id of a room in both apps would still be two rooms: a secret of one opens nothing in the other.
    const { peer: one } = await Peer.join(backend.gateway.first, {
      token: appToken(0, { roomId, participantId: "me" }),
      roomId,
    });
    const moved = Buffer.from(JSON.stringify(["two", roomId, "me"])).toString("base64url");
    const forged = `${moved}.${String(one.resumeSecret).split(".")[1] ?? ""}`;
    const { peer, reply: refused } = await one.resumeOn(backend.gateway.second, { secret: forged });
    expect(refused).toMatchObject({ ok: false, error: { reason: "resume_invalid" } });
    for (const each of [one, peer]) each.socket.terminate();
  });

  test("health, metrics, and the headers of every answer", async () => {
    expect(await backend.ask("/livez")).toMatchObject({ status: 200, body: { status: "live" } });
    expect(await backend.ask("/readyz")).toMatchObject({
      status: 200,
      body: { status: "ready", store: "redis", durable: true },
    });
    const metrics = await fetch(`http://127.0.0.1:${backend.gateway.first.port}/metrics`);
    const text = await metrics.text();
    expect(metrics.headers.get("content-type")).toMatch(/^text\/plain; version=/);
    expect(text).toMatch(/^admitone_store_up 1$/m);
    expect(text).toMatch(/^admitone_commits_total [1-9]/m);
    expect(text).not.toMatch(/secret|eyJ/);
    const ids = new Set<string | null>();
    for (const target of ["/livez", "/v2/rooms/none", "/nowhere"]) {
      const { headers } = await backend.ask(target);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("default-src 'self'");
      expect(headers.get("x-powered-by")).toBeNull();
      expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
      ids.add(headers.get("x-request-id"));
    }
    expect(ids.size).toBe(3);
    expect(ids.has(null)).toBe(false);
  });
});
