/** How a replica and the log become one history again; the same over real Redis is in `test/fault/lost-data.test.ts`. */
import { describe, expect, test } from "@jest/globals";
import { Recovery } from "../../../src/gateway/recovery.js";
import { Replica } from "../../../src/gateway/replica.js";
import { encodeSnapshotBody } from "../../../src/gateway/snapshot-body.js";
import { createMemoryStore } from "../../../src/log/memory/memory-store.js";
import type { Head, RoomLog } from "../../../src/log/port.js";
import { NO_BACK_OFFICE, encodeEvent, type RoomEvent } from "../../../src/room/events.js";

const KEY = { app: "a", room: "r" };
const settings = {
  maxParticipants: 5,
  hostAbsent: "hold",
  knockTimeoutMs: 600_000,
  resumeWindowMs: 30_000,
  tokenExpiry: null,
  lobbyForAll: false,
  autoClose: null,
} as const;
const CREATED: RoomEvent = {
  type: "room-created",
  at: 1,
  cmd: null,
  body: { roomId: "r", customRoomId: null, permanent: true, settings },
  hidden: { backOffice: NO_BACK_OFFICE },
};
const lock = (locked: boolean): RoomEvent => ({
  type: "room-lock-changed",
  at: 2,
  cmd: null,
  body: { locked, by: { kind: "rule" } },
});

class Bench {
  readonly log: RoomLog = createMemoryStore({ now: () => 1 }).log;
  readonly told: string[] = [];
  private made = 0;

  async open(): Promise<Head> {
    const open = { epoch: "e1", base: 0, snapshot: null, ttlMs: null };
    const outcome = await this.log.append(KEY, {
      expect: null,
      commit: "c0",
      events: [encodeEvent(CREATED)],
      open,
    });
    if (outcome.kind !== "stored") throw new Error(outcome.kind);
    return outcome.head;
  }

  async append(head: Head, event: RoomEvent): Promise<Head> {
    this.made += 1;
    const outcome = await this.log.append(KEY, {
      expect: head,
      commit: `c${this.made}`,
      events: [encodeEvent(event)],
    });
    if (outcome.kind !== "stored") throw new Error(outcome.kind);
    return outcome.head;
  }

  node(): { replica: Replica; recovery: Recovery } {
    const replica = new Replica(() => undefined);
    let ids = 0;
    const recovery = new Recovery({
      key: KEY,
      node: "n",
      log: this.log,
      replica,
      freshId: () => `id${(ids += 1)}`,
      ttlFor: () => null,
      onNewHistory: () => void this.told.push("new history"),
      onFork: (events) => void this.told.push(`fork ${events.length}`),
      onEpoch: (_epoch, why) => void this.told.push(why),
    });
    return { replica, recovery };
  }
}

describe("recovery", () => {
  test("a node that missed a little takes it, and tells nobody", async () => {
    const bench = new Bench();
    let head = await bench.open();
    const { replica, recovery } = bench.node();
    await recovery.run();
    for (let i = 0; i < 5; i++) head = await bench.append(head, lock(i % 2 === 0));
    await recovery.run();
    expect(replica.head).toEqual(head);
    expect(bench.told).toEqual([]);
  });

  test("a node that slept through more than any lineage holds has missed it: no fork, nothing is asserted again", async () => {
    const bench = new Bench();
    let head = await bench.open();
    const { replica, recovery } = bench.node();
    const awake = bench.node();
    await recovery.run();
    for (let i = 0; i < 2_600; i++) head = await bench.append(head, lock(i % 2 === 0));
    await awake.recovery.run();
    const body = encodeSnapshotBody(awake.replica.state, awake.replica.lineage());
    await bench.log.storeSnapshot(KEY, { ...head, body }, 0);
    await recovery.run();
    expect(replica.head).toEqual(head);
    expect(replica.state.locked).toBe(false);
    expect(bench.told).toEqual(["new history"]);
  });

  test("a log that is simply behind is brought forward under a new epoch", async () => {
    const bench = new Bench();
    const head = await bench.open();
    const { replica, recovery } = bench.node();
    await recovery.run();
    const event = lock(true);
    replica.offer("e1", { first: 2, commit: "lost", prev: head.token, events: [encodeEvent(event)] });
    await recovery.run();
    const loaded = await bench.log.load(KEY);
    expect(loaded?.head).toEqual(replica.head);
    expect(loaded?.head.seq).toBe(2);
    expect(bench.told).toEqual(["the room was behind", "new history"]);
  });

  test("two histories under one epoch: the log's goes on under a new one, what only this node holds is asserted", async () => {
    const bench = new Bench();
    const head = await bench.open();
    const { replica, recovery } = bench.node();
    await recovery.run();
    replica.offer("e1", { first: 2, commit: "mine", prev: head.token, events: [encodeEvent(lock(true))] });
    await bench.append(head, lock(false));
    await recovery.run();
    expect(replica.head?.epoch).not.toBe("e1");
    expect(bench.told).toEqual(["the room had two histories", "fork 1"]);
  });
});
