import { describe, expect, test } from "@jest/globals";
import { GUEST, HOST, Room, eventOf, grant, outcome, yes } from "./support.js";

type Reason = "token_revoked" | "key_deactivated" | "key_unknown";

const turnOut = (people: Readonly<Record<string, string>>, reason: Reason = "token_revoked") =>
  ({
    type: "turn-out",
    people: Object.entries(people).map(([participantId, fingerprint]) => ({ participantId, fingerprint })),
    reason,
  }) as const;

describe("tokens that count no more", () => {
  test.each([
    ["token_revoked", 1204, "TOKEN_REVOKED"],
    ["key_deactivated", 1205, "KEY_DEACTIVATED"],
    ["key_unknown", 1206, "APP_DELETED"],
  ] as const)("T9, R6: out of the room, with %s, and a resume hears it", (reason, code, message) => {
    const room = new Room();
    for (const id of ["ann", "bob", "eve"]) yes(room.join(id));
    yes(room.loseLine("bob"));
    const decision = room.gateway(turnOut({ ann: "token-of-ann", bob: "token-of-bob" }, reason));
    expect(outcome(decision)).toEqual(["participant-left", "participant-left"]);
    expect(eventOf(decision, "participant-left").body).toEqual({
      participantId: "ann",
      reason: { code, message },
      by: { kind: "rule" },
    });
    for (const id of ["ann", "bob"]) expect(outcome(room.resume(id))).toBe(reason);
    expect([...room.state.participants.keys()]).toEqual(["eve"]);
  });

  test("T9: out of the lobby, too, the line up or lost", () => {
    const room = new Room();
    for (const id of ["ann", "bob"]) yes(room.join(id, GUEST));
    yes(room.loseLine("bob"));
    const decision = room.gateway(turnOut({ ann: "token-of-ann", bob: "token-of-bob" }, "key_deactivated"));
    expect(outcome(decision)).toEqual(["entry-withdrawn", "entry-withdrawn"]);
    expect(eventOf(decision, "entry-withdrawn").body).toEqual({
      participantId: "ann",
      cause: "key-deactivated",
    });
    for (const id of ["ann", "bob"]) expect(outcome(room.resume(id))).toBe("key_deactivated");
  });

  test("T9: who has shown another token since stays, and so does everybody else", () => {
    const room = new Room();
    for (const id of ["ann", "bob", "eve"]) yes(room.join(id));
    yes(room.join("guest", GUEST));
    yes(room.as("ann", { type: "refresh-token", grant: grant("newer", { participantId: "ann" }) }));
    yes(room.join("bob", { token: "second tab" }));
    const people = { ann: "token-of-ann", bob: "token-of-bob", guest: "another", nobody: "token-of-eve" };
    for (const round of [1, 2]) expect([round, outcome(room.gateway(turnOut(people)))]).toEqual([round, []]);
    expect(outcome(room.gateway(turnOut({ ann: "newer" })))).toEqual(["participant-left"]);
    expect(outcome(room.gateway(turnOut({ ann: "newer" })))).toEqual([]);
  });

  test("T9, P2: the session ends with the last one, and a newer token enters again", () => {
    const room = new Room();
    yes(room.join("ann", HOST));
    expect(outcome(room.gateway(turnOut({ ann: "token-of-ann" })))).toEqual([
      "participant-left",
      "session-ended",
    ]);
    expect(outcome(room.join("ann", { token: "newer" }))).toContain("participant-joined");
  });
});
