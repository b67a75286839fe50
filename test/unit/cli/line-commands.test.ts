import { describe, expect, test } from "@jest/globals";
import { readLine, verbsLike, helpRows } from "../../../src/cli/line-commands.js";
import { RoomCopy } from "../../../src/client/room-copy.js";
import type { MediaKind } from "../../../src/protocol/commands.js";
import { clientMessageSchema } from "../../../src/protocol/commands.js";
import type { KnockView } from "../../../src/protocol/events.js";
import { person } from "../client/support.js";

const knock = (participantId: string, name: string): KnockView => ({
  participantId,
  name,
  metaData: null,
  since: 0,
  expiresAt: 0,
  returned: false,
  online: true,
});

function scene(knocks: readonly KnockView[] = [], requests: readonly MediaKind[] = []) {
  const view = new RoomCopy();
  view.participantId = "ann";
  for (const one of [
    person("ann"),
    person("bob-7", { name: "Bob Stone" }),
    person("bobby", { name: "Roberta" }),
  ])
    view.participants.set(one.participantId, one);
  for (const one of knocks) view.lobby.set(one.participantId, one);
  view.bans.add("zed");
  return { view, requests: new Set(requests) };
}

const kim = knock("k-1", "Kim");
const lee = knock("k-2", "Lee");

describe("a line that asks the room", () => {
  test.each([
    ["allow", [kim], { type: "admit", participantId: "k-1" }],
    ["  admit   kim ", [kim, lee], { type: "admit", participantId: "k-1" }],
    ["allow k-2", [kim, lee], { type: "admit", participantId: "k-2" }],
    ["deny", [kim], { type: "deny", participantId: "k-1" }],
    ["deny l Not  today", [kim, lee], { type: "deny", participantId: "k-2", note: "Not today" }],
    ["all", [], { type: "admit-all" }],
    ["mic on", [], { type: "set-media", kind: "mic", on: true }],
    ["webcam off", [], { type: "set-media", kind: "webcam", on: false }],
    ["mute *", [], { type: "disable-media", participantId: "*", kind: "mic" }],
    ["mute BOB-", [], { type: "disable-media", participantId: "bob-7", kind: "mic" }],
    ["mute rob webcam", [], { type: "disable-media", participantId: "bobby", kind: "webcam" }],
    ["unmute bobby", [], { type: "request-media", participantId: "bobby", kind: "mic" }],
    ["accept mic", [], { type: "answer-media", kind: "mic", accept: true }],
    ["reject webcam", [], { type: "answer-media", kind: "webcam", accept: false }],
    ["lock room", [], { type: "lock-room", locked: true }],
    ["unlock mic", [], { type: "lock-media", participantId: "*", kind: "mic", locked: false }],
    ["lock webcam roberta", [], { type: "lock-media", participantId: "bobby", kind: "webcam", locked: true }],
    ["remove bobby too loud", [], { type: "remove", participantId: "bobby", note: "too loud" }],
    ["ban kim", [kim], { type: "ban", participantId: "k-1" }],
    ["ban stranger spam", [], { type: "ban", participantId: "stranger", note: "spam" }],
    ["unban z", [], { type: "unban", participantId: "zed" }],
    ["return bob-7", [], { type: "return-to-lobby", participantId: "bob-7" }],
    [
      "grant roberta allow_mod",
      [],
      { type: "grant-permission", participantId: "bobby", permission: "allow_mod" },
    ],
    [
      "take bob-7 allow_join",
      [],
      { type: "take-permission", participantId: "bob-7", permission: "allow_join" },
    ],
    ["say  two  words ", [], { type: "publish", topic: "CHAT", message: "two  words", persist: true }],
    ["refresh abc.def.ghi", [], { type: "refresh-token", token: "abc.def.ghi" }],
    ["end", [], { type: "end" }],
    ["mute ghost", [], { type: "disable-media", participantId: "ghost", kind: "mic" }],
  ])("%j", (line, knocks, action) => {
    expect(readLine(line, scene(knocks))).toMatchObject({ do: "ask", action });
    expect(clientMessageSchema.safeParse({ ...action, id: "id-1" }).success).toBe(true);
  });

  test("what one was asked for is answered by one word", () => {
    expect(readLine("accept", scene([], ["webcam"]))).toMatchObject({
      action: { kind: "webcam", accept: true },
    });
    expect(readLine("accept", scene([], ["mic", "webcam"]))).toEqual({
      do: "problem",
      text: "Type accept mic or accept webcam.",
    });
    expect(readLine("reject", scene())).toEqual({ do: "problem", text: "Nobody has asked you." });
  });

  test("a token is not repeated on the screen", () => {
    expect(readLine("refresh abc.def.ghi", scene())).toMatchObject({ said: "refresh" });
  });
});

describe("a line that stays at home", () => {
  test.each([
    ["", { do: "nothing" }],
    ["  ", { do: "nothing" }],
    ["who", { do: "show", what: "who" }],
    ["lobby", { do: "show", what: "lobby" }],
    ["help", { do: "show", what: "help" }],
    ["drop", { do: "drop" }],
    ["leave", { do: "leave" }],
  ])("%j", (line, wish) => {
    expect(readLine(line, scene())).toEqual(wish);
  });

  test.each([
    ["sing", "That is not a command. Type help for the list."],
    ["constructor", "That is not a command. Type help for the list."],
    ["allow", "Nobody knocks."],
    ["mute", "Who? Type an id, a name, or the beginning of one."],
    ["mute bo", "Who of them: Bob Stone (bob-7), Roberta (bobby)?"],
    ["mute bobby feet", "Type mute <who>, or mute <who> webcam."],
    ["unmute *", "Ask one by one."],
    ["mic", "Type mic on or mic off."],
    ["webcam maybe", "Type webcam on or webcam off."],
    ["lock", "Type lock room, lock mic [who] or lock webcam [who]."],
    ["grant bobby power", "Type grant <who> allow_join, or grant <who> allow_mod."],
    ["lobby bobby", "To send somebody back, type: return bobby"],
    ["say", "Say what?"],
    ["refresh", "Which token?"],
  ])("%j has a problem", (line, text) => {
    expect(readLine(line, scene())).toEqual({ do: "problem", text });
  });

  test("with two who knock, allow alone asks back", () => {
    expect(readLine("allow", scene([kim, lee]))).toEqual({
      do: "problem",
      text: "Who of them: Kim (k-1), Lee (k-2)?",
    });
  });
});

describe("help", () => {
  test("names every command once", () => {
    const forms = (["everybody", "hosts", "moderators"] as const).flatMap((group) =>
      helpRows(group).map(([form]) => form),
    );
    expect(forms.map((form) => form.split(" ")[0]).sort()).toEqual(verbsLike("").sort());
    expect(verbsLike("un")).toEqual(["unmute", "unlock", "unban"]);
  });
});
