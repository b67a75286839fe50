/** The REST client of the kit against real gateways: rooms and all that is in them, as a back end uses it. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { createRestClient, type Followed, type RestClient } from "../../src/kit/kit.js";
import { eventually } from "../support/eventually.js";
import { KitWorld, refusalOf } from "../support/kit-world.js";
import { GUEST, MODERATOR } from "../support/meeting.js";
import { APP } from "../support/node.js";
import { asJson, type Peer } from "../support/peer.js";
import { REST_TOPOLOGIES } from "../support/rest.js";
import { freshName } from "../support/v2.js";

describe.each(REST_TOPOLOGIES)("the REST client, %s", (topology) => {
  const world = new KitWorld(topology);
  let client: RestClient;
  beforeAll(() => {
    client = world.client;
  });
  const join = (...about: Parameters<KitWorld["join"]>): Promise<Peer> => world.join(...about);
  async function meeting() {
    const { roomId } = await client.rooms.create();
    return { roomId, host: await join(roomId, "host", MODERATOR) };
  }

  test("rooms: made, found, listed, changed, closed", async () => {
    const customRoomId = freshName("room");
    const room = await client.rooms.create({ customRoomId, maxParticipants: 7, knockTimeout: 60 });
    expect(room).toMatchObject({ customRoomId, settings: { maxParticipants: 7, knockTimeout: 60 } });
    const { roomId } = room;
    expect((await client.rooms.create({ customRoomId })).roomId).toBe(roomId);
    expect((await client.rooms.get(customRoomId)).roomId).toBe(roomId);
    expect((await client.rooms.validate(roomId)).roomId).toBe(roomId);
    const changed = await client.rooms.change(roomId, { lobbyForAll: true, allowedParticipantIds: ["ann"] });
    expect(changed).toMatchObject({ settings: { lobbyForAll: true }, allowedParticipantIds: ["ann"] });
    const others = await Promise.all([1, 2, 3].map(() => client.rooms.create()));
    const listed: string[] = [];
    for await (const one of client.rooms.list({ perPage: 2 })) listed.push(one.roomId);
    for (const one of [room, ...others]) expect(listed).toContain(one.roomId);
    expect((await client.rooms.list({ query: customRoomId }).all()).map((one) => one.roomId)).toEqual([
      roomId,
    ]);
    expect(await client.rooms.deactivate(roomId)).toMatchObject({ meetingId: roomId, disabled: true });
    expect(await refusalOf(client.rooms.validate(roomId))).toMatchObject({
      ...{ code: "room_disabled", status: 402, field: "roomId", requestId: expect.any(String) },
    });
    expect(await refusalOf(client.rooms.get("nowhere"))).toMatchObject({ code: "room_unknown" });
  });

  test("the lobby: who waits, in and out, and whoever comes second hears who was first", async () => {
    const { roomId } = await meeting();
    const guests = await Promise.all(["ann", "bob", "cat", "dan"].map((id) => join(roomId, id, GUEST)));
    const { knocks, hostPresent } = await client.lobby.list(roomId);
    expect([knocks.map(({ participantId }) => participantId).sort(), hostPresent]).toEqual([
      ["ann", "bob", "cat", "dan"],
      true,
    ]);
    const since = knocks.find(({ participantId }) => participantId === "ann")?.since;
    await client.lobby.admit(roomId, "ann", { since, name: "Desk" });
    const second = await refusalOf(client.lobby.deny(roomId, "ann", { since }));
    expect(second).toMatchObject({ code: "already_decided", details: { decidedByName: "Desk" } });
    await client.lobby.deny(roomId, "bob", { note: "not today", ban: true });
    const link = await client.lobby.link(roomId, "cat", { expiresIn: 60 });
    expect(link.url).toContain(link.code);
    expect(await client.lobby.admitAll(roomId)).toMatchObject({ result: { admitted: 2, waiting: 0 } });
    await Promise.all([guests[0]?.room(), guests[2]?.room(), guests[3]?.room()]);
    await join(roomId, "eve", GUEST);
    expect(await client.lobby.denyAll(roomId, { name: "Desk" })).toMatchObject({ result: { denied: 1 } });

    const key = { idempotencyKey: freshName("key") };
    await join(roomId, "fay", GUEST);
    expect(await client.lobby.admit(roomId, "fay", key)).toMatchObject({ repeated: false });
    expect(await client.lobby.admit(roomId, "fay", key)).toMatchObject({ repeated: true });
  });

  test("moderation, messages and bans", async () => {
    const { roomId, host } = await meeting();
    const ann = await join(roomId, "ann");
    await ann.ask({ type: "set-media", kind: "mic", on: true });
    const { moderation, messages, bans } = client;
    const off = await moderation.turnOff(roomId, "mic", { participantId: "ann", name: "Desk" });
    expect(off.result).toMatchObject({ turnedOff: 1 });
    expect((await moderation.turnOff(roomId, "webcam")).result).toMatchObject({ turnedOff: 0 });
    await moderation.requestMedia(roomId, "ann", "mic");
    await ann.event("mic-requested");
    await moderation.lockMedia(roomId, "webcam", true, { participantId: "ann" });
    await moderation.lockMedia(roomId, "mic", true);
    await moderation.setPermissions(roomId, "ann", { grant: ["allow_mod"], take: ["allow_join"] });
    await moderation.lockRoom(roomId, true);
    await messages.publish(roomId, { topic: "chat", message: "hello", name: "Desk", payload: { a: 1 } });
    const { message } = await ann.event("message-published");
    expect(asJson(message)).toMatchObject({ message: "hello", senderName: "Desk", payload: { a: 1 } });
    const live = await client.rooms.live(roomId);
    expect(live).toMatchObject({ locked: true, mediaLocks: { mic: true, webcam: false } });
    expect(live.participants.find(({ participantId }) => participantId === "ann")).toMatchObject({
      ...{ micOn: false, webcamLocked: true, permissions: ["allow_mod"] },
    });
    await moderation.lockRoom(roomId, false);
    await moderation.returnToLobby(roomId, "ann");
    await client.lobby.admit(roomId, "ann");
    await moderation.remove(roomId, "ann", { note: "enough" });
    await ann.ended();
    await bans.add(roomId, "bob", { note: "no", name: "Desk" });
    expect(await bans.list(roomId)).toMatchObject([{ participantId: "bob", note: "no" }]);
    await bans.lift(roomId, "bob");
    expect(await bans.list(roomId)).toEqual([]);
    expect(await refusalOf(bans.lift(roomId, "bob"))).toMatchObject({ code: "ban_unknown" });
    await moderation.end(roomId);
    await host.ended();
  });

  test("sessions and who attended them", async () => {
    const { roomId, host } = await meeting();
    await join(roomId, "ann");
    const [session] = await client.sessions.list({ roomId, status: "ongoing" }).all();
    const id = session?.id ?? "";
    expect((await client.sessions.get(id)).roomId).toBe(roomId);
    const attended = await client.sessions.participants(id, { perPage: 1 }).all();
    expect(attended.map(({ participantId }) => participantId)).toEqual(["host", "ann"]);
    const inside = await client.sessions.inside(id).all();
    expect(inside.map(({ participantId, events }) => [participantId, events.mic])).toEqual([
      ["host", []],
      ["ann", []],
    ]);
    expect(await client.sessions.participant(id, "ann")).toMatchObject({ name: "ann" });
    expect((await client.sessions.remove("ann", { roomId })).id).toBe(id);
    expect(await client.sessions.end({ sessionId: id, roomId })).toMatchObject({ id, status: "ended" });
    await host.ended();
    expect(await client.sessions.inside(id).all()).toEqual([]);
    expect(await client.sessions.list({ roomId, status: "ongoing" }).all()).toEqual([]);
  });

  test("a follower hears everything once and in order, and goes on from where they were", async () => {
    const { roomId } = await meeting();
    const heard: Followed[] = [];
    const ending = new AbortController();
    const following = (async () => {
      const { signal } = ending;
      for await (const one of client.events.follow(roomId, { signal, waitSeconds: 1 })) heard.push(one);
    })();
    await eventually(() => expect(heard).toHaveLength(1));
    expect(heard[0]).toMatchObject({ kind: "room", room: { participants: [{ participantId: "host" }] } });
    for (const id of ["ann", "bob"]) await join(roomId, id);
    const joinedIn = (all: readonly Followed[]): string[] =>
      all.flatMap((one) =>
        one.kind === "event" && one.event.type === "participant-joined"
          ? [one.event.participant.participantId]
          : [],
      );
    await eventually(() => expect(joinedIn(heard)).toEqual(["ann", "bob"]));
    ending.abort();
    await following;
    const numbers = heard.flatMap((one) => (one.kind === "event" ? [one.event.seq] : []));
    expect(numbers).toEqual(numbers.map((_number, at) => (numbers[0] ?? 0) + at));

    await join(roomId, "cat");
    const after: Followed[] = [];
    const since = heard.at(-1)?.position ?? "";
    for await (const one of client.events.follow(roomId, { since, waitSeconds: 1 })) {
      after.push(one);
      if (joinedIn(after).length > 0) break;
    }
    expect([joinedIn(after), after[0]?.kind]).toEqual([["cat"], "event"]);
    const { events, next, at } = await client.events.read(roomId, { since, limit: 1 });
    expect([events.length, next === at]).toEqual([1, events.at(-1)?.type === "participant-joined"]);
    expect(await refusalOf(client.events.read(roomId, { since: "another:1" }))).toMatchObject({
      ...{ code: "history_gone", status: 410 },
    });
  });

  test("a secret that is not right is told as such, on both ways in", async () => {
    const url = `http://127.0.0.1:${world.gateway.first.port}`;
    const wrong = createRestClient({ url, apiKey: APP.apiKey, secret: `${APP.secret}!` });
    expect(await refusalOf(wrong.rooms.create())).toMatchObject({ code: "signature_invalid", status: 401 });
    expect(await refusalOf(wrong.tokens.client())).toMatchObject({
      ...{ code: "credentials_invalid", status: 401 },
    });
  });

  test("a gateway that is not there is told as such", async () => {
    const nowhere = createRestClient({ url: "http://127.0.0.1:9", ...APP, attempts: 1 });
    expect(await refusalOf(nowhere.rooms.get("a"))).toMatchObject({ code: "unreachable", retryable: true });
  });
});
