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
  lockRoom,
  no,
  outcome,
  sendBack,
  settings,
  unban,
  yes,
} from "./support.js";
import { roomView } from "../../../src/room/view.js";

function withHosts(): Room {
  const room = new Room();
  room.join("host", HOST);
  room.join("second", { permissions: ["allow_join"] });
  return room;
}

describe("answers", () => {
  test("L1: knocks wait in order for whoever holds allow_join, from the token or given in the room", () => {
    const room = new Room();
    for (const id of ["ann", "bob", "eve"]) room.join(id, GUEST);
    room.join("mod", HOST);
    yes(room.as("mod", { type: "take-permission", participantId: "mod", permission: "allow_join" }));
    expect(outcome(room.as("mod", admit("ann")))).toBe("not_permitted");
    room.join("late");
    expect(roomView(room.state, "late").lobby?.map(({ participantId }) => participantId)).toEqual([
      "ann",
      "bob",
      "eve",
    ]);
    expect(outcome(room.as("late", admit("bob")))).toEqual(["entry-responded", "participant-joined"]);
    expect(outcome(room.api(admit("ann")))).toEqual(["entry-responded", "participant-joined"]);
    yes(room.api(give("ann", "allow_join")));
    expect(outcome(room.as("ann", deny("eve")))).toEqual(["entry-responded"]);
  });

  test("L1: an admission over REST starts the session", () => {
    const room = new Room();
    room.join("ann", GUEST);
    expect(outcome(room.api(admit("ann")))).toEqual([
      "entry-responded",
      "session-started",
      "participant-joined",
    ]);
  });

  test("L2: with hostAbsent refuse nobody knocks while no host holds a seat", () => {
    const room = new Room({ hostAbsent: "refuse" });
    expect(outcome(room.join("ann", GUEST))).toBe("host_absent");
    room.join("host", HOST);
    yes(room.loseLine("host"));
    expect(outcome(room.join("ann", GUEST))).toEqual(["entry-requested"]);
    yes(room.wait(30_000));
    expect(outcome(room.join("bob", GUEST))).toBe("host_absent");
  });

  test("L3: the first answer counts, the second host is told who decided", () => {
    const room = withHosts();
    room.join("ann", GUEST);
    yes(room.as("host", admit("ann")));
    expect(no(room.as("second", deny("ann")))).toEqual({
      reason: "already_decided",
      field: "participantId",
      details: { decision: "allowed", decidedBy: "host", decidedByName: "name of host" },
    });
    room.join("bob", GUEST);
    yes(room.api(deny("bob")));
    expect(no(room.as("second", admit("bob"))).details).toEqual({ decision: "denied", decidedBy: "api" });
    expect(outcome(room.as("second", admit("nobody")))).toBe("knock_unknown");
    room.join("eve", GUEST);
    const decision = room.send({ kind: "api", name: "knock link" }, deny("eve"));
    expect(eventOf(decision, "entry-responded").body.by).toEqual({ kind: "api", name: "knock link" });
    const details = { decision: "denied", decidedBy: "api", decidedByName: "knock link" };
    expect(no(room.as("host", admit("eve"))).details).toEqual(details);
  });

  test("L3: an answer to an earlier knock says nothing of a later one", () => {
    const room = withHosts();
    room.join("ann", GUEST);
    yes(room.as("host", deny("ann")));
    room.now += 30_000;
    yes(room.join("ann", GUEST));
    yes(room.as("ann", { type: "withdraw" }));
    expect(outcome(room.as("second", admit("ann")))).toBe("knock_unknown");
  });

  test("L4: admitted with the wishes of the knock, also into a locked room, and with a window of its own", () => {
    const room = withHosts();
    room.join("ann", { ...GUEST, more: { micOn: true } });
    yes(room.as("host", lockRoom()));
    yes(room.loseLine("ann"));
    room.now += 29_999;
    yes(room.as("host", admit("ann")));
    expect(room.in("ann").view).toMatchObject({ micOn: true, online: false, permissions: [] });
    expect(room.in("ann").person.line).toMatchObject({ up: false, until: room.now + 30_000 });
    expect(outcome(room.resume("ann"))).toEqual(["participant-resumed"]);
  });

  test("L4: without a free seat the knock stays", () => {
    const room = new Room({ maxParticipants: 1 });
    room.join("host", HOST);
    room.join("ann", GUEST);
    expect(outcome(room.as("host", admit("ann")))).toBe("room_full");
    expect(room.waiting("ann").view.online).toBe(true);
  });

  test("L5: admit-all goes by the order of the knocks while seats last", () => {
    const room = new Room({ maxParticipants: 3 });
    room.join("host", HOST);
    for (const id of ["ann", "bob", "eve"]) room.join(id, GUEST);
    // A second tab keeps the place in the row.
    room.join("ann", GUEST);
    const { result } = yes(room.as("host", { type: "admit-all" }));
    expect(result).toEqual({ admitted: 2, waiting: 1 });
    expect([...room.state.participants.keys()]).toEqual(["host", "ann", "bob"]);
    expect(yes(room.as("host", { type: "admit-all" })).events).toEqual([]);
  });
});

