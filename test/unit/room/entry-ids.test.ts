import { describe, expect, test } from "@jest/globals";
import {
  HOST,
  GUEST,
  Room,
  admit,
  ban,
  eventOf,
  give,
  grant,
  lockMic,
  lockRoom,
  no,
  outcome,
  remove,
  sendBack,
  setMic,
  take,
  yes,
  type Arrival,
} from "./support.js";

const CLAIMED: Arrival = { bound: false, token: "shared" };

describe("ids that are taken", () => {
  test("E6: a proven id takes its seat over, rights and all, and the older connection speaks no more", () => {
    const room = new Room();
    room.join("bob", HOST);
    const older = room.actor("bob");
    expect(outcome(room.join("bob", { ...GUEST, token: "newer" }))).toEqual(["participant-resumed"]);
    expect(room.in("bob").view.permissions).toEqual(["allow_join", "allow_mod"]);
    expect(outcome(room.send(older, setMic(true)))).toBe("not_joined");
    expect(outcome(room.as("bob", setMic(true)))).toEqual(["stream-enabled"]);
  });

  test("E6: the new join says what is on, as far as no lock forbids it", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("bob", { more: { micOn: true, webcamOn: true } });
    expect(outcome(room.join("bob", { more: { micOn: true } }))).toEqual([
      "participant-resumed",
      "stream-disabled",
    ]);
    yes(room.as("host", lockMic("bob")));
    expect(outcome(room.join("bob", { more: { micOn: true } }))).toContain("stream-disabled");
  });

  test("E7: without proof the newcomer is refused and the older one stays", () => {
    const room = new Room();
    room.join("bob");
    room.join("eve", { ...GUEST });
    expect(outcome(room.join("bob", CLAIMED))).toBe("participant_id_taken");
    expect(outcome(room.join("eve", CLAIMED))).toBe("participant_id_taken");
    yes(room.join("carol", CLAIMED));
    expect(no(room.join("carol", CLAIMED))).toEqual({
      reason: "participant_id_taken",
      field: "participantId",
    });
  });

  test("E7: proof puts out a claimant, in the room and in the lobby, but only if the newcomer is let in", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("bob", CLAIMED);
    room.join("eve", { ...CLAIMED, ...GUEST, token: "asks" });
    yes(room.as("host", lockRoom()));
    expect(outcome(room.join("bob"))).toBe("room_locked");
    expect(room.in("bob").person.bound).toBe(false);
    yes(room.as("host", lockRoom(false)));
    const decision = room.join("bob");
    expect(outcome(decision)).toEqual(["participant-left", "participant-joined"]);
    expect(eventOf(decision, "participant-left").body.reason).toEqual({
      code: 1011,
      message: "DUPLICATE_PARTICIPANT",
    });
    const second = room.join("eve", GUEST);
    expect(outcome(second)).toEqual(["entry-withdrawn", "entry-requested"]);
    expect(eventOf(second, "entry-withdrawn").body.cause).toBe("duplicate");
  });
});

describe("rights, bans, seats, locks", () => {
  test("E8: the room's rights outlive an old token, raised or lowered, for a proven id", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("bob", HOST);
    room.join("eve");
    yes(room.as("host", take("bob", "allow_mod")));
    yes(room.as("host", give("eve", "allow_mod")));
    for (const id of ["bob", "eve"]) yes(room.as(id, { type: "leave" }));
    room.join("bob", HOST);
    room.join("eve");
    expect(room.in("bob").view.permissions).toEqual(["allow_join"]);
    expect(room.in("eve").view.permissions).toEqual(["allow_join", "allow_mod"]);
  });

  test("E8: what was taken from a token that names nobody stays taken, whatever its other holders are given", () => {
    const room = new Room();
    const shared: Arrival = { ...HOST, bound: false, token: "shared" };
    room.join("host", HOST);
    room.join("alice", shared);
    yes(room.as("host", take("alice", "allow_mod")));
    yes(room.as("alice", { type: "leave" }));
    room.join("bob", shared);
    expect(room.in("bob").view.permissions).toEqual(["allow_join"]);
    yes(room.as("host", give("bob", "allow_mod")));
    room.join("alice", shared);
    expect(room.in("alice").view.permissions).toEqual(["allow_join"]);
  });

  test("E8: a newer token shown in the meeting does not bring back what was taken", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("alice", { ...HOST, bound: false, token: "first" });
    yes(room.as("host", take("alice", "allow_mod")));
    yes(room.as("alice", { type: "refresh-token", grant: grant("second") }));
    yes(room.as("alice", { type: "leave" }));
    room.join("alice", { ...HOST, bound: false, token: "second" });
    expect(room.in("alice").view.permissions).toEqual(["allow_join"]);
  });

  test("E9: banned ids and tokens and removed tokens are turned away first", () => {
    const room = new Room({ maxParticipants: 2 });
    room.join("host", HOST);
    room.join("bob", { bound: false, token: "bobs" });
    yes(room.as("host", ban("bob")));
    expect(outcome(room.join("bob"))).toBe("banned");
    expect(outcome(room.join("robert", { bound: false, token: "bobs" }))).toBe("banned");
    room.join("eve");
    yes(room.as("host", lockRoom()));
    yes(room.as("host", remove("eve")));
    expect(outcome(room.join("eve"))).toBe("removed");
  });

  test("E10: seats are exact, kept ones count, taking over and knocking need none", () => {
    const room = new Room({ maxParticipants: 2 });
    room.join("host", HOST);
    room.join("bob");
    yes(room.loseLine("bob"));
    expect(outcome(room.join("eve"))).toBe("room_full");
    expect(outcome(room.join("bob"))).toEqual(["participant-resumed"]);
    expect(outcome(room.join("guest", GUEST))).toEqual(["entry-requested"]);
    expect(outcome(room.as("host", admit("guest")))).toBe("room_full");
    yes(room.as("bob", { type: "leave" }));
    expect(outcome(room.join("eve"))).toEqual(["participant-joined"]);
  });

  test("E11: a lock lets in moderators and proven ids of this session, and nobody else", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("bob");
    room.join("eve", CLAIMED);
    for (const id of ["bob", "eve"]) yes(room.as(id, { type: "leave" }));
    yes(room.as("host", lockRoom()));
    expect(outcome(room.join("eve", CLAIMED))).toBe("room_locked");
    expect(outcome(room.join("bob", CLAIMED))).toBe("room_locked");
    expect(outcome(room.join("carol"))).toBe("room_locked");
    expect(outcome(room.join("guest", GUEST))).toBe("room_locked");
    expect(outcome(room.join("bob"))).toEqual(["participant-joined"]);
    expect(outcome(room.join("mod", HOST))).toEqual(["participant-joined"]);
    yes(room.as("host", sendBack("mod")));
    yes(room.as("mod", { type: "withdraw" }));
    expect(outcome(room.join("mod", HOST))).toBe("room_locked");
  });

  test("E12: the first seat starts the session; microphone and webcam as asked for, under the locks", () => {
    const room = new Room();
    const first = room.join("host", { ...HOST, more: { micOn: true } });
    expect(eventOf(first, "session-started").body.sessionId).toBe(room.state.session?.id);
    expect(room.in("host").view).toMatchObject({ micOn: true, webcamOn: false });
    yes(room.as("host", lockMic("*")));
    room.join("bob", { more: { micOn: true, webcamOn: true } });
    expect(room.in("bob").view).toMatchObject({ micOn: false, webcamOn: true });
  });
});
