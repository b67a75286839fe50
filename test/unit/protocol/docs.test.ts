/** The page about the protocol says what the code does: the same names, members, numbers; and its examples are real. */
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import {
  clientMessageSchema,
  notificationSchema,
  REFUSED_COMMAND_CODES,
} from "../../../src/protocol/commands.js";
import { decodeClientMessage } from "../../../src/protocol/decode.js";
import {
  eventShapes,
  knockViewSchema,
  participantViewSchema,
  topicMessageSchema,
} from "../../../src/protocol/events.js";
import { CLOSE_CODES, LEAVE_REASONS, mayComeBack } from "../../../src/protocol/leaving.js";
import { LIMITS, MEETING_PATH, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from "../../../src/protocol/limits.js";
import { REFUSALS, type RefusalRow } from "../../../src/protocol/refusals.js";
import { AUTHORITY } from "../../../src/room/authority.js";
import {
  anchors,
  blocks,
  cell,
  fences,
  links,
  number,
  PAGE,
  rowsOf,
  RULES,
  textUnder,
  transcript,
  transcriptFrames,
  word,
  wordsIn,
  type Example,
} from "./page.js";

/** Every client message: its type, its members beside `type` and `id`, which of them must be there, and the others' defaults. */
const MESSAGES = clientMessageSchema.options.map(({ shape }) => {
  const members = Object.entries<z.ZodType>(shape).filter(([name]) => name !== "type" && name !== "id");
  return {
    type: shape.type.value,
    members: members.map(([name]) => name),
    needed: members.filter(([, schema]) => !schema.safeParse(undefined).success).map(([name]) => name),
    defaults: members.map(([name, schema]) => {
      const { success, data } = schema.safeParse(undefined);
      return [name, success ? JSON.stringify(data) : "needed"];
    }),
  };
});

const ROWS = new Map<string, RefusalRow>(Object.entries(REFUSALS));
const yes = (condition: boolean): string => (condition ? "yes" : "no");
const sorted = (names: Iterable<string>): string[] => [...names].sort();

describe("tables", () => {
  test("list exactly the messages of a client, with their members", () => {
    const listed = rowsOf(["Message", "Needs"]).map((row) => {
      const members = cell(row, "Members beside `type` and `id`");
      const needed = Array.from(members.matchAll(/\*\*`([^`]+)`\*\*/g), ([, name]) => name);
      return { type: word(row, "Message"), members: wordsIn(members), needed };
    });
    expect(sorted(listed.map(({ type }) => type))).toEqual(sorted(MESSAGES.map(({ type }) => type)));
    expect(listed).toEqual(
      expect.arrayContaining(MESSAGES.map(({ type, members, needed }) => ({ type, members, needed }))),
    );
  });

  test("say of each command what it needs", () => {
    const rows = rowsOf(["Message", "Needs"]);
    for (const [type, { right, lobby, restricted }] of Object.entries(AUTHORITY)) {
      const row = rows.find((one) => word(one, "Message") === type);
      expect(row).toMatchObject({
        Message: `\`${type}\``,
        Needs: right === null ? "none" : `\`${right}\``,
        Lobby: yes(lobby),
        Restricted: yes(restricted),
      });
    }
  });

  test.each([
    ["join", "`join`"],
    ["subscribe", "16. Following conferences"],
    ["resume", "8. Resume"],
    ["publish", "`publish`"],
    ["signal", "9. Signals"],
  ])("describe the members of %s, with their defaults", (type, heading) => {
    const rows = rowsOf(["Member", "Type", "Default"], textUnder(heading));
    const listed = rows.map((row) => [
      word(row, "Member"),
      cell(row, "Default").replaceAll("`", "").replace(/^$/, "needed"),
    ]);
    const { defaults = [] } = MESSAGES.find((one) => one.type === type) ?? {};
    expect(listed.filter(([name]) => name !== "id")).toEqual(defaults);
  });

  test("list exactly the events, with their members", () => {
    const listed = rowsOf(["Event", "To whom"]).map((row) => [
      word(row, "Event"),
      wordsIn(cell(row, "Members")),
    ]);
    const events = Object.entries(eventShapes).map(([type, shape]) => [type, Object.keys(shape)]);
    expect(listed).toEqual(events);
  });

  test("list exactly the reasons, with code, name, HTTP status and whether to try again", () => {
    const listed = rowsOf(["Reason", "Retryable"]).map((row) => [
      word(row, "Reason"),
      { code: number(row, "Code"), name: word(row, "Name"), http: number(row, "HTTP") },
      cell(row, "Retryable"),
    ]);
    const reasons = Object.entries(REFUSALS).map(([reason, { code, name, http, retryable }]) => [
      reason,
      { code, name, http },
      yes(retryable),
    ]);
    expect(listed).toEqual(reasons);
  });

  test("list exactly the codes that commands have of their own", () => {
    const listed = rowsOf(["Command", "`kind`"]).map((row) => {
      const [kind] = wordsIn(cell(row, "`kind`"));
      const command = word(row, "Command");
      return [
        kind === undefined ? command : `${command}:${kind}`,
        { code: number(row, "Code"), name: word(row, "Name") },
      ];
    });
    expect(Object.fromEntries(listed)).toEqual(REFUSED_COMMAND_CODES);
    expect(listed).toHaveLength(Object.keys(REFUSED_COMMAND_CODES).length);
  });

  test("list exactly the close codes, and whether to come back", () => {
    const rows = rowsOf(["Name", "Come back"]);
    expect(Object.fromEntries(rows.map((row) => [word(row, "Name"), number(row, "Code")]))).toEqual(
      CLOSE_CODES,
    );
    for (const row of rows) expect(cell(row, "Come back")).toBe(yes(mayComeBack(number(row, "Code"))));
  });

  test("list exactly the leave reasons", () => {
    const listed = rowsOf(["Name", "Who left, and why"]).map((row) => [
      word(row, "Name"),
      number(row, "Code"),
    ]);
    expect(Object.fromEntries(listed)).toEqual(LEAVE_REASONS);
  });

  test("give the codes of reasons that end a stay", () => {
    const rows = PAGE.matchAll(/^\| (4\d{3}) +\| `(\w+)` +\|/gm);
    const listed = Array.from(rows, ([, code, reason = ""]) => [Number(code), ROWS.get(reason)?.code]);
    expect(listed.length).toBeGreaterThan(5);
    for (const [code, ofReason] of listed) expect(code).toBe(ofReason);
  });

  test("list exactly what can be followed, and with which member it is asked for", () => {
    const listed = rowsOf(["Type", "Asked for with"]).map((row) => [
      word(row, "Type"),
      wordsIn(cell(row, "Asked for with")),
    ]);
    const known = notificationSchema.options.flatMap(({ shape }) => {
      const members = Object.keys(shape).filter((name) => name !== "type");
      const types = "options" in shape.type ? shape.type.options : [shape.type.value];
      return types.map((type) => [type, members]);
    });
    expect(listed).toEqual(known);
  });

  test("list exactly the limits", () => {
    const listed = rowsOf(["Limit", "Value"]).map((row) => [word(row, "Limit"), number(row, "Value")]);
    expect(Object.fromEntries(listed)).toEqual(LIMITS);
  });

  test("the text has the same limits and names", () => {
    const text = PAGE.replaceAll(/\s+/g, " ");
    expect(text).toContain(`At most **${LIMITS.unansweredCommands}** messages`);
    expect(text).toContain(`The last **${LIMITS.rememberedCommands}** ids`);
    expect(text).toContain(`# The meeting protocol \`${SUBPROTOCOL}\``);
    expect(text).toContain(`\`${TOKEN_SUBPROTOCOL_PREFIX}<jwt>\``);
    expect(text).toContain(`| \`${MEETING_PATH}\`, exactly`);
  });
});

