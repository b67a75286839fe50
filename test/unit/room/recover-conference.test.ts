/** What becomes of invitations, permissions, used tokens and the end of a conference when data was lost. */
import { describe, expect, test } from "@jest/globals";
import { nextDeadline } from "../../../src/room/rules/time.js";
import { ALL, NINE, client, conference, invite, kick, listOf, passOf } from "./conference-support.js";
import { seatWith, setPermissions } from "./conference-support.js";
import { asserted, fork } from "./fork.js";
import { GUEST, Room, admit, give, grant, outcome, sendBack, yes } from "./support.js";

const nothing = () => undefined;
const later = (room: Room, act: (room: Room) => unknown, ms = 10): void => {
  room.now += ms;
  act(room);
};

describe("recovery of a conference", () => {
  test("X6: invitations and what came of them are there again", () => {
    const room = fork(
      nothing,
      (r) => {
        yes(r.api(invite({ ann: ["JOIN", "KICK"], bob: [] })));
        yes(r.join("ann", client(passOf("ann"))));
        yes(r.join("bob", client(passOf("bob"))));
        yes(r.api(setPermissions({ ann: ["INVITE"], bob: ["KICK"] })));
        yes(r.as("mod", give("ann", "allow_mod")));
        yes(r.as("ann", { type: "rename", name: "Anna" }));
      },
      nothing,
      conference(),
    );
    expect(room.in("ann").view).toMatchObject({
      name: "Anna",
      permissions: ["allow_join", "allow_mod"],
      conferencePermissions: ["INVITE", "KICK", "UPDATE_PERMISSIONS"],
    });
    expect(room.waiting("bob").prospect.conferencePermissions).toEqual(["KICK"]);
    expect(room.state.invitations.get("ann")).toMatchObject({ passId: "pass-2-ann" });
  });

  test("X6: the newer invitation counts, whichever side has it", () => {
    const older = (r: Room) => yes(r.api(setPermissions({ ann: ALL }, "older")));
    const newer = (r: Room) => yes(r.api(setPermissions({ ann: ["SEND_AUDIO"] }, "newer")));
    const before = (r: Room) => seatWith(r, "ann", NINE);
    const inLog = fork(
      before,
      (r) => later(r, older),
      (r) => later(r, newer, 20),
      conference(),
    );
    expect(asserted).toEqual([]);
    const lost = fork(
      before,
      (r) => later(r, newer, 30),
      (r) => later(r, older, -10),
      conference(),
    );
    for (const room of [inLog, lost]) {
      expect(room.state.invitations.get("ann")).toMatchObject({ passId: "pass-newer-ann" });
      expect(listOf(room, "ann")).toEqual(["SEND_AUDIO"]);
    }
  });

  test("X6, X1: who was kicked is out again, before anybody else comes in", () => {
    const invited = (r: Room) => yes(r.api(invite({ ann: NINE, eve: NINE })));
    const room = fork(
      invited,
      (r) => {
        yes(r.join("eve", client()));
        later(r, () => yes(r.api(kick("ann"))));
      },
      (r) => yes(r.join("ann", client(passOf("ann")))),
      conference(),
    );
    expect(asserted.slice(0, 2)).toEqual(["invitation-revoked", "participant-banned"]);
    expect([...room.state.participants.keys()]).toEqual(["mod", "ann", "eve"]);
    expect(room.state.invitations.has("ann")).toBe(false);
    expect(outcome(room.join("ann", client(passOf("ann"))))).toBe("banned");
  });

  test("X6: who was kicked and invited again may come; who was invited and then kicked may not", () => {
    const again = fork(
      (r) => yes(r.api(invite({ ann: NINE }))),
      (r) => {
        later(r, () => yes(r.api(kick("ann"))));
        later(r, () => yes(r.api(invite({ ann: NINE }, "2"))));
      },
      nothing,
      conference(),
    );
    expect(outcome(again.join("ann", client(passOf("ann", "2"))))).toEqual(["participant-joined"]);
    const out = fork(
      (r) => yes(r.api(kick("ann"))),
      (r) => later(r, () => yes(r.api(invite({ ann: NINE }, "2")))),
      (r) => {
        later(r, () => yes(r.api(invite({ ann: NINE }, "1"))));
        later(r, () => yes(r.api(kick("ann"))));
      },
      conference(),
    );
    expect(asserted).toEqual([]);
    expect(outcome(out.join("ann", client()))).toBe("banned");
  });

  test("X6, K10: a conference that became empty is over in its time, counted from the first telling", () => {
    let emptied = 0;
    const room = fork(
      nothing,
      (r) => {
        emptied = r.now += 10;
        yes(r.as("mod", { type: "leave" }));
      },
      (r) => (r.now += 5_000),
      conference({ emptyTtlMs: 60_000 }),
    );
    expect(nextDeadline(room.state)).toBe(emptied + 60_000);
    const ended = fork(nothing, (r) => yes(r.as("mod", { type: "leave" })), nothing, conference());
    expect(asserted[0]).toBe("room-status-changed");
    expect(ended.state.room?.status).toBe("deactivated");
    expect(ended.state.participants.size).toBe(0);
  });
});

