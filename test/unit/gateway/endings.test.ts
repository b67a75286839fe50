/** What a connection is told when its place is gone: by whom, and with which close code. */
import { expect, test } from "@jest/globals";
import { endingOf } from "../../../src/gateway/endings.js";
import type { Decision } from "../../../src/room/commands.js";
import { audienceOf, publicEvent } from "../../../src/room/view.js";
import { GUEST, HOST, Room, remove, setStatus, yes } from "../room/support.js";

/** What somebody is told after this decision. */
function told(decision: Decision, participantId: string) {
  const { events, state } = yes(decision);
  const taken = events.map((event, index) => ({
    seq: index + 1,
    event,
    audience: audienceOf(event, state),
    text: publicEvent(event, index + 1),
    commit: "c",
  }));
  const { code, text, reason } = endingOf(taken, { participantId }, state);
  return [code, text, reason?.message ?? null];
}

function meeting(part: ConstructorParameters<typeof Room>[0] = {}): Room {
  const room = new Room(part);
  room.join("host", HOST);
  room.join("ann", GUEST);
  return room;
}

test.each(["host", "ann"])("%s hears who ended the session, or that its time or the room was over", (id) => {
  const ended = [4413, "session_ended"] as const;
  const inRoom = meeting();
  expect(told(inRoom.as("host", { type: "end" }), id)).toEqual([...ended, "ROOM_CLOSE"]);
  expect(told(meeting().api({ type: "end" }), id)).toEqual([...ended, "MEETING_END_API"]);
  for (const status of ["disabled", "deactivated"] as const)
    expect(told(meeting().api(setStatus(status)), id)).toEqual([...ended, "ROOM_CLOSE"]);
  for (const type of ["session-ends", "session-end-and-deactivate"] as const) {
    const timed = meeting({ autoClose: { type, afterMs: 60_000 } });
    expect(told(timed.wait(60_000), id)).toEqual([...ended, "ROOM_CLOSE"]);
  }
});

test("a removal says whether a moderator or a back end did it", () => {
  for (const [by, reason] of [
    ["host", "REMOVE_PEER"],
    ["api", "REMOVE_PEER_API"],
  ]) {
    const room = meeting();
    room.join("bob");
    const decision = by === "api" ? room.api(remove("bob")) : room.as("host", remove("bob"));
    expect(told(decision, "bob")).toEqual([4402, "removed", reason]);
  }
});

test("who waits in a room that is closed while nobody is in hears that it is closed", () => {
  const room = new Room();
  room.join("ann", GUEST);
  expect(told(room.api(setStatus("disabled")), "ann")).toEqual([4052, "room_disabled", null]);
});

test("whose token counts no more hears why, in the room and in the lobby", () => {
  const people = ["host", "ann"].map((id) => ({ participantId: id, fingerprint: `token-of-${id}` }));
  for (const [reason, code, message] of [
    ["token_revoked", 4002, "TOKEN_REVOKED"],
    ["key_deactivated", 4053, "KEY_DEACTIVATED"],
    ["key_unknown", 4001, "APP_DELETED"],
  ] as const) {
    const decision = meeting().gateway({ type: "turn-out", people, reason });
    expect(told(decision, "host")).toEqual([code, reason, message]);
    expect(told(decision, "ann")).toEqual([code, reason, message]);
  }
});

test("who waits on a one-time token that lets somebody else in hears that it counts no more", () => {
  const room = meeting();
  const shared = {
    ...GUEST,
    bound: false,
    token: "shared",
    grant: { oneTime: true, jti: "t", expiresAt: 9e6 },
  };
  for (const id of ["bob", "eve"]) room.join(id, shared);
  const decision = room.as("host", { type: "admit", participantId: "eve" });
  expect(told(decision, "bob")).toEqual([4002, "token_revoked", "TOKEN_REVOKED"]);
});
