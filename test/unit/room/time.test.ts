import { expect, test } from "@jest/globals";
import { nextDeadline } from "../../../src/room/rules/time.js";
import { GUEST, HOST, Room, admit, eventOf, outcome, setStatus, yes } from "./support.js";

test("D1: a knock ends after the knock time, or with the resume window of its line", () => {
  const room = new Room({ knockTimeoutMs: 60_000 });
  room.join("ann", GUEST);
  room.join("bob", GUEST);
  yes(room.loseLine("bob"));
  expect(nextDeadline(room.state)).toBe(room.now + 30_000);
  expect(outcome(room.wait(29_999))).toEqual([]);
  expect(eventOf(room.wait(1), "entry-withdrawn").body).toEqual({
    participantId: "bob",
    cause: "disconnected",
  });
  expect(eventOf(room.wait(30_000), "entry-withdrawn").body).toEqual({
    participantId: "ann",
    cause: "timed-out",
  });
  expect(nextDeadline(room.state)).toBe(Infinity);
});

test("D2: a kept seat is free when the window is over", () => {
  const room = new Room({ maxParticipants: 1 });
  room.join("ann");
  yes(room.loseLine("ann"));
  expect(nextDeadline(room.state)).toBe(room.now + 30_000);
  const decision = room.wait(30_000);
  expect(eventOf(decision, "participant-left").body.reason.message).toBe("WEBSOCKET_DISCONNECTED");
  expect(outcome(room.join("bob"))).toContain("participant-joined");
});

test("D3: the expiry policy is due at the expiry, and only where it does something", () => {
  const room = new Room();
  const at = (ms: number) => room.now + ms;
  room.join("a", { expires: { expiresAt: at(10), expiryPolicy: "stay" } });
  expect(nextDeadline(room.state)).toBe(Infinity);
  room.join("b", { expires: { expiresAt: at(30), expiryPolicy: "leave" } });
  room.join("c", { expires: { expiresAt: at(20), expiryPolicy: "restrict" } });
  expect(nextDeadline(room.state)).toBe(at(20));
  yes(room.wait(20));
  expect(nextDeadline(room.state)).toBe(at(10));
});

test("D4: a tick does 500 things at most, the next one the rest, and a third nothing", () => {
  const room = new Room({ maxParticipants: 700 });
  for (let i = 0; i < 600; i++) room.join(`p-${i}`);
  room.join("ann", GUEST);
  yes(room.gateway({ type: "nodes-lost", nodes: ["node-1"] }));
  expect(yes(room.wait(30_000)).events).toHaveLength(500);
  expect(nextDeadline(room.state)).toBeLessThanOrEqual(room.now);
  // The 101 that are left, and the session that ends with the last of them.
  expect(yes(room.wait(0)).events).toHaveLength(102);
  expect(yes(room.wait(0)).events).toEqual([]);
});

test("D4: until the tick, what is due still stands", () => {
  const room = new Room();
  room.join("host", HOST);
  room.join("ann", GUEST);
  room.join("bob");
  for (const id of ["ann", "bob"]) yes(room.loseLine(id));
  room.now += 3_600_000;
  expect(outcome(room.resume("bob"))).toEqual(["participant-resumed"]);
  expect(outcome(room.as("host", admit("ann")))).toEqual(["entry-responded", "participant-joined"]);
});

test("D5: a session ends so long after its start, for all in room and lobby", () => {
  const room = new Room({ autoClose: { type: "session-ends", afterMs: 60_000 } });
  room.join("early", GUEST);
  expect(nextDeadline(room.state)).toBe(room.waiting("early").view.expiresAt);
  room.now += 1_000;
  room.join("host", HOST);
  expect(nextDeadline(room.state)).toBe(room.now + 60_000);
  expect(outcome(room.wait(59_999))).toEqual([]);
  const decision = room.wait(1);
  expect(outcome(decision)).toEqual(["session-ended"]);
  expect(eventOf(decision, "session-ended").body).toMatchObject({
    cause: "auto-closed",
    by: { kind: "rule" },
  });
  expect([room.state.participants.size, room.state.knocks.size]).toEqual([0, 0]);
  for (const id of ["host", "early"]) expect(outcome(room.resume(id))).toBe("session_ended");
  // Nothing is left to do, and the next session has its whole time.
  expect(nextDeadline(room.state)).toBe(Infinity);
  expect(yes(room.wait(0)).events).toEqual([]);
  room.join("host", HOST);
  expect(nextDeadline(room.state)).toBe(room.now + 60_000);
});

test("D5, O3: the other type deactivates the room with it, in one tick", () => {
  const room = new Room({ autoClose: { type: "session-end-and-deactivate", afterMs: 60_000 } });
  room.join("host", HOST);
  room.join("ann", GUEST);
  const decision = room.wait(60_000);
  expect(outcome(decision)).toEqual(["session-ended", "room-status-changed"]);
  expect(eventOf(decision, "room-status-changed").body).toEqual({
    status: "deactivated",
    by: { kind: "rule" },
  });
  expect(outcome(room.join("host", HOST))).toBe("room_disabled");
  expect(outcome(room.api(setStatus("enabled")))).toBe("room_deactivated");
  expect(nextDeadline(room.state)).toBe(Infinity);
  expect(yes(room.wait(0)).events).toEqual([]);
});

test("D5: set, changed or lifted in the meeting, it counts from the start of the session", () => {
  const room = new Room();
  room.join("host", HOST);
  const started = room.now;
  room.now += 50_000;
  yes(room.set({ autoClose: { type: "session-ends", afterMs: 60_000 } }));
  expect(nextDeadline(room.state)).toBe(started + 60_000);
  yes(room.set({ autoClose: null }));
  expect(nextDeadline(room.state)).toBe(Infinity);
  yes(room.set({ autoClose: { type: "session-ends", afterMs: 40_000 } }));
  expect(outcome(room.wait(0))).toEqual(["session-ended"]);
});

test("D5: who leaves last before the time ends the session, and nothing is left due", () => {
  const room = new Room({ autoClose: { type: "session-end-and-deactivate", afterMs: 60_000 } });
  room.join("host", HOST);
  yes(room.as("host", { type: "leave" }));
  expect(nextDeadline(room.state)).toBe(Infinity);
  expect(yes(room.wait(60_000)).events).toEqual([]);
  expect(room.state.room?.status).toBe("enabled");
});

test("D5: a session whose time is over is closed before anything else that is due", () => {
  const room = new Room({ autoClose: { type: "session-ends", afterMs: 60_000 }, knockTimeoutMs: 10_000 });
  room.join("host", { ...HOST, expires: { expiresAt: room.now + 20_000, expiryPolicy: "leave" } });
  room.join("ann", GUEST);
  expect(outcome(room.wait(60_000))).toEqual(["session-ended"]);
});
