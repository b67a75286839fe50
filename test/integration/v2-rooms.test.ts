import { describe, expect, test } from "@jest/globals";
import { crawler } from "../support/backend.js";
import { backOf, freshName, newestFirst, useV2, V2_TOPOLOGIES } from "../support/v2.js";
import { DEACTIVATED, misfits, OWNED_ROOM, pageOf, ROOM } from "../support/v2-shapes.js";

/** Everything that VideoSDK's own callers send when they make a room. */
const FULL = {
  webhook: { endPoint: "https://example.com/hook", events: ["participant-joined", "session*"] },
  autoCloseConfig: { type: "session-end-and-deactivate", duration: 60 },
  allowedParticipantIds: ["ann", "bob"],
  autoStartConfig: { recording: { transcription: { enabled: false } } },
  geoFence: "sg001",
  multiComposition: { recording: true, hls: false, rtmp: false },
  region: "sg001",
  token: "unknown members are left alone",
} as const;

describe.each(V2_TOPOLOGIES)("VideoSDK's rooms, %s", (topology) => {
  const v2 = useV2(topology);

  test("POST /v2/rooms answers 200 with the room", async () => {
    const { status, body, headers } = await v2.post("/v2/rooms", {});
    expect(status).toBe(200);
    expect(misfits(body, ROOM)).toEqual([]);
    expect(body).toMatchObject({ customRoomId: null, disabled: false, webhook: null, autoCloseConfig: null });
    expect(body["createdAt"]).toBe(body["updatedAt"]);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(headers.get("x-request-id")).toMatch(/./);
  });

  test("POST /v2/rooms keeps what it was given, and says so everywhere", async () => {
    const customRoomId = freshName("full");
    const { status, body } = await v2.post("/v2/rooms", { ...FULL, customRoomId });
    expect(status).toBe(200);
    expect(misfits(body, ROOM)).toEqual([]);
    const { webhook, autoCloseConfig, allowedParticipantIds } = FULL;
    const kept = { customRoomId, webhook, autoCloseConfig, allowedParticipantIds };
    expect(body).toMatchObject(kept);
    for (const path of [`/v2/rooms/${customRoomId}`, `/v2/rooms/validate/${String(body["roomId"])}`])
      expect(await v2.ok(v2.get(path))).toMatchObject(kept);
  });

  test("a customRoomId is an idempotency key: the room that has it, as it is", async () => {
    const customRoomId = freshName("once");
    const made = await v2.ok(v2.post("/v2/rooms", { customRoomId }));
    const again = await v2.ok(v2.post("/v2/rooms", { ...FULL, customRoomId }));
    const { links, ...rest } = made;
    expect(links).toBeDefined();
    expect(again).toMatchObject(rest);
  });

  test("what callers leave out or add is no fault (section 2.5)", async () => {
    const authorization = crawler();
    const bodies: readonly (readonly [unknown, Record<string, string>])[] = [
      [undefined, { authorization }],
      [undefined, { authorization, "content-type": "application/json" }],
      [undefined, { AUTHORIZATION: authorization }],
      [undefined, { aUTHORIZATIOn: `Bearer ${authorization}` }],
      [{}, { authorization }],
      [{ webhook: {}, customRoomId: null, geoFence: null, token: "x" }, { authorization }],
    ];
    for (const [body, headers] of bodies) {
      const made = await v2.ask("POST", "/v2/rooms", { body, headers });
      expect([made.status, misfits(made.body, ROOM)]).toEqual([200, []]);
      expect(made.body["webhook"]).toBeNull();
    }
    expect((await v2.post("/v2/rooms/", {})).status).toBe(200);
  });

  test("GET /v2/rooms/{id} takes the room id and the custom id, with and without a slash at the end", async () => {
    const customRoomId = freshName("named");
    const roomId = await v2.room({ customRoomId });
    const made = await v2.ok(v2.get(`/v2/rooms/${roomId}`));
    for (const path of [`/v2/rooms/${customRoomId}`, `/v2/rooms/${roomId}/`]) {
      const { status, body } = await v2.get(path);
      expect([status, misfits(body, OWNED_ROOM)]).toEqual([200, []]);
      expect(body).toMatchObject({ roomId, customRoomId, id: made["id"], user: made["user"] });
    }
  });

  test("GET /v2/rooms/validate/{id} takes both ids, and a JSON body as the quick starts send it", async () => {
    const customRoomId = freshName("valid");
    const roomId = await v2.room({ customRoomId });
    for (const id of [roomId, customRoomId, `${roomId}/`]) {
      const { status, body } = await v2.get(`/v2/rooms/validate/${id}`, { body: { roomId: id } });
      expect([status, misfits(body, ROOM)]).toEqual([200, []]);
      expect(body["roomId"]).toBe(roomId);
    }
  });

  test("GET /v2/rooms lists 65 rooms, newest first, in pages of 20, 20, 20 and 5", async () => {
    const made: string[] = [];
    for (let count = 0; count < 65; count += 1) made.push(await v2.room({}, 1));
    const asked = { token: backOf(1) };
    const { sizes, data } = await v2.pages("/v2/rooms", 20, asked);
    expect(sizes).toEqual([20, 20, 20, 5]);
    expect(data.map(({ roomId }) => roomId).toSorted()).toEqual(made.toSorted());
    expect(data).toEqual(newestFirst(data, "createdAt"));
    const first = await v2.ok(v2.get("/v2/rooms/", asked));
    expect(misfits(first, pageOf(OWNED_ROOM))).toEqual([]);
    expect(first["pageInfo"]).toEqual({ currentPage: 1, perPage: 20, lastPage: 4, total: 65 });
    const beyond = await v2.ok(v2.get("/v2/rooms?page=5", asked));
    expect(beyond).toEqual({
      pageInfo: { currentPage: 5, perPage: 20, lastPage: 4, total: 65 },
      data: [],
    });
  });

  test("GET /v2/rooms?query= finds exactly one room, or none", async () => {
    const customRoomId = freshName("query");
    const roomId = await v2.room({ customRoomId });
    for (const query of [roomId, customRoomId]) {
      const page = await v2.ok(v2.get(`/v2/rooms?query=${query}`));
      expect(misfits(page, pageOf(OWNED_ROOM))).toEqual([]);
      expect(page).toMatchObject({ pageInfo: { total: 1, lastPage: 1 }, data: [{ roomId }] });
    }
    const none = await v2.ok(v2.get(`/v2/rooms?query=${customRoomId.slice(0, -1)}`));
    expect(none).toEqual({ pageInfo: { currentPage: 1, perPage: 20, lastPage: 0, total: 0 }, data: [] });
  });

  test("POST /v2/rooms/{id} disables and enables; a disabled room is 402 to validate", async () => {
    const customRoomId = freshName("switched");
    const roomId = await v2.room({ customRoomId });
    const off = await v2.post(`/v2/rooms/${roomId}`, { status: "disabled" });
    expect([off.status, misfits(off.body, OWNED_ROOM)]).toEqual([200, []]);
    expect(off.body).toMatchObject({ roomId, disabled: true, status: "disabled" });
    for (const id of [roomId, customRoomId])
      expect((await v2.get(`/v2/rooms/validate/${id}`)).status).toBe(402);
    const on = await v2.ok(v2.post(`/v2/rooms/${customRoomId}/`, { status: "enabled", token: "unknown" }));
    expect(on).toMatchObject({ roomId, disabled: false, status: "enabled" });
    expect((await v2.get(`/v2/rooms/validate/${roomId}`)).status).toBe(200);
  });

  test("POST /v2/rooms/deactivate is for good, and takes the room id only", async () => {
    const customRoomId = freshName("closed");
    const roomId = await v2.room({ customRoomId });
    expect((await v2.post("/v2/rooms/deactivate", { roomId: customRoomId })).status).toBe(402);
    for (const path of ["/v2/rooms/deactivate", "/v2/rooms/deactivate/"]) {
      const { status, body } = await v2.post(path, { roomId });
      expect([status, misfits(body, DEACTIVATED)]).toEqual([200, []]);
      expect(body).toMatchObject({ meetingId: roomId, userMeetingId: customRoomId, disabled: true });
    }
    expect((await v2.get(`/v2/rooms/validate/${roomId}`)).status).toBe(402);
    expect(await v2.ok(v2.get(`/v2/rooms/${roomId}`))).toMatchObject({ disabled: true });
    expect((await v2.post(`/v2/rooms/${roomId}`, { status: "enabled" })).status).toBe(409);
    const again = await v2.ok(v2.post("/v2/rooms", { customRoomId }));
    expect(again).toMatchObject({ roomId, disabled: true });
  });

  test("GET /v2/public/rsa-public-key needs no token", async () => {
    for (const path of ["/v2/public/rsa-public-key", "/v2/public/rsa-public-key/"]) {
      const { status, body } = await v2.get(path, { token: "" });
      expect([status, Object.keys(body)]).toEqual([200, ["publicKey"]]);
      expect(body["publicKey"]).toMatch(
        /^-----BEGIN RSA PUBLIC KEY-----\n[\s\S]+\n-----END RSA PUBLIC KEY-----\n$/,
      );
    }
  });
});
