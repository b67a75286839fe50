import { describe, expect, test } from "@jest/globals";
import { decodeEvent, encodeEvent } from "../../../src/room/events.js";
import { evolve } from "../../../src/room/evolve.js";
import { NO_ROOM, decodeState, encodeState } from "../../../src/room/state.js";
import { GUEST, HOST, Room, no, outcome, yes, type Arrival } from "./support.js";

/** Somebody in the room, and somebody in the lobby, with what their place is called. */
const PLACES = [
  ["in the room", "ann", HOST, "participant-resumed"],
  ["in the lobby", "guest", GUEST, "entry-resumed"],
] as const;

describe.each(PLACES)("what comes late over an earlier line (%s)", (_where, id, rights, back) => {
  /** The first line gave no answer, so its join was sent again over a second one. */
  function cameOverTheSecond(bound: boolean): { room: Room; late: Arrival } {
    const room = new Room();
    room.join("host", HOST);
    const late = { ...rights, bound, token: "one-token", id: "join-of-both-lines", attempt: 1 };
    yes(room.join(id, { ...late, attempt: 2 }));
    return { room, late };
  }

  test.each([true, false])(
    "R8: a join sent again leaves the place to the newer line (proven id: %s)",
    (bound) => {
      const { room, late } = cameOverTheSecond(bound);
      const { state } = room;
      const line = room.line(id);
      expect(no(room.join(id, late))).toEqual({ reason: "unavailable" });
      expect(room.state).toBe(state);
      expect(room.line(id)).toBe(line);
      expect(outcome(room.resume(id))).toEqual([back]);
    },
  );

  test("R8: so does a resume sent again, whose secret the newer line has used", () => {
    const { room } = cameOverTheSecond(true);
    const first = room.secret(id);
    yes(room.resume(id, first, "resume-of-both-lines", 4));
    const { state } = room;
    expect(no(room.resume(id, first, "resume-of-both-lines", 3))).toEqual({ reason: "unavailable" });
    expect(room.state).toBe(state);
    expect(outcome(room.resume(id))).toEqual([back]);
  });

  test("R8: the place is not taken either while the newer line is lost: its secret stays good", () => {
    const { room, late } = cameOverTheSecond(false);
    yes(room.loseLine(id));
    expect(outcome(room.join(id, late))).toBe("unavailable");
    expect(outcome(room.resume(id))).toEqual([back]);
  });

  test("R8: over a later line whose answer was lost gets the place, however the clocks of the nodes go", () => {
    const { room, late } = cameOverTheSecond(false);
    room.now -= 60_000;
    expect(outcome(room.join(id, { ...late, attempt: 3 }))).toEqual([back]);
    const first = room.secret(id);
    yes(room.resume(id, first, "resume-of-both-lines", 4));
    expect(outcome(room.resume(id, first, "resume-of-both-lines", 5))).toEqual([back]);
  });

  test("R8: a client that does not count its lines gets the place over each", () => {
    const { room, late } = cameOverTheSecond(false);
    const another = { ...late, id: "join-of-another-tab", bound: true, attempt: 0 };
    yes(room.join(`${id}-2`, another));
    expect(outcome(room.join(`${id}-2`, another))).toEqual([back]);
  });

  test("R8: the latest secret brings back over whatever line it comes", () => {
    const { room } = cameOverTheSecond(true);
    expect(outcome(room.resume(id, room.secret(id), "resume-1", 1))).toEqual([back]);
  });

  test("E6, R8: another join that proves the id takes the place over, however its client counts", () => {
    const { room } = cameOverTheSecond(true);
    const another = { ...rights, id: "join-of-another-tab", attempt: 1 };
    expect(outcome(room.join(id, another))).toEqual([back]);
  });
});

test("R8: logs and snapshots from before lines were counted are read, and what comes again gets the place", () => {
  const room = new Room();
  room.join("host", HOST);
  room.join("ann", { id: "join-of-ann-1234" });
  room.join("guest", GUEST);
  yes(room.loseLine("guest"));
  const older = (text: string): string => text.replaceAll(/,"attempt":\d+/g, "");
  const snapshot = older(encodeState(room.state));
  expect(snapshot).not.toContain("attempt");
  const folded = room.log.map((event) => decodeEvent(older(encodeEvent(event)))).reduce(evolve, NO_ROOM);
  expect(encodeState(folded)).toBe(encodeState(decodeState(snapshot)));
  room.state = folded;
  expect(room.in("ann").person.line).toMatchObject({ up: true, attempt: 0 });
  expect(room.waiting("guest").person.line).toMatchObject({ up: false, attempt: 0 });
  expect(outcome(room.join("ann", { id: "join-of-ann-1234" }))).toEqual(["participant-resumed"]);
  expect(outcome(room.resume("guest"))).toEqual(["entry-resumed"]);
});
