import { describe, expect, test } from "@jest/globals";
import { appToken, crawler } from "../support/backend.js";
import { hangUp } from "../support/meeting.js";
import type { Json } from "../support/peer.js";
import { backOf, freshName, useV2, V2_TOPOLOGIES } from "../support/v2.js";
import { rowPath, V2_ROWS, type V2Ids } from "../support/v2-routes.js";
import { ERROR, ERROR_OF_FIELD, misfits } from "../support/v2-shapes.js";

const NOBODY: V2Ids = { roomId: "none", sessionId: "none", participantId: "none" };

describe.each(V2_TOPOLOGIES)("VideoSDK's errors, %s", (topology) => {
  const v2 = useV2(topology);

  /** The body of an error without the details, which are for people. */
  const bare = ({ details: _details, ...rest }: Json): Json => rest;

  const TOKENS: readonly (readonly [string, string, number, string])[] = [
    ["no token", "", 401, "token_missing"],
    ["no JWT", "hello", 401, "token_malformed"],
    ["an expired token", crawler({ ttlSeconds: -1 }), 401, "token_expired"],
    ["another secret", crawler({ secret: "not-the-secret-of-it-0123456789-0123" }), 401, "signature_invalid"],
    ["an unknown key", crawler({ apiKey: "nobodys-key" }), 401, "key_unknown"],
    ["a token for meetings", appToken(0, { roles: ["rtc"] }), 403, "role_not_allowed"],
    ["one as Bearer", `Bearer ${appToken(0, { roles: ["rtc"] })}`, 403, "role_not_allowed"],
  ];
  test.each(TOKENS)("%s is refused on every path, in one text", async (_what, token, statusCode, code) => {
    for (const row of V2_ROWS) {
      const asked = { token, ...(row.body === undefined ? {} : { body: row.body(NOBODY) }) };
      const { status, body, headers } = await v2.ask(row.method, rowPath(row, NOBODY), asked);
      expect([row.path, status, body["statusCode"], body["code"]]).toEqual([
        row.path,
        statusCode,
        statusCode,
        code,
      ]);
      expect(body["error"]).toBe("Token is invalid or expired");
      expect(misfits(bare(body), "field" in body ? ERROR_OF_FIELD : ERROR)).toEqual([]);
      expect(headers.get("x-request-id")).toMatch(/./);
    }
  });

  const POSTS: readonly (readonly [string, string, unknown, string])[] = [
    ["a room with a bad custom id", "/v2/rooms", { customRoomId: "a b" }, "customRoomId"],
    ["a webhook without an address", "/v2/rooms", { webhook: { events: ["*"] } }, "webhook.endPoint"],
    ["a webhook event that is no name", "/v2/rooms", { webhook: hook(["Nope!"]) }, "webhook.events.0"],
    [
      "an auto-close of nothing",
      "/v2/rooms",
      { autoCloseConfig: { duration: 0 } },
      "autoCloseConfig.duration",
    ],
    ["an unknown auto-close", "/v2/rooms", { autoCloseConfig: close("x") }, "autoCloseConfig.type"],
    ["nobody allowed", "/v2/rooms", { allowedParticipantIds: [] }, "allowedParticipantIds"],
    ["an id that is none", "/v2/rooms", { allowedParticipantIds: ["a", "b c"] }, "allowedParticipantIds.1"],
    ["a status that is none", "/v2/rooms/none", { status: "closed" }, "status"],
    ["no room to deactivate", "/v2/rooms/deactivate", {}, "roomId"],
    ["no room whose session to end", "/v2/sessions/end", {}, "roomId"],
    ["no body to end", "/v2/sessions/end", undefined, "roomId"],
    ["a number for a room", "/v2/sessions/end", { roomId: 7 }, "roomId"],
    ["a list for a session", "/v2/sessions/end", { roomId: "none", sessionId: [] }, "sessionId"],
    ["nobody to remove", "/v2/sessions/participants/remove", { roomId: "none" }, "participantId"],
    ["no place to remove from", "/v2/sessions/participants/remove", { participantId: "ann" }, "roomId"],
    ["an id with a space", "/v2/sessions/participants/remove", { participantId: "a b" }, "participantId"],
  ];
  test.each(POSTS)("400 for %s, and the field is named", async (_what, path, sent, field) => {
    const { status, body } = await v2.post(path, sent);
    expect([status, body["statusCode"], body["code"], body["field"]]).toEqual([
      400,
      400,
      "invalid_parameter",
      field,
    ]);
    expect(misfits(bare(body), ERROR_OF_FIELD)).toEqual([]);
  });

  const QUERIES: readonly (readonly [string, string])[] = [
    ["/v2/rooms?page=0", "page"],
    ["/v2/rooms?page=x", "page"],
    ["/v2/rooms?perPage=101", "perPage"],
    ["/v2/rooms?page=1&page=2", "page"],
    ["/v2/sessions?perPage=0", "perPage"],
    ["/v2/sessions?status=over", "status"],
    ["/v2/sessions?startDate=yesterday", "startDate"],
    ["/v2/sessions?endDate=9999999999999999", "endDate"],
    ["/v2/sessions?roomId=a%20b", "roomId"],
    ["/v2/sessions/none/participants?page=-1", "page"],
    ["/v2/sessions/none/participants/active?perPage=1.5", "perPage"],
    ["/v2/sessions/a%20b", "sessionId"],
    ["/v2/sessions/none/participants/a%20b", "participantId"],
    ["/v2/rooms/%ff", "path"],
  ];
  test.each(QUERIES)("400 for GET %s, which names %s", async (path, field) => {
    const { status, body } = await v2.get(path);
    expect([status, body["code"], body["field"]]).toEqual([400, "invalid_parameter", field]);
  });

  test("404 for what does not exist, 402 for rooms that are closed", async () => {
    const { roomId, sessionId, peers } = await v2.meeting(["ann"]);
    const empty = await v2.room();
    const disabled = await v2.room();
    await v2.ok(v2.post(`/v2/rooms/${disabled}`, { status: "disabled" }));
    const end = "/v2/sessions/end";
    const remove = "/v2/sessions/participants/remove";
    const cases: readonly (readonly [string, unknown, number, string])[] = [
      ["/v2/rooms/none", null, 404, "room_unknown"],
      ["/v2/rooms/validate/none", null, 404, "room_unknown"],
      [`/v2/rooms/validate/${disabled}`, null, 402, "room_disabled"],
      ["/v2/rooms/none", { status: "disabled" }, 404, "room_unknown"],
      ["/v2/rooms/deactivate", { roomId: "none" }, 404, "room_unknown"],
      ["/v2/sessions/none", null, 404, "session_unknown"],
      [`/v2/sessions/${roomId}`, null, 404, "session_unknown"],
      ["/v2/sessions/none/participants", null, 404, "session_unknown"],
      ["/v2/sessions/none/participants/active", null, 404, "session_unknown"],
      ["/v2/sessions/none/participants/ann", null, 404, "session_unknown"],
      [`/v2/sessions/${sessionId}/participants/bob`, null, 404, "participant_unknown"],
      [end, { roomId: "none" }, 404, "room_unknown"],
      [end, { customRoomId: "none" }, 404, "room_unknown"],
      [end, { roomId: empty }, 404, "session_unknown"],
      [remove, { roomId: "none", participantId: "ann" }, 404, "room_unknown"],
      [remove, { roomId: empty, participantId: "ann" }, 404, "session_unknown"],
      [remove, { sessionId: "none", participantId: "ann" }, 404, "session_unknown"],
      [remove, { roomId, participantId: "bob" }, 404, "participant_unknown"],
      ["/v2/nothing", null, 404, "not_found"],
    ];
    for (const [path, body, statusCode, code] of cases) {
      const answer = body === null ? await v2.get(path) : await v2.post(path, body);
      expect([path, body, answer.status, answer.body["statusCode"], answer.body["code"]]).toEqual([
        path,
        body,
        statusCode,
        statusCode,
        code,
      ]);
      expect(typeof answer.body["error"]).toBe("string");
      expect(answer.headers.get("x-request-id")).toMatch(/./);
    }
    hangUp(peers);
  });

  test("two names for a room have to be one room's", async () => {
    const { roomId, peers } = await v2.meeting(["ann"], { customRoomId: freshName("one") });
    const other = freshName("two");
    await v2.room({ customRoomId: other });
    for (const [path, more] of [
      ["/v2/sessions/end", {}],
      ["/v2/sessions/participants/remove", { participantId: "ann" }],
    ] as const)
      expect(await v2.post(path, { roomId, customRoomId: other, ...more })).toMatchObject({
        status: 400,
        body: { code: "invalid_parameter", field: "customRoomId" },
      });
    expect(peers[0]?.closed).toBeNull();
    hangUp(peers);
  });

  test("another app's things do not exist", async () => {
    const customRoomId = freshName("mine");
    const { roomId, sessionId, peers } = await v2.meeting(["ann"], { customRoomId });
    const ids = { roomId, sessionId, participantId: "ann" };
    const token = backOf(1);
    for (const row of V2_ROWS.filter(({ path }) => path.includes("{") || path.split("/").length > 3)) {
      const asked = { token, ...(row.body === undefined ? {} : { body: row.body(ids) }) };
      expect([row.path, (await v2.ask(row.method, rowPath(row, ids), asked)).status]).toEqual([
        row.path,
        404,
      ]);
    }
    const empty = { pageInfo: { currentPage: 1, perPage: 20, lastPage: 0, total: 0 }, data: [] };
    const filters = [
      `roomId=${roomId}`,
      `query=${sessionId}`,
      `customRoomId=${customRoomId}`,
      "userId=ann",
      "",
    ];
    for (const filter of filters)
      expect(await v2.ok(v2.get(`/v2/sessions?${filter}`, { token }))).toEqual(empty);
    for (const filter of ["", `query=${roomId}`])
      expect(await v2.ok(v2.get(`/v2/rooms?${filter}`, { token }))).toEqual(empty);
    expect(peers[0]?.closed).toBeNull();
    hangUp(peers);
  });
});

function hook(events: readonly string[]) {
  return { endPoint: "https://example.com", events };
}

function close(type: string) {
  return { type, duration: 60 };
}
