import { describe, expect, test } from "@jest/globals";
import type { Grant } from "../../../src/room/grant.js";
import {
  GUEST,
  HOST,
  Room,
  START,
  admit,
  eventOf,
  grant,
  no,
  outcome,
  remove,
  sendBack,
  yes,
} from "./support.js";
import type { Arrival } from "./support.js";

/** A one-time token; whoever shows the same `jti` shows the same token. */
const once = (jti: string, arrival: Arrival = {}): Arrival => ({
  ...arrival,
  token: `token-${jti}`,
  grant: { oneTime: true, jti, expiresAt: START + 600_000, ...arrival.grant },
});
const shared = (jti: string, arrival: Arrival = {}): Arrival => once(jti, { ...arrival, bound: false });
const refresh = (jti: string, part: Partial<Grant> = {}) =>
  ({
    type: "refresh-token",
    grant: grant(`token-${jti}`, { oneTime: true, jti, expiresAt: START + 600_000, ...part }),
  }) as const;

describe("used up", () => {
  test("E16: by entering; whoever shows it later is refused", () => {
    const room = new Room();
    yes(room.join("ann", shared("t")));
    for (const id of ["ann", "bob"])
      expect(no(room.join(id, shared("t")))).toEqual({ reason: "token_used", field: "token" });
    yes(room.as("ann", { type: "leave" }));
    expect(outcome(room.join("ann", shared("t")))).toBe("token_used");
    // In the next session, too.
    yes(room.join("bob", shared("u")));
    expect(outcome(room.join("ann", shared("t")))).toBe("token_used");
    expect(outcome(room.join("ann", { bound: false }))).toContain("participant-joined");
  });

  test("E16, C5: the same join sent again is answered as before", () => {
    const room = new Room();
    const arrival = once("t", { id: "the-very-same-join" });
    yes(room.join("ann", arrival));
    expect(outcome(room.join("ann", arrival))).toEqual(["participant-resumed"]);
    expect(outcome(room.join("ann", once("t")))).toBe("token_used");
    expect(outcome(room.resume("ann"))).toEqual(["participant-resumed"]);
  });

  test("E16: not by a refused join, and not by another token that happens to have its jti", () => {
    const room = new Room({ maxParticipants: 1 });
    yes(room.join("ann"));
    expect(outcome(room.join("bob", once("t")))).toBe("room_full");
    yes(room.as("ann", { type: "leave" }));
    yes(room.join("bob", once("t")));
    yes(room.as("bob", { type: "leave" }));
    expect(outcome(room.join("eve", { grant: { jti: "t" } }))).toContain("participant-joined");
  });

  test("E16: not by a knock, which can be taken over with it, but by the admission", () => {
    const room = new Room();
    yes(room.join("host", HOST));
    yes(room.join("ann", once("t", GUEST)));
    expect(outcome(room.join("ann", once("t", GUEST)))).toEqual(["entry-resumed"]);
    yes(room.as("ann", { type: "withdraw" }));
    yes(room.join("ann", once("t", GUEST)));
    yes(room.as("host", admit("ann")));
    expect(outcome(room.join("ann", once("t", GUEST)))).toBe("token_used");
  });

  test("E16: by taking a seat over with it", () => {
    const room = new Room();
    yes(room.join("ann"));
    yes(room.join("ann", once("t")));
    expect(outcome(room.join("ann", once("t")))).toBe("token_used");
    expect(outcome(room.join("ann"))).toEqual(["participant-resumed"]);
  });

  test("E16: who else waits on it goes out of the lobby", () => {
    const room = new Room();
    yes(room.join("host", HOST));
    for (const id of ["ann", "bob", "eve"]) yes(room.join(id, shared("t", GUEST)));
    yes(room.join("other", shared("u", GUEST)));
    const decision = room.as("host", admit("bob"));
    expect(outcome(decision)).toEqual([
      ...["entry-responded", "participant-joined", "entry-withdrawn", "entry-withdrawn"],
    ]);
    expect(eventOf(decision, "entry-withdrawn").body).toEqual({
      participantId: "ann",
      cause: "token-revoked",
    });
    expect([...room.state.knocks.keys()]).toEqual(["other"]);
    expect(outcome(room.resume("ann"))).toBe("token_revoked");

    const all = new Room();
    yes(all.join("host", HOST));
    for (const id of ["ann", "bob", "eve"]) yes(all.join(id, shared("t", GUEST)));
    expect(yes(all.as("host", { type: "admit-all" })).result).toEqual({ admitted: 1, waiting: 0 });
    expect([...all.state.participants.keys()]).toEqual(["host", "ann"]);
  });

  test("E16, M4: who is sent back to the lobby waits on the token that let them in", () => {
    const room = new Room();
    yes(room.join("host", HOST));
    yes(room.join("ann", once("t")));
    yes(room.join("bob", once("u", GUEST)));
    yes(room.as("host", sendBack("ann")));
    yes(room.as("host", admit("bob")));
    expect([...room.state.knocks.keys()]).toEqual(["ann"]);
    yes(room.as("host", admit("ann")));
    expect(room.state.participants.has("ann")).toBe(true);
  });

  test("E9, E16: a removal is told before the use", () => {
    const room = new Room();
    yes(room.join("host", HOST));
    yes(room.join("ann", once("t")));
    yes(room.as("host", remove("ann")));
    expect(outcome(room.join("ann", once("t")))).toBe("removed");
  });

  test("E16: remembered for as long as any door would take the token", () => {
    const room = new Room();
    yes(room.join("ann", once("t")));
    yes(room.join("bob", once("u", { grant: { expiresAt: START + 5_000_000 } })));
    room.now = START + 600_000 + 300_000;
    yes(room.join("eve", once("v")));
    expect([...room.state.usedTokens.keys()]).toEqual(["t", "u", "v"]);
    room.now += 60_000;
    yes(room.join("gus", once("w")));
    expect([...room.state.usedTokens.keys()]).toEqual(["u", "w"]);
  });
});

