import { describe, expect, test } from "@jest/globals";
import type { Grant } from "../../../src/room/grant.js";
import { maySignal } from "../../../src/room/rules/messages.js";
import {
  GUEST,
  HOST,
  Room,
  admit,
  ban,
  deny,
  eventOf,
  grant,
  outcome,
  publish,
  remove,
  setMic,
  yes,
} from "./support.js";

type Policy = Grant["expiryPolicy"];

const expiring = (expiryPolicy: Policy, ms = 1_000) => ({
  ...HOST,
  expires: { expiresAt: 1_000_000 + ms, expiryPolicy },
});

const refresh = (fingerprint: string, part: Partial<Grant> = {}) =>
  ({ type: "refresh-token", grant: grant(fingerprint, part) }) as const;

describe("expiry", () => {
  test("T1: the room's policy counts before the app's", () => {
    const room = new Room({ tokenExpiry: "leave" });
    room.join("bob", expiring("stay"));
    expect(outcome(room.wait(1_000))).toEqual(["participant-left", "session-ended"]);
    const other = new Room({ tokenExpiry: "stay" });
    other.join("bob", expiring("leave"));
    expect(outcome(other.wait(1_000))).toEqual([]);
  });

  test("T2: stay changes nothing, restrict leaves only to leave and to refresh", () => {
    const room = new Room();
    room.join("stays", expiring("stay"));
    room.join("bob", expiring("restrict"));
    expect(outcome(room.wait(999))).toEqual([]);
    const decision = room.wait(1);
    expect(outcome(decision)).toEqual(["token-expired"]);
    expect(eventOf(decision, "token-expired").body).toEqual({ participantId: "bob" });
    expect(outcome(room.wait(1))).toEqual([]);
    for (const action of [setMic(true), publish(), remove("stays"), { type: "withdraw" } as const])
      expect(outcome(room.as("bob", action))).toBe("token_expired");
    expect(maySignal(room.state, room.speaker("bob"), "stays")?.reason).toBe("token_expired");
    expect(outcome(room.as("stays", setMic(true)))).toEqual(["stream-enabled"]);
    yes(room.resume("bob"));
    expect(outcome(room.as("bob", setMic(true)))).toBe("token_expired");
    expect(outcome(room.as("bob", { type: "leave" }))).toEqual(["participant-left"]);
  });

  test("T2: a refresh or a new join lifts the restriction", () => {
    const room = new Room();
    for (const id of ["ann", "bob"]) room.join(id, expiring("restrict"));
    yes(room.wait(1_000));
    const newer = { participantId: "ann", expiresAt: room.now + 5, expiryPolicy: "restrict" } as const;
    expect(outcome(room.as("ann", refresh("newer", newer)))).toEqual(["token-refreshed"]);
    expect(outcome(room.as("ann", setMic(true)))).toEqual(["stream-enabled"]);
    yes(room.join("bob", { token: "newer" }));
    expect(outcome(room.as("bob", setMic(true)))).toEqual(["stream-enabled"]);
    expect(outcome(room.wait(5))).toEqual(["token-expired"]);
  });

  test("T3: leave puts out at expiry", () => {
    const room = new Room();
    room.join("mod", HOST);
    room.join("bob", expiring("leave"));
    expect(eventOf(room.wait(1_000), "participant-left").body.reason).toEqual({
      code: 1201,
      message: "TOKEN_EXPIRED",
    });
    expect(outcome(room.resume("bob"))).toBe("token_expired");
  });
});

describe("refresh", () => {
  test("T4: only a token of the same identity", () => {
    const room = new Room();
    room.join("ann");
    room.join("bob", { bound: false });
    expect(outcome(room.as("ann", refresh("x", { participantId: "bob" })))).toBe("participant_mismatch");
    expect(outcome(room.as("ann", refresh("x")))).toBe("participant_mismatch");
    expect(outcome(room.as("bob", refresh("x", { participantId: "bob" })))).toBe("participant_mismatch");
    expect(outcome(room.as("ann", refresh("x", { participantId: "ann" })))).toEqual(["token-refreshed"]);
    expect(outcome(room.as("bob", refresh("x")))).toEqual(["token-refreshed"]);
  });

  test("T4: not one that a removal or a ban has voided", () => {
    const room = new Room();
    room.join("mod", HOST);
    for (const id of ["ann", "bob", "eve"]) room.join(id, { bound: false });
    room.join("guest", { ...GUEST, bound: false });
    yes(room.as("mod", remove("ann")));
    yes(room.as("mod", ban("bob")));
    yes(room.as("mod", deny("guest", true)));
    expect(outcome(room.as("eve", refresh("token-of-ann")))).toBe("removed");
    expect(outcome(room.as("eve", refresh("token-of-bob")))).toBe("banned");
    expect(outcome(room.as("eve", refresh("token-of-guest")))).toBe("banned");
  });

  test("T5: a refresh neither changes rights nor lets in from the lobby", () => {
    const room = new Room();
    room.join("mod", HOST);
    room.join("ann");
    room.join("guest", GUEST);
    const wide = (participantId: string) => ({
      participantId,
      permissions: ["allow_join", "allow_mod"] as const,
    });
    yes(room.as("ann", refresh("wide", wide("ann"))));
    expect(room.in("ann").view.permissions).toEqual(["allow_join"]);
    yes(room.as("guest", refresh("wide", wide("guest"))));
    expect(room.state.participants.has("guest")).toBe(false);
    yes(room.as("mod", admit("guest")));
    expect(room.in("guest").view.permissions).toEqual([]);
  });

  test("T6: expiry in the lobby counts from the admission on", () => {
    const room = new Room();
    room.join("mod", HOST);
    room.join("ann", { ...GUEST, expires: { expiresAt: room.now + 1, expiryPolicy: "restrict" } });
    expect(outcome(room.wait(10))).toEqual([]);
    yes(room.as("mod", admit("ann")));
    expect(outcome(room.wait(0))).toEqual(["token-expired"]);
  });
});
