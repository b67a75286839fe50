/** Every call of a meeting is one command of the protocol, of the form that the gateway takes. */
import { describe, expect, test } from "@jest/globals";
import type { Meeting, Participant } from "../../../src/client/index.js";
import { clientMessageSchema } from "../../../src/protocol/commands.js";
import { knockOf, MeetingStage } from "./meeting-stage.js";
import { accepted, failure, person, refused } from "./support.js";

const inRoom = {
  participants: [person("ann", { permissions: ["allow_join", "allow_mod"] }), person("bob")],
  lobby: [knockOf("kim")],
};

const bob = (meeting: Meeting): Participant => {
  const found = meeting.participants.get("bob");
  if (found === undefined) throw new Error("Bob is not there");
  return found;
};
const self = ({ localParticipant }: Meeting): Participant => {
  if (localParticipant === null) throw new Error("There is no seat");
  return localParticipant;
};
const note = "Enough";

const CALLS: readonly [string, (meeting: Meeting) => Promise<unknown>, object][] = [
  ["end", (m) => m.end(), { type: "end" }],
  ["enableMic", (m) => m.enableMic(), { type: "set-media", kind: "mic", on: true }],
  ["disableMic", (m) => m.disableMic(), { type: "set-media", kind: "mic", on: false }],
  ["enableWebcam", (m) => m.enableWebcam(), { type: "set-media", kind: "webcam", on: true }],
  ["disableWebcam", (m) => m.disableWebcam(), { type: "set-media", kind: "webcam", on: false }],
  [
    "respondEntry allowed",
    (m) => m.respondEntry("kim", "allowed"),
    { type: "admit", participantId: "kim", since: 5 },
  ],
  [
    "respondEntry denied",
    (m) => m.respondEntry("kim", "denied", { note, ban: true }),
    { type: "deny", participantId: "kim", since: 5, note, ban: true },
  ],
  [
    "respondEntry to a knock that is not known here",
    (m) => m.respondEntry("lee", "allowed"),
    { type: "admit", participantId: "lee" },
  ],
  ["admitAll", (m) => m.admitAll(), { type: "admit-all" }],
  ["disableAll", (m) => m.disableAll("mic"), { type: "disable-media", participantId: "*", kind: "mic" }],
  [
    "lockMediaForAll",
    (m) => m.lockMediaForAll("mic", true),
    { type: "lock-media", participantId: "*", kind: "mic", locked: true },
  ],
  ["lockRoom", (m) => m.lockRoom(true), { type: "lock-room", locked: true }],
  ["ban", (m) => m.ban("troll", { note }), { type: "ban", participantId: "troll", note }],
  ["unban", (m) => m.unban("troll"), { type: "unban", participantId: "troll" }],
  ["rename", (m) => m.rename("Anna"), { type: "rename", name: "Anna" }],
  ["rename with more", (m) => m.rename("Anna", null), { type: "rename", name: "Anna", metaData: null }],
  ["refreshToken", (m) => m.refreshToken("t"), { type: "refresh-token", token: "t" }],
  ["signal", (m) => m.signal("bob", { a: 1 }), { type: "signal", to: "bob", payload: { a: 1 } }],
  [
    "enableMic of another",
    (m) => bob(m).enableMic(),
    { type: "request-media", participantId: "bob", kind: "mic" },
  ],
  [
    "disableMic of another",
    (m) => bob(m).disableMic(),
    { type: "disable-media", participantId: "bob", kind: "mic" },
  ],
  [
    "enableWebcam of another",
    (m) => bob(m).enableWebcam(),
    { type: "request-media", participantId: "bob", kind: "webcam" },
  ],
  [
    "disableWebcam of another",
    (m) => bob(m).disableWebcam(),
    { type: "disable-media", participantId: "bob", kind: "webcam" },
  ],
  ["enableMic of oneself", (m) => self(m).enableMic(), { type: "set-media", kind: "mic", on: true }],
  [
    "disableWebcam of oneself",
    (m) => self(m).disableWebcam(),
    { type: "set-media", kind: "webcam", on: false },
  ],
  [
    "lockMedia",
    (m) => bob(m).lockMedia("webcam", false),
    { type: "lock-media", participantId: "bob", kind: "webcam", locked: false },
  ],
  ["remove", (m) => bob(m).remove(), { type: "remove", participantId: "bob" }],
  [
    "remove with words",
    (m) => bob(m).remove({ note, ban: true }),
    { type: "remove", participantId: "bob", note, ban: true },
  ],
  ["returnToLobby", (m) => bob(m).returnToLobby(), { type: "return-to-lobby", participantId: "bob" }],
  [
    "setPermission",
    (m) => bob(m).setPermission("allow_join", true),
    { type: "grant-permission", participantId: "bob", permission: "allow_join" },
  ],
  [
    "setPermission, taken",
    (m) => bob(m).setPermission("allow_mod", false),
    { type: "take-permission", participantId: "bob", permission: "allow_mod" },
  ],
];

describe("a call", () => {
  test.each(CALLS)("%s is a command of the protocol", async (_name, call, command) => {
    const stage = await new MeetingStage().joined(inRoom);
    const calling = call(stage.meeting);
    const { last } = stage.socket;
    expect(last).toEqual({ ...command, id: last["id"] });
    expect(clientMessageSchema.safeParse(last).success).toBe(true);
    stage.socket.say(accepted(last["id"]));
    await calling;
  });

  test("rejects with the gateway's words", async () => {
    const stage = await new MeetingStage().joined(inRoom);
    const calling = stage.meeting.respondEntry("kim", "allowed");
    const error = { code: 4059, reason: "already_decided", details: { decidedBy: "hal" } };
    stage.socket.say(refused(stage.socket.last["id"], error));
    expect(await failure(calling)).toMatchObject(error);
  });

  test("rejects before one is in", async () => {
    const { meeting } = new MeetingStage();
    expect(await failure(meeting.lockRoom(true))).toMatchObject({ code: 3035, reason: "not_joined" });
  });

  test("that admits all says how many", async () => {
    const stage = await new MeetingStage().joined(inRoom);
    const admitting = stage.meeting.admitAll();
    stage.socket.say(accepted(stage.socket.last["id"], { admitted: 4, waiting: 0 }));
    expect(await admitting).toBe(4);
  });

  test("for ICE servers answers them, and nothing that is not well formed", async () => {
    const stage = await new MeetingStage().joined(inRoom);
    const servers = {
      iceServers: [{ urls: ["stun:a"] }, { urls: ["turn:b"], username: "u", credential: "c" }],
      expiresAt: 7,
    };
    const asking = stage.meeting.iceServers();
    expect(clientMessageSchema.safeParse(stage.socket.last).success).toBe(true);
    stage.socket.say(accepted(stage.socket.last["id"], { ...servers, newer: 1 }));
    expect(await asking).toEqual(servers);
    const again = stage.meeting.iceServers();
    stage.socket.say(accepted(stage.socket.last["id"], { iceServers: "none" }));
    expect(await failure(again)).toMatchObject({ reason: "wrong_protocol" });
  });
});
