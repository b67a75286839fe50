/** A token that expires in the meeting: when a newer one is asked for, what the expiry does, and what a refresh mends. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { realEnvironment } from "../../src/gateway/environment.js";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import type { Store } from "../../src/log/port.js";
import type { ExpiryPolicy, Permission } from "../../src/room/grant.js";
import type { RunningNode } from "../../src/server.js";
import { APP_ID, enter, errorOf, GUEST, hangUp, HOST, join } from "../support/meeting.js";
import { startTestNode, token } from "../support/node.js";
import type { Json, Peer } from "../support/peer.js";

const POLICIES: readonly ExpiryPolicy[] = ["stay", "restrict", "leave"];
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** The marks that somebody has heard, in order. All that was sent to them before is there. */
async function marks(peer: Peer): Promise<unknown[]> {
  if (peer.closed === null) await peer.ask({ type: "ping" });
  return peer.frames.filter(({ type }) => type === "token-refresh").map(({ mark }) => mark);
}

/** The frame of a mark, now or later. */
function marked(peer: Peer, mark: string): Promise<Json> {
  return peer.find(
    (frame) => frame["type"] === "token-refresh" && frame["mark"] === mark,
    `the mark ${mark}`,
  );
}

const publish = (peer: Peer, message = "hello"): Promise<Json> =>
  peer.ask({ type: "publish", topic: "t", message });