const at = (examples: readonly Example[]): (readonly [number, string])[] =>
  examples.map(({ line, text }) => [line, text]);

describe("examples of a client's messages", () => {
  const examples = [...blocks("client"), ...transcript(">")];

  test.each(at(examples))("line %i decodes", (_line, text) => {
    const decoded = decodeClientMessage(text);
    expect(decoded).toMatchObject({
      ok: true,
      value: z.record(z.string(), z.unknown()).parse(JSON.parse(text)),
    });
  });

  test("there is one of each type", () => {
    const types = blocks("client").map(({ text }) => typeSchema.parse(JSON.parse(text)).type);
    expect(sorted(new Set(types))).toEqual(sorted(MESSAGES.map(({ type }) => type)));
  });

  test("no block is of neither side, and no frame of the transcript is left out", () => {
    expect(sorted(new Set(fences()))).toEqual(["json client", "json server", "text"]);
    expect(transcript("<").length + transcript(">").length).toBe(transcriptFrames());
    expect(transcriptFrames()).toBeGreaterThan(20);
  });
});

const typeSchema = z.looseObject({ type: z.string() });
const id = z.string();
const seq = z.number().int();
const errorSchema = z.strictObject({
  code: z.number(),
  name: z.string(),
  reason: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  field: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});
const lobby = {
  participantId: z.string(),
  since: z.number(),
  expiresAt: z.number(),
  hostPresent: z.boolean(),
};

