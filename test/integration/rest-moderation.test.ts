/** Moderation over REST: what a back end does is felt on the sockets, once, and within its scope. */
import { describe, expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import { enter, errorOf, GUEST, HOST, idsIn, join, MODERATOR, stateOf } from "../support/meeting.js";
import { token } from "../support/node.js";
import { asJson, asList, type Json, type Peer } from "../support/peer.js";
import { backEnd, otherBackEnd, refusedAs, Rest, REST_TOPOLOGIES } from "../support/rest.js";

const SOON = { deadlineMs: 1_000 } as const;
const BY = { kind: "api", name: "Support" } as const;

describe.each(REST_TOPOLOGIES)("moderation over REST, %s", (topology) => {
  const rest = new Rest(topology);

  /** A room with a host and a participant whose microphone and webcam are on. */
  const withMember = async (): Promise<{ roomId: string; at: string; host: Peer; member: Peer }> => {
    const { roomId, at, host } = await rest.meeting();
    const member = await enter(rest.sockets, roomId, "m", HOST, { micOn: true, webcamOn: true });
    await eventually(async () => {
      expect((await rest.get(`${at}/live`)).body["participants"]).toMatchObject([{}, { participantId: "m" }]);
    }, SOON);
    return { roomId, at, host, member };
  };
  const post = async (target: string, body: Json = {}): Promise<Json> => {
    const answer = await rest.post(target, { name: "Support", ...body });
    expect(answer).toMatchObject({ status: 200, body: { repeated: false } });
    return asJson(answer.body["result"]);
  };

  test("turns microphone and webcam off, of one and of everybody", async () => {
    const { at, host, member } = await withMember();
    expect(await post(`${at}/participants/m/media/off`, { kind: "mic" })).toEqual({ turnedOff: 1 });
    expect(await member.event("stream-disabled")).toMatchObject({ participantId: "m", kind: "mic", by: BY });
    expect(await host.ask({ type: "set-media", kind: "webcam", on: true })).toMatchObject({ ok: true });
    await eventually(async () => {
      const { body } = await rest.get(`${at}/live`);
      expect(body["participants"]).toMatchObject([{ webcamOn: true }, { webcamOn: true, micOn: false }]);
    }, SOON);
    expect(await post(`${at}/media/off`, { kind: "webcam" })).toEqual({ turnedOff: 2 });
    for (const id of ["host", "m"])
      await member.event(
        "stream-disabled",
        ({ kind, participantId }) => kind === "webcam" && participantId === id,
      );
  });

  test("asks somebody to turn it on, and hears of the answer", async () => {
    const { roomId, at, host } = await rest.meeting();
    const member = await enter(rest.sockets, roomId, "m");
    await eventually(() => post(`${at}/participants/m/media/request`, { kind: "mic" }), SOON);
    expect(await member.event("mic-requested")).toMatchObject({ participantId: null, targetId: "m" });
    expect(await member.ask({ type: "answer-media", kind: "mic", accept: true })).toMatchObject({ ok: true });
    await host.event("stream-enabled", ({ participantId }) => participantId === "m");
    await eventually(async () => {
      const { body } = await rest.get(`${at}/events`);
      const answer = asList(body["events"]).find((event) => asJson(event)["type"] === "mic-responded");
      expect(answer).toMatchObject({ participantId: "m", askerId: null, accepted: true });
    }, SOON);
  });

  test("locks what one or everybody could turn on, and releases it", async () => {
    const { at, member } = await withMember();
    const turnsOn = (): Promise<Json> => member.ask({ type: "set-media", kind: "mic", on: true });
    expect(await member.ask({ type: "set-media", kind: "mic", on: false })).toMatchObject({ ok: true });
    for (const path of ["participants/m/media/lock", "media/lock"]) {
      await post(`${at}/${path}`, { kind: "mic", locked: true });
      await member.event("media-lock-changed", ({ participantId, locked }) =>
        path === "media/lock" ? participantId === null && locked === true : participantId === "m",
      );
      expect(errorOf(await turnsOn())).toMatchObject({ reason: "media_locked" });
      await post(`${at}/${path}`, { kind: "mic", locked: false });
      await eventually(async () => expect(await turnsOn()).toMatchObject({ ok: true }), SOON);
      expect(await member.ask({ type: "set-media", kind: "mic", on: false })).toMatchObject({ ok: true });
    }
  });

  test("puts somebody out, with a note that they alone read; their token does not open the session again", async () => {
    const { roomId, at, host, member } = await withMember();
    const credential = token({ permissions: HOST, roomId, participantId: "x" });
    const message = { token: credential, roomId };
    const other = await enter(rest.sockets, roomId, "x", HOST, message);
    await eventually(() => post(`${at}/participants/x/remove`, { note: "Only for staff" }), SOON);
    expect(await other.find(({ type }) => type === "meeting-left")).toMatchObject({
      reason: { message: "REMOVE_PEER_API" },
      note: "Only for staff",
    });
    const left = await host.event("participant-left");
    expect(left).toMatchObject({ participantId: "x", by: BY });
    expect(JSON.stringify(left)).not.toContain("staff");
    const again = await join(rest.sockets, roomId, "x", HOST, message);
    expect(errorOf(again.reply)).toMatchObject({ reason: "removed" });
    expect(member.closed).toBeNull();
  });

  test("bans, lists bans with who and why, and lifts them", async () => {
    const { roomId, at, host, member } = await withMember();
    await post(`${at}/participants/m/remove`, { ban: true, note: "spam" });
    await member.ended();
    await post(`${at}/bans`, { participantId: "stranger", note: null });
    const waiting = await rest.knock(roomId, "w");
    await eventually(
      async () => expect((await rest.get(`${at}/lobby`)).body["knocks"]).toHaveLength(1),
      SOON,
    );
    await post(`${at}/bans`, { participantId: "w" });
    await waiting.ended();
    await host.event("participant-banned", ({ participantId }) => participantId === "w");
    const { status, body } = await rest.get(`${at}/bans`);
    const ban = { note: null, by: BY, at: expect.any(Number) };
    expect([status, body]).toEqual([
      200,
      {
        roomId,
        bans: [
          { participantId: "m", ...ban, note: "spam" },
          { participantId: "stranger", ...ban },
          { participantId: "w", ...ban },
        ],
      },
    ]);
    expect(errorOf((await join(rest.sockets, roomId, "m", HOST)).reply)).toMatchObject({ reason: "banned" });
    expect(await rest.ask("DELETE", `${at}/bans/m`, undefined)).toMatchObject({ status: 200 });
    await host.event("participant-unbanned");
    await enter(rest.sockets, roomId, "m", HOST);
    expect(await rest.ask("DELETE", `${at}/bans/m`, undefined)).toMatchObject(
      refusedAs(404, "ban_unknown", "participantId"),
    );
  });

  test("locks the room for newcomers, and opens it", async () => {
    const { roomId, at, host } = await rest.meeting();
    await post(`${at}/lock`, { locked: true });
    await host.event("room-lock-changed");
    expect(errorOf((await join(rest.sockets, roomId, "n", GUEST)).reply)).toMatchObject({
      reason: "room_locked",
    });
    await post(`${at}/lock`, { locked: false });
    await host.event("room-lock-changed", ({ locked }) => locked === false);
    await rest.knock(roomId, "n");
  });

  test("gives and takes rights at once", async () => {
    const { roomId, at, host, member } = await withMember();
    const path = `${at}/participants/m/permissions`;
    await post(path, { grant: ["allow_mod"], take: ["allow_join"] });
    await member.event("permissions-changed", ({ permissions }) => String(permissions) === "allow_mod");
    await rest.knock(roomId, "g");
    expect(errorOf(await member.ask({ type: "admit", participantId: "g" }))).toMatchObject({
      reason: "not_permitted",
    });
    expect(await member.ask({ type: "lock-room", locked: true })).toMatchObject({ ok: true });
    await host.event("room-lock-changed");
    for (const [body, field] of [
      [{}, "grant"],
      [{ grant: ["allow_mod"], take: ["allow_mod"] }, "take"],
      [{ grant: ["ask_join"] }, "grant.0"],
    ] as const)
      expect(await rest.post(path, body)).toMatchObject(refusedAs(400, "invalid_parameter", field));
  });

  test("sends somebody back to the lobby", async () => {
    const { at, host, member } = await withMember();
    await post(`${at}/participants/m/lobby`);
    await member.find(({ type, cause }) => type === "lobby" && cause === "returned");
    const knock = await host.event("entry-requested");
    expect(knock).toMatchObject({ knock: { participantId: "m", returned: true } });
  });

  test("ends the session for all, in the room and in the lobby", async () => {
    const { roomId, at, host } = await rest.meeting();
    const guest = await rest.knock(roomId, "g");
    await eventually(
      async () => expect((await rest.get(`${at}/lobby`)).body["knocks"]).toHaveLength(1),
      SOON,
    );
    await post(`${at}/end`);
    await host.event("session-ended", ({ cause }) => cause === "ended");
    await Promise.all([host.ended(), guest.ended()]);
    expect((await stateOf(rest.api, roomId)).session).toBeNull();
    expect(await rest.post(`${at}/end`)).toMatchObject({ status: 200 });
  });

  test("publishes to all or to some, without a sender", async () => {
    const { at, host, member } = await withMember();
    const { sent } = { sent: { topic: "news", message: "hello", payload: { a: [1] }, persist: true } };
    await post(`${at}/messages`, sent);
    const heard = await member.event("message-published");
    expect(heard).toMatchObject({ message: { ...sent, senderId: null, sendOnly: null } });
    await post(`${at}/messages`, { topic: "secret", message: "for m", sendOnly: ["m"] });
    await member.event("message-published", ({ message }) => asJson(message)["topic"] === "secret");
    await post(`${at}/messages`, { topic: "last", message: "" });
    await host.event("message-published", ({ message }) => asJson(message)["topic"] === "last");
    const topics = host.events
      .filter(({ type }) => type === "message-published")
      .map((event) => asJson(event["message"]));
    expect(topics.map(({ topic }) => topic)).toEqual(["news", "last"]);
    for (const [body, field] of [
      [{ message: "m" }, "topic"],
      [{ topic: "t", message: "x".repeat(16_385) }, "message"],
      [{ topic: "t", message: "m", payload: [] }, "payload"],
      [{ topic: "t", message: "m", sendOnly: [] }, "sendOnly"],
    ] as const)
      expect(await rest.post(`${at}/messages`, body)).toMatchObject(
        refusedAs(400, "invalid_parameter", field),
      );
  });

  const MODERATION: readonly (readonly [string, Json])[] = [
    ["participants/m/media/off", { kind: "mic" }],
    ["participants/m/media/request", { kind: "mic" }],
    ["participants/m/media/lock", { kind: "mic", locked: true }],
    ["participants/m/permissions", { take: ["allow_join"] }],
    ["participants/m/lobby", {}],
    ["participants/m/remove", {}],
    ["media/off", { kind: "mic" }],
    ["media/lock", { kind: "mic", locked: true }],
    ["bans", { participantId: "m" }],
    ["lock", { locked: true }],
    ["messages", { topic: "t", message: "m" }],
    ["end", {}],
  ];
  const WHOLE_ROOM = MODERATION.filter(([path]) => !path.startsWith("participants/") && path !== "bans");

  test.each(MODERATION)("%s: the same Idempotency-Key has one effect, on every node", async (path, body) => {
    const { at, roomId } = await withMember();
    const first = await rest.post(`${at}/${path}`, body, { key: "key-1" });
    expect(first.status).toBe(200);
    const before = await stateOf(rest.api, roomId);
    for (const node of [rest.api, rest.sockets]) {
      const again = await rest.post(`${at}/${path}`, body, { key: "key-1", node });
      // What changed nothing is decided anew (C2): the request to turn on what is on.
      const remembered = !path.endsWith("request");
      expect(again).toMatchObject({
        status: 200,
        body: { position: first.body["position"], repeated: remembered },
      });
    }
    expect((await stateOf(rest.api, roomId)).seq).toBe(before.seq);
  });

  test.each(MODERATION)("%s: needs a moderating token of this room and app", async (path, body) => {
    const { at, roomId } = await withMember();
    const { seq } = await stateOf(rest.api, roomId);
    const refusals: readonly (readonly [string, Json])[] = [
      [token({ permissions: GUEST }), refusedAs(403, "not_permitted")],
      [token({ permissions: HOST }), refusedAs(403, "not_permitted")],
      [token({ permissions: MODERATOR, roles: ["rtc"] }), refusedAs(403, "role_not_allowed")],
      [backEnd({ roomId: "elsewhere" }), refusedAs(403, "room_mismatch", "roomId")],
      [backEnd({ roomId, participantId: "host" }), refusedAs(403, "participant_mismatch", "participantId")],
      [otherBackEnd(), refusedAs(404, "room_unknown", "roomId")],
    ];
    for (const [credential, refusal] of refusals)
      expect(await rest.post(`${at}/${path}`, body, { token: credential })).toMatchObject(refusal);
    expect((await stateOf(rest.api, roomId)).seq).toBe(seq);
    const nowhere = await rest.post(`/v2/rooms/nowhere/${path}`, body);
    expect(nowhere).toMatchObject(refusedAs(404, "room_unknown", "roomId"));
    const moderator = token({ permissions: MODERATOR });
    expect((await rest.post(`${at}/${path}`, body, { token: moderator })).status).toBe(200);
  });

  test("a token for one participant touches that one, and not the room as a whole", async () => {
    const { at, roomId } = await withMember();
    const only = { token: backEnd({ roomId, participantId: "m" }) };
    const mismatch = refusedAs(403, "participant_mismatch", "participantId");
    for (const [path, body] of WHOLE_ROOM)
      expect(await rest.post(`${at}/${path}`, body, only)).toMatchObject(mismatch);
    for (const path of ["live", "events"])
      expect(await rest.get(`${at}/${path}`, only)).toMatchObject(mismatch);
    const personal = { topic: "t", message: "m", sendOnly: ["m"] };
    expect((await rest.post(`${at}/messages`, personal, only)).status).toBe(200);
    await rest.post(`${at}/bans`, { participantId: "stranger" });
    expect((await rest.post(`${at}/participants/m/remove`, { ban: true }, only)).status).toBe(200);
    expect(asList((await rest.get(`${at}/bans`, only)).body["bans"])).toMatchObject([{ participantId: "m" }]);
    expect((await rest.ask("DELETE", `${at}/bans/m`, undefined, only)).status).toBe(200);
    expect(await rest.ask("DELETE", `${at}/bans/stranger`, undefined, only)).toMatchObject(mismatch);
  });

  test("who is not in the room is named, and so is what is wrong", async () => {
    const { at } = await rest.meeting();
    for (const [path, body] of MODERATION.filter(([one]) => one.startsWith("participants/"))) {
      expect(await rest.post(`${at}/${path}`, body)).toMatchObject(
        refusedAs(404, "participant_unknown", "participantId"),
      );
    }
    for (const [path, body, field] of [
      ["media/off", { kind: "screen" }, "kind"],
      ["media/lock", { kind: "mic" }, "locked"],
      ["lock", {}, "locked"],
      ["bans", {}, "participantId"],
      ["participants/*/remove", {}, "participantId"],
    ] as const)
      expect(await rest.post(`${at}/${path}`, body)).toMatchObject(
        refusedAs(400, "invalid_parameter", field),
      );
  });

  test("the room as it is now: who is in, who waits, what is locked, and where in the log that is", async () => {
    const { at, roomId, member } = await withMember();
    await rest.knock(roomId, "g");
    await post(`${at}/bans`, { participantId: "b", note: "why" });
    await post(`${at}/media/lock`, { kind: "webcam", locked: true });
    await eventually(async () => {
      const state = await stateOf(rest.api, roomId);
      const { status, body } = await rest.get(`${at}/live`);
      expect(status).toBe(200);
      expect(body).toEqual({
        roomId,
        customRoomId: null,
        position: `${String(member.epoch)}:${state.seq}`,
        session: { id: state.session?.id, startedAt: state.session?.startedAt },
        locked: false,
        mediaLocks: { mic: false, webcam: true },
        participants: [...state.participants.values()].map(({ view }) => view),
        lobby: [...state.knocks.values()].map(({ view }) => view),
        bans: [{ participantId: "b", note: "why", by: BY, at: expect.any(Number) }],
      });
      expect([idsIn(body), idsIn(body, "lobby")]).toEqual([["host", "m"], ["g"]]);
    }, SOON);
  });
});
