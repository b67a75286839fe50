/** From text to a message or a refusal that names the member at fault; and how a stay ends, in numbers. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { z } from "zod";
import { decodeClientMessage } from "../../../src/protocol/decode.js";
import { CLOSE_CODES, LEAVE_REASONS, mayComeBack } from "../../../src/protocol/leaving.js";
import { LIMITS } from "../../../src/protocol/limits.js";
import { REFUSALS } from "../../../src/protocol/refusals.js";

const JOIN_ID = "0123456789abcdef";
const long = (length: number): string => "x".repeat(length);
/** An object whose JSON text has this length. */
const sized = (length: number): object => ({ a: long(length - '{"a":""}'.length) });
/** An object of so many levels. */
function deep(levels: number): object {
  let inner = {};
  for (let level = 1; level < levels; level += 1) inner = { a: inner };
  return inner;
}

type Message = Readonly<Record<string, unknown>>;

/** What is sent, and what is read of it where that is more: the members that were left out. */
const GOOD: readonly (readonly [string, Message, Message?])[] = [
  [
    "a join with its id only",
    { type: "join", id: JOIN_ID },
    {
      type: "join",
      id: JOIN_ID,
      token: null,
      roomId: null,
      participantId: null,
      name: "",
      metaData: null,
      micOn: false,
      webcamOn: false,
    },
  ],
  [
    "a join with everything, as long as can be",
    {
      type: "join",
      id: long(LIMITS.commandIdLength),
      token: "a.b.c",
      roomId: long(LIMITS.roomIdLength),
      participantId: long(LIMITS.participantIdLength),
      name: long(LIMITS.nameLength),
      metaData: sized(LIMITS.metaDataLength),
      micOn: true,
      webcamOn: true,
    },
  ],
  ["metaData as deep as can be", { type: "join", id: JOIN_ID, metaData: deep(LIMITS.jsonDepth) }],
  ["a name with any sign", { type: "join", id: JOIN_ID, name: "Zoë \u{1f600} <b>\n" }],
  ["an id beyond Latin", { type: "admit", id: "c1", participantId: "Łukasz-日本" }],
  [
    "a resume that wants a snapshot",
    { type: "resume", id: JOIN_ID, secret: "s" },
    { type: "resume", id: JOIN_ID, secret: "s", epoch: null, seq: null },
  ],
  ["a resume from a number", { type: "resume", id: JOIN_ID, secret: long(2_048), epoch: "e", seq: 0 }],
  ["a command id of one sign", { type: "ping", id: "1" }],
  ["a command id of every kind of sign", { type: "ping", id: "aZ0_.:-" }],
  [
    "a denial without more",
    { type: "deny", id: "c1", participantId: "k" },
    { type: "deny", id: "c1", participantId: "k", note: null, ban: false },
  ],
  ["a note as long as can be", { type: "ban", id: "c1", participantId: "k", note: long(LIMITS.noteLength) }],
  ["everybody's microphones off", { type: "disable-media", id: "c1", participantId: "*", kind: "mic" }],
  [
    "everybody's webcams locked",
    { type: "lock-media", id: "c1", participantId: "*", kind: "webcam", locked: true },
  ],
  [
    "a message without more",
    { type: "publish", id: "c1", topic: "t", message: "" },
    {
      type: "publish",
      id: "c1",
      topic: "t",
      message: "",
      payload: null,
      persist: false,
      sendOnly: null,
    },
  ],
  [
    "a message as large as can be",
    {
      type: "publish",
      id: "c1",
      topic: long(LIMITS.topicLength),
      message: long(LIMITS.messageLength),
      payload: sized(LIMITS.payloadLength),
      persist: true,
      sendOnly: Array.from({ length: LIMITS.sendOnlyCount }, (_, index) => `p${index}`),
    },
  ],
  ["a signal as large as can be", { type: "signal", id: "c1", to: "k", payload: sized(LIMITS.signalLength) }],
  ["a refresh", { type: "refresh-token", id: "c1", token: "" }],
];

