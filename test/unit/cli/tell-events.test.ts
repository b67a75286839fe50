import { describe, expect, test } from "@jest/globals";
import { NameBook } from "../../../src/cli/people.js";
import { tellEvent } from "../../../src/cli/tell-events.js";
import { decodeEvent } from "../../../src/client/room-events.js";
import { eventShapes, type EventType } from "../../../src/protocol/events.js";
import { person } from "../client/support.js";

const bob = { kind: "participant", participantId: "bob", name: "Bob" };
const api = { kind: "api", name: null };
const link = { kind: "api", name: "knock link\u0007" };
const rule = { kind: "rule" };
const settings = {
  maxParticipants: 5,
  hostAbsent: "hold",
  knockTimeoutMs: 10_000,
  resumeWindowMs: 1_000,
  tokenExpiry: null,
  lobbyForAll: false,
  autoClose: null,
};
const left = (message: string, by: object = rule): object => ({
  participantId: "cy",
  reason: { code: 1, message },
  by,
});
const message = {
  id: "m",
  topic: "CHAT",
  message: "hi\u0007",
  payload: null,
  senderId: "cy",
  senderName: "Cy",
  timestamp: 0,
  persist: true,
  sendOnly: null,
};
const knock = {
  participantId: "kim",
  name: "Kim Lee",
  metaData: null,
  since: 0,
  expiresAt: 0,
  returned: false,
  online: true,
};