describe("refresh", () => {
  test("T8, E16: a fresh one is used up by it, a used one is refused unless the stay stands on it", () => {
    const room = new Room();
    yes(room.join("ann", once("t")));
    yes(room.join("bob", shared("u")));
    yes(room.join("eve", shared("v")));
    const own = { participantId: "ann" };
    expect(outcome(room.as("ann", refresh("t", own)))).toEqual(["token-refreshed"]);
    expect(outcome(room.as("ann", refresh("newer", own)))).toEqual(["token-refreshed"]);
    expect(outcome(room.as("ann", refresh("newer", own)))).toEqual(["token-refreshed"]);
    expect(no(room.as("ann", refresh("t", own)))).toEqual({ reason: "token_used", field: "token" });
    expect(outcome(room.as("eve", refresh("u")))).toBe("token_used");
    yes(room.as("ann", { type: "leave" }));
    expect(outcome(room.join("ann", once("newer")))).toBe("token_used");
  });

  test("T8, E16: in the lobby it admits nobody, so it is not used up", () => {
    const room = new Room();
    yes(room.join("host", HOST));
    yes(room.join("ann", shared("t", GUEST)));
    yes(room.as("ann", refresh("u")));
    expect([...room.state.usedTokens.keys()]).toEqual([]);
    yes(room.as("host", admit("ann")));
    expect([...room.state.usedTokens.keys()]).toEqual(["u"]);
  });

  test("E16: one shown by a refresh sends away who waits on it", () => {
    const room = new Room();
    yes(room.join("host", HOST));
    yes(room.join("ann", { bound: false }));
    yes(room.join("bob", shared("t", GUEST)));
    expect(outcome(room.as("ann", refresh("t")))).toEqual(["token-refreshed", "entry-withdrawn"]);
  });
});
