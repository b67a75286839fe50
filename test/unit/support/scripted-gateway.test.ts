import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import type { OpenSocket } from "../../../src/client/socket.js";
import {
  eventShapes,
  lobbyViewSchema,
  roomViewSchema,
  type EventType,
} from "../../../src/protocol/events.js";
import { engine } from "../../support/scripted/engine-subject.js";
import { UNKNOWN_FRAME } from "../../support/scripted/gateway-frames.js";
import { UNKNOWN_TYPE } from "../../support/scripted/room-log.js";
import { play } from "../../support/scripted/run.js";

/** What `docs/protocol.md` says of each frame, taken at its word: no member more, none less. */
const number = z.number().int().min(0);
const place = { epoch: z.string().max(64), seq: number };
const frames = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("hello"), protocol: z.literal("admitone.v1"), heartbeatMs: z.number() }),
  z.looseObject({ type: z.literal("reply"), id: z.string().nullable(), ok: z.boolean() }),
  z.strictObject({
    type: z.literal("snapshot"),
    cause: z.enum(["joined", "admitted", "resumed", "permissions", "recovered"]),
    ...place,
    participantId: z.string(),
    self: z.strictObject({
      restricted: z.boolean(),
      asked: z.record(z.enum(["mic", "webcam"]), z.strictObject({ by: z.string().nullable() }).nullable()),
    }),
    room: roomViewSchema.strict(),
  }),
  z.strictObject({
    type: z.literal("events"),
    ...place,
    count: number,
    events: z.array(z.looseObject({ seq: number, at: z.number(), type: z.string() })),
  }),
  lobbyViewSchema.strict().extend({
    type: z.literal("lobby"),
    cause: z.enum(["knocked", "resumed", "returned", "hosts"]),
  }),
  z.strictObject({ type: z.literal("entry-responded"), ...eventShapes["entry-responded"] }),
  z.strictObject({
    type: z.literal("meeting-left"),
    reason: z.strictObject({ code: z.number(), message: z.string() }),
    note: z.string().nullable(),
  }),
  z.strictObject({
    type: z.literal("signal"),
    from: z.string(),
    id: z.string(),
    payload: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({
    type: z.literal("token-refresh"),
    mark: z.enum(["half", "three-quarters", "last-minute", "expired"]),
    expiresAt: z.number(),
    isExpired: z.boolean(),
    policy: z.enum(["stay", "restrict", "leave"]),
  }),
]);
type Frame = z.infer<typeof frames>;

const isEventType = (type: string): type is EventType => Object.hasOwn(eventShapes, type);

/** Plays a run and hands over all that the client was sent, line by line, each up to what the network garbled. */
async function linesOf(seed: number): Promise<Frame[][]> {
  const lines: Frame[][] = [];
  const listeningTo =
    (openSocket: OpenSocket): OpenSocket =>
    (url, protocols) => {
      const inner = openSocket(url, protocols);
      const line: Frame[] = [];
      let isWhole = true;
      lines.push(line);
      return {
        ...inner,
        listen: (listeners) =>
          inner.listen({
            ...listeners,
            message: (data) => {
              const input = parse(data);
              isWhole &&= input !== null;
              const frame = input === null ? null : read(input);
              if (isWhole && frame !== null) line.push(frame);
              listeners.message(data);
            },
          }),
      };
    };
  await play({
    seed,
    subject: engine,
    twist: (given) => ({ ...given, openSocket: listeningTo(given.openSocket) }),
  });
  return lines;
}

/** An object of JSON; null for what the network garbled. */
function parse(data: unknown): object | null {
  try {
    const input: unknown = JSON.parse(String(data));
    return typeof input === "object" && input !== null && !Array.isArray(input) ? input : null;
  } catch {
    return null;
  }
}

/** A frame; null for one of a later version. */
function read(input: object): Frame | null {
  return "type" in input && input.type === UNKNOWN_FRAME.type ? null : frames.parse(input);
}

const SEEDS = Array.from({ length: 50 }, (_, index) => index + 1);

describe("the model gateway speaks as the protocol's document says", () => {
  test("every frame, and every event in it, has the members of the document and no others", async () => {
    const types = new Set<string>();
    for (const seed of SEEDS)
      for (const frame of (await linesOf(seed)).flat()) {
        types.add(frame.type);
        if (frame.type !== "events") continue;
        for (const event of frame.events) {
          types.add(event.type);
          if (event.type === UNKNOWN_TYPE) continue;
          if (!isEventType(event.type)) throw new Error(`no event of the protocol: ${event.type}`);
          const shape = { seq: number, at: z.number(), type: z.string(), ...eventShapes[event.type] };
          z.strictObject(shape).parse(event);
        }
      }
    expect([...types]).toEqual(
      expect.arrayContaining(["hello", "reply", "snapshot", "events", "lobby", "meeting-left", "signal"]),
    );
    expect(types.size).toBeGreaterThan(25);
  });

  test("a line begins with hello, then the answer, then a snapshot, the lobby, or what was missed", async () => {
    let seen = 0;
    for (const seed of SEEDS)
      for (const line of await linesOf(seed)) {
        const [hello, reply, first] = line.filter(({ type }) => type !== "meeting-left");
        if (hello !== undefined) expect(hello.type).toBe("hello");
        if (reply !== undefined) expect(reply.type).toBe("reply");
        if (first === undefined) continue;
        seen += 1;
        if (reply?.type === "reply" && reply["recovered"] === true) expect(first.type).toBe("events");
        else expect(["snapshot", "lobby"]).toContain(first.type);
      }
    expect(seen).toBeGreaterThan(50);
  });

  test("numbers rise by one on every line: no gap, and a repeat only of what was missed", async () => {
    let batches = 0;
    for (const seed of SEEDS)
      for (const line of await linesOf(seed)) {
        let at: { epoch: string; seq: number } | null = null;
        for (const frame of line) {
          if (frame.type === "snapshot") at = { epoch: frame.epoch, seq: frame.seq };
          if (frame.type !== "events") continue;
          batches += 1;
          // The first batch of a line without a snapshot is what was missed.
          at ??= { epoch: frame.epoch, seq: frame.seq - 1 };
          expect(frame.epoch).toBe(at.epoch);
          expect(frame.seq).toBeLessThanOrEqual(at.seq + 1);
          at = { epoch: frame.epoch, seq: Math.max(at.seq, frame.seq + frame.count - 1) };
        }
      }
    expect(batches).toBeGreaterThan(200);
  });
});
