/** What a room's own settings say about who enters and who knocks. */
import { describe, expect, test } from "@jest/globals";
import {
  GUEST,
  HOST,
  Room,
  admit,
  lockRoom,
  no,
  outcome,
  remove,
  sendBack,
  take,
  yes,
  type Arrival,
} from "./support.js";

const CLAIMED: Arrival = { bound: false, token: "shared" };

describe("lists of ids", () => {
  const listed = (allowedParticipantIds: readonly string[] = ["host", "ann"]): Room => {
    const room = new Room();
    yes(room.set({}, { allowedParticipantIds: [...allowedParticipantIds] }));
    return room;
  };

  test("E14: only listed ids enter or knock", () => {
    const room = listed();
    expect(outcome(room.join("host", HOST))).toContain("participant-joined");
    expect(outcome(room.join("ann", GUEST))).toEqual(["entry-requested"]);
    for (const arrival of [HOST, GUEST])
      expect(no(room.join("bob", arrival))).toEqual({
        reason: "participant_not_allowed",
        field: "participantId",
      });
    expect(outcome(listed([]).join("host", HOST))).toBe("participant_not_allowed");
    yes(room.set({}, { allowedParticipantIds: null }));
    expect(outcome(room.join("bob", GUEST))).toEqual(["entry-requested"]);
  });

  test("E14: a claimed id on the list passes, an id that the gateway made does not", () => {
    const room = listed();
    expect(outcome(room.join("ann", CLAIMED))).toContain("participant-joined");
    expect(outcome(room.join("p-5f0c9a", CLAIMED))).toBe("participant_not_allowed");
  });

  test("E14: whoever proves a listed id puts out a claimant of it, and nobody else does", () => {
    const room = listed(["host", "ann", "bob"]);
    room.join("host", HOST);
    room.join("ann", CLAIMED);
    room.join("bob", CLAIMED);
    yes(room.set({}, { allowedParticipantIds: ["host", "ann"] }));
    expect(outcome(room.join("ann"))).toEqual(["participant-left", "participant-joined"]);
    expect(outcome(room.join("bob"))).toBe("participant_not_allowed");
    expect(room.in("bob").person.bound).toBe(false);
  });

  test("E14, C5: the same join sent again keeps its seat, though the list has changed meanwhile", () => {
    const room = new Room();
    const arrival = { ...CLAIMED, id: "a-join-whose-answer-was-lost" };
    yes(room.join("ann", arrival));
    yes(room.set({}, { allowedParticipantIds: ["host"] }));
    expect(outcome(room.join("ann", arrival))).toEqual(["participant-resumed"]);
    yes(room.as("ann", { type: "leave" }));
    expect(outcome(room.join("ann", arrival))).toBe("participant_not_allowed");
  });

  test("E14: who waited before the list was made can be admitted", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("ann", GUEST);
    yes(room.set({}, { allowedParticipantIds: ["host"] }));
    expect(outcome(room.as("host", admit("ann")))).toContain("participant-joined");
  });
});

describe("a lobby for all", () => {
  const lobbied = (): Room => {
    const room = new Room({ lobbyForAll: true });
    expect(outcome(room.join("host", HOST))).toContain("participant-joined");
    return room;
  };

  test("E15: everybody knocks but moderators, and the rights of their tokens are not lost", () => {
    const room = lobbied();
    expect(outcome(room.join("ann"))).toEqual(["entry-requested"]);
    expect(outcome(room.join("bob", GUEST))).toEqual(["entry-requested"]);
    expect(outcome(room.join("second", HOST))).toEqual(["participant-joined"]);
    yes(room.as("host", admit("ann")));
    expect(room.in("ann").view.permissions).toEqual(["allow_join"]);
  });

  test("E15: a proven id that was in this session needs no second knock, a claimed one does", () => {
    const room = lobbied();
    for (const [id, arrival] of [
      ["ann", {}],
      ["bob", CLAIMED],
    ] as const) {
      room.join(id, arrival);
      yes(room.as("host", admit(id)));
      yes(room.as(id, { type: "leave" }));
    }
    expect(outcome(room.join("ann"))).toEqual(["participant-joined"]);
    expect(outcome(room.join("bob", CLAIMED))).toEqual(["entry-requested"]);
    yes(room.as("host", { type: "end" }));
    yes(room.join("host", HOST));
    expect(outcome(room.join("ann"))).toEqual(["entry-requested"]);
  });

  test("E15: who was sent back or removed knocks, moderator or not", () => {
    const room = lobbied();
    room.join("second", HOST);
    yes(room.as("host", sendBack("second")));
    expect(outcome(room.join("second", { ...HOST, token: "newer" }))).toEqual(["entry-resumed"]);
    room.join("ann");
    yes(room.as("host", admit("ann")));
    yes(room.as("host", remove("ann")));
    expect(outcome(room.join("ann", { token: "newer" }))).toEqual(["entry-requested"]);
  });

  test("E15: a token from which allow_mod was taken does not pass as a moderator's", () => {
    const room = lobbied();
    room.join("second", { ...HOST, ...CLAIMED });
    yes(room.as("host", take("second", "allow_mod")));
    yes(room.as("second", { type: "leave" }));
    expect(outcome(room.join("third", { ...HOST, ...CLAIMED }))).toEqual(["entry-requested"]);
  });

  test("E15: resumes, second tabs and the same join again go on as ever", () => {
    const room = new Room();
    room.join("ann");
    const again = { ...CLAIMED, id: "a-join-whose-answer-was-lost" };
    room.join("bob", again);
    yes(room.loseLine("ann"));
    yes(room.set({ lobbyForAll: true }));
    expect(outcome(room.resume("ann"))).toEqual(["participant-resumed"]);
    expect(outcome(room.join("ann", { token: "another" }))).toEqual(["participant-resumed"]);
    expect(outcome(room.join("bob", again))).toEqual(["participant-resumed"]);
    expect(outcome(room.join("eve"))).toEqual(["entry-requested"]);
    expect(outcome(room.join("eve"))).toEqual(["entry-resumed"]);
    // Turned off, the token counts again, and ends the knock.
    yes(room.set({ lobbyForAll: false }));
    expect(outcome(room.join("eve"))).toEqual(["entry-withdrawn", "participant-joined"]);
  });

  test("E15, E11: a locked room and an absent host refuse such a knock like any other", () => {
    const room = lobbied();
    yes(room.as("host", lockRoom()));
    expect(outcome(room.join("ann"))).toBe("room_locked");
    expect(outcome(room.join("second", HOST))).toEqual(["participant-joined"]);
    expect(outcome(new Room({ lobbyForAll: true, hostAbsent: "refuse" }).join("ann"))).toBe("host_absent");
  });
});
