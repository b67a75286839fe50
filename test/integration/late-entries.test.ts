/** Joins and resumes that arrive late, over lines that their client has given up: who came in over the newer line stays. */
import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import type { RunningNode } from "../../src/server.js";
import { breakable, type FaultyStore } from "../support/faulty-store.js";
import {
  boundToken,
  createRoom,
  enter,
  GUEST,
  hangUp,
  hostedRoom,
  HOST,
  named,
  stateOf,
} from "../support/meeting.js";
import { startGateway, startTestNode, token, type TestGateway } from "../support/node.js";
import { Peer, type Json } from "../support/peer.js";
import { frame, OPCODES, RawSocket } from "../support/raw-socket.js";

const freshId = (): string => randomBytes(12).toString("hex");

/** Delivers a message over a line, late: the gateway answers that it is to come again, and closes. */
async function arrivesLate(line: RawSocket, message: Json): Promise<void> {
  line.write(frame({ opcode: OPCODES.text, payload: JSON.stringify(message) }));
  await line.find(/"reason":"unavailable".*"retryable":true/s);
  expect(await line.closeCode()).toBe(4503);
  line.destroy();
}

/** Whether a connection is still served: it is answered, and has heard of no end. */
async function isServed(peer: Peer): Promise<void> {
  expect(await peer.ask({ type: "ping", id: freshId() })).toMatchObject({ ok: true });
  expect(peer.closed).toBeNull();
  expect(peer.frames.filter(({ type }) => type === "meeting-left")).toEqual([]);
}

describe.each(["embedded", "Redis, two nodes"] as const)("entries that come late (%s)", (topology) => {
  let gateway: TestGateway;
  let roomId: string;
  let host: Peer;
  beforeAll(async () => {
    gateway = await startGateway(topology);
    ({ roomId, host } = await hostedRoom(gateway));
  });
  afterAll(async () => {
    hangUp([host]);
    await gateway.close();
  });

  /** A join over the first line of a client. */
  const firstJoin = (participantId: string): Json => ({
    ...{ type: "join", id: freshId(), roomId, token: boundToken(roomId, participantId), attempt: 1 },
  });

  /** Comes back with the newest secret, on the other node. */
  async function comesBack(peer: Peer, state: string): Promise<void> {
    await peer.cut();
    const { peer: again, reply } = await peer.resumeOn(gateway.second);
    expect(reply).toMatchObject({ ok: true, state });
    hangUp([again]);
  }

  const CASES = [
    ["a seat", "a proven id", "joined"],
    ["a seat", "a claimed id", "joined"],
    ["a place in the lobby", "a proven id", "waiting"],
    ["a place in the lobby", "a claimed id", "waiting"],
  ] as const;

  test.each(CASES)("R8: a join leaves %s (%s) to the newer line of its client", async (_place, id, state) => {
    const participantId = `p-${freshId()}`;
    const permissions = state === "joined" ? HOST : GUEST;
    const isProven = id === "a proven id";
    const shown = isProven
      ? { token: boundToken(roomId, participantId, permissions) }
      : { token: token({ permissions, roomId }), participantId };
    const message = { type: "join", id: freshId(), roomId, ...shown, attempt: 1 };
    const older = await RawSocket.upgrade(gateway.second);
    const { peer, reply } = await Peer.join(gateway.first, { ...message, attempt: 2 });
    expect(reply).toMatchObject({ ok: true, state, participantId });
    await arrivesLate(older, message);
    await isServed(peer);
    expect(host.events.filter(named(participantId)).map(({ type }) => type)).not.toContain(
      state === "joined" ? "participant-resumed" : "entry-resumed",
    );
    await comesBack(peer, state);
  });

  test.each(["joined", "waiting"])("R8: a resume leaves the place to the newer line (%s)", async (state) => {
    const participantId = `p-${freshId()}`;
    const before = await enter(gateway.first, roomId, participantId, state === "joined" ? HOST : GUEST);
    await before.cut();
    const older = await RawSocket.upgrade(gateway.second);
    const pair = { id: freshId(), secret: before.resumeSecret };
    const { peer, reply } = await before.resumeOn(gateway.first, { ...pair, attempt: 3 });
    expect(reply).toMatchObject({ ok: true, state });
    await arrivesLate(older, { type: "resume", ...pair, attempt: 2 });
    await isServed(peer);
    await comesBack(peer, state);
  });

  test("R8: nor is the place taken while the newer line is lost: its secret brings back", async () => {
    const participantId = `p-${freshId()}`;
    const message = firstJoin(participantId);
    const older = await RawSocket.upgrade(gateway.second);
    const { peer } = await Peer.join(gateway.first, { ...message, attempt: 2 });
    await peer.room();
    await peer.cut();
    await host.event("participant-disconnected", named(participantId));
    await arrivesLate(older, message);
    await comesBack(peer, "joined");
  });

  test("C5, R8: whose answer was lost gets the place by the same join over a later line", async () => {
    const participantId = `p-${freshId()}`;
    const message = firstJoin(participantId);
    const older = await RawSocket.upgrade(gateway.second);
    older.write(frame({ opcode: OPCODES.text, payload: JSON.stringify(message) }));
    await host.event("participant-joined", (event) =>
      JSON.stringify(event["participant"]).includes(participantId),
    );
    older.destroy();
    const { peer, reply } = await Peer.join(gateway.first, { ...message, attempt: 2 });
    expect(reply).toMatchObject({ ok: true, state: "joined", participantId });
    await comesBack(peer, "joined");
  });

  test("R5: a resume with the secret before is void once the new line was used", async () => {
    const before = await enter(gateway.first, roomId, `p-${freshId()}`);
    await before.cut();
    const pair = { id: freshId(), secret: before.resumeSecret };
    const { peer } = await before.resumeOn(gateway.first, pair);
    expect(await peer.ask({ type: "set-media", id: freshId(), kind: "mic", on: true })).toMatchObject({
      ok: true,
    });
    const { peer: late, reply } = await before.resumeOn(gateway.second, pair);
    expect(reply).toMatchObject({ ok: false, error: { reason: "resume_invalid" } });
    expect(await late.ended()).toMatchObject({ code: 4411 });
    await isServed(peer);
    await comesBack(peer, "joined");
  });

  test("C4: a command without an answer has one effect over a return to the lobby and an admission", async () => {
    const participantId = `p-${freshId()}`;
    const guest = await enter(gateway.second, roomId, participantId);
    const message = { type: "publish", id: freshId(), topic: "t", message: "once" };
    const { seq } = await guest.ask(message);
    await guest.cut();
    expect(await host.ask({ type: "return-to-lobby", id: freshId(), participantId })).toMatchObject({
      ok: true,
    });
    expect(await host.ask({ type: "admit", id: freshId(), participantId })).toMatchObject({ ok: true });
    const { peer, reply } = await guest.resumeOn(gateway.first);
    expect(reply).toMatchObject({ ok: true, state: "joined" });
    expect(await peer.ask(message)).toMatchObject({ ok: true, repeated: true, seq });
    hangUp([peer]);
  });
});

