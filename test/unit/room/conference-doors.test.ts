import { describe, expect, test } from "@jest/globals";
import { nextDeadline } from "../../../src/room/rules/time.js";
import { ALL, NINE, client, conference, conferenceOffice, invite, kick } from "./conference-support.js";
import { listOf, passOf, seatWith, setPermissions } from "./conference-support.js";
import { GUEST, HOST, Room, eventOf, no, outcome, setStatus, there, unban, yes } from "./support.js";

describe("protected conferences", () => {
  function guarded(): Room {
    const room = conference({ ownerId: "boss", isProtected: true });
    yes(room.api(invite({ boss: ALL, ann: ["JOIN", "SEND_AUDIO"] })));
    return room;
  }

  test("K8: a client access token alone does not do, not even the owner's", () => {
    const room = guarded();
    for (const id of ["ann", "boss", "stranger"])
      expect(no(room.join(id, client()))).toEqual({
        reason: "conference_token_missing",
        field: "conferenceToken",
      });
    yes(room.join("ann", client(passOf("ann"))));
    yes(room.join("boss", client(passOf("boss"))));
    expect(listOf(room, "ann")).toEqual(["JOIN", "SEND_AUDIO"]);
    expect(listOf(room, "boss")).toEqual(ALL);
  });

  test("K8: a conference access token counts for its room, its person, and while it is the newest", () => {
    const room = guarded();
    const invalid = { reason: "conference_token_invalid", field: "conferenceToken" };
    for (const [id, arrival] of [
      ["ann", client(passOf("ann", "1", "another"))],
      ["ann", client(passOf("boss"))],
      ["boss", client(passOf("ann"))],
      ["ann", client(passOf("ann", "0"))],
      ["stranger", client(passOf("stranger"))],
      ["ann", { ...client(passOf("ann")), bound: false }],
    ] as const)
      expect(no(room.join(id, arrival))).toEqual(invalid);
    yes(room.api(setPermissions({ ann: NINE }, "2")));
    expect(no(room.join("ann", client(passOf("ann"))))).toEqual(invalid);
    yes(room.join("ann", client(passOf("ann", "2"))));
    expect(listOf(room, "ann")).toEqual(NINE);
  });

  test("K8: where one is shown, it must count, in every room", () => {
    const open = conference();
    expect(outcome(open.join("ann", client(passOf("ann"))))).toBe("conference_token_invalid");
    yes(open.api(invite({ ann: NINE })));
    expect(outcome(open.join("ann", client(passOf("ann"))))).toContain("participant-joined");
    const plain = new Room();
    expect(outcome(plain.join("ann", client(passOf("ann"))))).toBe("conference_token_invalid");
  });

  test("K8: other tokens enter with allow_join, or with a conference access token", () => {
    const room = guarded();
    expect(outcome(room.join("guest", GUEST))).toBe("conference_token_missing");
    const provider = { ...GUEST, grant: { kind: "issuer" } } as const;
    expect(outcome(room.join("guest", provider))).toBe("conference_token_missing");
    yes(room.join("host", HOST));
    expect(listOf(room, "host")).toEqual(ALL);
    expect(outcome(room.join("ann", { ...GUEST, more: { pass: passOf("ann") } }))).toEqual([
      "entry-requested",
    ]);
    yes(room.join("boss", { more: { pass: passOf("boss") } }));
    expect(listOf(room, "boss")).toEqual(ALL);
  });

  test("K8: a second tab shows it too, and a resume does not", () => {
    const room = guarded();
    yes(room.join("ann", client(passOf("ann"))));
    expect(outcome(room.join("ann", client()))).toBe("conference_token_missing");
    expect(outcome(room.join("ann", client(passOf("ann"))))).toEqual(["participant-resumed"]);
    yes(room.api(setPermissions({ ann: NINE }, "2")));
    expect(outcome(room.resume("ann"))).toEqual(["participant-resumed"]);
  });

  test("K8, C5: the same join sent again keeps its place, whatever was made since", () => {
    const room = guarded();
    const arrival = { ...client(passOf("ann")), id: "the-very-same-join" };
    yes(room.join("ann", arrival));
    yes(room.api(setPermissions({ ann: NINE }, "2")));
    expect(outcome(room.join("ann", arrival))).toEqual(["participant-resumed"]);
    expect(outcome(room.join("ann", { ...arrival, token: "another" }))).toBe("conference_token_invalid");
    // It keeps the place in the lobby, and gets no seat by what it does not show.
    yes(room.api(setPermissions({ bob: [] }, "1")));
    const knock = { ...client(passOf("bob")), id: "the-very-same-knock" };
    yes(room.join("bob", knock));
    yes(room.api(setPermissions({ bob: ["JOIN"] }, "2")));
    expect(outcome(room.join("bob", knock))).toEqual(["entry-resumed"]);
    expect(outcome(room.join("bob", client(passOf("bob", "2"))))).toContain("participant-joined");
  });
});

