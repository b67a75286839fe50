/** The main job, as a person would play it, on every way to run a gateway (`design.md` section 2). */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import jwt from "jsonwebtoken";
import { APP, startGateway, token, TOPOLOGIES, type TestGateway } from "../support/node.js";
import { asJson, asList, Peer, type Json } from "../support/peer.js";
import { eventually } from "../support/eventually.js";

/** Tokens as the token page's sample makes them: the secret as a string, `expiresIn`, HS256. */
function sampleToken(payload: object, expiresIn: number): string {
  const options = { expiresIn, algorithm: "HS256" } as const;
  return jwt.sign({ apikey: APP.apiKey, version: 2, ...payload }, APP.secret, options);
}

const MINTS = {
  "our own tokens": (
    payload: Json & { permissions: readonly ("allow_join" | "ask_join" | "allow_mod")[] },
    ttlSeconds: number,
  ) => token({ ttlSeconds, ...payload }),
  "tokens of the token page's sample": (payload: object, ttlSeconds: number) =>
    sampleToken(payload, ttlSeconds),
};

async function createRoom(port: number): Promise<string> {
  const authorization = token({ permissions: ["allow_join"], roles: ["crawler"] });
  const response = await fetch(`http://127.0.0.1:${port}/v2/rooms`, {
    method: "POST",
    headers: { authorization },
  });
  expect(response.status).toBe(200);
  return String(asJson(await response.json())["roomId"]);
}

describe.each(TOPOLOGIES)("%s", (topology) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(topology);
  });
  afterAll(() => gateway.close());

  test.each(Object.entries(MINTS))("the main job, with %s", async (_name, mint) => {
    const { first, second } = gateway;
    const roomId = await createRoom(second.port);
    const hostToken = mint({ permissions: ["allow_join"], roomId, participantId: "host" }, 3);
    const { peer: host, reply } = await Peer.join(first, { token: hostToken, roomId, name: "Host" });
    expect(reply).toMatchObject({ ok: true, state: "joined", participantId: "host" });
    const moderatorToken = mint(
      { permissions: ["allow_join", "allow_mod"], roomId, participantId: "mod" },
      3_600,
    );
    const { peer: moderator } = await Peer.join(first, { token: moderatorToken, roomId, name: "Mod" });

    // The guest knocks, the host sees it and approves.
    const guestToken = mint({ permissions: ["ask_join"], roomId, participantId: "guest" }, 3);
    const { peer: guest, reply: knocked } = await Peer.join(second, {
      token: guestToken,
      roomId,
      name: "Guest",
      micOn: true,
    });
    expect(knocked).toMatchObject({ ok: true, state: "waiting" });
    const request = await host.event("entry-requested");
    expect(request).toMatchObject({ knock: { participantId: "guest", name: "Guest" } });
    expect(await host.ask({ type: "admit", participantId: "guest" })).toMatchObject({ ok: true });
    const room = await guest.room();
    const seen = asList(room["participants"]).map((one) => asJson(one)["participantId"]);
    expect(seen).toEqual(["host", "mod", "guest"]);
    expect(room["lobby"]).toBeUndefined();
    await host.event("entry-responded", (event) => event["decision"] === "allowed");

    // The moderator turns the guest's microphone off.
    expect(await moderator.ask({ type: "disable-media", participantId: "guest", kind: "mic" })).toMatchObject(
      { ok: true },
    );
    expect(await guest.event("stream-disabled")).toMatchObject({
      participantId: "guest",
      kind: "mic",
      by: { participantId: "mod" },
    });

    // The tokens of host and guest expire. The meeting goes on; the host still approves.
    await eventually(() => {
      const ends = [hostToken, guestToken].map((one) => Number(asJson(jwt.decode(one))["exp"]) * 1_000);
      if (Date.now() <= Math.max(...ends)) throw new Error("not expired yet");
    });
    const second1 = mint({ permissions: ["ask_join"], roomId, participantId: "late" }, 3_600);
    const { peer: late } = await Peer.join(second, { token: second1, roomId, name: "Late" });
    await host.event("entry-requested", (event) => asJson(event["knock"])["participantId"] === "late");
    expect(await host.ask({ type: "admit", participantId: "late" })).toMatchObject({ ok: true });
    expect(asList((await late.room())["participants"])).toHaveLength(4);

    // The guest's line drops after expiry, and comes back on the other node without a knock.
    await guest.event(
      "participant-joined",
      (event) => asJson(event["participant"])["participantId"] === "late",
    );
    await guest.cut();
    await host.event("participant-disconnected", (event) => event["participantId"] === "guest");
    const { peer: back, reply: resumed } = await guest.resumeOn(first);
    expect(resumed).toMatchObject({ ok: true, state: "joined", participantId: "guest", recovered: true });
    await host.event("participant-resumed", (event) => event["participantId"] === "guest");
    await back.event("participant-resumed");
    expect(await back.ask({ type: "publish", topic: "CHAT", message: "back" })).toMatchObject({ ok: true });
    await late.event("message-published");

    // A new join with the expired token is refused.
    const { peer: stranger, reply: refused } = await Peer.join(second, { token: guestToken, roomId });
    expect(refused).toMatchObject({
      ok: false,
      error: { message: "Token is invalid or expired", reason: "token_expired", code: 4002 },
    });
    expect(await stranger.ended()).toEqual({ code: 4002, reason: "token_expired" });

    for (const peer of [host, moderator, late, back])
      expect(await peer.ask({ type: "leave" })).toMatchObject({ ok: true });
    expect(await host.ended()).toEqual({ code: 1000, reason: "left" });
  });
});