describe("entries whose line goes before the room decides", () => {
  let store: FaultyStore;
  let node: RunningNode;
  let roomId: string;
  let host: Peer;
  beforeEach(async () => {
    store = breakable(createMemoryStore({ now: Date.now }));
    node = await startTestNode({}, { store });
    roomId = await createRoom(node);
    host = await enter(node, roomId, "host");
  });
  afterEach(async () => {
    hangUp([host]);
    await node.close();
    await store.close();
  });

  /** Holds back the next append; resolves, once it is under way, with how to let it go. */
  function holdNextAppend(): Promise<() => void> {
    return new Promise((underWay) => {
      store.faults.append = (_request, next) => {
        store.mend();
        return new Promise<void>((go) => underWay(go)).then(next);
      };
    });
  }

  /** Goes as a browser does; the gateway knows when this resolves. */
  async function goes(peer: Peer): Promise<void> {
    peer.socket.close(1000);
    await peer.ended();
  }

  const publish = (): Promise<Json> => host.ask({ type: "publish", id: freshId(), topic: "t", message: "m" });

  test("R7: a join and a resume that wait their turn are not decided any more", async () => {
    const bob = await enter(node, roomId, "bob");
    await bob.cut();
    await host.event("participant-disconnected", named("bob"));
    const held = holdNextAppend();
    const published = publish();
    const letGo = await held;
    const entries: readonly Json[] = [
      { type: "join", id: freshId(), roomId, token: boundToken(roomId, "ann") },
      { type: "resume", id: freshId(), secret: bob.resumeSecret },
    ];
    for (const entry of entries) {
      const peer = await Peer.open(node);
      peer.send(entry);
      // Answered behind the entry, so the room has been asked by then.
      await peer.ask({ type: "ping", id: freshId() });
      await peer.ask({ type: "ping", id: freshId() });
      await goes(peer);
    }
    letGo();
    expect(await published).toMatchObject({ ok: true });
    expect(await publish()).toMatchObject({ ok: true });
    const { participants } = await stateOf(node, roomId);
    expect([...participants.keys()]).toEqual(["host", "bob"]);
    expect(participants.get("bob")?.view.online).toBe(false);
    expect((await bob.resumeOn(node)).reply).toMatchObject({ ok: true, state: "joined" });
  });

  test("R7: a seat that was taken for a line that is gone is kept, and shown as away", async () => {
    const held = holdNextAppend();
    const peer = await Peer.open(node);
    const message = { type: "join", id: freshId(), roomId, token: boundToken(roomId, "ann") };
    peer.send(message);
    const letGo = await held;
    await goes(peer);
    letGo();
    await host.event("participant-disconnected", named("ann"));
    const { peer: again, reply } = await Peer.join(node, message);
    expect(reply).toMatchObject({ ok: true, state: "joined", participantId: "ann" });
    hangUp([again]);
  });
});
