import { describe, expect, test } from "@jest/globals";
import { NO_BACK_OFFICE, decodeEvent, encodeEvent, type BackOffice } from "../../../src/room/events.js";
import { evolve } from "../../../src/room/evolve.js";
import { nextDeadline } from "../../../src/room/rules/time.js";
import { NO_ROOM, decodeState, encodeState } from "../../../src/room/state.js";
import {
  GUEST,
  HOST,
  Room,
  admit,
  ban,
  deny,
  eventOf,
  no,
  outcome,
  setStatus,
  settings,
  there,
  yes,
} from "./support.js";

const ROOM_OFFICE: BackOffice = {
  webhook: { endPoint: "https://hooks.example.org", events: ["session-*"] },
  knockPolicy: { url: "https://policy.example.org", timeoutMs: 2_000, fallback: "ask" },
  allowedParticipantIds: ["host", "ann"],
  conference: null,
};

/** A host inside, ann in the lobby. */
function busy(): Room {
  const room = new Room();
  room.join("host", HOST);
  room.join("ann", GUEST);
  return room;
}

/** What the room is set to; throws where there is none. */
const facts = (room: Room) => there(room.state.room);

describe("settings", () => {
  test("O1: what is given replaces what was, and the rest stays", () => {
    const room = new Room({ knockTimeoutMs: 60_000 });
    room.now += 5;
    const decision = room.set({ lobbyForAll: true }, { webhook: ROOM_OFFICE.webhook });
    expect(eventOf(decision, "room-settings-changed").body).toEqual({
      settings: settings({ knockTimeoutMs: 60_000, lobbyForAll: true }),
      by: { kind: "api", name: null },
    });
    yes(room.set({ maxParticipants: 3 }, { allowedParticipantIds: ["ann"] }));
    expect(facts(room)).toMatchObject({
      settings: settings({ knockTimeoutMs: 60_000, lobbyForAll: true, maxParticipants: 3 }),
      backOffice: { ...NO_BACK_OFFICE, webhook: ROOM_OFFICE.webhook, allowedParticipantIds: ["ann"] },
      createdAt: room.now - 5,
      settingsAt: room.now,
      statusAt: room.now - 5,
    });
    yes(room.set({}, NO_BACK_OFFICE));
    expect(facts(room).backOffice).toEqual(NO_BACK_OFFICE);
  });

  test("O1: what is set already tells nobody, in whatever order its members come", () => {
    const room = new Room();
    const events = ["session-*"];
    yes(room.set({ autoClose: { type: "session-ends", afterMs: 60_000 } }, ROOM_OFFICE));
    const again = room.set(
      { autoClose: { afterMs: 60_000, type: "session-ends" } },
      { webhook: { events, endPoint: "https://hooks.example.org" } },
    );
    expect(outcome(again)).toEqual([]);
    expect(outcome(room.set({}))).toEqual([]);
    const deeper = { webhook: { events: ["*"], endPoint: "https://hooks.example.org" } };
    expect(outcome(room.set({}, deeper))).toEqual(["room-settings-changed"]);
    expect(outcome(room.set({ autoClose: { type: "session-ends", afterMs: 60_001 } }))).toHaveLength(1);
    expect(outcome(room.set({}, { allowedParticipantIds: null }))).toHaveLength(1);
  });

  test("O1: whoever is inside or waits stays, even where the new settings would not let them in", () => {
    const room = busy();
    room.join("bob");
    const { expiresAt } = room.waiting("ann").view;
    yes(room.loseLine("bob"));
    const { line } = room.in("bob").person;
    yes(
      room.set(
        {
          maxParticipants: 1,
          hostAbsent: "refuse",
          lobbyForAll: true,
          knockTimeoutMs: 10_000,
          resumeWindowMs: 1_000,
        },
        { allowedParticipantIds: ["nobody"] },
      ),
    );
    expect([...room.state.participants.keys()]).toEqual(["host", "bob"]);
    expect(room.in("bob").person.line).toEqual(line);
    expect(room.waiting("ann").view.expiresAt).toBe(expiresAt);
    expect(outcome(room.resume("bob"))).toEqual(["participant-resumed"]);
    // A second tab, and the same join sent again, are no entries either.
    expect(outcome(room.join("bob"))).toEqual(["participant-resumed"]);
    expect(outcome(room.join("ann", GUEST))).toEqual(["entry-resumed"]);
    // Seats are free again only below the new number.
    expect(outcome(room.as("host", admit("ann")))).toBe("room_full");
    yes(room.as("bob", { type: "leave" }));
    expect(outcome(room.as("host", admit("ann")))).toBe("room_full");
    yes(room.set({ maxParticipants: 2 }));
    expect(outcome(room.as("host", admit("ann")))).toContain("participant-joined");
  });

  test("O1: a stricter expiry policy is due at once for tokens that are over", () => {
    const room = new Room();
    room.join("ann", { expires: { expiresAt: room.now + 10, expiryPolicy: "stay" } });
    room.now += 20;
    expect(nextDeadline(room.state)).toBe(Infinity);
    yes(room.set({ tokenExpiry: "leave" }));
    expect(nextDeadline(room.state)).toBeLessThanOrEqual(room.now);
    expect(outcome(room.wait(0))).toEqual(["participant-left", "session-ended"]);
  });
});

