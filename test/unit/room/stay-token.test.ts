/** The token that a stay stands on: what is known of it, what it covers, what it calls its bearer, when it is to be renewed. */
import { describe, expect, test } from "@jest/globals";
import type { Grant } from "../../../src/room/grant.js";
import { refreshMarks } from "../../../src/room/rules/token.js";
import { GUEST, HOST, Room, admit, eventOf, grant, no, outcome, yes } from "./support.js";

const refresh = (fingerprint: string, part: Partial<Grant> = {}) =>
  ({ type: "refresh-token", grant: grant(fingerprint, part) }) as const;

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
