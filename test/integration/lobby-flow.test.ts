import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  createRoom,
  enter,
  errorOf,
  GUEST,
  HOST,
  idsIn,
  join,
  MODERATOR,
  hostedRoom,
  named,
} from "../support/meeting.js";
import { startGateway, type TestGateway } from "../support/node.js";
import { asJson, asList, Peer, type Json } from "../support/peer.js";

describe("the lobby over two nodes", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway("Redis, two nodes");
  });
  afterAll(() => gateway.close());

  const meeting = (settings: Json = {}): Promise<{ roomId: string; host: Peer }> =>
    hostedRoom(gateway, settings);
  const knock = (roomId: string, id: string, extra: Json = {}): Promise<Peer> =>
    enter(gateway.second, roomId, id, GUEST, extra);

  test("a host who comes late finds the queue in its order, and the waiting hear that a host is there", async () => {
    const roomId = await createRoom(gateway.second);
    const waiting: Peer[] = [];
    for (const id of ["g1", "g2", "g3"]) waiting.push(await knock(roomId, id, { metaData: { of: id } }));
    for (const peer of waiting)
      expect(await peer.find(({ type }) => type === "lobby")).toMatchObject({
        cause: "knocked",
        hostPresent: false,
      });
    const host = await enter(gateway.first, roomId, "host", HOST);
    const room = await host.room();
    expect(idsIn(room, "lobby")).toEqual(["g1", "g2", "g3"]);
    expect(asList(room["lobby"])[0]).toMatchObject({
      name: "g1",
      metaData: { of: "g1" },
      online: true,
      returned: false,
    });
    for (const peer of waiting)
      await peer.find(
        ({ type, cause, hostPresent }) => type === "lobby" && cause === "hosts" && hostPresent === true,
      );
    expect(await host.ask({ type: "leave" })).toMatchObject({ ok: true });
    for (const peer of waiting)
      await peer.find(({ cause, hostPresent }) => cause === "hosts" && hostPresent === false);
    // Nobody in the lobby was told of anything else.
    for (const peer of waiting)
      expect(new Set(peer.frames.map(({ type }) => type))).toEqual(new Set(["hello", "reply", "lobby"]));
  });

  test("a second tab takes the knock over and keeps its place; the older one is told", async () => {
    const { roomId, host } = await meeting();
    const first = await knock(roomId, "guest");
    await knock(roomId, "other");
    const second = await enter(gateway.first, roomId, "guest", GUEST);
    expect(await first.ended()).toEqual({ code: 4005, reason: "participant_id_taken" });
    await host.event("entry-resumed", named("guest"));
    const late = await enter(gateway.second, roomId, "late", HOST);
    expect(idsIn(await late.room(), "lobby")).toEqual(["guest", "other"]);
    expect(await late.ask({ type: "admit", participantId: "guest" })).toMatchObject({ ok: true });
    expect(idsIn(await second.room())).toEqual(["host", "late", "guest"]);
  });

  test("denied with a reason, cooling down; denied for good; withdrawn", async () => {
    const { roomId, host } = await meeting();
    const guest = await knock(roomId, "guest");
    await host.event("entry-requested", named("guest"));
    expect(await host.ask({ type: "deny", participantId: "guest", note: "not today" })).toMatchObject({
      ok: true,
    });
    expect(await guest.find(({ type }) => type === "entry-responded")).toMatchObject({
      decision: "denied",
      note: "not today",
      banned: false,
      by: { participantId: "host" },
    });
    expect(await guest.ended()).toEqual({ code: 4404, reason: "entry_denied" });
    const again = await join(gateway.first, roomId, "guest", GUEST);
    expect(errorOf(again.reply)).toMatchObject({
      reason: "cooling_down",
      retryable: true,
      details: { mayKnockAt: expect.any(Number) },
    });
    const back = await guest.resumeOn(gateway.first);
    expect(errorOf(back.reply)).toMatchObject({ reason: "entry_denied" });

    const pest = await knock(roomId, "pest");
    await host.event("entry-requested", named("pest"));
    expect(await host.ask({ type: "deny", participantId: "pest", ban: true })).toMatchObject({ ok: true });
    expect(await pest.find(({ type }) => type === "entry-responded")).toMatchObject({
      banned: true,
      mayKnockAt: null,
    });
    await host.event("participant-banned", named("pest"));
    for (const permissions of [GUEST, MODERATOR])
      expect(errorOf((await join(gateway.second, roomId, "pest", permissions)).reply)).toMatchObject({
        reason: "banned",
      });
    expect(await host.ask({ type: "unban", participantId: "pest" })).toMatchObject({ ok: true });
    expect((await join(gateway.second, roomId, "pest", GUEST)).reply).toMatchObject({ state: "waiting" });

    const shy = await knock(roomId, "shy");
    expect(await shy.ask({ type: "withdraw" })).toMatchObject({ ok: true });
    expect(await shy.find(({ type }) => type === "meeting-left")).toMatchObject({ reason: { code: 1101 } });
    expect(await shy.ended()).toEqual({ code: 1000, reason: "withdrawn" });
    expect(await host.event("entry-withdrawn", named("shy"))).toMatchObject({ cause: "withdrawn" });
    await knock(roomId, "shy");
  });

  test("admit-all lets in as many as there are seats, in the order of the queue", async () => {
    const { roomId, host } = await meeting({ maxParticipants: 3 });
    const guests: Peer[] = [];
    for (const id of ["a", "b", "c", "d"]) guests.push(await knock(roomId, id));
    await host.event("entry-requested", named("d"));
    expect(await host.ask({ type: "admit-all" })).toMatchObject({ ok: true, admitted: 2, waiting: 2 });
    expect(idsIn(await (guests[1] ?? host).room())).toEqual(["host", "a", "b"]);
    expect(errorOf(await host.ask({ type: "admit", participantId: "c" }))).toMatchObject({
      reason: "room_full",
      code: 4009,
    });
    expect(errorOf((await join(gateway.second, roomId, "walker", HOST)).reply)).toMatchObject({
      reason: "room_full",
      code: 4009,
    });
    expect(await (guests[0] ?? host).ask({ type: "leave" })).toMatchObject({ ok: true });
    await host.event("participant-left", named("a"));
    expect(await host.ask({ type: "admit-all" })).toMatchObject({ admitted: 1, waiting: 1 });
    expect(idsIn(await (guests[2] ?? host).room())).toEqual(["host", "b", "c"]);
  });

  test("back to the lobby on the same socket, which hears nothing of the room, and in again", async () => {
    const { roomId, host } = await meeting();
    const guest = await enter(gateway.second, roomId, "guest", HOST);
    expect(await host.ask({ type: "return-to-lobby", participantId: "guest" })).toMatchObject({ ok: true });
    await guest.find(({ type, cause }) => type === "lobby" && cause === "returned");
    const heard = guest.frames.length;
    expect(await host.ask({ type: "publish", topic: "t", message: "among us" })).toMatchObject({ ok: true });
    expect(errorOf(await host.ask({ type: "signal", to: "guest", payload: { sdp: "x" } }))).toMatchObject({
      reason: "participant_unknown",
    });
    expect(errorOf(await guest.ask({ type: "publish", topic: "t", message: "hello?" }))).toMatchObject({
      reason: "in_lobby",
    });
    // No token walks past it.
    expect((await join(gateway.first, roomId, "guest", HOST)).reply).toMatchObject({ state: "waiting" });
    expect(await guest.ended()).toEqual({ code: 4005, reason: "participant_id_taken" });
    expect(
      guest.frames
        .slice(heard)
        .map(({ type }) => type)
        .filter((type) => type !== "reply" && type !== "meeting-left"),
    ).toEqual([]);
    const room = await host.event("entry-requested", named("guest"));
    expect(room).toMatchObject({ knock: { returned: true } });
    expect(await host.ask({ type: "admit", participantId: "guest" })).toMatchObject({ ok: true });
    await host.event(
      "participant-joined",
      (event) =>
        asJson(event["participant"])["participantId"] === "guest" &&
        Number(event["seq"]) > Number(room["seq"]),
    );
  });

  test("a room that refuses knocks without a host; a locked room", async () => {
    const quiet = await createRoom(gateway.first, { hostAbsent: "refuse" });
    expect(errorOf((await join(gateway.second, quiet, "g", GUEST)).reply)).toMatchObject({
      reason: "host_absent",
      retryable: true,
    });
    await enter(gateway.first, quiet, "host", HOST);
    expect((await join(gateway.second, quiet, "g", GUEST)).reply).toMatchObject({ state: "waiting" });

    const { roomId, host } = await meeting();
    await knock(roomId, "early");
    expect(await host.ask({ type: "lock-room", locked: true })).toMatchObject({ ok: true });
    for (const permissions of [GUEST, HOST])
      expect(errorOf((await join(gateway.second, roomId, "late", permissions)).reply)).toMatchObject({
        reason: "room_locked",
      });
    expect((await join(gateway.second, roomId, "mod", MODERATOR)).reply).toMatchObject({ state: "joined" });
    expect(await host.ask({ type: "admit", participantId: "early" })).toMatchObject({ ok: true });
    expect(await host.ask({ type: "lock-room", locked: false })).toMatchObject({ ok: true });
    expect((await join(gateway.second, roomId, "late", HOST)).reply).toMatchObject({ state: "joined" });
  });

  test("a line lost in the lobby, decided meanwhile: the resume finds the seat, or the reason", async () => {
    const { roomId, host } = await meeting();
    const [lucky, poor, patient] = [
      await knock(roomId, "lucky"),
      await knock(roomId, "poor"),
      await knock(roomId, "patient"),
    ];
    for (const peer of [lucky, poor, patient]) await peer.cut();
    for (const id of ["lucky", "poor", "patient"]) await host.event("entry-disconnected", named(id));
    expect(await host.ask({ type: "admit", participantId: "lucky" })).toMatchObject({ ok: true });
    expect(await host.ask({ type: "deny", participantId: "poor", note: "sorry" })).toMatchObject({
      ok: true,
    });
    const { peer: seated, reply } = await lucky.resumeOn(gateway.first);
    expect(reply).toMatchObject({ ok: true, state: "joined", recovered: false });
    expect(idsIn(await seated.room())).toEqual(["host", "lucky"]);
    expect(errorOf((await poor.resumeOn(gateway.first)).reply)).toMatchObject({
      reason: "entry_denied",
      code: 4404,
    });
    const { peer: still, reply: waits } = await patient.resumeOn(gateway.first);
    expect(waits).toMatchObject({ ok: true, state: "waiting" });
    expect(await still.find(({ type }) => type === "lobby")).toMatchObject({
      cause: "resumed",
      hostPresent: true,
    });
    expect(await host.event("entry-resumed", named("patient"))).toBeDefined();
  });
});