describe("status", () => {
  test("O2: disabled, it is over for those inside and for those who wait, and they are told why", () => {
    const room = busy();
    const decision = room.api(setStatus("disabled"));
    expect(outcome(decision)).toEqual(["room-status-changed", "session-ended"]);
    expect(eventOf(decision, "session-ended").body).toMatchObject({
      cause: "room-closed",
      by: { kind: "api" },
    });
    expect([room.state.participants.size, room.state.knocks.size]).toEqual([0, 0]);
    for (const id of ["host", "ann"]) expect(outcome(room.resume(id))).toBe("session_ended");
    expect(nextDeadline(room.state)).toBe(Infinity);
  });

  test("O2: who waits while nobody is in is sent away, too, however long ago they knocked", () => {
    const room = new Room();
    room.join("ann", GUEST);
    room.now += 300_000;
    room.join("bob", GUEST);
    yes(room.loseLine("ann"));
    const decision = room.api(setStatus("disabled"));
    expect(outcome(decision)).toEqual(["room-status-changed", "entry-withdrawn", "entry-withdrawn"]);
    expect(eventOf(decision, "entry-withdrawn").body).toEqual({ participantId: "ann", cause: "room-closed" });
    expect(outcome(room.resume("ann"))).toBe("room_disabled");
    expect(outcome(room.api(admit("bob")))).toBe("knock_unknown");
  });

  test("O2, E13: nobody enters, knocks or takes over until it is enabled again, and bans stay", () => {
    const room = busy();
    yes(room.as("host", ban("troll")));
    yes(room.api(setStatus("disabled")));
    for (const [id, arrival] of [
      ["host", HOST],
      ["ann", GUEST],
      ["troll", GUEST],
      ["nobody", { permissions: [] }],
    ] as const)
      expect(no(room.join(id, arrival))).toEqual({ reason: "room_disabled", field: "roomId" });
    expect(outcome(room.api(setStatus("enabled")))).toEqual(["room-status-changed"]);
    expect(outcome(room.join("host", HOST))).toEqual(["session-started", "participant-joined"]);
    expect(outcome(room.join("troll", GUEST))).toBe("banned");
  });

  test("O2: a disabled room can be set up, and stays disabled", () => {
    const room = new Room();
    yes(room.api(setStatus("disabled")));
    expect(outcome(room.set({ maxParticipants: 7 }))).toEqual(["room-settings-changed"]);
    expect(facts(room)).toMatchObject({ status: "disabled", settings: { maxParticipants: 7 } });
    expect(outcome(room.api(setStatus("disabled")))).toEqual([]);
  });

  test("O3: deactivated is for good", () => {
    const room = busy();
    yes(room.api(deny("ann")));
    expect(outcome(room.api(setStatus("deactivated")))).toEqual(["room-status-changed", "session-ended"]);
    expect(outcome(room.join("host", HOST))).toBe("room_disabled");
    for (const status of ["enabled", "disabled"] as const)
      expect(no(room.api(setStatus(status)))).toEqual({ reason: "room_deactivated", field: "roomId" });
    expect(outcome(room.api(setStatus("deactivated")))).toEqual([]);
    const idle = new Room();
    yes(idle.api(setStatus("disabled")));
    expect(outcome(idle.api(setStatus("deactivated")))).toEqual(["room-status-changed"]);
  });

  test("O2, O3: the same command sent again has no second effect", () => {
    const room = busy();
    const first = yes(room.api(setStatus("disabled"), "once"));
    yes(room.api(setStatus("enabled")));
    room.join("host", HOST);
    expect(room.api(setStatus("disabled"), "once")).toMatchObject({ repeated: true, seq: first.seq });
    expect(room.state.participants.has("host")).toBe(true);
  });

  test("O4: a room that a join opened is kept once a back end has changed it", () => {
    const opensWith = { settings: settings(), backOffice: NO_BACK_OFFICE };
    for (const change of [
      setStatus("disabled"),
      { type: "update-settings", settings: { maxParticipants: 3 }, backOffice: {} },
    ] as const) {
      const room = new Room(null);
      yes(room.join("ann", { more: { opensWith } }));
      expect(facts(room).permanent).toBe(false);
      yes(room.api(change));
      expect(facts(room).permanent).toBe(true);
    }
  });
});

test("O1, O2: a snapshot and the log give back settings, status and what back ends alone know", () => {
  const room = busy();
  yes(room.set({ autoClose: { type: "session-ends", afterMs: 60_000 } }, ROOM_OFFICE));
  yes(room.api(setStatus("disabled")));
  const text = encodeState(room.state);
  expect(encodeState(decodeState(text))).toBe(text);
  expect(decodeState(text).room).toEqual(facts(room));
  const replayed = room.log.map((event) => decodeEvent(encodeEvent(event))).reduce(evolve, NO_ROOM);
  expect(replayed.room).toMatchObject({ status: "disabled", backOffice: ROOM_OFFICE });
});
