import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { enter, errorOf, GUEST, HOST, idsIn, hostedRoom, named } from "../support/meeting.js";
import { startGateway, token, type TestGateway } from "../support/node.js";
import { asJson, asList, Peer, type Json } from "../support/peer.js";

describe("who hears what, over two nodes", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway("Redis, two nodes");
  });
  afterAll(() => gateway.close());

  const meeting = (settings: Json = {}): Promise<{ roomId: string; host: Peer }> =>
    hostedRoom(gateway, settings);
  const knock = (roomId: string, id: string, extra: Json = {}): Promise<Peer> =>
    enter(gateway.second, roomId, id, GUEST, extra);

  test("made a host in the room, one gets the queue; taken again, it is gone, and an old token does not bring it back", async () => {
    const { roomId, host } = await meeting();
    const helper = await knock(roomId, "helper");
    expect(await host.ask({ type: "admit", participantId: "helper" })).toMatchObject({ ok: true });
    const guest = await knock(roomId, "guest");
    await host.event("entry-requested", named("guest"));
    expect((await helper.room())["lobby"]).toBeUndefined();
    expect(errorOf(await helper.ask({ type: "admit", participantId: "guest" }))).toMatchObject({
      reason: "not_permitted",
      details: { needs: "allow_join" },
    });
    const grant = { participantId: "helper", permission: "allow_join" };
    expect(await host.ask({ type: "grant-permission", ...grant })).toMatchObject({ ok: true });
    await helper.find(({ type, cause }) => type === "snapshot" && cause === "permissions");
    expect(idsIn(await helper.room(), "lobby")).toEqual(["guest"]);
    expect(await helper.ask({ type: "admit", participantId: "guest" })).toMatchObject({ ok: true });
    expect(idsIn(await guest.room())).toEqual(["host", "helper", "guest"]);
    expect(helper.events.some(({ type }) => type === "entry-responded")).toBe(true);

    expect(await host.ask({ type: "take-permission", ...grant })).toMatchObject({ ok: true });
    await helper.find(
      (frame) => frame["cause"] === "permissions" && asJson(frame["room"])["lobby"] === undefined,
    );
    await knock(roomId, "next");
    await host.event("entry-requested", named("next"));
    expect(helper.events.filter(({ type }) => type === "entry-requested")).toEqual([]);
    const again = await enter(gateway.first, roomId, "helper", HOST);
    expect((await again.room())["lobby"]).toBeUndefined();
  });

  test("signals pass between two in the room on two nodes, stamped by the gateway, each once", async () => {
    const { roomId, host } = await meeting();
    const other = await enter(gateway.second, roomId, "other", HOST);
    const outside = await knock(roomId, "outside");
    const signal = {
      type: "signal",
      id: "s1",
      to: "other",
      payload: { sdp: "offer", from: "somebody else" },
    };
    for (let time = 0; time < 3; time += 1) expect(await host.ask(signal)).toMatchObject({ ok: true });
    expect(await host.ask({ ...signal, id: "s2" })).toMatchObject({ ok: true });
    await other.find(({ type, id }) => type === "signal" && id === "s2");
    expect(other.frames.filter(({ type }) => type === "signal")).toEqual(
      ["s1", "s2"].map((id) => ({ type: "signal", from: "host", id, payload: signal.payload })),
    );
    expect(errorOf(await host.ask({ ...signal, id: "s3", to: "outside" }))).toMatchObject({
      reason: "participant_unknown",
    });
    expect(errorOf(await host.ask({ ...signal, id: "s4", to: "host" }))).toMatchObject({
      reason: "self_target",
    });
    expect(outside.frames.filter(({ type }) => type === "signal")).toEqual([]);
  });

  test("kept messages for latecomers, and what was for some stays among them", async () => {
    const { roomId, host } = await meeting();
    const [a, b] = [await enter(gateway.second, roomId, "a"), await enter(gateway.first, roomId, "b")];
    const say = (message: string, extra: Json) =>
      host.ask({ type: "publish", topic: "CHAT", message, ...extra });
    expect(await say("to all, kept", { persist: true })).toMatchObject({ ok: true });
    expect(await say("to all", {})).toMatchObject({ ok: true });
    expect(await say("to a, kept", { persist: true, sendOnly: ["a"] })).toMatchObject({ ok: true });
    expect(await say("the last", {})).toMatchObject({ ok: true });
    const texts = (list: readonly unknown[]): unknown[] => list.map((one) => asJson(one)["message"]);
    for (const peer of [a, b, host])
      await peer.event("message-published", (event) => asJson(event["message"])["message"] === "the last");
    const heard = (peer: Peer) =>
      texts(peer.events.filter(({ type }) => type === "message-published").map((event) => event["message"]));
    expect(heard(a)).toEqual(["to all, kept", "to all", "to a, kept", "the last"]);
    expect(heard(host)).toEqual(heard(a));
    expect(heard(b)).toEqual(["to all, kept", "to all", "the last"]);
    const late = await enter(gateway.second, roomId, "late");
    expect(texts(asList((await late.room())["messages"]))).toEqual(["to all, kept"]);
    const again = await enter(gateway.first, roomId, "a");
    expect(texts(asList((await again.room())["messages"]))).toEqual(["to all, kept", "to a, kept"]);
    const { peer: unnamed } = await Peer.join(gateway.first, {
      token: token({ permissions: ["allow_join"], roomId }),
    });
    expect(texts(asList((await unnamed.room())["messages"]))).toEqual(["to all, kept"]);
  });

  test("what is said right behind a removal or a return to the lobby is not for their ears", async () => {
    const { roomId, host } = await meeting();
    const [removed, returned, stays] = [
      await enter(gateway.first, roomId, "removed"),
      await enter(gateway.first, roomId, "returned"),
      await enter(gateway.first, roomId, "stays"),
    ];
    // Sent in one go, so that they are committed and told together.
    host.send({ type: "publish", id: "c1", topic: "t", message: "for all" });
    host.send({ type: "remove", id: "c2", participantId: "removed" });
    host.send({ type: "return-to-lobby", id: "c3", participantId: "returned" });
    host.send({ type: "publish", id: "c4", topic: "t", message: "among us" });
    expect(await removed.ended()).toEqual({ code: 4402, reason: "removed" });
    await returned.find(({ type, cause }) => type === "lobby" && cause === "returned");
    const heard = (peer: Peer) =>
      peer.events.flatMap((event) =>
        event["message"] === undefined ? [] : [asJson(event["message"])["message"]],
      );
    await stays.event("message-published", (event) => JSON.stringify(event).includes("among us"));
    expect(heard(stays)).toEqual(["for all", "among us"]);
    expect([heard(removed), heard(returned)]).toEqual([["for all"], ["for all"]]);
    await removed.event("participant-left", named("removed"));
  });

  test("the end for all: in the room, in the lobby, with a lost line; a new session starts empty", async () => {
    const { roomId, host } = await meeting();
    const inside = await enter(gateway.second, roomId, "inside");
    const away = await enter(gateway.second, roomId, "away");
    const outside = await knock(roomId, "outside");
    await away.cut();
    await host.event("participant-disconnected", named("away"));
    expect(await host.ask({ type: "end" })).toMatchObject({ ok: true });
    for (const peer of [host, inside, outside]) {
      expect(await peer.ended()).toEqual({ code: 4413, reason: "session_ended" });
      expect(peer.frames.at(-1)).toMatchObject({
        type: "meeting-left",
        reason: { code: 1006, message: "ROOM_CLOSE" },
      });
    }
    for (const peer of [inside, away, outside])
      expect(errorOf((await peer.resumeOn(gateway.first)).reply)).toMatchObject({ reason: "session_ended" });
    const next = await enter(gateway.second, roomId, "inside");
    expect(idsIn(await next.room())).toEqual(["inside"]);
    expect((await next.room())["lobby"]).toEqual([]);
  });
});
