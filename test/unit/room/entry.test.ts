import { describe, expect, test } from "@jest/globals";
import { NO_BACK_OFFICE } from "../../../src/room/events.js";
import {
  GUEST,
  HOST,
  Room,
  admit,
  grant,
  no,
  outcome,
  remove,
  sendBack,
  setStatus,
  settings,
  yes,
  type Arrival,
} from "./support.js";

const CLAIMED: Arrival = { bound: false, token: "shared" };

describe("rooms and tokens", () => {
  test("E1: a room is created once", () => {
    const room = new Room();
    const again = {
      type: "create",
      roomId: "room",
      customRoomId: null,
      settings: settings(),
      backOffice: NO_BACK_OFFICE,
      permanent: true,
    } as const;
    for (const status of ["enabled", "disabled", "deactivated"] as const) {
      yes(room.api(setStatus(status)));
      expect(outcome(room.api(again))).toBe("room_exists");
      expect(room.state.room?.status).toBe(status);
    }
    expect(room.state.room?.permanent).toBe(true);
  });

  test("E2: a room that does not exist refuses at once, or opens where the app allows it", () => {
    const room = new Room(null);
    expect(no(room.join("bob"))).toEqual({ reason: "room_unknown", field: "roomId" });
    const opensWith = { settings: settings({ hostAbsent: "refuse" }), backOffice: NO_BACK_OFFICE };
    expect(outcome(room.join("bob", { ...GUEST, more: { opensWith } }))).toBe("host_absent");
    expect(room.state.room).toBeNull();
    expect(outcome(room.join("bob", { more: { opensWith } }))).toEqual([
      "room-created",
      "session-started",
      "participant-joined",
    ]);
    expect(room.state.room?.permanent).toBe(false);
  });

  test("E3: allow_join enters, ask_join knocks, neither is refused", () => {
    const room = new Room();
    expect(outcome(room.join("host", HOST))).toEqual(["session-started", "participant-joined"]);
    expect(outcome(room.join("bob", GUEST))).toEqual(["entry-requested"]);
    expect(outcome(room.join("mod", { permissions: ["allow_mod"] }))).toBe("permissions_invalid");
    expect(outcome(room.join("none", { permissions: [] }))).toBe("permissions_invalid");
    expect(outcome(room.join("mixed", { permissions: ["ask_join", "allow_join"] }))).toEqual([
      "entry-requested",
    ]);
  });
});

describe("memory of admissions", () => {
  const admitted = (arrival: Arrival): Room => {
    const room = new Room();
    room.join("host", HOST);
    room.join("bob", arrival);
    yes(room.as("host", admit("bob")));
    yes(room.as("bob", { type: "leave" }));
    return room;
  };

  test("E4: a proven id that was in needs no second knock in the session, a claimed one does", () => {
    expect(outcome(admitted(GUEST).join("bob", GUEST))).toEqual(["participant-joined"]);
    const claimed = { ...CLAIMED, ...GUEST };
    expect(outcome(admitted(claimed).join("bob", claimed))).toEqual(["entry-requested"]);
    const over = admitted(GUEST);
    yes(over.as("host", { type: "leave" }));
    expect(outcome(over.join("bob", GUEST))).toEqual(["entry-requested"]);
  });

  test("E4: a removal and a return to the lobby end the memory, what befalls a claimant does not", () => {
    for (const moderation of [remove("bob"), sendBack("bob")]) {
      const room = admitted(GUEST);
      yes(room.join("bob", GUEST));
      yes(room.as("host", moderation));
      if (moderation.type === "return-to-lobby") yes(room.as("bob", { type: "withdraw" }));
      expect(outcome(room.join("bob", { ...GUEST, token: "newer" }))).toEqual(["entry-requested"]);

      const other = admitted(GUEST);
      yes(other.join("bob", CLAIMED));
      yes(other.as("host", moderation));
      expect(outcome(other.join("bob", GUEST))).toContain("participant-joined");
    }
  });

  test("E4: a claimant who is denied does not cost the owner of the id their admission", () => {
    const room = admitted(GUEST);
    yes(room.join("bob", { ...CLAIMED, permissions: ["ask_join"] }));
    yes(room.as("host", { type: "deny", participantId: "bob", note: null, ban: false }));
    expect(outcome(room.join("bob", GUEST))).toEqual(["participant-joined"]);
  });

  test("E5: sent back, one knocks whatever the token says, until admitted", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("bob", HOST);
    yes(room.as("host", sendBack("bob")));
    yes(room.as("bob", { type: "withdraw" }));
    expect(outcome(room.join("bob", { ...HOST, token: "newer" }))).toEqual(["entry-requested"]);
    expect(room.waiting("bob").view.returned).toBe(true);
    yes(room.as("host", admit("bob")));
    yes(room.as("bob", { type: "leave" }));
    expect(outcome(room.join("bob"))).toEqual(["participant-joined"]);
  });

  test("E5: admitting another holder of a shared token does not let in who was sent back", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("alice", CLAIMED);
    yes(room.as("host", sendBack("alice")));
    yes(room.as("alice", { type: "withdraw" }));
    expect(outcome(room.join("bob", CLAIMED))).toEqual(["entry-requested"]);
    yes(room.as("host", admit("bob")));
    expect(outcome(room.join("alice", CLAIMED))).toEqual(["entry-requested"]);
    expect(outcome(room.join("alice-2", CLAIMED))).toEqual(["entry-requested"]);
  });

  test("E5: a newer token shown in the lobby is no way around it; the end of the session is", () => {
    const room = new Room();
    room.join("host", HOST);
    room.join("alice", CLAIMED);
    yes(room.as("host", sendBack("alice")));
    yes(room.as("alice", { type: "refresh-token", grant: grant("newer") }));
    yes(room.as("alice", { type: "withdraw" }));
    expect(outcome(room.join("alice", { bound: false, token: "newer" }))).toEqual(["entry-requested"]);
    yes(room.as("alice", { type: "withdraw" }));
    yes(room.as("host", { type: "leave" }));
    expect(outcome(room.join("alice", CLAIMED))).toContain("participant-joined");
  });
});