test("X2: a new name comes back, unless it was of an earlier stay", () => {
  const rename = (r: Room) => later(r, () => yes(r.as("ann", { type: "rename", name: "Anna" })));
  const still = fork((r) => yes(r.join("ann")), rename, nothing);
  expect(still.in("ann").view.name).toBe("Anna");
  const again = fork(
    (r) => yes(r.join("ann")),
    rename,
    (r) => {
      yes(r.as("ann", { type: "leave" }));
      later(r, () => yes(r.join("ann")), 20);
    },
  );
  expect(again.in("ann").view.name).toBe("name of ann");
});

describe("recovery of what was done about tokens", () => {
  const once = { grant: { oneTime: true, jti: "t", expiresAt: 9_000_000 } } as const;

  test("X6: a one-time token's use comes back with the stay, by whatever it was used", () => {
    for (const use of [
      (r: Room) => yes(r.join("ann", once)),
      (r: Room) => (yes(r.join("ann")), yes(r.join("ann", { ...once, token: "second tab" }))),
      (r: Room) => {
        yes(r.join("ann"));
        const newer = grant("newer", { participantId: "ann", ...once.grant });
        yes(r.as("ann", { type: "refresh-token", grant: newer }));
      },
      (r: Room) => (yes(r.join("ann", { ...GUEST, ...once })), yes(r.as("mod", admit("ann")))),
      (r: Room) => (yes(r.join("ann", once)), yes(r.as("ann", { type: "leave" }))),
    ]) {
      const room = fork(nothing, use, nothing);
      expect([...room.state.usedTokens.keys()]).toEqual(["t"]);
    }
  });

  test("X6, X3: nobody is asserted who came with one that the log has used", () => {
    const unbound = { ...once, bound: false, token: "token" };
    const room = fork(
      nothing,
      (r) => yes(r.join("ann", unbound)),
      (r) => yes(r.join("bob", unbound)),
    );
    expect(asserted).toEqual([]);
    expect([...room.state.participants.keys()]).toEqual(["mod", "bob"]);
  });

  test("X6: who was sent back on a used token, and let in again, is in", () => {
    const room = fork(
      nothing,
      (r) => {
        yes(r.join("ann", once));
        yes(r.as("mod", sendBack("ann")));
        later(r, () => yes(r.as("mod", admit("ann"))));
      },
      nothing,
    );
    expect(asserted.filter((type) => type === "participant-joined")).toHaveLength(2);
    expect(room.state.participants.has("ann")).toBe(true);
  });

  test("X6: who was turned out stays out, unless another token was shown since", () => {
    const people = ["ann", "guest"].map((id) => ({ participantId: id, fingerprint: `token-of-${id}` }));
    const before = (r: Room) => {
      yes(r.join("ann"));
      yes(r.join("guest", GUEST));
    };
    const turnOut = (r: Room) =>
      later(r, () => yes(r.gateway({ type: "turn-out", people, reason: "token_revoked" })));
    const out = fork(before, turnOut, nothing);
    expect(asserted).toEqual(["participant-left", "entry-withdrawn"]);
    expect(out.state.participants.has("ann")).toBe(false);
    const still = fork(before, turnOut, (r) => {
      r.now += 20;
      yes(r.as("ann", { type: "refresh-token", grant: grant("newer", { participantId: "ann" }) }));
      yes(r.join("guest", { ...GUEST, token: "newer" }));
    });
    expect(asserted).toEqual([]);
    expect([still.state.participants.has("ann"), still.state.knocks.has("guest")]).toEqual([true, true]);
  });
});
