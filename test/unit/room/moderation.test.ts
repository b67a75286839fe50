import { describe, expect, test } from "@jest/globals";
import {
  GUEST,
  HOST,
  Room,
  admit,
  ban,
  deny,
  eventOf,
  give,
  grant,
  lockMic,
  lockRoom,
  no,
  outcome,
  publish,
  remove,
  sendBack,
  setMic,
  take,
  unban,
  yes,
  type Arrival,
} from "./support.js";

const CLAIMED: Arrival = { bound: false, token: "shared" };

function pair(arrival: Arrival = {}): Room {
  const room = new Room();
  room.join("mod", HOST);
  room.join("bob", arrival);
  return room;
}

describe("out", () => {
  test("M1: removed, the secret and every token of the stay are void for this session", () => {
    const room = pair(CLAIMED);
    yes(room.as("bob", { type: "refresh-token", grant: grant("second") }));
    const decision = room.as("mod", { type: "remove", participantId: "bob", note: "spam", ban: false });
    expect(eventOf(decision, "participant-left").body.reason).toEqual({ code: 1002, message: "REMOVE_PEER" });
    expect(eventOf(decision, "participant-left").hidden.note).toBe("spam");
    expect(outcome(room.resume("bob"))).toBe("removed");
    for (const token of ["shared", "second"])
      expect(outcome(room.join("other", { bound: false, token }))).toBe("removed");
    expect(outcome(room.join("bob", { bound: false, token: "third" }))).toEqual(["participant-joined"]);
    yes(room.as("mod", { type: "end" }));
    expect(outcome(room.join("bob", CLAIMED))).toContain("participant-joined");
  });

  test("M1: a back end removes as a moderator does, and the reason says who it was", () => {
    const room = pair();
    const reason = { code: 1010, message: "REMOVE_PEER_API" };
    expect(eventOf(room.api(remove("bob")), "participant-left").body.reason).toEqual(reason);
    expect(outcome(room.resume("bob"))).toBe("removed");
    expect(outcome(room.join("bob"))).toBe("removed");
    room.join("ann");
    expect(eventOf(room.api(ban("ann")), "participant-left").body.reason).toEqual(reason);
  });

  test("M2: banned, the id and its tokens stay out over sessions, from room and lobby", () => {
    const room = pair(CLAIMED);
    room.join("guest", GUEST);
    expect(outcome(room.as("mod", remove("bob", true)))).toEqual(["participant-banned", "participant-left"]);
    expect(outcome(room.as("mod", ban("guest")))).toEqual(["participant-banned", "entry-responded"]);
    expect(outcome(room.resume("guest"))).toBe("entry_denied");
    yes(room.as("mod", { type: "leave" }));
    expect(room.state.session).toBeNull();
    room.join("mod", HOST);
    expect(outcome(room.join("bob", { bound: false, token: "newer" }))).toBe("banned");
    expect(outcome(room.join("robert", CLAIMED))).toBe("banned");
    expect(outcome(room.join("guest"))).toBe("banned");
  });

  test("M2: who is not here can be banned; twice is once; present ones go", () => {
    const room = pair();
    expect(outcome(room.as("mod", ban("nobody")))).toEqual(["participant-banned"]);
    expect(outcome(room.as("mod", ban("nobody")))).toEqual([]);
    expect(outcome(room.as("mod", ban("bob")))).toEqual(["participant-banned", "participant-left"]);
  });

  test("M3: lifted, the ban and the removal with it are gone", () => {
    const room = pair(CLAIMED);
    expect(outcome(room.as("mod", unban("bob")))).toBe("ban_unknown");
    yes(room.as("mod", remove("bob", true)));
    expect(outcome(room.as("mod", unban("bob")))).toEqual(["participant-unbanned"]);
    expect(outcome(room.join("bob", CLAIMED))).toEqual(["participant-joined"]);
  });

  test("M4: sent back, one knocks on the same line with the same rights, behind the others", () => {
    const room = pair(HOST);
    room.join("guest", GUEST);
    yes(room.as("bob", setMic(true)));
    const decision = room.as("mod", sendBack("bob"));
    expect(outcome(decision)).toEqual(["participant-left", "entry-requested"]);
    expect(eventOf(decision, "participant-left").body.reason.code).toBe(1202);
    expect([...room.state.knocks.keys()]).toEqual(["guest", "bob"]);
    expect(room.waiting("bob").view).toMatchObject({ returned: true, online: true });
    expect(outcome(room.as("bob", admit("guest")))).toBe("in_lobby");
    expect(outcome(room.resume("bob"))).toEqual(["entry-resumed"]);
    yes(room.as("mod", admit("bob")));
    expect(room.in("bob").view).toMatchObject({ permissions: ["allow_join", "allow_mod"], micOn: true });
  });

  test("M4: sent back with a lost line, the window goes on", () => {
    const room = pair();
    yes(room.loseLine("bob"));
    yes(room.as("mod", sendBack("bob")));
    expect(room.waiting("bob").view.online).toBe(false);
    expect(eventOf(room.wait(30_000), "entry-withdrawn").body.cause).toBe("disconnected");
  });
});