/** What is sent, and the member that has to be named. */
const BAD: readonly (readonly [string, Message, string])[] = [
  ["no type", { id: "c1" }, "type"],
  ["an unknown type", { type: "dance", id: "c1" }, "type"],
  ["a type of the gateway", { type: "snapshot", id: "c1" }, "type"],
  ["a type in capitals", { type: "PING", id: "c1" }, "type"],
  ["no id", { type: "ping" }, "id"],
  ["an id that is empty", { type: "ping", id: "" }, "id"],
  ["an id that is too long", { type: "ping", id: long(LIMITS.commandIdLength + 1) }, "id"],
  ["an id with another sign", { type: "ping", id: "a/b" }, "id"],
  ["an id that is a number", { type: "ping", id: 1 }, "id"],
  ["a join's id that is short", { type: "join", id: long(LIMITS.joinIdMinLength - 1) }, "id"],
  ["a resume's id that is short", { type: "resume", id: "r1", secret: "s" }, "id"],
  ["a member that there is not", { type: "ping", id: "c1", at: 1 }, "at"],
  ["a member of another message", { type: "leave", id: "c1", participantId: "k" }, "participantId"],
  ["a token that is a number", { type: "join", id: JOIN_ID, token: 1 }, "token"],
  ["an empty room id", { type: "join", id: JOIN_ID, roomId: "" }, "roomId"],
  ["a long room id", { type: "join", id: JOIN_ID, roomId: long(LIMITS.roomIdLength + 1) }, "roomId"],
  ["a room for everybody", { type: "join", id: JOIN_ID, roomId: "*" }, "roomId"],
  ["a space in an id", { type: "join", id: JOIN_ID, participantId: "a b" }, "participantId"],
  ["a no-break space in an id", { type: "join", id: JOIN_ID, participantId: "a\u00a0b" }, "participantId"],
  ["a control character in an id", { type: "join", id: JOIN_ID, participantId: "a\u0000b" }, "participantId"],
  ["an invisible sign in an id", { type: "join", id: JOIN_ID, participantId: "a\u200bb" }, "participantId"],
  ["half of a sign in an id", { type: "join", id: JOIN_ID, participantId: "a\ud83d" }, "participantId"],
  ["a long name", { type: "join", id: JOIN_ID, name: long(LIMITS.nameLength + 1) }, "name"],
  ["no name at all", { type: "join", id: JOIN_ID, name: null }, "name"],
  ["metaData that is a text", { type: "join", id: JOIN_ID, metaData: "{}" }, "metaData"],
  ["metaData that is a list", { type: "join", id: JOIN_ID, metaData: [] }, "metaData"],
  [
    "metaData that is too long",
    { type: "join", id: JOIN_ID, metaData: sized(LIMITS.metaDataLength + 1) },
    "metaData",
  ],
  [
    "metaData that is too deep",
    { type: "join", id: JOIN_ID, metaData: deep(LIMITS.jsonDepth + 1) },
    "metaData",
  ],
  ["a switch that is a text", { type: "join", id: JOIN_ID, micOn: "true" }, "micOn"],
  ["no secret", { type: "resume", id: JOIN_ID }, "secret"],
  ["an empty secret", { type: "resume", id: JOIN_ID, secret: "" }, "secret"],
  ["a long secret", { type: "resume", id: JOIN_ID, secret: long(2_049) }, "secret"],
  ["a long epoch", { type: "resume", id: JOIN_ID, secret: "s", epoch: long(65) }, "epoch"],
  ["a number below zero", { type: "resume", id: JOIN_ID, secret: "s", seq: -1 }, "seq"],
  ["a number with a fraction", { type: "resume", id: JOIN_ID, secret: "s", seq: 1.5 }, "seq"],
  ["a number beyond the safe ones", { type: "resume", id: JOIN_ID, secret: "s", seq: 2 ** 53 }, "seq"],
  ["nobody to admit", { type: "admit", id: "c1" }, "participantId"],
  ["everybody to admit", { type: "admit", id: "c1", participantId: "*" }, "participantId"],
  ["everybody to remove", { type: "remove", id: "c1", participantId: "*" }, "participantId"],
  [
    "a target of two words",
    { type: "disable-media", id: "c1", participantId: "a b", kind: "mic" },
    "participantId",
  ],
  ["a long note", { type: "deny", id: "c1", participantId: "k", note: long(LIMITS.noteLength + 1) }, "note"],
  ["a ban that is a number", { type: "remove", id: "c1", participantId: "k", ban: 1 }, "ban"],
  ["a third kind", { type: "set-media", id: "c1", kind: "screen", on: true }, "kind"],
  ["neither on nor off", { type: "set-media", id: "c1", kind: "mic" }, "on"],
  ["no answer", { type: "answer-media", id: "c1", kind: "mic" }, "accept"],
  ["neither locked nor open", { type: "lock-room", id: "c1" }, "locked"],
  [
    "a right to knock",
    { type: "grant-permission", id: "c1", participantId: "k", permission: "ask_join" },
    "permission",
  ],
  ["an empty topic", { type: "publish", id: "c1", topic: "", message: "m" }, "topic"],
  ["no message", { type: "publish", id: "c1", topic: "t" }, "message"],
  [
    "a long message",
    { type: "publish", id: "c1", topic: "t", message: long(LIMITS.messageLength + 1) },
    "message",
  ],
  [
    "a long payload",
    { type: "publish", id: "c1", topic: "t", message: "m", payload: sized(LIMITS.payloadLength + 1) },
    "payload",
  ],
  ["no readers", { type: "publish", id: "c1", topic: "t", message: "m", sendOnly: [] }, "sendOnly"],
  [
    "one reader of two words",
    { type: "publish", id: "c1", topic: "t", message: "m", sendOnly: ["k", "a b"] },
    "sendOnly.1",
  ],
  [
    "too many readers",
    {
      type: "publish",
      id: "c1",
      topic: "t",
      message: "m",
      sendOnly: Array.from({ length: LIMITS.sendOnlyCount + 1 }, (_, index) => `p${index}`),
    },
    "sendOnly",
  ],
  ["a signal to everybody", { type: "signal", id: "c1", to: "*", payload: {} }, "to"],
  ["a signal of nothing", { type: "signal", id: "c1", to: "k" }, "payload"],
  [
    "a long signal",
    { type: "signal", id: "c1", to: "k", payload: sized(LIMITS.signalLength + 1) },
    "payload",
  ],
  ["a refresh without a token", { type: "refresh-token", id: "c1" }, "token"],
  ["a refresh with no token", { type: "refresh-token", id: "c1", token: null }, "token"],
];

