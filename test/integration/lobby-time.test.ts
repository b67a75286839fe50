import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { realEnvironment } from "../../src/gateway/environment.js";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import type { Store } from "../../src/log/port.js";
import type { RunningNode } from "../../src/server.js";
import { createRoom, enter, errorOf, GUEST, HOST, join } from "../support/meeting.js";
import { startTestNode } from "../support/node.js";

/** Deadlines, with a clock that the test moves. */
describe("time in the lobby", () => {
  let aheadMs: number;
  let store: Store;
  let node: RunningNode;
  let roomId: string;

  beforeEach(async () => {
    aheadMs = 0;
    const now = (): number => Date.now() + aheadMs;
    store = createMemoryStore({ now });
    const environment = { ...realEnvironment(pino({ level: "error" })), now };
    node = await startTestNode({}, { environment, store });
    roomId = await createRoom(node, { knockTimeout: 60 });
  });
  afterEach(async () => {
    await node.close();
    await store.close();
  });

  test("a knock that nobody answers ends; the hosts' list shrinks; one may knock again at once", async () => {
    const guest = await enter(node, roomId, "guest", GUEST);
    const away = await enter(node, roomId, "away", GUEST);
    const host = await enter(node, roomId, "host", HOST);
    await away.cut();
    await host.event("entry-disconnected", ({ participantId }) => participantId === "away");
    aheadMs = 31_000;
    expect(await host.event("entry-withdrawn")).toMatchObject({
      participantId: "away",
      cause: "disconnected",
    });
    expect(guest.closed).toBeNull();
    aheadMs = 61_000;
    expect(await guest.ended()).toEqual({ code: 4405, reason: "knock_timed_out" });
    expect(await host.event("entry-withdrawn", ({ cause }) => cause === "timed-out")).toMatchObject({
      participantId: "guest",
    });
    expect(errorOf((await guest.resumeOn(node)).reply)).toMatchObject({ reason: "knock_timed_out" });
    expect(errorOf((await away.resumeOn(node)).reply)).toMatchObject({ reason: "resume_window_over" });
    expect((await join(node, roomId, "guest", GUEST)).reply).toMatchObject({ state: "waiting" });
    expect(errorOf(await host.ask({ type: "admit", participantId: "away" }))).toMatchObject({
      reason: "knock_unknown",
    });
  });

  test("the cool-down after a denial doubles, and is over when it said", async () => {
    const host = await enter(node, roomId, "host", HOST);
    for (const seconds of [30, 60, 120]) {
      const guest = await enter(node, roomId, "guest", GUEST);
      expect(await host.ask({ type: "deny", participantId: "guest" })).toMatchObject({ ok: true });
      await guest.ended();
      aheadMs += (seconds - 10) * 1_000;
      expect(errorOf((await join(node, roomId, "guest", GUEST)).reply)).toMatchObject({
        reason: "cooling_down",
      });
      aheadMs += 10_000;
    }
    expect((await join(node, roomId, "guest", GUEST)).reply).toMatchObject({ state: "waiting" });
  });
});