describe("kicked", () => {
  test("K9: out, banned, without an invitation, wherever they are", () => {
    const room = conference();
    seatWith(room, "host", ALL);
    seatWith(room, "ann", NINE);
    yes(room.api(invite({ bob: [], eve: NINE })));
    yes(room.join("bob", client()));
    const decision = room.api(kick("ann", "bob", "eve", "nobody", "ann"));
    expect(outcome(decision)).toEqual([
      ...["invitation-revoked", "participant-banned", "participant-left"],
      ...["invitation-revoked", "participant-banned", "entry-responded"],
      ...["invitation-revoked", "participant-banned"],
      "participant-banned",
    ]);
    expect(yes(decision).result).toEqual({ kicked: 2 });
    expect(eventOf(decision, "participant-left").body.reason.message).toBe("REMOVE_PEER_API");
    expect(room.state.invitations.has("ann")).toBe(false);
    expect(outcome(room.resume("ann"))).toBe("removed");
    for (const id of ["ann", "bob", "eve", "nobody"]) {
      expect(outcome(room.join(id, client()))).toBe("banned");
      expect(outcome(room.join(id, { ...client(), token: "another" }))).toBe("banned");
    }
    expect(outcome(room.api(kick("ann")))).toEqual([]);
  });

  test("K9: back once invited again, or once the ban is lifted", () => {
    const room = conference({ isProtected: true });
    yes(room.api(invite({ host: ALL, ann: NINE })));
    for (const id of ["host", "ann"]) yes(room.join(id, client(passOf(id))));
    yes(room.api(kick("ann")));
    yes(room.api(unban("ann")));
    expect(outcome(room.join("ann", client(passOf("ann"))))).toBe("conference_token_invalid");
    yes(room.api(kick("ann")));
    yes(room.api(invite({ ann: NINE }, "2")));
    expect(outcome(room.join("ann", client(passOf("ann", "2"))))).toEqual(["participant-joined"]);
  });
});

describe("the end of a conference", () => {
  const status = (room: Room) => there(room.state.room).status;

  test("K10: with its session, whatever ended it", () => {
    const ends: readonly ((room: Room) => unknown)[] = [
      (room) => yes(room.as("ann", { type: "leave" })),
      (room) => yes(room.api({ type: "end" })),
      (room) => yes(room.api(setStatus("disabled"))),
      (room) => yes(room.wait(90_000)),
      (room) => (yes(room.loseLine("ann")), yes(room.wait(30_000))),
    ];
    for (const end of ends) {
      const room = new Room({ autoClose: { type: "session-ends", afterMs: 90_000 } }, conferenceOffice());
      yes(room.join("ann", client()));
      end(room);
      expect(status(room)).toBe("deactivated");
      expect(outcome(room.join("ann", client()))).toBe("room_disabled");
      expect(nextDeadline(room.state)).toBe(Infinity);
    }
  });

  test("K10: who still waits is sent away", () => {
    const room = conference();
    yes(room.join("ann", client()));
    yes(room.join("bob", GUEST));
    expect(outcome(room.as("ann", { type: "leave" }))).toEqual([
      ...["participant-left", "session-ended", "room-status-changed", "entry-withdrawn"],
    ]);
    expect(room.state.knocks.size).toBe(0);
  });

  test("K10: where it may go on empty, so long after the last one left", () => {
    const room = conference({ emptyTtlMs: 60_000 });
    expect(nextDeadline(room.state)).toBe(Infinity);
    yes(room.join("ann", client()));
    expect(nextDeadline(room.state)).toBe(Infinity);
    yes(room.as("ann", { type: "leave" }));
    expect(nextDeadline(room.state)).toBe(room.now + 60_000);
    expect(outcome(room.wait(59_999))).toEqual([]);
    yes(room.join("ann", client()));
    expect(nextDeadline(room.state)).toBe(Infinity);
    expect(outcome(room.wait(60_000))).toEqual([]);
    yes(room.as("ann", { type: "leave" }));
    expect(outcome(room.join("bob", GUEST))).toEqual(["entry-requested"]);
    const decision = room.wait(60_000);
    expect(outcome(decision)).toEqual(["room-status-changed", "entry-withdrawn"]);
    expect(eventOf(decision, "room-status-changed").body).toEqual({
      status: "deactivated",
      by: { kind: "rule" },
    });
    expect(nextDeadline(room.state)).toBe(Infinity);
  });

  test("K10, E7: a knock does not end it by putting out the last one inside", () => {
    const claims = { bound: false, permissions: ["allow_join"] } as const;
    const room = conference();
    yes(room.join("ann", claims));
    expect(no(room.join("ann", GUEST))).toEqual({ reason: "participant_id_taken", field: "participantId" });
    expect(room.state.participants.has("ann")).toBe(true);
    yes(room.join("bob", claims));
    expect(outcome(room.join("ann", GUEST))).toEqual(["participant-left", "entry-requested"]);
    const patient = conference({ emptyTtlMs: 60_000 });
    yes(patient.join("ann", claims));
    expect(outcome(patient.join("ann", GUEST))).toEqual([
      "participant-left",
      "entry-requested",
      "session-ended",
    ]);
    expect(patient.state.knocks.has("ann")).toBe(true);
  });

  test("K10: an end for all does not wait", () => {
    const room = conference({ emptyTtlMs: 60_000 });
    yes(room.join("ann", client()));
    expect(outcome(room.api({ type: "end" }))).toEqual(["session-ended", "room-status-changed"]);
    expect(status(room)).toBe("deactivated");
  });

  test("K10: a time that is changed while it is empty counts from when it became so", () => {
    const room = conference({ emptyTtlMs: 60_000 });
    yes(room.join("ann", client()));
    yes(room.as("ann", { type: "leave" }));
    room.now += 30_000;
    yes(room.set({}, { conference: { ...there(conferenceOffice().conference), emptyTtlMs: 10_000 } }));
    expect(nextDeadline(room.state)).toBe(room.now - 20_000);
    expect(outcome(room.wait(0))).toEqual(["room-status-changed"]);
  });

  test("K10: a plain room goes on after its session", () => {
    const room = new Room();
    yes(room.join("ann"));
    yes(room.as("ann", { type: "leave" }));
    expect(status(room)).toBe("enabled");
    expect(nextDeadline(room.state)).toBe(Infinity);
  });
});
