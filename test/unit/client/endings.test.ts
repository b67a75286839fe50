/** How an end reads, where the gateway is, and what the client says in the protocol's words. */
import { describe, expect, test } from "@jest/globals";
import { doorsOf } from "../../../src/client/doors.js";
import { textOfEnd } from "../../../src/client/ending-texts.js";
import { refusedHere } from "../../../src/client/refusals.js";
import { CLOSE_CODES, LEAVE_REASONS, mayComeBack } from "../../../src/protocol/leaving.js";
import { REFUSALS } from "../../../src/protocol/refusals.js";
import { MeetingStage } from "./meeting-stage.js";

/** Words with which the gateway closes a line for good (`docs/protocol.md` section 11), and their codes. */
const CLOSING: readonly [string, number][] = [
  ["left", CLOSE_CODES.normal],
  ["withdrawn", CLOSE_CODES.normal],
  ["text_only", CLOSE_CODES.badMessage],
  ["payload_too_large", CLOSE_CODES.badMessage],
  ["too_many_mistakes", CLOSE_CODES.badMessage],
  ["join_deadline", CLOSE_CODES.joinDeadline],
  ["place_lost", CLOSE_CODES.placeLost],
];

describe("the text of an end", () => {
  test.each(Object.keys(LEAVE_REASONS))("%s has a sentence of its own", (name) => {
    expect(textOfEnd(4402, "whatever", name)).toMatch(/^[A-Z][a-z ].+\.$/);
    expect(textOfEnd(4402, "whatever", name)).not.toContain("whatever");
  });

  test.each([...CLOSING, ...Object.entries(REFUSALS).map(([reason, { code }]) => [reason, code] as const)])(
    "%s, closed with %i, is a sentence for a person",
    (word, code) => {
      const text = textOfEnd(code, word, null);
      expect(text).toMatch(/^[A-Z][a-z ].+\.$/);
      expect(text).not.toContain("_");
    },
  );

  test.each(Object.entries(CLOSE_CODES))("%s, %i without a word, is a sentence too", (_name, code) => {
    expect(textOfEnd(code, "", null)).toMatch(
      mayComeBack(code) ? /could not be reached/ : /ended the connection\.$/,
    );
  });

  test("comes with the end, and leaves the moderator's words to themselves", async () => {
    const stage = await new MeetingStage().joined();
    stage.socket.say({
      type: "meeting-left",
      reason: { code: 1002, message: "REMOVE_PEER" },
      note: "Enough",
    });
    stage.socket.hangUp(4402, "removed");
    expect(stage.told("meeting-left")).toEqual([
      [
        {
          ...{ code: 4402, why: "removed", reason: { code: 1002, message: "REMOVE_PEER" }, note: "Enough" },
          text: "You were removed from the meeting.",
        },
      ],
    ]);
  });
});

describe("what the client refuses by itself", () => {
  test.each([
    ...(["already_joined", "not_joined", "request_unknown"] as const),
    ...(["invalid_parameter", "payload_too_large", "too_many_commands"] as const),
  ])("%s reads as in the protocol's table", (reason) => {
    const { code, name, message, retryable } = REFUSALS[reason];
    expect(refusedHere(reason)).toMatchObject({ code, name, message, retryable, reason });
  });
});

describe("the address of the gateway", () => {
  test.each([
    ["https://meet.example.org", "wss://meet.example.org/v2/meeting"],
    ["http://localhost:8080/", "ws://localhost:8080/v2/meeting"],
    ["ws://[::1]:8080", "ws://[::1]:8080/v2/meeting"],
    ["wss://meet.example.org/eu/v2/meeting", "wss://meet.example.org/eu/v2/meeting"],
    ["HTTPS://meet.example.org/x?token=secret#y", "wss://meet.example.org/x"],
  ])("%s leads to %s", (given, door) => {
    expect(doorsOf(given)).toEqual([door]);
  });

  test("several are tried in turn", () => {
    expect(doorsOf(["https://a.example", "ws://b.example/x"])).toEqual([
      "wss://a.example/v2/meeting",
      "ws://b.example/x",
    ]);
  });

  test.each([[[]], ["ftp://a.example"], ["meet.example.org"], [""], ["https://"], [undefined]])(
    "%j is none here, and said so at once",
    (given) => {
      expect(() => doorsOf(given)).toThrow(
        expect.objectContaining({ reason: "invalid_parameter", field: "url" }),
      );
    },
  );
});
