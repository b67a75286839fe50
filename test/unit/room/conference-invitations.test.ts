import { describe, expect, test } from "@jest/globals";
import { NO_BACK_OFFICE, decodeEvent, encodeEvent } from "../../../src/room/events.js";
import { evolve } from "../../../src/room/evolve.js";
import { NO_ROOM, decodeState, encodeState } from "../../../src/room/state.js";
import { ALL, NINE, client, conference, invite, kick } from "./conference-support.js";
import { listOf, passOf, seatWith, setPermissions } from "./conference-support.js";
import { GUEST, Room, admit, ban, eventOf, give, no, outcome, setStatus, unban, yes } from "./support.js";

const BACK_END = { kind: "api", name: null };

describe("invitations", () => {
  test("K6: they lift a ban, and leave those inside as they are", () => {
    const room = conference();
    seatWith(room, "ann", NINE);
    yes(room.api(kick("bob")));
    expect(outcome(room.join("bob", client()))).toBe("banned");
    const decision = room.api(invite({ ann: ALL, bob: ["SEND_AUDIO", "JOIN", "JOIN"] }, "3"));
    expect(outcome(decision)).toEqual(["participant-unbanned", "participant-invited"]);
    expect(yes(decision).result).toEqual({ invited: 1, inside: "ann" });
    expect(eventOf(decision, "participant-invited")).toMatchObject({
      body: { participantId: "bob", permissions: ["JOIN", "SEND_AUDIO"], by: BACK_END },
      hidden: { passId: "pass-3-bob", notify: false },
    });
    expect(listOf(room, "ann")).toEqual(NINE);
    yes(room.join("bob", client()));
    expect(listOf(room, "bob")).toEqual(["JOIN", "SEND_AUDIO"]);
  });

  test("K6: they take the place of what was changed in the room before, for good", () => {
    const room = conference();
    for (const id of ["mod", "ann"]) yes(room.join(id, client()));
    yes(room.api(give("ann", "allow_mod")));
    yes(room.as("ann", { type: "leave" }));
    yes(room.api(invite({ ann: ["JOIN"] })));
    yes(room.api(kick("ann")));
    yes(room.api(unban("ann")));
    yes(room.join("ann", client()));
    expect(listOf(room, "ann")).toEqual(NINE);
  });

  test("K6: who merely claims the id is not inside for this, and does not get it", () => {
    const room = conference();
    yes(room.join("ann", { ...client(), bound: false }));
    expect(yes(room.api(invite({ ann: ALL }))).result).toEqual({ invited: 1, inside: "" });
    expect(listOf(room, "ann")).toEqual(NINE);
  });

  test("K6: who waits goes on waiting, and is let in with what they are invited to", () => {
    const room = conference();
    seatWith(room, "host", ALL);
    yes(room.api(invite({ ann: ["SEND_AUDIO"] })));
    yes(room.join("ann", client()));
    expect(outcome(room.api(invite({ ann: ["JOIN", "KICK"] }, "2")))).toEqual(["participant-invited"]);
    expect(room.waiting("ann").prospect.conferencePermissions).toEqual(["JOIN", "KICK"]);
    yes(room.as("host", admit("ann")));
    expect(listOf(room, "ann")).toEqual(["JOIN", "KICK"]);
  });

  test("K6: they outlive a session, and 10,000 are kept", () => {
    const room = conference({ emptyTtlMs: 60_000 });
    yes(room.api(invite({ ann: ["JOIN", "KICK"] })));
    for (const round of ["1", "2"]) {
      yes(room.join("ann", client(passOf("ann"))));
      expect([round, listOf(room, "ann")]).toEqual([round, ["JOIN", "KICK"]]);
      yes(room.as("ann", { type: "leave" }));
    }
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_one, index) => [`p-${index}`, NINE]));
    yes(room.api(invite(many)));
    expect(room.state.invitations.size).toBe(10_000);
    expect(room.state.invitations.has("ann")).toBe(false);
  });

  test("K6, K7, K9: only in a conference that is not over", () => {
    const actions = [invite({ ann: NINE }), setPermissions({ ann: NINE }), kick("ann")];
    for (const action of actions) {
      expect(no(new Room().api(action))).toEqual({
        reason: "not_permitted",
        details: { needs: "conference" },
      });
      const over = conference();
      yes(over.api(setStatus("deactivated")));
      expect(outcome(over.api(action))).toBe("room_deactivated");
    }
  });

  test("C3: the same id for other people is another command", () => {
    const room = conference();
    for (const [first, second] of [
      [kick("ann"), kick("bob")],
      [invite({ ann: NINE }), invite({ ann: NINE, bob: NINE })],
      [setPermissions({ ann: NINE }), setPermissions({ bob: NINE })],
    ] as const) {
      yes(room.api(first, first.type));
      expect(yes(room.api(first, first.type)).repeated).toBe(true);
      expect(outcome(room.api(second, first.type))).toBe("command_id_reused");
    }
  });
});