describe("answers to one knock", () => {
  test("L11: an answer that names its knock does not meet a later one of the same id", () => {
    const room = withHosts();
    room.join("ann", GUEST);
    const { since } = room.waiting("ann").view;
    yes(room.as("ann", { type: "withdraw" }));
    room.now += 1;
    room.join("ann", GUEST);
    for (const answer of [admit("ann"), deny("ann"), deny("ann", true)])
      expect(outcome(room.api({ ...answer, since }))).toBe("knock_unknown");
    expect(room.waiting("ann").view.since).toBe(since + 1);
    expect(room.state.bans.has("ann")).toBe(false);
    expect(outcome(room.api({ ...admit("ann"), since: since + 1 }))).toContain("participant-joined");
    expect(outcome(room.as("host", { ...deny("ann"), since: since + 1 }))).toBe("already_decided");
  });

  test("L11: a take-over, a resume and a lost line leave the knock what it was", () => {
    const room = withHosts();
    room.join("ann", GUEST);
    const { since } = room.waiting("ann").view;
    room.now += 5;
    yes(room.join("ann", GUEST));
    yes(room.loseLine("ann"));
    yes(room.resume("ann"));
    expect(outcome(room.as("host", { ...deny("ann"), since }))).toEqual(["entry-responded"]);
  });
});

describe("denials", () => {
  test("L6: a denial cools down for 30 s, then twice as long, at most 15 min, over sessions", () => {
    const room = new Room();
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      room.join("ann", GUEST);
      waits.push((eventOf(room.api(deny("ann")), "entry-responded").body.mayKnockAt ?? 0) - room.now);
      const mayKnockAt = room.now + (waits.at(-1) ?? 0);
      room.now = mayKnockAt - 1;
      expect(no(room.join("ann", GUEST))).toEqual({ reason: "cooling_down", details: { mayKnockAt } });
      room.join("host", HOST);
      yes(room.as("host", { type: "end" }));
      room.now = mayKnockAt;
    }
    expect(waits.map((ms) => ms / 1000)).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  test("L6: a token that names nobody cools down whatever the id, a proven id whatever the token", () => {
    const room = withHosts();
    room.join("ann", { ...GUEST, bound: false, token: "shared" });
    room.join("bob", GUEST);
    for (const id of ["ann", "bob"]) yes(room.as("host", deny(id)));
    expect(outcome(room.join("anna", { ...GUEST, bound: false, token: "shared" }))).toBe("cooling_down");
    expect(outcome(room.join("ann", { ...GUEST, bound: false, token: "own" }))).toEqual(["entry-requested"]);
    expect(outcome(room.join("bob", { ...GUEST, token: "newer" }))).toBe("cooling_down");
    expect(outcome(room.join("bob", { token: "enters" }))).toEqual(["participant-joined"]);
  });

  test("L7: a denial with ban closes the door, and needs no more than allow_join", () => {
    const room = withHosts();
    room.join("ann", GUEST);
    const decision = room.as("second", deny("ann", true));
    expect(outcome(decision)).toEqual(["participant-banned", "entry-responded"]);
    expect(eventOf(decision, "entry-responded").body).toMatchObject({ banned: true, mayKnockAt: null });
    expect(outcome(room.join("ann", GUEST))).toBe("banned");
    expect(outcome(room.as("second", unban("ann")))).toBe("not_permitted");
    expect(outcome(room.as("second", ban("host")))).toBe("not_permitted");
    yes(room.as("host", unban("ann")));
    expect(outcome(room.join("ann", GUEST))).toEqual(["entry-requested"]);
  });
});

describe("knocks that end otherwise", () => {
  test("L8: who withdraws may knock again at once", () => {
    const room = withHosts();
    room.join("ann", GUEST);
    expect(eventOf(room.as("ann", { type: "withdraw" }), "entry-withdrawn").body.cause).toBe("withdrawn");
    expect(outcome(room.join("ann", GUEST))).toEqual(["entry-requested"]);
  });

  test("L9: a second tab takes the knock over and keeps its place; a token that enters ends it", () => {
    const room = withHosts();
    room.join("ann", GUEST);
    const since = room.waiting("ann").view.since;
    room.now += 5;
    expect(outcome(room.join("ann", GUEST))).toEqual(["entry-resumed"]);
    expect(room.waiting("ann").view.since).toBe(since);
    expect(room.state.knocks.size).toBe(1);
    const decision = room.join("ann", { token: "enters" });
    expect(outcome(decision)).toEqual(["entry-withdrawn", "participant-joined"]);
    expect(eventOf(decision, "entry-withdrawn").body.cause).toBe("entered");
  });

  test("L9: somebody sent back cannot enter past their own knock", () => {
    const room = withHosts();
    room.join("ann", HOST);
    yes(room.as("host", sendBack("ann")));
    expect(outcome(room.join("ann", { ...HOST, token: "newer" }))).toEqual(["entry-resumed"]);
    expect(room.state.participants.has("ann")).toBe(false);
  });

  test("L10: a lobby holds 2,000 knocks", () => {
    const room = new Room(settings());
    for (let i = 0; i < 2_000; i++) yes(room.join(`guest-${i}`, GUEST));
    expect(outcome(room.join("one-more", GUEST))).toBe("lobby_full");
    expect(outcome(room.join("host", HOST))).toContain("participant-joined");
  });
});