const TOLD: readonly (readonly [EventType, object, string | null])[] = [
  [
    "room-created",
    {
      roomId: "r",
      customRoomId: null,
      permanent: true,
      settings,
    },
    null,
  ],
  [
    "room-settings-changed",
    { settings, by: api },
    "a back end: changed the room's settings: 5 seats; tokens say who has to knock",
  ],
  [
    "room-settings-changed",
    {
      settings: { ...settings, lobbyForAll: true, autoClose: { type: "session-ends", afterMs: 90_000 } },
      by: api,
    },
    "a back end: changed the room's settings: 5 seats; all but moderators have to knock; a meeting lasts 1.5 min at most",
  ],
  ["room-status-changed", { status: "enabled", by: api }, "a back end: opened the room again"],
  ["room-status-changed", { status: "disabled", by: api }, "a back end: closed the room"],
  ["room-status-changed", { status: "deactivated", by: rule }, "a rule: closed the room for good"],
  ["session-started", { sessionId: "s" }, "room: the session has started"],
  ["session-ended", { sessionId: "s", cause: "ended", by: bob }, "Bob (bob): ended the meeting for all"],
  ["session-ended", { sessionId: "s", cause: "last-left", by: rule }, null],
  [
    "session-ended",
    { sessionId: "s", cause: "auto-closed", by: rule },
    "room: the meeting has had its time, and is over for all",
  ],
  [
    "session-ended",
    { sessionId: "s", cause: "room-closed", by: api },
    "room: the meeting is over for all: the room was closed",
  ],
  ["entry-requested", { knock }, "Kim Lee (kim): knocks. Type: allow kim, or: deny kim [reason]"],
  [
    "entry-requested",
    { knock: { ...knock, returned: true } },
    "Kim Lee (kim): has to knock again. Type: allow kim, or: deny kim [reason]",
  ],
  [
    "entry-responded",
    { participantId: "cy", decision: "allowed", by: bob, note: null, banned: false, mayKnockAt: null },
    "Bob (bob): let Cy (cy) in",
  ],
  [
    "entry-responded",
    { participantId: "cy", decision: "denied", by: api, note: "Full", banned: true, mayKnockAt: null },
    "a back end: turned Cy (cy) away, for good: Full",
  ],
  [
    "entry-withdrawn",
    { participantId: "cy", cause: "timed-out" },
    "Cy (cy): knocked until the time was over",
  ],
  [
    "entry-responded",
    { participantId: "cy", decision: "allowed", by: link, note: null, banned: false, mayKnockAt: null },
    "a back end (knock link\\u{7}): let Cy (cy) in",
  ],
  [
    "entry-withdrawn",
    { participantId: "cy", cause: "room-closed" },
    "Cy (cy): was sent away: the room was closed",
  ],
  [
    "entry-withdrawn",
    { participantId: "cy", cause: "token-revoked" },
    "Cy (cy): was sent away: the token is not good any more",
  ],
  ["entry-disconnected", { participantId: "cy", until: 0 }, "Cy (cy): lost the line in the lobby"],
  ["entry-resumed", { participantId: "cy" }, "Cy (cy): is back in the lobby"],
  [
    "participant-joined",
    { participant: person("dan", { micOn: true, webcamOn: true }) },
    "Dan (dan): joined, microphone and webcam on",
  ],
  [
    "participant-joined",
    { participant: person("eve", { name: "\u001b[2Jeve" }) },
    "\\u{1b}[2Jeve (eve): joined",
  ],
  ["participant-left", left("MANUAL_LEAVE_CALLED"), "Cy (cy): left"],
  ["participant-left", left("REMOVE_PEER", bob), "Cy (cy): was removed by Bob (bob)"],
  ["participant-left", left("REMOVE_PEER_API", api), "Cy (cy): was removed by a back end"],
  ["participant-left", left("MOVED_TO_LOBBY", api), "Cy (cy): was sent back to the lobby by a back end"],
  ["participant-left", left("WEBSOCKET_DISCONNECTED"), "Cy (cy): is gone: the line was lost for too long"],
  ["participant-left", left("TOKEN_EXPIRED"), "Cy (cy): is out: the token has expired"],
  ["participant-left", left("TOKEN_REVOKED"), "Cy (cy): is out: the token is not good any more"],
  ["participant-left", left("KEY_DEACTIVATED"), "Cy (cy): is out: the token is not good any more"],
  ["participant-left", left("APP_DELETED"), "Cy (cy): is out: the token is not good any more"],
  ["participant-left", left("DUPLICATE_PARTICIPANT"), "Cy (cy): was put out: the id is somebody else's"],
  ["participant-left", left("SOMETHING_NEW"), "Cy (cy): left (SOMETHING_NEW)"],
  ["participant-left", { ...left("MANUAL_LEAVE_CALLED"), participantId: "ann" }, null],
  [
    "participant-disconnected",
    { participantId: "cy", until: 61_000 },
    "Cy (cy): lost the line; the seat is kept until 00:01:01",
  ],
  ["participant-resumed", { participantId: "cy" }, "Cy (cy): is back"],
  ["participant-resumed", { participantId: "ann" }, null],
  ["stream-enabled", { participantId: "ann", kind: "mic", by: bob }, "you: turned the microphone on"],
  ["stream-disabled", { participantId: "bob", kind: "webcam", by: bob }, "Bob (bob): turned the webcam off"],
  [
    "stream-disabled",
    { participantId: "ann", kind: "mic", by: bob },
    "Bob (bob): turned your microphone off",
  ],
  [
    "mic-requested",
    { participantId: "bob", targetId: "ann" },
    "Bob (bob): asks you to turn your microphone on. Type: accept mic, or: reject mic",
  ],
  [
    "webcam-requested",
    { participantId: null, targetId: "cy" },
    "a back end: asks Cy (cy) to turn the webcam on",
  ],
  [
    "mic-responded",
    { participantId: "cy", askerId: "ann", accepted: true },
    "Cy (cy): accepted to turn the microphone on",
  ],
  [
    "webcam-responded",
    { participantId: "cy", askerId: "ann", accepted: false },
    "Cy (cy): rejected to turn the webcam on",
  ],
  [
    "media-lock-changed",
    { participantId: null, kind: "mic", locked: true, by: bob },
    "Bob (bob): locked the microphone of everybody",
  ],
  [
    "media-lock-changed",
    { participantId: "cy", kind: "webcam", locked: false, by: bob },
    "Bob (bob): unlocked the webcam of Cy (cy)",
  ],
  ["participant-banned", { participantId: "cy", by: bob, note: "Spam" }, "Bob (bob): banned Cy (cy): Spam"],
  ["participant-unbanned", { participantId: "cy", by: bob }, "Bob (bob): lifted the ban on Cy (cy)"],
  ["room-lock-changed", { locked: true, by: bob }, "Bob (bob): locked the room"],
  [
    "permissions-changed",
    { participantId: "cy", permissions: ["allow_join", "allow_mod"], conferencePermissions: null, by: bob },
    "Bob (bob): changed rights: Cy (cy) now holds allow_join and allow_mod",
  ],
  [
    "permissions-changed",
    { participantId: "ann", permissions: [], conferencePermissions: null, by: bob },
    "Bob (bob): changed rights: you now hold nothing",
  ],
  [
    "permissions-changed",
    { participantId: "cy", permissions: [], conferencePermissions: ["JOIN", "KICK"], by: api },
    "a back end: changed rights: Cy (cy) now holds JOIN and KICK",
  ],
  [
    "participant-renamed",
    { participantId: "cy", name: "Cyrus\u0007", metaData: null },
    "Cy (cy): is called Cyrus\\u{7} now",
  ],
  [
    "participant-renamed",
    { participantId: "ann", name: "Anna", metaData: null },
    "you: you are called Anna now",
  ],
  [
    "participant-invited",
    { participantId: "cy", permissions: ["JOIN", "SEND_AUDIO"], by: api },
    "a back end: invited Cy (cy): JOIN and SEND_AUDIO",
  ],
  [
    "invitation-revoked",
    { participantId: "cy", by: api },
    "a back end: called the invitation of Cy (cy) back",
  ],
  [
    "token-expired",
    { participantId: "ann" },
    "you: your token has expired: you hear all, but can only leave, or type: refresh <token>",
  ],
  [
    "token-refreshed",
    { participantId: "ann", expiresAt: 61_000 },
    "you: showed a newer token, good until 00:01:01",
  ],
  ["message-published", { message }, "Cy (cy): hi\\u{7}"],
  [
    "message-published",
    { message: { ...message, topic: "Q&A", senderId: null, sendOnly: ["ann"] } },
    "a back end: (not to all) [Q&A] hi\\u{7}",
  ],
];

describe("events as lines", () => {
  test.each(TOLD)("%s %j", (type, body, text) => {
    const names = new NameBook();
    names.self = "ann";
    names.note({ participantId: "cy", name: "Cy" });
    names.note({ participantId: "bob", name: "Bob" });
    const event = decodeEvent(type, { type, seq: 1, at: 0, ...body });
    if (event === null) throw new Error("The event of this test is not well formed");
    const told = tellEvent(event, names, "UTC");
    expect(told === null ? null : `${told.who}: ${told.what}`).toBe(text);
  });

  test("every event is in the table above", () => {
    expect([...new Set(TOLD.map(([type]) => type))].sort()).toEqual(Object.keys(eventShapes).sort());
  });
});
