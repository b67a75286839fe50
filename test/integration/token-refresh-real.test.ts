/** A token of two seconds in a real meeting: what the expiry does under each policy, and what a refresh mends. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ExpiryPolicy } from "../../src/room/grant.js";
import { APP_ID, createRoom, enter, errorOf, hangUp, HOST, join } from "../support/meeting.js";
import { startGateway, token, type TestGateway } from "../support/node.js";
import { asJson, type Json, type Peer } from "../support/peer.js";
import { REST_TOPOLOGIES } from "../support/rest.js";

/** The marks that somebody has heard, in order. */
const marks = (peer: Peer): unknown[] =>
  peer.frames.filter(({ type }) => type === "token-refresh").map(({ mark }) => mark);

const publish = (peer: Peer, message = "hello"): Promise<Json> =>
  peer.ask({ type: "publish", topic: "t", message });

describe.each(REST_TOPOLOGIES)("a token of two seconds, on real time; %s", (topology) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(topology);
  });
  afterAll(() => gateway.close());

  /** At least two seconds, less than three: a token's times are whole seconds. */
  const short = (roomId: string, participantId: string): string =>
    token({ permissions: HOST, roomId, participantId, ttlSeconds: 2, now: () => Date.now() + 999 });

  async function meeting(tokenExpiry: ExpiryPolicy): Promise<{ roomId: string; host: Peer; ann: Peer }> {
    const { roomId } = await gateway.first.gateway.createRoom(APP_ID, null, { tokenExpiry });
    const host = await enter(gateway.first, roomId, "host");
    const ann = await enter(gateway.second, roomId, "ann", HOST, { token: short(roomId, "ann") });
    return { roomId, host, ann };
  }

  test("restrict refuses commands, and lifts on refresh", async () => {
    const { roomId, host, ann } = await meeting("restrict");
    expect(await publish(ann)).toMatchObject({ ok: true });
    await ann.event("token-expired");
    expect(errorOf(await publish(ann))).toMatchObject({ reason: "token_expired" });
    expect(await publish(host, "still heard")).toMatchObject({ ok: true });
    await ann.event("message-published", (event) => JSON.stringify(event).includes("still heard"));
    // The event is the room's, the mark is the node's: a refresh between the two would do away with the mark.
    await ann.find(({ mark }) => mark === "expired");
    const newer = token({ permissions: HOST, roomId, participantId: "ann" });
    const reply = await ann.ask({ type: "refresh-token", token: newer });
    expect(asJson(reply["token"])).toMatchObject({ policy: "restrict" });
    expect(await publish(ann)).toMatchObject({ ok: true });
    expect(marks(ann)).toEqual(["half", "three-quarters", "expired"]);
    hangUp([host, ann]);
  });

  test("leave ends it", async () => {
    const { host, ann } = await meeting("leave");
    expect(await ann.ended()).toEqual({ code: 4002, reason: "token_expired" });
    expect(marks(ann)).toEqual(["half", "three-quarters", "expired"]);
    expect(ann.frames.at(-1)).toMatchObject({ type: "meeting-left", reason: { message: "TOKEN_EXPIRED" } });
    expect(await host.event("participant-left")).toMatchObject({ participantId: "ann" });
    hangUp([host]);
  });

  test("stay does not notice", async () => {
    const { host, ann } = await meeting("stay");
    await ann.find(({ mark }) => mark === "expired");
    expect(await publish(ann)).toMatchObject({ ok: true });
    await ann.cut();
    const { peer, reply } = await ann.resumeOn(gateway.first);
    expect(reply).toMatchObject({ ok: true, recovered: true });
    expect(await publish(peer)).toMatchObject({ ok: true });
    hangUp([host, peer]);
  });

  test("a token without a word of policy is the customer's, and stays", async () => {
    const roomId = await createRoom(gateway.first);
    const { peer, reply } = await join(gateway.second, roomId, "ann", HOST, {
      token: short(roomId, "ann"),
    });
    expect(reply).toMatchObject({ ok: true, token: { policy: "stay" } });
    hangUp([peer]);
  });
});