describe("a client's message", () => {
  test.each(GOOD)("%s is read", (_what, message, read = {}) => {
    const decoded = decodeClientMessage(JSON.stringify(message));
    expect(decoded).toMatchObject({ ok: true, value: { ...message, ...read } });
  });

  test.each(BAD)("%s is refused", (_what, message, field) => {
    const decoded = decodeClientMessage(JSON.stringify(message));
    const id = typeof message["id"] === "string" ? message["id"] : null;
    expect(decoded).toMatchObject({ ok: false, id, refusal: { reason: "invalid_parameter", field } });
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "hello"],
    ["half of a message", '{"type":"ping","id":"c1"'],
    ["two messages", '{"type":"ping","id":"c1"}{"type":"ping","id":"c2"}'],
    ["a list of messages", '[{"type":"ping","id":"c1"}]'],
    ["null", "null"],
    ["a number", "1"],
    ["a byte order mark", '\ufeff{"type":"ping","id":"c1"}'],
  ])("%s is refused without a field and without an id", (_what, text) => {
    const decoded = decodeClientMessage(text);
    expect(decoded).toMatchObject({ ok: false, id: null, refusal: { reason: "invalid_parameter" } });
    expect(decoded).not.toHaveProperty("refusal.field");
  });

  test("__proto__ is a member like any other that there is not", () => {
    const decoded = decodeClientMessage('{"type":"ping","id":"c1","__proto__":{"id":"c2"}}');
    expect(decoded).toMatchObject({ ok: false, id: "c1", refusal: { field: "__proto__" } });
    const inside = decodeClientMessage('{"type":"signal","id":"c1","to":"k","payload":{"__proto__":{}}}');
    expect(inside).toMatchObject({ ok: false, refusal: { field: "payload" } });
  });

  test("an id too long to be repeated is not repeated", () => {
    expect(decodeClientMessage(JSON.stringify({ type: "ping", id: long(256) }))).toMatchObject({
      ok: false,
      id: long(256),
    });
    expect(decodeClientMessage(JSON.stringify({ type: "ping", id: long(257) }))).toMatchObject({
      ok: false,
      id: null,
      refusal: { field: "id" },
    });
  });

  test.each([LIMITS.jsonDepth + 1, 1_000, 4_000, 8_000, 30_000])(
    "lists %i deep are refused, and take nobody down",
    (levels) => {
      const lists = `${"[".repeat(levels)}${"]".repeat(levels)}`;
      for (const text of [
        `{"type":"join","id":"${JOIN_ID}","metaData":{"a":${lists}}}`,
        `{"type":"publish","id":"${JOIN_ID}","topic":"t","message":"m","payload":{"a":${lists}}}`,
        `{"type":"signal","id":"${JOIN_ID}","to":"k","payload":{"a":${lists}}}`,
        `{"type":"ping","id":"${JOIN_ID}","a":${lists}}`,
        `{"type":${lists},"id":"${JOIN_ID}"}`,
        `{"type":"publish","id":"${JOIN_ID}","topic":"t","message":"m","sendOnly":${lists}}`,
      ]) {
        expect(decodeClientMessage(text)).toMatchObject({
          ok: false,
          id: JOIN_ID,
          refusal: { reason: "invalid_parameter", field: expect.any(String) },
        });
      }
      expect(decodeClientMessage(lists)).toMatchObject({ ok: false, id: null });
    },
  );
});

