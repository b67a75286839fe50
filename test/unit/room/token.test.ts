import { describe, expect, test } from "@jest/globals";
import type { Grant } from "../../../src/room/grant.js";
import { maySignal } from "../../../src/room/rules/messages.js";
import { refreshMarks } from "../../../src/room/rules/token.js";
import {
  GUEST,
  HOST,
  Room,
  admit,
  ban,
  deny,
  eventOf,
  grant,
  no,
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

describe("the token of a stay", () => {
  test("T7: a stay stands on the token that was shown last, and it is known when", () => {
    const room = new Room();
    const mark = { kind: "customer", key: "key", secretId: "1", jti: "first", issuedAt: 5 } as const;
    yes(room.join("ann", { grant: mark }));
    const whole = { ...mark, oneTime: false, scopes: null };
    expect(room.in("ann").person.token).toEqual({ ...whole, fingerprint: "token-of-ann", shownAt: room.now });
    room.now += 10;
    yes(room.resume("ann"));
    expect(room.in("ann").person.token.shownAt).toBe(room.now - 10);
    yes(room.join("ann", { token: "second tab", grant: { ...mark, jti: "second" } }));
    const second = { ...whole, jti: "second", fingerprint: "second tab", shownAt: room.now };
    expect(room.in("ann").person.token).toEqual(second);
    room.now += 10;
    yes(room.as("ann", refresh("newer", { participantId: "ann", key: "rotated", secretId: "2" })));
    expect(room.in("ann").person.token).toMatchObject({
      ...{ fingerprint: "newer", key: "rotated", secretId: "2", jti: null, shownAt: room.now },
    });
    expect(room.in("ann").person.tokens).toEqual(["token-of-ann", "second tab", "newer"]);
  });

  test("T7: in the lobby, too, and the admission shows no newer one", () => {
    const room = new Room();
    yes(room.join("mod", HOST));
    yes(room.join("ann", GUEST));
    room.now += 10;
    yes(room.join("ann", { ...GUEST, token: "second tab" }));
    expect(room.waiting("ann").person.token).toMatchObject({ fingerprint: "second tab", shownAt: room.now });
    room.now += 10;
    yes(room.as("mod", admit("ann")));
    expect(room.in("ann").person.token).toMatchObject({ fingerprint: "second tab", shownAt: room.now - 10 });
  });

  test("T8: a newer token is of the same kind, whatever its key", () => {
    const kinds = ["customer", "client", "issuer"] as const;
    for (const kind of kinds) {
      for (const newer of kinds) {
        const room = new Room();
        yes(room.join("ann", { grant: { kind, key: "one" } }));
        const asked = room.as("ann", refresh("x", { participantId: "ann", kind: newer, key: "another" }));
        const name = `${newer} after ${kind}`;
        if (newer === kind) expect([name, outcome(asked)]).toEqual([name, ["token-refreshed"]]);
        else expect([name, no(asked)]).toEqual([name, { reason: "participant_mismatch", field: "token" }]);
      }
    }
  });

  test("T8, A9: what a client access token covers does not grow by a newer one", () => {
    const room = new Room();
    const scopes = ["session:update", "conf:create"] as const;
    yes(room.join("mod", HOST));
    yes(room.join("ann", { grant: { kind: "client", scopes } }));
    const newer = (part: Grant["scopes"]) =>
      refresh("x", { participantId: "ann", kind: "client", scopes: part });
    yes(room.as("ann", newer(["session:update", "notifications:set"])));
    expect(room.in("ann").person.token.scopes).toEqual(["session:update"]);
    yes(room.as("ann", newer([])));
    expect(no(room.as("ann", { type: "rename", name: "x" }))).toEqual({
      reason: "scope_missing",
      details: { needs: "session:update" },
    });
    yes(room.as("ann", newer(scopes)));
    expect(room.in("ann").person.token.scopes).toEqual([]);
    // A join is a new stay's word, and is checked at the door as a whole.
    yes(room.join("ann", { token: "second tab", grant: { kind: "client", scopes } }));
    expect(room.in("ann").person.token.scopes).toEqual(scopes);
  });
});

describe("names", () => {
  const tokenName = { grant: { name: "Ann of the token" }, more: { metaData: { role: "king" } } };

  test("T10: the token's name counts, and what the client says of itself does not", () => {
    const room = new Room();
    yes(room.join("mod", HOST));
    yes(room.join("ann", tokenName));
    yes(room.join("bob", { ...GUEST, ...tokenName }));
    yes(room.join("eve", { more: { metaData: { role: "king" } } }));
    for (const view of [room.in("ann").view, room.waiting("bob").view])
      expect(view).toMatchObject({ name: "Ann of the token", metaData: null });
    expect(room.in("eve").view).toMatchObject({ name: "name of eve", metaData: { role: "king" } });
  });

  test("T11: one renames oneself, and what is so already tells nobody", () => {
    const room = new Room();
    yes(room.join("ann", { more: { metaData: { a: 1, b: 2 } } }));
    const named = room.as("ann", { type: "rename", name: "Anna" });
    expect(eventOf(named, "participant-renamed").body).toEqual({
      ...{ participantId: "ann", name: "Anna", metaData: { a: 1, b: 2 } },
    });
    expect(outcome(room.as("ann", { type: "rename", name: "Anna", metaData: { b: 2, a: 1 } }))).toEqual([]);
    expect(outcome(room.as("ann", { type: "rename", name: "Anna" }))).toEqual([]);
    yes(room.as("ann", { type: "rename", name: "Anna", metaData: null }));
    expect(room.in("ann").view).toMatchObject({ name: "Anna", metaData: null });
    // Whoever comes back or shows a newer token is called as before.
    yes(room.as("ann", refresh("newer", { participantId: "ann", name: "another" })));
    yes(room.join("ann", { token: "second tab" }));
    expect(room.in("ann").view.name).toBe("Anna");
  });

  test("T11, A6, A2: not from the lobby, and not by a back end", () => {
    const room = new Room();
    yes(room.join("ann", GUEST));
    expect(outcome(room.as("ann", { type: "rename", name: "x" }))).toBe("in_lobby");
    expect(outcome(room.api({ type: "rename", name: "x" }))).toBe("not_permitted");
  });

  test("T11, A9: with a client access token, only where it covers that", () => {
    const room = new Room();
    yes(
      room.join("ann", { grant: { kind: "client", scopes: ["session:update"], name: "as the token says" } }),
    );
    yes(room.join("bob", { grant: { kind: "client", scopes: ["conf:create"] } }));
    expect(outcome(room.as("ann", { type: "rename", name: "Anna" }))).toEqual(["participant-renamed"]);
    expect(outcome(room.as("bob", { type: "rename", name: "Bobby" }))).toBe("scope_missing");
  });
});

describe("when a newer token is asked for", () => {
  test("T12: at half, at three quarters and at the end, and a minute before where that is later", () => {
    expect(refreshMarks(1_000, 1_000 + 3_600_000)).toEqual({
      half: 1_801_000,
      threeQuarters: 2_701_000,
      lastMinute: 3_541_000,
      expired: 3_601_000,
    });
    expect(refreshMarks(0, 2_000)).toEqual({
      half: 1_000,
      threeQuarters: 1_500,
      lastMinute: null,
      expired: 2_000,
    });
    expect(refreshMarks(0, 240_000)?.lastMinute).toBeNull();
    expect(refreshMarks(0, 240_001)?.lastMinute).toBe(180_001);
    expect(refreshMarks(0, null)).toBeNull();
  });

  test("T12: a token that was over when it was shown is over at once", () => {
    expect(refreshMarks(5_000, 4_000)).toEqual({
      half: 5_000,
      threeQuarters: 5_000,
      lastMinute: null,
      expired: 4_000,
    });
  });
});