describe("locks and rights", () => {
  test("M5: a locked room keeps who is in, admits who waits, and takes resumes", () => {
    const room = pair();
    room.join("guest", GUEST);
    expect(outcome(room.as("mod", lockRoom()))).toEqual(["room-lock-changed"]);
    expect(outcome(room.as("mod", lockRoom()))).toEqual([]);
    expect(outcome(room.join("late"))).toBe("room_locked");
    expect(outcome(room.join("guest", GUEST))).toEqual(["entry-resumed"]);
    expect(outcome(room.as("mod", admit("guest")))).toEqual(["entry-responded", "participant-joined"]);
    expect(outcome(room.resume("bob"))).toEqual(["participant-resumed"]);
    yes(room.as("mod", lockRoom(false)));
    expect(outcome(room.join("late"))).toEqual(["participant-joined"]);
  });

  test("M6: one can grant only what one holds, a back end can grant all", () => {
    const room = pair(GUEST);
    yes(room.as("mod", admit("bob")));
    yes(room.as("mod", take("mod", "allow_join")));
    expect(no(room.as("mod", give("bob", "allow_join")))).toEqual({
      reason: "not_permitted",
      field: "permission",
      details: { needs: "allow_join" },
    });
    expect(outcome(room.as("mod", give("mod", "allow_join")))).toBe("not_permitted");
    expect(outcome(room.as("mod", give("bob", "allow_mod")))).toEqual(["permissions-changed"]);
    expect(outcome(room.as("mod", give("bob", "allow_mod")))).toEqual([]);
    yes(room.api(give("bob", "allow_join")));
    expect(room.in("bob").view.permissions).toEqual(["allow_join", "allow_mod"]);
  });

  test("M7: a right taken is gone at once, one's own included", () => {
    const room = pair(HOST);
    yes(room.as("bob", take("mod", "allow_mod")));
    expect(outcome(room.as("mod", remove("bob")))).toBe("not_permitted");
    expect(outcome(room.as("bob", take("mod", "allow_mod")))).toEqual([]);
    yes(room.as("bob", take("bob", "allow_mod")));
    expect(outcome(room.as("bob", take("bob", "allow_join")))).toBe("not_permitted");
  });

  test("M9: nobody of that name in the room; the lobby is not the room", () => {
    const room = pair();
    room.join("guest", GUEST);
    for (const id of ["nobody", "guest"])
      for (const action of [remove(id), sendBack(id), give(id, "allow_mod"), lockMic(id)])
        expect(outcome(room.as("mod", action))).toBe("participant_unknown");
  });
});

describe("the end", () => {
  test("M8: ended for all, in the room and in the lobby, with one event", () => {
    const room = pair();
    room.join("guest", GUEST);
    const decision = room.as("mod", { type: "end" });
    expect(outcome(decision)).toEqual(["session-ended"]);
    expect(eventOf(decision, "session-ended").body.cause).toBe("ended");
    expect(room.state.participants.size + room.state.knocks.size).toBe(0);
    expect(outcome(room.api({ type: "end" }))).toEqual([]);
  });

  test("P1: who leaves is out, and may come back by the rules of entry", () => {
    const room = pair();
    expect(eventOf(room.as("bob", { type: "leave" }), "participant-left").body.reason.code).toBe(1101);
    expect(outcome(room.resume("bob"))).toBe("resume_invalid");
    expect(outcome(room.join("bob"))).toEqual(["participant-joined"]);
  });

  test("P2: the last one gone ends the session, kept seats hold it, the lobby waits on", () => {
    const room = pair();
    room.join("guest", GUEST);
    yes(room.loseLine("mod"));
    expect(outcome(room.as("bob", { type: "leave" }))).toEqual(["participant-left"]);
    const decision = room.wait(30_000);
    expect(outcome(decision)).toEqual(["participant-left", "session-ended"]);
    expect(eventOf(decision, "session-ended").body).toMatchObject({
      cause: "last-left",
      by: { kind: "rule" },
    });
    expect(room.waiting("guest").view.online).toBe(true);
    expect(outcome(room.join("mod", HOST))).toEqual(["session-started", "participant-joined"]);
  });

  test("P3: the session's memories end with it, bans and cool-downs stay", () => {
    const room = pair();
    room.join("banned");
    room.join("back", HOST);
    room.join("denied", GUEST);
    yes(room.as("mod", ban("banned")));
    yes(room.as("mod", deny("denied")));
    yes(room.as("mod", remove("bob")));
    yes(room.as("mod", take("back", "allow_mod")));
    yes(room.as("mod", sendBack("back")));
    for (const action of [lockRoom(), lockMic("*"), publish({ persist: true })]) yes(room.as("mod", action));
    yes(room.as("mod", { type: "end" }));
    expect(outcome(room.join("bob", { more: { micOn: true } }))).toContain("participant-joined");
    expect(room.in("bob").view.micOn).toBe(true);
    room.join("back", HOST);
    expect(room.in("back").view.permissions).toEqual(["allow_join", "allow_mod"]);
    expect(room.state.messages.size).toBe(0);
    expect(outcome(room.join("banned"))).toBe("banned");
    expect(outcome(room.join("denied", GUEST))).toBe("cooling_down");
  });
});
