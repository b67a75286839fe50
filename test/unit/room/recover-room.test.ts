/** What becomes of a room's settings and status when data was lost. */
import { describe, expect, test } from "@jest/globals";
import { asserted, fork } from "./fork.js";
import { GUEST, Room, setStatus, yes } from "./support.js";

const nothing = () => undefined;

describe("recovery of the room as a whole", () => {
  test("X5: settings and status come back, with the room itself where it was lost", () => {
    const room = new Room(null);
    const made = new Room();
    yes(made.set({ maxParticipants: 3 }, { allowedParticipantIds: ["ann"] }));
    yes(made.set({ lobbyForAll: true }));
    yes(made.api(setStatus("disabled")));
    yes(made.set({ maxParticipants: 4 }));
    for (let round = 0; round < 2; round += 1) yes(room.gateway({ type: "recover", events: made.log }));
    expect(room.state.room).toEqual(made.state.room);
  });

  test("X5: the newer settings and the newer status count, whichever side has them", () => {
    const older = (r: Room) => {
      r.now += 10;
      yes(r.set({ maxParticipants: 3 }, { allowedParticipantIds: ["ann"] }));
      yes(r.api(setStatus("disabled")));
    };
    const newer = (r: Room) => {
      r.now += 20;
      yes(r.set({ maxParticipants: 9 }));
      yes(r.api(setStatus("disabled")));
      yes(r.api(setStatus("enabled")));
    };
    const inLog = fork(nothing, older, newer);
    expect(asserted).toEqual([]);
    expect(inLog.state.room).toMatchObject({ status: "enabled", settings: { maxParticipants: 9 } });
    expect(inLog.state.room?.backOffice.allowedParticipantIds).toBeNull();
    const lost = fork(nothing, newer, (r) => {
      r.now -= 25;
      older(r);
    });
    expect(lost.state.room).toMatchObject({ status: "enabled", settings: { maxParticipants: 9 } });
  });

  test("X5: newer settings in the log do not open a room that was disabled", () => {
    const room = fork(
      nothing,
      (r) => yes(r.api(setStatus("disabled"))),
      (r) => {
        r.now += 10;
        yes(r.set({ maxParticipants: 9 }));
      },
    );
    expect(room.state.room).toMatchObject({ status: "disabled", settings: { maxParticipants: 9 } });
    expect(room.state.session).toBeNull();
  });

  test("X5: deactivated is for good, whatever the log says since", () => {
    const room = fork(
      nothing,
      (r) => yes(r.api(setStatus("deactivated"))),
      (r) => {
        r.now += 10;
        yes(r.api(setStatus("disabled")));
        yes(r.api(setStatus("enabled")));
        r.join("ann");
      },
    );
    expect(room.state.room?.status).toBe("deactivated");
    expect(room.state.participants.size).toBe(0);
  });

  test("X5: nobody is asserted in a closed room, and whoever came in meanwhile goes out", () => {
    const comers = (r: Room) => {
      r.join("ann");
      r.join("guest", GUEST);
    };
    const byLog = fork(nothing, comers, (r) => yes(r.api(setStatus("disabled"))));
    expect(asserted).toEqual([]);
    expect(byLog.state.session).toBeNull();

    const byNode = fork(
      nothing,
      (r) => yes(r.api(setStatus("disabled"))),
      (r) => {
        yes(r.as("mod", { type: "end" }));
        comers(r);
      },
    );
    expect(asserted).toEqual(["room-status-changed", "session-ended"]);
    expect([byNode.state.participants.size, byNode.state.knocks.size]).toEqual([0, 0]);

    const lobbyOnly = fork(
      (r) => r.as("mod", { type: "leave" }),
      (r) => yes(r.api(setStatus("disabled"))),
      (r) => r.join("guest", GUEST),
    );
    expect(asserted).toEqual(["room-status-changed", "entry-withdrawn"]);
    expect(lobbyOnly.state.knocks.size).toBe(0);
  });

  test("X5: who came in before the room was made smaller keeps the seat", () => {
    const room = fork(
      nothing,
      (r) => {
        r.join("ann");
        r.now += 1;
        yes(r.set({ maxParticipants: 1 }));
      },
      nothing,
    );
    expect([...room.state.participants.keys()]).toEqual(["mod", "ann"]);
    expect(room.state.room?.settings.maxParticipants).toBe(1);
  });
});
