import { describe, expect, test } from "@jest/globals";
import { REFUSALS, TOKEN_TEXT } from "../../../../src/protocol/refusals.js";
import { commandWords } from "../../../../src/web/meeting/model/command-words.js";
import {
  actorName,
  outcomeOfDenial,
  outcomeOfEnd,
  outcomeOfRefusal,
} from "../../../../src/web/meeting/model/outcome.js";

const BY_HANNA = { kind: "participant", participantId: "host", name: "Hanna" } as const;
const end = (why: string, note: string | null = null) => ({ why, note, reason: null });

/** Everything that `join` and `resume` can be refused with (`docs/protocol.md` sections 4 and 8). */
const AT_THE_DOOR = [
  // Every token fault says the same sentence to the outside: that is how the table tells them.
  ...Object.entries(REFUSALS).flatMap(([reason, { message }]) => (message === TOKEN_TEXT ? [reason] : [])),
  ...[
    "room_unknown",
    "room_disabled",
    "room_full",
    "room_locked",
    "banned",
    "removed",
    "participant_id_taken",
  ],
  ...["participant_not_allowed", "cooling_down", "host_absent", "lobby_full", "conference_token_missing"],
  ...["conference_token_invalid", "resume_invalid", "resume_window_over", "entry_denied", "knock_timed_out"],
  ...["session_ended", "unavailable", "internal_error"],
];

describe("A join that is refused", () => {
  test.each(AT_THE_DOOR)("for %s has words of its own, and keeps the stable reason", (reason) => {
    const unknown = outcomeOfRefusal({ reason: "of-tomorrow", message: "Something new" });
    const outcome = outcomeOfRefusal({ reason, message: "Something new" });
    expect(outcome.title).not.toBe(unknown.title);
    expect(outcome.code).toBe(reason);
  });

  test("for a reason that this page does not know shows what the gateway says", () => {
    expect(outcomeOfRefusal({ reason: "of-tomorrow", message: "The moon is full" })).toMatchObject({
      text: "The moon is full",
      code: "of-tomorrow",
      again: { kind: "now" },
    });
  });

  test("for a cool-down says when one may ask again", () => {
    const details = { mayKnockAt: 1_790_000_030_000 };
    expect(outcomeOfRefusal({ reason: "cooling_down", message: "", details }).again).toEqual({
      kind: "at",
      label: "Ask again",
      at: 1_790_000_030_000,
    });
  });

  test("for a bad token asks for another link, and never offers to try the same one again", () => {
    for (const reason of [
      "token_expired",
      "signature_invalid",
      "token_revoked",
      "key_unknown",
      "room_mismatch",
    ])
      expect(outcomeOfRefusal({ reason, message: "" }).again).toEqual({ kind: "link" });
  });

  test("for a claim names the claim, for those who make tokens", () => {
    expect(outcomeOfRefusal({ reason: "claims_invalid", message: "", field: "permissions" }).text).toContain(
      "permissions",
    );
  });
});

describe("A knock that is denied", () => {
  const denial = { by: BY_HANNA, note: "Come at three", banned: false, mayKnockAt: 5_000 };

  test("says by whom, why, and when one may ask again", () => {
    expect(outcomeOfDenial(denial)).toMatchObject({
      by: "Hanna",
      words: "Come at three",
      again: { kind: "at", at: 5_000 },
    });
  });

  test("with a ban offers nothing", () => {
    expect(outcomeOfDenial({ ...denial, banned: true, mayKnockAt: null }).again).toEqual({ kind: "none" });
  });

  test("by a rule names nobody, and by a back end the name that it gave", () => {
    expect(actorName({ kind: "rule" })).toBeNull();
    expect(actorName({ kind: "api", name: "Reception" })).toBe("Reception");
    expect(actorName({ kind: "api", name: null })).toBe("whoever runs this room");
    expect(actorName({ ...BY_HANNA, name: "" })).toBe("a host");
  });
});

describe("A stay that ends", () => {
  test("by one's own wish can begin again, and is no fault", () => {
    expect(outcomeOfEnd(end("left"), "room")).toMatchObject({
      tone: "plain",
      code: null,
      again: { kind: "now" },
    });
    expect(outcomeOfEnd(end("withdrawn"), "lobby").title).toBe("You stopped waiting");
  });

  test("by a removal shows the moderator's words and offers no way back with this link", () => {
    expect(outcomeOfEnd(end("removed", "Enough"), "room")).toMatchObject({
      words: "Enough",
      code: "removed",
      again: { kind: "none" },
    });
  });

  test("with its token asks for a newer link", () => {
    expect(outcomeOfEnd(end("token_expired"), "room").again).toEqual({ kind: "link" });
  });

  test("because it goes on elsewhere offers to go on here", () => {
    expect(outcomeOfEnd(end("participant_id_taken"), "room").again).toEqual({
      kind: "now",
      label: "Go on here instead",
    });
  });

  test("because a wait was too long offers to ask again", () => {
    expect(outcomeOfEnd(end("knock_timed_out"), "lobby")).toMatchObject({
      title: "Nobody answered",
      again: { kind: "now", label: "Ask again" },
    });
  });

  test("for everybody says who ended it, where that was a back end", () => {
    const reason = { code: 1009, message: "MEETING_END_API" };
    expect(outcomeOfEnd({ ...end("session_ended"), reason }, "room").text).toContain(
      "whoever runs this room",
    );
    expect(outcomeOfEnd(end("session_ended"), "room").text).toBe("It was ended for everybody.");
  });

  test("for a reason that this page does not know shows the client's own sentence", () => {
    expect(outcomeOfEnd({ ...end("of_tomorrow"), text: "The moon is full" }, "room").text).toBe(
      "The moon is full",
    );
  });
});

describe("A command that fails", () => {
  const error = (reason: string, details = {}) => ({ reason, message: "The gateway's own words", details });

  test("because another host was faster says who, and how they decided", () => {
    const details = { decision: "denied", decidedBy: "host", decidedByName: "Hanna" };
    expect(commandWords("Not let in", error("already_decided", details))).toBe(
      "Not let in: Hanna was faster and turned them away.",
    );
  });

  test("begins with what was tried, whatever went wrong", () => {
    for (const failure of [error("room_full"), error("of_tomorrow"), new Error("no line"), null])
      expect(commandWords("Not let in", failure)).toMatch(/^Not let in: ./);
  });
});
