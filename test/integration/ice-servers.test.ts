/** STUN and TURN over the meeting door: for people in the room, and for nobody else. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { enter, errorOf, GUEST, hostedRoom, createRoom, join } from "../support/meeting.js";
import { startGateway, startTestNode, token, type TestGateway } from "../support/node.js";
import { asJson, asList, Peer, type Json } from "../support/peer.js";

const SECRET = "shared-with-the-relay-0123456789";
const SETTINGS = {
  ADMITONE_ICE_URLS: "stun:turn.example.org:3478, turn:turn.example.org:3478?transport=udp",
  ADMITONE_TURN_SECRET: SECRET,
  ADMITONE_TURN_TTL_SECONDS: "300",
};

const ask = (peer: Peer): Promise<Json> => peer.ask({ type: "ice-servers" });

/** The relay of an answer, once its credential was checked as the relay would. */
function relayIn(reply: Json): { urls: unknown; username: string } {
  expect(reply).toMatchObject({ ok: true });
  const relay = asJson(asList(reply["iceServers"]).at(-1));
  const username = String(relay["username"]);
  expect(relay["credential"]).toBe(createHmac("sha1", SECRET).update(username).digest("base64"));
  expect(Number(username.split(":")[0]) * 1_000).toBe(reply["expiresAt"]);
  return { urls: relay["urls"], username };
}

describe("with a relay, over two nodes", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway("Redis, two nodes", SETTINGS);
  });
  afterAll(() => gateway.close());

  test("the lobby gets nothing; once admitted, one gets a credential that the relay takes", async () => {
    const { roomId, host } = await hostedRoom(gateway);
    const guest = await enter(gateway.second, roomId, "guest", GUEST);
    const refused = await ask(guest);
    expect(errorOf(refused)).toMatchObject({ reason: "in_lobby" });
    expect(await host.ask({ type: "admit", participantId: "guest" })).toMatchObject({ ok: true });
    await guest.find(({ type }) => type === "snapshot");

    const begin = Date.now();
    const reply = await ask(guest);
    expect(asList(reply["iceServers"])[0]).toEqual({ urls: ["stun:turn.example.org:3478"] });
    expect(Number(reply["expiresAt"])).toBeGreaterThanOrEqual(Math.floor(begin / 1_000) * 1_000 + 300_000);
    const { urls, username } = relayIn(reply);
    expect(urls).toEqual(["turn:turn.example.org:3478?transport=udp"]);
    expect(relayIn(await ask(host)).username).not.toBe(username);
    expect(JSON.stringify([...guest.frames, ...host.frames])).not.toContain(SECRET);
  });

  test("who was sent back to the lobby, removed, or replaced by another connection gets nothing", async () => {
    const { roomId, host } = await hostedRoom(gateway);
    const back = await enter(gateway.second, roomId, "back");
    relayIn(await ask(back));
    expect(await host.ask({ type: "return-to-lobby", participantId: "back" })).toMatchObject({ ok: true });
    await back.find(({ type }) => type === "lobby");
    expect(errorOf(await ask(back))).toMatchObject({ reason: "in_lobby" });

    const out = await enter(gateway.second, roomId, "out");
    relayIn(await ask(out));
    expect(await host.ask({ type: "remove", participantId: "out" })).toMatchObject({ ok: true });
    await out.ended();
    const { reply } = await out.resumeOn(gateway.first);
    expect(errorOf(reply)).toMatchObject({ reason: "removed" });
    expect(JSON.stringify(reply)).not.toContain("credential");

    const older = await enter(gateway.first, roomId, "twice");
    const newer = await enter(gateway.second, roomId, "twice");
    await older.ended();
    relayIn(await ask(newer));
  });

  test("a stranger, and somebody whose token is not good, get nothing", async () => {
    const stranger = await Peer.open(gateway.first);
    expect(errorOf(await ask(stranger))).toMatchObject({ reason: "not_joined" });
    stranger.socket.terminate();
    const { roomId } = await hostedRoom(gateway);
    const { peer, reply } = await join(gateway.first, roomId, "nobody", GUEST, { token: "not.a.token" });
    expect(errorOf(reply)).toMatchObject({ code: 4002 });
    expect(await peer.ended()).toMatchObject({ code: 4002 });
  });

  test("whoever's token expired gets nothing until a newer one came", async () => {
    const roomId = await createRoom(gateway.first, { tokenExpiry: "restrict" });
    const short = { permissions: ["allow_join"], roomId, participantId: "ann" } as const;
    const ann = await enter(gateway.first, roomId, "ann", ["allow_join"], {
      token: token({ ...short, ttlSeconds: 2 }),
    });
    await ann.event("token-expired");
    expect(errorOf(await ask(ann))).toMatchObject({ reason: "token_expired" });
    expect(await ann.ask({ type: "refresh-token", token: token(short) })).toMatchObject({ ok: true });
    relayIn(await ask(ann));
  });

  test("it is counted as any command", async () => {
    const text = await (await fetch(`http://127.0.0.1:${gateway.second.port}/metrics`)).text();
    expect(text).toMatch(/admitone_commands_total\{command="ice-servers",outcome="in_lobby"\} \d+/);
    expect(text).toMatch(/admitone_commands_total\{command="ice-servers",outcome="ok"\} \d+/);
  });
});

test("where the operator set nothing, the list is empty", async () => {
  const node = await startTestNode();
  const roomId = await createRoom(node);
  const peer = await enter(node, roomId, "ann");
  expect(await ask(peer)).toMatchObject({ ok: true, iceServers: [], expiresAt: null });
  await node.close();
});