/** What a frame of the gateway has, no member more or less. Written down here once more, from `src/gateway/frames.ts`. */
const FRAMES = {
  hello: z.strictObject({
    type: z.literal("hello"),
    protocol: z.literal(SUBPROTOCOL),
    version: z.string(),
    heartbeatMs: z.number(),
    limits: z.strictObject({
      messageBytes: z.literal(LIMITS.messageBytes),
      unansweredCommands: z.literal(LIMITS.unansweredCommands),
    }),
  }),
  reply: z.union([
    z.looseObject({ type: z.literal("reply"), id, ok: z.literal(true), seq: seq.optional() }),
    z.strictObject({ type: z.literal("reply"), id: id.nullable(), ok: z.literal(false), error: errorSchema }),
  ]),
  snapshot: z.strictObject({
    type: z.literal("snapshot"),
    cause: z.enum(["joined", "admitted", "resumed", "permissions", "recovered"]),
    epoch: z.string(),
    seq,
    participantId: z.string(),
    self: z.strictObject({
      restricted: z.boolean(),
      asked: z.strictObject({
        mic: z.strictObject({ by: z.string().nullable() }).nullable(),
        webcam: z.strictObject({ by: z.string().nullable() }).nullable(),
      }),
    }),
    room: z.strictObject({
      roomId: z.string(),
      customRoomId: z.string().nullable(),
      sessionId: z.string().nullable(),
      startedAt: z.number().nullable(),
      locked: z.boolean(),
      mediaLocks: z.strictObject({ mic: z.boolean(), webcam: z.boolean() }),
      maxParticipants: z.number(),
      lobbyForAll: z.boolean(),
      messages: z.array(z.strictObject(topicMessageSchema.shape)),
      lobby: z.array(z.strictObject(knockViewSchema.shape)).optional(),
      bans: z.array(z.string()).optional(),
      participants: z.array(z.strictObject(participantViewSchema.shape)),
    }),
  }),
  events: z.strictObject({
    type: z.literal("events"),
    epoch: z.string(),
    seq,
    count: z.number().int(),
    events: z.array(typeSchema),
  }),
  lobby: z.strictObject({
    type: z.literal("lobby"),
    cause: z.enum(["knocked", "resumed", "returned", "hosts"]),
    ...lobby,
  }),
  signal: z.strictObject({ type: z.literal("signal"), from: z.string(), id, payload: z.looseObject({}) }),
  "token-refresh": z.strictObject({
    type: z.literal("token-refresh"),
    mark: z.enum(["half", "three-quarters", "last-minute", "expired"]),
    expiresAt: z.number(),
    isExpired: z.boolean(),
    policy: z.enum(["stay", "restrict", "leave"]),
  }),
  "conference-token": z.strictObject({
    type: z.literal("conference-token"),
    roomId: z.string(),
    token: z.string(),
  }),
  notification: z.strictObject({
    type: z.literal("notification"),
    notification: z.strictObject({
      type: z.literal("Participant.Joined"),
      conferenceId: z.string(),
      conferenceAlias: z.string(),
      participantId: z.string(),
      name: z.string(),
    }),
    at: z.number(),
  }),
  "entry-responded": z.strictObject({
    type: z.literal("entry-responded"),
    ...eventShapes["entry-responded"],
  }),
  "meeting-left": z.strictObject({
    type: z.literal("meeting-left"),
    reason: z.strictObject({ code: z.enum(LEAVE_REASONS), message: z.string() }),
    note: z.string().nullable(),
  }),
} as const;
const schemas = new Map<string, z.ZodType>(Object.entries(FRAMES));
const shapes = new Map<string, z.ZodRawShape>(Object.entries(eventShapes));