/** Repeat a run with the seed that stands in the test's name: `FC_SEED=… npx jest …`. */
const seed = Number(process.env["FC_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const good = fc.constantFrom(...GOOD.map(([, message]) => message));
const object = z.record(z.string(), z.unknown());

describe(`whatever is sent (seed ${seed})`, () => {
  test("decoding never throws, and refuses with a reason", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.json(),
      fc.json().map((text) => `{"type":"signal","id":"c1","to":"k","payload":${text}}`),
      fc.tuple(good, fc.nat(), fc.string({ maxLength: 4 })).map(([message, place, put]) => {
        const text = JSON.stringify(message);
        const at = place % text.length;
        return text.slice(0, at) + put + text.slice(at + 1);
      }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const decoded = decodeClientMessage(text);
        if (!decoded.ok) expect(decoded.refusal.reason).toBe("invalid_parameter");
      }),
      { seed, numRuns: 5_000 },
    );
  });

  test("one wrong member is the one that is named", () => {
    fc.assert(
      fc.property(good, fc.nat(), fc.jsonValue(), fc.boolean(), (message, place, value, drop) => {
        const names = Object.keys(message).filter((name) => name !== "type");
        const name = names[place % names.length] ?? "id";
        const changed = Object.fromEntries(
          Object.entries({ ...message, [name]: value }).filter(([one]) => !drop || one !== name),
        );
        const decoded = decodeClientMessage(JSON.stringify(changed));
        if (!decoded.ok) expect(decoded.refusal.field?.split(".")[0]).toBe(name);
      }),
      { seed, numRuns: 5_000 },
    );
  });

  test("what was read reads the same once more", () => {
    fc.assert(
      fc.property(good, fc.jsonValue(), (message, value) => {
        const text = JSON.stringify({ ...message, ...("payload" in message ? { payload: { value } } : {}) });
        const decoded = decodeClientMessage(text);
        if (!decoded.ok) return;
        expect(decoded.value).toMatchObject(object.parse(JSON.parse(text)));
        expect(decodeClientMessage(JSON.stringify(decoded.value))).toEqual(decoded);
      }),
      { seed, numRuns: 2_000 },
    );
  });
});

describe("how a stay ends", () => {
  test.each([
    [1000, false],
    [1001, true],
    [1002, false],
    [1003, false],
    [1005, false],
    [1006, true],
    [1007, false],
    [1008, false],
    [1009, false],
    [1010, false],
    [1011, true],
    [1012, true],
    [1013, true],
    [1014, true],
    [1015, false],
    [3000, false],
    [3999, false],
    [4000, false],
    [4005, false],
    [4400, false],
    [4499, false],
    [4500, true],
    [4501, true],
    [4999, true],
  ])("close code %i: come back is %s", (code, back) => {
    expect(mayComeBack(code)).toBe(back);
  });

  test("every close code that is ours can be sent, and says what is meant", () => {
    const codes = Object.entries(CLOSE_CODES);
    expect(new Set(codes.map(([, code]) => code)).size).toBe(codes.length);
    for (const [, code] of codes) {
      // What an application may send: 1000, 1001, 1011 to 1014 are the server's to use, 4000 to 4999 its own (RFC 6455 section 7.4).
      expect([1000, 1011, 1012].includes(code) || (code >= 4000 && code <= 4999)).toBe(true);
    }
    const back = codes.filter(([, code]) => mayComeBack(code)).map(([name]) => name);
    expect(back).toEqual([
      "serviceRestart",
      "internalError",
      "slowConsumer",
      "heartbeatMissed",
      "unavailable",
    ]);
  });

  test("a refused entry closes with a code that says no, but for the store that is away", () => {
    const back = Object.entries(REFUSALS).filter(([, { code }]) => mayComeBack(code));
    expect(back.map(([reason]) => reason)).toEqual(["unavailable"]);
    expect(REFUSALS.unavailable.code).toBe(CLOSE_CODES.unavailable);
  });

  test("leave reasons have VideoSDK's numbers where it has one, and ours from 1201 on", () => {
    expect(LEAVE_REASONS).toMatchObject({
      WEBSOCKET_DISCONNECTED: 1001,
      REMOVE_PEER: 1002,
      ROOM_CLOSE: 1006,
      DUPLICATE_PARTICIPANT: 1011,
      MANUAL_LEAVE_CALLED: 1101,
    });
    const ours = Object.entries(LEAVE_REASONS).filter(([, code]) => code >= 1201);
    expect(Object.fromEntries(ours)).toEqual({
      ...{ TOKEN_EXPIRED: 1201, MOVED_TO_LOBBY: 1202, PLACE_LOST: 1203 },
      ...{ TOKEN_REVOKED: 1204, KEY_DEACTIVATED: 1205, APP_DELETED: 1206 },
    });
    const codes = Object.values(LEAVE_REASONS);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
