import { describe, expect, test } from "@jest/globals";
import { asserted, fork } from "./fork.js";
import {
  GUEST,
  HOST,
  Room,
  admit,
  ban,
  give,
  grant,
  lockMic,
  lockRoom,
  outcome,
  publish,
  remove,
  sendBack,
  setStatus,
  take,
  yes,
} from "./support.js";

const nothing = () => undefined;

describe("recovery", () => {
  test("X1: bans, locks and rights come first, and all keep their first time", () => {
    let at = 0;
    const room = fork(
      (r) => r.join("bob"),
      (r) => {
        at = r.now += 10;
        r.join("ann");
        r.as("mod", ban("bob"));
        r.as("mod", lockRoom());
        r.as("mod", lockMic("*"));
        r.as("mod", give("ann", "allow_mod"));
      },
      (r) => (r.now += 1_000),
    );
    expect(asserted.slice(0, 3)).toEqual(["participant-banned", "room-lock-changed", "media-lock-changed"]);
    expect(room.state.participants.has("bob")).toBe(false);
    expect(room.in("ann").view).toMatchObject({ joinedAt: at, permissions: ["allow_join", "allow_mod"] });
    expect(room.state).toMatchObject({ locked: true, mediaLocks: { mic: true, webcam: false } });
  });

  test("X1: knocks, decisions, kept messages and open requests come back", () => {
    const room = fork(
      nothing,
      (r) => {
        for (const id of ["ann", "bob", "eve"]) r.join(id, GUEST);
        r.as("mod", admit("ann"));
        r.as("bob", { type: "withdraw" });
        r.as("mod", publish({ persist: true }));
        r.as("mod", { type: "request-media", participantId: "ann", kind: "mic" });
        r.as("eve", { type: "refresh-token", grant: grant("newer", { participantId: "eve" }) });
      },
      nothing,
    );
    expect([...room.state.participants.keys()]).toEqual(["mod", "ann"]);
    expect([...room.state.knocks.keys()]).toEqual(["eve"]);
    expect(room.waiting("eve").person.tokens).toContain("newer");
    expect(room.state.messages.size).toBe(1);
    expect(outcome(room.as("ann", { type: "answer-media", kind: "mic", accept: true }))).toContain(
      "stream-enabled",
    );
  });

  test("X2: what the log has decided otherwise is left out", () => {
    const room = fork(
      (r) => {
        r.join("ann", GUEST);
        r.join("bob");
      },
      (r) => {
        r.as("mod", admit("ann"));
        r.as("bob", { type: "set-media", kind: "mic", on: true });
      },
      (r) => {
        r.as("ann", { type: "withdraw" });
        r.as("bob", { type: "leave" });
      },
    );
    // Admitted on one side, withdrawn on the other: the join is asserted, for ann was told that she is in.
    expect(asserted).toEqual(["participant-joined"]);
    expect(room.state.participants.has("bob")).toBe(false);
  });

  test.each([
    ["in the room", "ann", HOST],
    ["in the lobby", "guest", GUEST],
  ] as const)(
    "X2: a resume counts only where no later line of the same client holds the place (%s)",
    (_, id, rights) => {
      const secrets: string[] = [];
      const lines: string[] = [];
      const forked = (lost: number, kept: number): Room =>
        fork(
          (r) => {
            r.join(id, { ...rights, attempt: 1 });
            secrets[0] = r.secret(id);
          },
          (r) => {
            yes(r.resume(id, secrets[0], "resume-of-both-lines", lost));
            lines[0] = r.line(id);
          },
          (r) => {
            yes(r.resume(id, secrets[0], "resume-of-both-lines", kept));
            lines[1] = r.line(id);
          },
        );
      const lineOf = ({ state }: Room) => (state.participants.get(id) ?? state.knocks.get(id))?.person.line;
      // The answer was lost, so it came again, and got through to the other node.
      expect(lineOf(forked(2, 3))).toMatchObject({ connection: lines[1], attempt: 3 });
      expect(asserted).toEqual([]);
      expect(lineOf(forked(3, 2))).toMatchObject({ connection: lines[0], attempt: 3 });
    },
  );

  test("X2: a lost line and its window count only where no newer line has replaced it", () => {
    const lose = (r: Room) => {
      r.loseLine("ann");
      r.loseLine("guest");
      r.wait(30_000);
    };
    const room = fork(
      (r) => {
        r.join("ann");
        r.join("guest", GUEST);
      },
      lose,
      (r) => {
        r.resume("ann");
        r.resume("guest");
      },
    );
    expect(asserted).toEqual([]);
    expect(room.in("ann").view.online).toBe(true);
    const still = fork((r) => r.join("ann"), lose, nothing);
    expect(still.state.participants.has("ann")).toBe(false);
  });

  test("X2: an expiry counts only where no refresh has lifted it", () => {
    for (const expiryPolicy of ["restrict", "leave"] as const) {
      const room = fork(
        (r) => r.join("ann", { expires: { expiresAt: r.now + 10, expiryPolicy } }),
        (r) => r.wait(10),
        (r) => r.as("ann", { type: "refresh-token", grant: grant("newer", { participantId: "ann" }) }),
      );
      expect(asserted).toEqual([]);
      expect(room.in("ann").restricted).toBe(false);
    }
  });

  test("X3: nobody comes in without a seat, past a ban, or with a voided token", () => {
    const joins = (r: Room) => {
      for (const id of ["ann", "bob"]) r.join(id, { bound: false });
      r.join("guest", { ...GUEST, bound: false });
    };
    const banned = fork(nothing, joins, (r) => {
      for (const id of ["ann", "bob", "guest"]) r.as("mod", ban(id));
    });
    expect(asserted).toEqual([]);
    expect(banned.state.participants.size).toBe(1);

    const removed = fork(
      nothing,
      (r) => {
        r.join("ann", { bound: false });
      },
      (r) => {
        r.join("x", { bound: false, token: "token-of-ann" });
        r.as("mod", remove("x"));
      },
    );
    expect(removed.state.participants.size).toBe(1);

    const full = fork(nothing, joins, (r) => {
      for (let i = 0; i < 48; i++) r.join(`p-${i}`);
    });
    expect(full.state.participants.size).toBe(50);
    expect(full.state.participants.has("ann")).toBe(true);
    expect(full.state.participants.has("bob")).toBe(false);
  });

  test("X2: what was asserted before, by another node that held it too, ends no later stay", () => {
    const room = fork(
      (r) => r.join("bob"),
      (r) => {
        r.join("ann", GUEST);
        r.as("mod", admit("ann"));
        r.as("mod", remove("bob"));
        r.now += 1;
        r.join("bob", { token: "newer" });
        r.as("mod", take("bob", "allow_join"));
        r.as("mod", sendBack("ann"));
        r.as("ann", { type: "withdraw" });
        r.now += 1;
        r.join("ann", GUEST);
      },
      nothing,
    );
    // `fork` asserts twice.
    expect([...room.state.participants.keys()]).toEqual(["mod", "bob"]);
    expect(room.in("bob").view.permissions).toEqual([]);
    expect([...room.state.knocks.keys()]).toEqual(["ann"]);
  });

  test("X2: a ban ends whatever stay there is", () => {
    const room = fork(
      (r) => r.join("bob"),
      (r) => r.as("mod", ban("bob")),
      (r) => {
        r.now += 10;
        r.as("bob", { type: "leave" });
        r.join("bob");
      },
    );
    expect(room.state.participants.has("bob")).toBe(false);
  });

  test("X4: a session that was ended stays ended, and a new one is a new one", () => {
    const ended = fork(
      (r) => r.join("ann"),
      (r) => r.as("mod", { type: "end" }),
      (r) => r.join("late"),
    );
    expect(asserted).toContain("session-ended");
    expect(ended.state.participants.size).toBe(0);

    const next = fork(
      (r) => r.as("mod", lockRoom()),
      (r) => {
        r.as("mod", { type: "leave" });
        r.join("ann");
      },
      nothing,
    );
    expect(asserted).toEqual(["participant-left", "session-ended", "session-started", "participant-joined"]);
    expect(next.state.locked).toBe(false);
    expect([...next.state.participants.keys()]).toEqual(["ann"]);
  });

  test("X4: when the last one is gone by what is asserted, the session ends", () => {
    const room = fork(
      (r) => r.join("ann"),
      (r) => r.as("mod", { type: "leave" }),
      (r) => r.as("ann", { type: "leave" }),
    );
    expect(asserted).toEqual(["participant-left", "session-ended"]);
    expect(room.state.session).toBeNull();
  });

  test("X4: a session that the clock or a back end closed stays closed", () => {
    for (const close of [
      (r: Room) => yes(r.api(setStatus("disabled"))),
      (r: Room) => {
        yes(r.set({ autoClose: { type: "session-ends", afterMs: 1_000 } }));
        yes(r.wait(1_000));
      },
    ]) {
      const room = fork(
        (r) => r.join("ann"),
        close,
        (r) => r.join("late"),
      );
      expect(asserted).toContain("session-ended");
      expect([room.state.participants.size, room.state.session]).toEqual([0, null]);
    }
  });
});