describe("permissions replaced", () => {
  test("K7: at once for those inside and in the lobby, and a rejoin has them too", () => {
    const room = conference();
    seatWith(room, "host", ALL);
    seatWith(room, "ann", NINE);
    yes(room.api(invite({ bob: ["SEND_AUDIO"] })));
    yes(room.join("bob", client()));
    const decision = room.api(setPermissions({ ann: ["JOIN", "INVITE"], bob: ["KICK"], nobody: ALL }, "3"));
    expect(outcome(decision)).toEqual([
      ...["participant-invited", "permissions-changed", "participant-invited", "participant-invited"],
    ]);
    expect(yes(decision).result).toEqual({ updated: 3 });
    expect(room.waiting("bob").prospect.conferencePermissions).toEqual(["KICK"]);
    yes(room.as("ann", { type: "leave" }));
    yes(room.join("ann", client()));
    expect(listOf(room, "ann")).toEqual(["INVITE", "JOIN"]);
    expect(room.state.invitations.get("nobody")?.permissions).toEqual(ALL);
  });

  test("K7: who lost JOIN stays in, and knocks the next time", () => {
    const room = conference();
    seatWith(room, "host", ALL);
    seatWith(room, "ann", NINE);
    yes(room.api(setPermissions({ ann: ["SEND_AUDIO"] }, "3")));
    expect(listOf(room, "ann")).toEqual(["SEND_AUDIO"]);
    yes(room.as("ann", { type: "leave" }));
    expect(outcome(room.join("ann", client()))).toEqual(["entry-requested"]);
  });

  test("K7: who merely claims the id only loses by it", () => {
    const room = conference();
    seatWith(room, "host", ALL);
    yes(room.join("ann", { ...client(), bound: false }));
    yes(room.join("bob", { ...GUEST, bound: false }));
    yes(room.api(setPermissions({ ann: ["JOIN", "KICK"], bob: ["JOIN", "KICK"] })));
    expect(listOf(room, "ann")).toEqual(["JOIN"]);
    expect(room.waiting("bob").prospect.conferencePermissions).toEqual(["JOIN"]);
  });

  test("K7: a ban stays, until they are invited", () => {
    const room = conference();
    yes(room.api(kick("ann")));
    expect(outcome(room.api(setPermissions({ ann: ALL })))).toEqual(["participant-invited"]);
    expect(outcome(room.join("ann", client()))).toBe("banned");
  });
});

test("K6: a snapshot and the log give the same conference", () => {
  const room = conference({ ownerId: "boss", emptyTtlMs: 1_000 });
  seatWith(room, "ann", NINE);
  yes(room.join("boss", client(null, { oneTime: true, jti: "once", expiresAt: room.now + 1_000 })));
  yes(room.as("boss", give("ann", "allow_mod")));
  yes(room.api(ban("eve")));
  yes(room.api(invite({ eve: NINE, late: [] })));
  yes(room.join("late", client()));
  yes(room.as("ann", { type: "rename", name: "Anna", metaData: { a: 1 } }));
  for (const id of ["ann", "boss"]) yes(room.as(id, { type: "leave" }));
  const text = encodeState(room.state);
  expect(encodeState(decodeState(text))).toBe(text);
  const replayed = room.log.map((event) => decodeEvent(encodeEvent(event))).reduce(evolve, NO_ROOM);
  expect(encodeState(replayed)).toBe(text);
  expect(decodeState(text).room?.backOffice).not.toEqual(NO_BACK_OFFICE);
});