describe("with a clock that stands until the test moves it", () => {
  let clock: number;
  let start: number;
  let store: Store;
  let first: RunningNode;
  let second: RunningNode;
  let peers: Peer[] = [];

  beforeAll(async () => {
    clock = Date.now();
    const now = (): number => clock;
    store = createMemoryStore({ now });
    const environment = { ...realEnvironment(pino({ level: "error" })), now };
    // By a clock that jumps, each node would take the other one for dead.
    const nodes = { ...store.nodes, beat: (node: string) => store.nodes.beat(node, Infinity) };
    const overrides = { environment, store: { ...store, nodes } };
    first = await startTestNode({}, overrides);
    second = await startTestNode({}, overrides);
  });
  beforeEach(() => {
    // A token's times are whole seconds.
    start = clock = Math.ceil(clock / 1_000) * 1_000 + 1_000;
  });
  afterEach(() => {
    hangUp(peers);
    peers = [];
  });
  afterAll(async () => {
    await Promise.all([first.close(), second.close()]);
    await store.close();
  });

  const roomWith = async (tokenExpiry: ExpiryPolicy | null): Promise<string> =>
    (await first.gateway.createRoom(APP_ID, null, { tokenExpiry })).roomId;

  const lasting = (roomId: string, participantId: string, ms: number, permissions = HOST): string =>
    token({ permissions, roomId, participantId, ttlSeconds: ms / 1_000, now: () => clock });

  /** Somebody who shows a token now that lasts an hour from the start, whenever that is. */
  async function come(
    roomId: string,
    participantId: string,
    { node = first, permissions = HOST }: { node?: RunningNode; permissions?: readonly Permission[] } = {},
  ): Promise<Peer> {
    const shown = token({ permissions, roomId, participantId, ttlSeconds: 3_600, now: () => start });
    const peer = await enter(node, roomId, participantId, permissions, { token: shown });
    peers.push(peer);
    return peer;
  }

  test.each(POLICIES)(
    "under %s everybody hears of their marks when they pass, not before, and once",
    async (policy) => {
      const roomId = await roomWith(policy);
      const early = await come(roomId, "early");
      // Two milliseconds later, with the same expiry: the marks are a little later than the other one's.
      clock += 2;
      const late = await come(roomId, "late");
      expect(await marks(early)).toEqual([]);
      const expiresAt = start + HOUR;
      const steps = [
        ["half", start + HOUR / 2, 1],
        ["three-quarters", start + 0.75 * HOUR, 0.5],
      ] as const;
      const heard: string[] = [];
      for (const [mark, at, lag] of steps) {
        clock = at;
        expect(await marked(early, mark)).toEqual({
          ...{ type: "token-refresh", mark, expiresAt, isExpired: false, policy },
        });
        // The same look at the room that told the one has passed the other over.
        expect(await marks(late)).toEqual(heard);
        clock = at + lag;
        await marked(late, mark);
        heard.push(mark);
      }
      clock = expiresAt - MINUTE - 1;
      const witness = await come(roomId, "witness");
      clock = expiresAt - MINUTE;
      for (const one of [early, late])
        expect(await marked(one, "last-minute")).toMatchObject({ isExpired: false, policy });
      clock = expiresAt;
      for (const one of [early, late])
        expect(await marked(one, "expired")).toMatchObject({ isExpired: true, policy });
      await marked(witness, "expired");
      if (policy === "leave") for (const one of [early, late]) await one.ended();
      for (const one of [early, late])
        expect(await marks(one)).toEqual(["half", "three-quarters", "last-minute", "expired"]);
    },
  );

  test("stay: the expiry is a frame and nothing else", async () => {
    const roomId = await roomWith("stay");
    const ann = await come(roomId, "ann");
    clock = start + HOUR;
    await marked(ann, "expired");
    clock = start + 2 * HOUR;
    expect(await publish(ann)).toMatchObject({ ok: true });
    await ann.event("message-published");
    expect(ann.events.map(({ type }) => type)).toEqual(["message-published"]);
    const { peer, reply } = await ann.resumeOn(second);
    peers.push(peer);
    expect(reply).toMatchObject({ ok: true, token: { expiresAt: start + HOUR, policy: "stay" } });
  });

  test("restrict: commands are refused and everything is heard, until a refresh lifts it and begins anew", async () => {
    const roomId = await roomWith("restrict");
    const ann = await come(roomId, "ann");
    clock = start + HOUR;
    const bob = await enter(second, roomId, "bob", HOST, { token: lasting(roomId, "bob", HOUR) });
    peers.push(bob);
    await marked(ann, "expired");
    await ann.event("token-expired");
    expect(errorOf(await publish(ann))).toMatchObject({ reason: "token_expired", code: 4002 });
    expect(await publish(bob)).toMatchObject({ ok: true });
    await ann.event("message-published");

    clock += 10_000;
    const reply = await ann.ask({ type: "refresh-token", token: lasting(roomId, "ann", 2 * HOUR) });
    const [half, threeQuarters] = [clock + HOUR, clock + 1.5 * HOUR];
    const refreshAt = { half, threeQuarters, lastMinute: clock + 2 * HOUR - MINUTE };
    expect(reply).toMatchObject({
      ok: true,
      token: { expiresAt: clock + 2 * HOUR, policy: "restrict", refreshAt },
    });
    expect(await publish(ann)).toMatchObject({ ok: true });
    clock = half;
    await ann.find((frame) => frame["mark"] === "half" && frame["expiresAt"] === half + HOUR);
    expect(await marks(ann)).toEqual(["expired", "half"]);
    expect(await publish(ann)).toMatchObject({ ok: true });
  });

  test("leave: out at the expiry, with the reason; the way back is a new token", async () => {
    const roomId = await roomWith("leave");
    const host = await enter(second, roomId, "host", HOST, { token: lasting(roomId, "host", 5 * HOUR) });
    const ann = await come(roomId, "ann");
    peers.push(host);
    clock = start + HOUR - 1;
    await marked(ann, "last-minute");
    expect(await publish(ann)).toMatchObject({ ok: true });
    clock = start + HOUR;
    expect(await ann.ended()).toEqual({ code: 4002, reason: "token_expired" });
    expect(ann.frames.slice(-3)).toMatchObject([
      { type: "token-refresh", mark: "expired", isExpired: true, policy: "leave" },
      { type: "events" },
      { type: "meeting-left", reason: { code: 1201, message: "TOKEN_EXPIRED" } },
    ]);
    expect(await host.event("participant-left")).toMatchObject({ reason: { message: "TOKEN_EXPIRED" } });
    expect(errorOf((await ann.resumeOn(first)).reply)).toMatchObject({ reason: "token_expired" });
    const again = await join(first, roomId, "ann", HOST, { token: lasting(roomId, "ann", HOUR) });
    peers.push(again.peer);
    expect(again.reply).toMatchObject({ ok: true, token: { expiresAt: clock + HOUR } });
  });

  test("leave: a refresh in time keeps one in", async () => {
    const roomId = await roomWith("leave");
    const ann = await come(roomId, "ann");
    clock = start + HOUR - MINUTE;
    await marked(ann, "last-minute");
    expect(await ann.ask({ type: "refresh-token", token: lasting(roomId, "ann", HOUR) })).toMatchObject({
      ok: true,
    });
    const bob = await enter(first, roomId, "bob", HOST, { token: lasting(roomId, "bob", 4 * MINUTE) });
    peers.push(bob);
    // When the other one is out, the first token's time is long over.
    clock += 4 * MINUTE;
    expect(await bob.ended()).toMatchObject({ code: 4002 });
    expect(await publish(ann)).toMatchObject({ ok: true });
    expect(await marks(ann)).toEqual(["last-minute"]);
  });

  test("after a resume on another node the latest mark comes once more, the ones before it do not", async () => {
    const roomId = await roomWith("restrict");
    const ann = await come(roomId, "ann");
    clock = start + HOUR / 2;
    await marked(ann, "half");
    clock = start + 0.8 * HOUR;
    await marked(ann, "three-quarters");
    await ann.cut();
    clock = start + HOUR - MINUTE;
    const { peer, reply } = await ann.resumeOn(second);
    peers.push(peer);
    const refreshAt = { half: start + HOUR / 2, threeQuarters: start + 0.75 * HOUR, lastMinute: clock };
    expect(reply).toMatchObject({
      ok: true,
      token: { expiresAt: start + HOUR, policy: "restrict", refreshAt },
    });
    await marked(peer, "last-minute");
    clock = start + HOUR;
    await marked(peer, "expired");
    expect(await marks(peer)).toEqual(["last-minute", "expired"]);
  });

  test("in the lobby too, and what is known goes on when one is admitted", async () => {
    const roomId = await roomWith("leave");
    const host = await enter(second, roomId, "host", HOST, { token: lasting(roomId, "host", 5 * HOUR) });
    const knocking = await join(first, roomId, "kim", GUEST, {
      token: lasting(roomId, "kim", 4 * MINUTE, GUEST),
    });
    peers.push(host, knocking.peer);
    const kim = knocking.peer;
    const refreshAt = { half: clock + 2 * MINUTE, threeQuarters: clock + 3 * MINUTE, lastMinute: null };
    expect(knocking.reply).toMatchObject({
      state: "waiting",
      token: { expiresAt: clock + 4 * MINUTE, policy: "leave", refreshAt },
    });
    clock += 2 * MINUTE;
    expect(await marked(kim, "half")).toMatchObject({ policy: "leave" });
    expect(await host.ask({ type: "admit", participantId: "kim" })).toMatchObject({ ok: true });
    await kim.room();
    clock += 2 * MINUTE;
    expect(await kim.ended()).toMatchObject({ code: 4002 });
    expect(await marks(kim)).toEqual(["half", "expired"]);
  });

  test("nothing of it is in the room's log but the refresh itself", async () => {
    const roomId = await roomWith("stay");
    const ann = await come(roomId, "ann");
    clock = start + HOUR - MINUTE;
    await marked(ann, "last-minute");
    expect(await ann.ask({ type: "refresh-token", token: lasting(roomId, "ann", HOUR) })).toMatchObject({
      ok: true,
    });
    await ann.event("token-refreshed");
    expect(ann.events.map(({ type }) => type)).toEqual(["token-refreshed"]);
  });
});
