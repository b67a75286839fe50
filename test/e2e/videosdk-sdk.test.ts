/** VideoSDK's own server SDK against this gateway, as its users run it: only the address is another one. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  AuthenticationError,
  Grant,
  PermissionError,
  ResourceConflictError,
  RoomNotFoundError,
  ValidationError,
  VideoSDK,
  WebhookVerificationError,
} from "@videosdk.live/server-sdk";
import { once } from "node:events";
import { createServer } from "node:http";
import { eventually } from "../support/eventually.js";
import { hangUp } from "../support/meeting.js";
import { APP, startGateway, token, type TestGateway } from "../support/node.js";
import { Peer } from "../support/peer.js";
import { freshName } from "../support/v2.js";

describe("@videosdk.live/server-sdk", () => {
  let gateway: TestGateway;
  let vsdk: VideoSDK;
  beforeAll(async () => {
    gateway = await startGateway("Redis, two nodes", { ADMITONE_WEBHOOK_NETWORKS: "127.0.0.0/8" });
    vsdk = clientOf();
  });
  afterAll(() => gateway.close());

  /** A client of the SDK; what fails shall fail at once, not after retries. */
  function clientOf(options: ConstructorParameters<typeof VideoSDK>[0] = {}): VideoSDK {
    const apiEndpoint = `http://127.0.0.1:${gateway.first.port}`;
    return new VideoSDK({ apiKey: APP.apiKey, secret: APP.secret, apiEndpoint, maxRetries: 0, ...options });
  }

  /** Joins on the other node with a token that the SDK minted. */
  async function enter(roomId: string, participantId: string, ...grants: Grant[]): Promise<Peer> {
    const minted = vsdk
      .accessToken()
      .setParticipant(participantId)
      .grant(...grants)
      .forRoom(roomId)
      .expiresIn("15m")
      .toJwt();
    const { peer, reply } = await Peer.join(gateway.second, { token: minted, roomId, name: participantId });
    if (reply["ok"] !== true) throw new Error(`not let in: ${JSON.stringify(reply)}`);
    return peer;
  }

  test("rooms: create with all options, create again, get, list", async () => {
    const customRoomId = freshName("sdk");
    const room = await vsdk.rooms.create({
      customRoomId,
      geoFence: "sg001",
      webhook: { url: "https://example.com/hook", events: ["session*"] },
      autoCloseConfig: { afterInactiveSeconds: 60, type: "session-end-and-deactivate" },
      multiComposition: { recording: true },
      allowedParticipantIds: ["ann"],
    });
    expect(room).toMatchObject({
      customRoomId,
      disabled: false,
      webhook: { endPoint: "https://example.com/hook", events: ["session*"] },
      autoCloseConfig: { duration: 60, type: "session-end-and-deactivate" },
      allowedParticipantIds: ["ann"],
    });
    expect((await vsdk.rooms.create({ customRoomId })).roomId).toBe(room.roomId);
    for (const id of [room.roomId, customRoomId])
      expect((await vsdk.rooms.get(id)).links?.["get_room"]).toMatch(new RegExp(`/v2/rooms/${room.roomId}$`));
    const found = await vsdk.rooms.list({ query: customRoomId });
    expect([found.total, found.hasNextPage, found.data[0]?.roomId]).toEqual([1, false, room.roomId]);
  });

  test("rooms: the SDK's iteration meets every room once, newest first", async () => {
    const other = new Set<string>();
    for await (const room of await vsdk.rooms.list()) other.add(room.roomId);
    const made: string[] = [];
    for (let count = 0; count < 7; count += 1) made.push((await vsdk.rooms.create()).roomId);
    const page = await vsdk.rooms.list({ perPage: 3 });
    expect([page.data.length, page.hasNextPage, page.total]).toEqual([3, true, 7 + other.size]);
    const seen: string[] = [];
    const times: number[] = [];
    for await (const room of page) {
      seen.push(room.roomId);
      times.push(Date.parse(room.createdAt ?? ""));
    }
    expect(seen.toSorted()).toEqual([...made, ...other].toSorted());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  test("rooms: validate, and deactivate for good", async () => {
    const customRoomId = freshName("sdk");
    const { roomId } = await vsdk.rooms.create({ customRoomId });
    for (const id of [roomId, customRoomId])
      expect(await vsdk.rooms.validate(id)).toMatchObject({ valid: true, roomId, room: { customRoomId } });
    expect(await vsdk.rooms.validate("aaaa-bbbb-cccc")).toEqual({ valid: false, roomId: "aaaa-bbbb-cccc" });
    await expect(vsdk.rooms.end(customRoomId)).rejects.toMatchObject({ httpStatus: 402 });
    expect(await vsdk.rooms.end(roomId)).toMatchObject({ disabled: true });
    expect(await vsdk.rooms.validate(roomId)).toEqual({ valid: false, roomId });
  });

  test("tokens: what the SDK mints enters, knocks and moderates as it says", async () => {
    const { roomId } = await vsdk.rooms.create();
    const host = await enter(roomId, "host", Grant.AllowJoin, Grant.AllowMod);
    const guest = await enter(roomId, "guest", Grant.AskJoin);
    await host.event("entry-requested");
    expect(await host.ask({ type: "admit", participantId: "guest" })).toMatchObject({ ok: true });
    await guest.room();
    // Without a grant the SDK gives both.
    const other = await enter(roomId, "other");
    expect(await other.ask({ type: "remove", participantId: "guest" })).toMatchObject({ ok: true });
    await guest.ended();
    const api = vsdk.accessToken().forApi().forRoom(roomId).toJwt();
    const { reply, peer } = await Peer.join(gateway.first, { token: api, roomId });
    expect(reply).toMatchObject({ ok: false, error: { reason: "role_not_allowed", code: 4024 } });
    hangUp([host, other, peer]);
  });

  test("sessions and participants: list, get, active, remove, end", async () => {
    const { roomId } = await vsdk.rooms.create();
    expect((await vsdk.participants.list(roomId)).data).toEqual([]);
    const people = ["ann", "bob", "carl"];
    const peers: Peer[] = [];
    for (const one of people) peers.push(await enter(roomId, one, Grant.AllowJoin));

    const [session] = (await vsdk.sessions.list({ roomId, status: "ongoing" })).data;
    const sessionId = session?.id ?? "";
    expect(await vsdk.sessions.get(sessionId)).toMatchObject({ id: sessionId, roomId, status: "ongoing" });
    const between = { startDate: Date.parse(session?.start ?? ""), endDate: Date.now() + 60_000 };
    expect((await vsdk.sessions.list({ query: roomId, ...between })).data).toHaveLength(1);

    for (const page of [
      await vsdk.sessions.listParticipants(sessionId, { perPage: 2 }),
      await vsdk.sessions.listActiveParticipants(sessionId, { perPage: 2 }),
      await vsdk.participants.list(roomId, { perPage: 2 }),
    ]) {
      expect([page.total, page.data.length, page.hasNextPage]).toEqual([3, 2, true]);
      const seen: string[] = [];
      for await (const { participantId } of page) seen.push(participantId);
      expect(seen).toEqual(people);
    }
    expect(await vsdk.sessions.getParticipant(sessionId, "ann")).toMatchObject({ participantId: "ann" });
    expect(await vsdk.participants.get(roomId, "bob")).toMatchObject({ name: "bob" });

    expect(await vsdk.participants.remove(roomId, "ann")).toBeTruthy();
    expect(await vsdk.sessions.removeParticipant({ sessionId, participantId: "bob" })).toBeTruthy();
    await peers[0]?.ended();
    await peers[1]?.ended();
    expect((await vsdk.sessions.listActiveParticipants(sessionId)).data).toMatchObject([
      { participantId: "carl" },
    ]);

    const ended = await vsdk.sessions.end({ roomId, sessionId, force: true });
    expect(ended).toMatchObject({ id: sessionId, roomId, status: "ended" });
    await peers[2]?.ended();
    expect((await vsdk.participants.list(roomId)).data).toEqual([]);
    const [past] = (await vsdk.sessions.list({ roomId, status: "ended" })).data;
    expect(past?.participants?.map(({ participantId }) => participantId)).toEqual(people);
    await expect(vsdk.sessions.listActiveParticipants(sessionId)).rejects.toBeInstanceOf(RoomNotFoundError);
  });

  test("errors: each status is the SDK's own class, with our text, code and request id", async () => {
    const { roomId } = await vsdk.rooms.create();
    await vsdk.rooms.end(roomId);
    const failures: readonly (readonly [() => Promise<unknown>, new (text: string) => Error, object])[] = [
      [
        () => vsdk.rooms.create({ customRoomId: "a b" }),
        ValidationError,
        { httpStatus: 400, code: "invalid_parameter" },
      ],
      [
        () => clientOf({ secret: "another-secret-0123456789-0123456789" }).rooms.list(),
        AuthenticationError,
        { httpStatus: 401, message: "Token is invalid or expired" },
      ],
      [
        () => clientOf({ token: vsdk.accessToken().toJwt() }).rooms.list(),
        PermissionError,
        { httpStatus: 403, code: "role_not_allowed" },
      ],
      [() => vsdk.rooms.get("aaaa-bbbb-cccc"), RoomNotFoundError, { httpStatus: 404, code: "room_unknown" }],
      [() => vsdk.sessions.get("0123456789abcdef01234567"), RoomNotFoundError, { code: "session_unknown" }],
      [() => vsdk.sessions.end({ roomId }), RoomNotFoundError, { code: "session_unknown" }],
      [() => vsdk.participants.remove(roomId, "ann"), RoomNotFoundError, { code: "session_unknown" }],
      [() => vsdk.participants.get(roomId, "ann"), RoomNotFoundError, {}],
      [
        () => vsdk.api.post(`/v2/rooms/${roomId}`, { body: { status: "enabled" } }),
        ResourceConflictError,
        { httpStatus: 409, code: "room_deactivated" },
      ],
    ];
    for (const [attempt, kind, members] of failures) {
      const error = await attempt().then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject(members);
    }
    await expect(vsdk.rooms.get("aaaa-bbbb-cccc")).rejects.toMatchObject({
      requestId: expect.stringMatching(/./),
    });
    // Without a key of its own the SDK shows the token that it was given, whatever has become of it.
    const { apiEndpoint } = vsdk;
    const expired = new VideoSDK({
      token: token({ permissions: ["allow_join"], ttlSeconds: -60 }),
      apiEndpoint,
    });
    await expect(expired.rooms.list()).rejects.toBeInstanceOf(AuthenticationError);
  });

  test("webhooks: what the gateway sends, the SDK verifies; and nothing that was changed on the way", async () => {
    const heard: { body: string; signature: string }[] = [];
    const receiver = createServer((incoming, response) => {
      let body = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (piece: string) => (body += piece));
      incoming.on("end", () => {
        heard.push({ body, signature: String(incoming.headers["videosdk-signature"]) });
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const address = receiver.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const url = `http://127.0.0.1:${address.port}/hook`;
    const { roomId } = await vsdk.rooms.create({ webhook: { url, events: ["participant-*", "session-*"] } });
    const peer = await enter(roomId, "ann", Grant.AllowJoin);
    await vsdk.sessions.end({ roomId });
    await peer.ended();

    const types = await eventually(async () => {
      const events = await Promise.all(
        heard.map(({ body, signature }) => vsdk.webhooks.verify(body, signature)),
      );
      for (const { data } of events) expect(data["meetingId"]).toBe(roomId);
      const found = events.map(({ type }) => type);
      expect(found).toContain("session-ended");
      return found;
    });
    expect(new Set(types)).toEqual(
      new Set(["session-started", "participant-joined", "participant-left", "session-ended"]),
    );
    const [{ body, signature } = { body: "", signature: "" }] = heard;
    for (const [changed, signed] of [
      [`${body} `, signature],
      [body, "AAAA"],
    ] as const)
      await expect(vsdk.webhooks.verify(changed, signed)).rejects.toBeInstanceOf(WebhookVerificationError);
    receiver.close();
    receiver.closeAllConnections();
  });
});