describe("examples of what the gateway sends", () => {
  const frames = [...blocks("server"), ...transcript("<")].filter(({ text }) => text.includes('"type"'));

  test("there is one of each frame, and the table lists them", () => {
    const types = frames.map(({ text }) => typeSchema.parse(JSON.parse(text)).type);
    expect(sorted(new Set(types))).toEqual(sorted(schemas.keys()));
    const listed = rowsOf(["Type", "Section"]).map((row) => word(row, "Type"));
    expect(sorted(listed)).toEqual(sorted(schemas.keys()));
  });

  test.each(at(frames))("line %i is a frame", (_line, text) => {
    const frame: unknown = JSON.parse(text);
    const { type } = typeSchema.parse(frame);
    const checked = schemas.get(type)?.safeParse(frame);
    expect(checked?.error?.message).toBeUndefined();
    expect(checked?.success).toBe(true);
  });

  test.each(at(frames.filter(({ text }) => text.includes('"error"'))))(
    "line %i is an error of the table",
    (_line, text) => {
      const { error } = z.object({ error: errorSchema }).parse(JSON.parse(text));
      const row = ROWS.get(error.reason);
      expect({ message: error.message, retryable: error.retryable }).toEqual({
        message: row?.message,
        retryable: row?.retryable,
      });
      const numbers = [row, ...Object.values(REFUSED_COMMAND_CODES)].map((one) => [one?.code, one?.name]);
      expect(numbers).toContainEqual([error.code, error.name]);
    },
  );

  test.each(at(frames.filter(({ text }) => text.includes('"events"'))))(
    "line %i has well-formed events in their places",
    (_line, text) => {
      const { seq: first, count, events } = FRAMES.events.parse(JSON.parse(text));
      let last = first - 1;
      for (const event of events) {
        const shape = shapes.get(event.type);
        expect(shape).toBeDefined();
        const whole = z.strictObject({ seq, at: z.number(), type: z.string(), ...shape });
        const parsed = whole.safeParse(event);
        expect(parsed.error?.message).toBeUndefined();
        const { seq: own } = z.looseObject({ seq }).parse(event);
        expect(own).toBeGreaterThan(last);
        last = own;
      }
      expect(last).toBeLessThan(first + count);
    },
  );

  test("the only other example is the body of a refused upgrade", () => {
    const others = blocks("server").filter(({ text }) => !text.includes('"type"'));
    expect(others.map(({ text }) => z.record(z.string(), z.unknown()).parse(JSON.parse(text)))).toEqual([
      {
        statusCode: REFUSALS.token_expired.http,
        error: REFUSALS.token_expired.message,
        code: "token_expired",
        field: "exp",
      },
    ]);
  });
});

describe("links", () => {
  const rules = new Set(Array.from(RULES.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm), ([, rule]) => rule));
  const ofRules = anchors(RULES);
  const ofPage = anchors(PAGE);

  test.each(links().map(({ text, target }) => [text, target] as const))("%s leads to %s", (text, target) => {
    const [file, anchor] = target.split("#");
    expect(["", "rules.md"]).toContain(file);
    if (anchor === undefined) return;
    expect(file === "" ? ofPage : ofRules).toContain(anchor);
    if (file === "") return;
    // A rule's number begins with the letter of its chapter.
    expect(rules).toContain(text);
    expect(anchor.charAt(0)).toBe(text.charAt(0).toLowerCase());
  });
});
