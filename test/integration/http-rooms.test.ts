import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Backend, crawler, JSON_BODY } from "../support/backend.js";

describe("rooms over REST", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await Backend.start();
  });
  afterAll(() => backend.close());

  const LENIENT: readonly (readonly [string, string | undefined, Record<string, string>])[] = [
    ["no body at all", undefined, {}],
    ["no body, but a JSON content type", undefined, JSON_BODY],
    ["an empty body", "", JSON_BODY],
    ["{}", "{}", JSON_BODY],
    ["null", "null", JSON_BODY],
    ["a body without a content type of JSON", "{}", { "content-type": "text/plain" }],
    ["a content type with a charset", "{}", { "content-type": "application/json; charset=UTF-8" }],
    ["members that nobody knows", '{"region":"sg001","token":"x","webhook":{},"geoFence":null}', JSON_BODY],
    ["customRoomId null", '{"customRoomId":null}', JSON_BODY],
    ["__proto__ as a member", '{"__proto__":{"customRoomId":"x"}}', JSON_BODY],
  ];
  test.each(LENIENT)("creates a room from %s", async (_what, body, headers) => {
    const { status, body: room } = await backend.post(body, headers);
    expect(status).toBe(200);
    expect(room).toMatchObject({ customRoomId: null, disabled: false, settings: { maxParticipants: 50 } });
    // `{}` is how some callers say that there is none.
    expect(room["webhook"]).toBeNull();
    expect(room["roomId"]).toMatch(/^[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}$/);
    expect(room["id"]).toMatch(/^[0-9a-f]{24}$/);
    expect(room["userId"]).toMatch(/^[0-9a-f]{24}$/);
    expect(new Date(String(room["createdAt"])).toISOString()).toBe(room["createdAt"]);
    const base = `http://127.0.0.1:${backend.gateway.first.port}/v2`;
    expect(room["links"]).toEqual({
      get_room: `${base}/rooms/${String(room["roomId"])}`,
      get_session: `${base}/sessions/`,
    });
  });

  test("a trailing slash, and any case of the header's name", async () => {
    const made = await backend.ask("/v2/rooms/", { method: "POST", headers: { AUTHORIZATION: crawler() } });
    expect(made.status).toBe(200);
  });

  const WRONG: readonly (readonly [string, string, string])[] = [
    ["not JSON", "{", "body"],
    ["a form", "a=b&c=d", "body"],
    ["a list", "[]", "body"],
    ["a text", '"room"', "body"],
    ["a custom id that is a number", '{"customRoomId":7}', "customRoomId"],
    ["an empty custom id", '{"customRoomId":""}', "customRoomId"],
    ["a custom id with a space", '{"customRoomId":"a b"}', "customRoomId"],
    ["a custom id of 129 characters", `{"customRoomId":"${"a".repeat(129)}"}`, "customRoomId"],
    ["no seats", '{"maxParticipants":0}', "maxParticipants"],
    ["half a seat", '{"maxParticipants":1.5}', "maxParticipants"],
    ["seats without end", '{"maxParticipants":1e999}', "maxParticipants"],
    ["another policy", '{"hostAbsent":"maybe"}', "hostAbsent"],
    ["another policy on expiry", '{"tokenExpiry":"never"}', "tokenExpiry"],
    ["a knock time that is a text", '{"knockTimeout":"60"}', "knockTimeout"],
    ["a resume window of nothing", '{"resumeWindow":0}', "resumeWindow"],
  ];
  test.each(WRONG)("refuses %s, and names the field", async (_what, body, field) => {
    const answer = await backend.post(body, JSON_BODY);
    expect(answer.body).toMatchObject({
      statusCode: 400,
      error: "A field is missing or not valid",
      code: "invalid_parameter",
    });
    expect([answer.status, answer.body["field"]]).toEqual([400, field]);
  });

  test("refuses a body that is too large, or in an encoding that nobody knows", async () => {
    const large = await backend.post(JSON.stringify({ filler: "x".repeat(70_000) }), JSON_BODY);
    expect([large.status, large.body["code"]]).toEqual([413, "payload_too_large"]);
    const strange = await backend.post("{}", { ...JSON_BODY, "content-encoding": "zip" });
    expect([strange.status, strange.body["field"]]).toEqual([400, "body"]);
  });

  test("settings are kept, and shown on every node", async () => {
    const settings = {
      maxParticipants: 3,
      hostAbsent: "refuse",
      tokenExpiry: "leave",
      knockTimeout: 60,
      resumeWindow: 5,
      lobbyForAll: true,
    };
    const { body } = await backend.post(JSON.stringify(settings), JSON_BODY);
    const seen = await backend.get(`/v2/rooms/${String(body["roomId"])}`, crawler(), backend.gateway.second);
    expect(seen.body["settings"]).toEqual(settings);
    expect(seen.body["user"]).toEqual({ id: body["userId"], name: "one", email: null });
    expect(seen.body["userId"]).toBeUndefined();
  });

  test("a customRoomId is one room, whoever asks, also fifty at once on two nodes", async () => {
    const asked = Array.from({ length: 50 }, (_, index) =>
      backend.post(
        '{"customRoomId":"weekly/über:{1}"}',
        JSON_BODY,
        index % 2 === 0 ? backend.gateway.first : backend.gateway.second,
      ),
    );
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const ids = new Set(answers.map(({ body }) => body["roomId"]));
    expect(ids.size).toBe(1);
    const [roomId] = ids;
    for (const target of [String(roomId), encodeURIComponent("weekly/über:{1}")]) {
      for (const node of [backend.gateway.first, backend.gateway.second]) {
        const found = await backend.get(`/v2/rooms/${target}`, crawler(), node);
        expect(found.body).toMatchObject({ roomId, customRoomId: "weekly/über:{1}" });
        const valid = await backend.get(`/v2/rooms/validate/${target}`, crawler(), node);
        expect(valid).toMatchObject({ status: 200, body: { roomId, disabled: false } });
        expect(valid.body["userId"]).toMatch(/^[0-9a-f]{24}$/);
      }
    }
  });

  test("unknown rooms and paths are 404 as JSON, and what cannot be a path is no fault of ours", async () => {
    for (const target of ["/v2/rooms/none", "/v2/rooms/validate/none"]) {
      expect(await backend.get(target)).toMatchObject({
        status: 404,
        body: { statusCode: 404, code: "room_unknown" },
      });
    }
    for (const target of ["/m", "/v2", "/v3/rooms", "/v2/rooms/a/b", "/livez/x", "/v2/meeting"]) {
      expect(await backend.get(target)).toMatchObject({ status: 404, body: { code: "not_found" } });
    }
    expect(
      await backend.ask("/v2/rooms", { method: "DELETE", headers: { authorization: crawler() } }),
    ).toMatchObject({ status: 404 });
    for (const target of ["/v2/rooms/%E0%A4%A", "/v2/rooms/validate/%ff", "/v2/rooms/a%20b"]) {
      expect(await backend.get(target)).toMatchObject({ status: 400, body: { code: "invalid_parameter" } });
    }
    const withBody = await backend.ask("/v2/rooms/validate/none", {
      method: "GET",
      headers: { authorization: crawler(), ...JSON_BODY },
    });
    expect(withBody.status).toBe(404);
  });
});
