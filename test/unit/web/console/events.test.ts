/** Events as lines for people. */
import { describe, expect, test } from "@jest/globals";
import { eventShapes } from "../../../../src/protocol/events.js";
import { readEvent, type RoomEvent } from "../../../../src/web/console/api/events.js";
import { Reader } from "../../../../src/web/console/api/reader.js";
import { eventLine, eventTone, namesIn } from "../../../../src/web/console/words/events.js";

const HANNA = { kind: "participant", participantId: "h", name: "Hanna" };
const CONSOLE = { kind: "api", name: "console" };
const RULE = { kind: "rule" };

function event(type: string, body: Readonly<Record<string, unknown>> = {}): RoomEvent {
  return readEvent(new Reader({ seq: 1, at: 1, type, ...body }));
}

const NAMES = new Map([
  ["g", "Gert"],
  ["h", "Hanna"],
]);
const line = (type: string, body?: Readonly<Record<string, unknown>>): string =>
  eventLine(event(type, body), NAMES);

const KNOCK = { participantId: "g", name: "Gert" };

const LINES: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ["room-created", { permanent: true }, "The room was made"],
  ["room-created", { permanent: false }, "The room was made, by the first join"],
  ["room-settings-changed", { by: CONSOLE }, "console changed the settings"],
  ["room-status-changed", { status: "disabled", by: CONSOLE }, "console set the room to disabled"],
  ["session-started", { sessionId: "s" }, "A session began"],
  ["session-ended", { cause: "last-left", by: RULE }, "The session is over: the last one left"],
  ["session-ended", { cause: "ended", by: HANNA }, "The session is over: ended for all by Hanna"],
  ["entry-requested", { knock: KNOCK }, "Gert knocked"],
  [
    "entry-responded",
    { participantId: "g", decision: "allowed", by: HANNA, note: null, banned: false },
    "Gert was admitted by Hanna",
  ],
  [
    "entry-responded",
    { participantId: "g", decision: "denied", by: CONSOLE, note: "full", banned: true },
    "Gert was denied and banned by console: “full”",
  ],
  [
    "entry-withdrawn",
    { participantId: "g", cause: "timed-out" },
    "Gert waited too long; nobody answered the knock",
  ],
  ["entry-withdrawn", { participantId: "g", cause: "of-tomorrow" }, "Gert of-tomorrow"],
  ["entry-disconnected", { participantId: "g" }, "Gert lost the line while waiting"],
  ["entry-resumed", { participantId: "g" }, "Gert is back and goes on waiting"],
  ["participant-joined", { participant: KNOCK }, "Gert came in"],
  [
    "participant-left",
    {
      participantId: "g",
      reason: { code: 1101, message: "MANUAL_LEAVE_CALLED" },
      by: { ...HANNA, participantId: "g" },
    },
    "Gert left (1101, manual leave called)",
  ],
  [
    "participant-left",
    { participantId: "g", reason: { code: 1002, message: "REMOVE_PEER" }, by: HANNA },
    "Gert left by Hanna (1002, remove peer)",
  ],
  ["participant-disconnected", { participantId: "g" }, "Gert lost the line; the seat is kept"],
  ["participant-resumed", { participantId: "g" }, "Gert is back"],
  ["stream-enabled", { participantId: "g", kind: "mic", by: RULE }, "Gert turned the microphone on"],
  [
    "stream-disabled",
    { participantId: "g", kind: "webcam", by: { kind: "participant", participantId: "g", name: "Gert" } },
    "Gert turned the webcam off",
  ],
  [
    "stream-disabled",
    { participantId: "g", kind: "mic", by: HANNA },
    "The microphone of Gert was turned off by Hanna",
  ],
  [
    "mic-requested",
    { participantId: null, targetId: "g" },
    "A back end asked Gert to turn the microphone on",
  ],
  ["webcam-requested", { participantId: "h", targetId: "g" }, "Hanna asked Gert to turn the webcam on"],
  ["mic-responded", { participantId: "g", accepted: true }, "Gert accepted to turn the microphone on"],
  ["webcam-responded", { participantId: "g", accepted: false }, "Gert declined to turn the webcam on"],
  [
    "media-lock-changed",
    { participantId: null, kind: "mic", locked: true, by: HANNA },
    "The microphone of everybody was locked by Hanna",
  ],
  ["participant-banned", { participantId: "g", by: HANNA, note: "" }, "Gert was banned by Hanna"],
  ["participant-unbanned", { participantId: "g", by: CONSOLE }, "console lifted the ban of Gert"],
  ["room-lock-changed", { locked: true, by: { kind: "api", name: null } }, "a back end locked the room"],
  [
    "permissions-changed",
    { participantId: "g", permissions: ["allow_join", "allow_mod"], by: HANNA },
    "Gert now has allow_join and allow_mod, by Hanna",
  ],
  [
    "permissions-changed",
    { participantId: "g", permissions: [], by: HANNA },
    "Gert now has no rights, by Hanna",
  ],
  ["participant-renamed", { participantId: "g", name: "Gerda" }, "g is now called Gerda"],
  ["participant-invited", { participantId: "x", by: CONSOLE }, "x was invited by console"],
  [
    "invitation-revoked",
    { participantId: "x", by: RULE },
    "The invitation of x was taken back by a rule of the room",
  ],
  ["token-expired", { participantId: "g" }, "The token of Gert has expired"],
  ["token-refreshed", { participantId: "g" }, "Gert showed a newer token"],
  ["message-published", { message: { topic: "CHAT", senderName: "Gert" } }, "Gert wrote on CHAT"],
];

describe("an event", () => {
  test.each(LINES)("%s of %j is told", (type, body, told) => {
    expect(line(type, body)).toBe(told);
  });

  test("of each kind that the protocol has is told in a sentence", () => {
    const told = new Set(LINES.map(([type]) => type));
    expect(Object.keys(eventShapes).filter((type) => !told.has(type))).toEqual([]);
  });

  test("never repeats what somebody wrote in the room", () => {
    const message = { topic: "CHAT", senderName: "Gert", message: "between us" };
    expect(line("message-published", { message })).not.toContain("between us");
  });

  test("of another kind, or one whose members are not as they should be, is told by its name", () => {
    expect(line("something-new")).toBe("something-new");
    expect(line("participant-left", { participantId: 4 })).toBe("participant-left");
    expect(line("toString")).toBe("toString");
  });

  test("teaches the names of people, the later ones first", () => {
    const events = [
      event("participant-joined", { participant: { participantId: "x", name: "Xaver" } }),
      event("participant-renamed", { participantId: "g", name: "Gerda" }),
      event("entry-requested", { knock: { participantId: "y", name: "" } }),
    ];
    expect([...namesIn(events, NAMES)]).toEqual([
      ["g", "Gerda"],
      ["h", "Hanna"],
      ["x", "Xaver"],
    ]);
  });

  test("has a mark by what it means to the room", () => {
    expect(
      ["participant-joined", "participant-left", "entry-requested", "stream-enabled"].map(eventTone),
    ).toEqual(["good", "bad", "warn", "plain"]);
  });
});
