/**
 * What the gateway sends, decoded from unknown. Members that are not known here are left out, events and frames of unknown types
 * passed over: a newer gateway may say more than this client understands.
 */
import { z } from "zod";
import { eventShapes, lobbyViewSchema, roomViewSchema } from "../protocol/events.js";
import { decodeEvent, isEventType, type RoomEvent } from "./room-events.js";

const seq = z.number().int().min(0);
const leaveReason = z.object({ code: z.number(), message: z.string() });

const helloSchema = z.object({
  type: z.literal("hello"),
  protocol: z.string(),
  version: z.string(),
  heartbeatMs: z.number().positive(),
});

const acceptedSchema = z.looseObject({
  type: z.literal("reply"),
  id: z.string(),
  ok: z.literal(true),
  /** The number that holds the effect; a `ping` has none. */
  seq: seq.optional(),
  repeated: z.boolean().optional(),
});

const refusedSchema = z.object({
  type: z.literal("reply"),
  /** Null where the gateway could not read which message it refuses. */
  id: z.string().nullable(),
  ok: z.literal(false),
  error: z.object({
    code: z.number(),
    name: z.string(),
    reason: z.string(),
    message: z.string(),
    retryable: z.boolean(),
    field: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});

/** What the answer to a join or resume says beside `ok`. */
export const entrySchema = z.object({
  state: z.enum(["joined", "waiting"]),
  participantId: z.string(),
  roomId: z.string(),
  /** The secret for the next resume. */
  resume: z.string(),
  resumeWindowMs: z.number(),
  /** All that was missed follows as events. Absent after a join. */
  recovered: z.boolean().default(false),
});

const snapshotSchema = z.object({
  type: z.literal("snapshot"),
  cause: z.string(),
  epoch: z.string(),
  seq,
  participantId: z.string(),
  room: roomViewSchema,
});

const lobbySchema = lobbyViewSchema.extend({ type: z.literal("lobby"), cause: z.string() });

const entryRespondedSchema = z.object({
  type: z.literal("entry-responded"),
  ...eventShapes["entry-responded"],
});

const meetingLeftSchema = z.object({
  type: z.literal("meeting-left"),
  reason: leaveReason,
  note: z.string().nullable(),
});

const signalSchema = z.object({
  type: z.literal("signal"),
  from: z.string(),
  id: z.string(),
  payload: z.record(z.string(), z.unknown()),
});

const tokenRefreshSchema = z.object({
  type: z.literal("token-refresh"),
  /** `half`, `three-quarters`, `last-minute`, `expired`. */
  mark: z.string(),
  expiresAt: z.number(),
  isExpired: z.boolean(),
  /** `stay`, `restrict`, `leave`. */
  policy: z.string(),
});

const conferenceTokenSchema = z.object({
  type: z.literal("conference-token"),
  roomId: z.string(),
  token: z.string(),
});

const batchSchema = z.object({
  type: z.literal("events"),
  epoch: z.string(),
  seq,
  count: z.number().int().min(0),
  events: z.array(z.looseObject({ seq, at: z.number(), type: z.string() })),
});

const frameSchemas = {
  hello: helloSchema,
  reply: z.discriminatedUnion("ok", [acceptedSchema, refusedSchema]),
  snapshot: snapshotSchema,
  lobby: lobbySchema,
  "entry-responded": entryRespondedSchema,
  "meeting-left": meetingLeftSchema,
  signal: signalSchema,
  "token-refresh": tokenRefreshSchema,
  "conference-token": conferenceTokenSchema,
  events: batchSchema,
} as const;

/** The room as a snapshot tells it. */
export type RoomSnapshot = z.infer<typeof roomViewSchema>;
/** The accepting answer to a command. */
export type AcceptedFrame = z.infer<typeof acceptedSchema>;
/** The refusing answer to a command. */
export type RefusedFrame = z.infer<typeof refusedSchema>;
/** What the answer to a join or resume says. */
export type EntryAnswer = z.infer<typeof entrySchema>;
/** A batch: it covers `count` numbers from `seq` on, of which this client sees `events`. */
export type EventsFrame = Omit<z.infer<typeof batchSchema>, "events"> & {
  readonly events: readonly RoomEvent[];
};
type PlainFrame = z.infer<(typeof frameSchemas)[Exclude<keyof typeof frameSchemas, "events">]>;
/** Anything that the gateway sends. */
export type ServerFrame = PlainFrame | EventsFrame;

/** A frame, null for one of a type that is not known here, or what is wrong with it. */
export type DecodedFrame =
  | { readonly ok: true; readonly frame: ServerFrame | null }
  | { readonly ok: false; readonly problem: string };

/** Decodes what a socket brought. Never throws. */
export function decodeServerFrame(data: unknown): DecodedFrame {
  if (typeof data !== "string") return { ok: false, problem: "not a text frame" };
  let input: unknown;
  try {
    input = JSON.parse(data);
  } catch {
    return { ok: false, problem: "not JSON" };
  }
  const type = typeOf(input);
  if (type === null) return { ok: false, problem: "no type" };
  if (!isFrameType(type)) return { ok: true, frame: null };
  const parsed = frameSchemas[type].safeParse(input);
  if (!parsed.success)
    return { ok: false, problem: `${type}: ${parsed.error.issues[0]?.path.join(".") ?? ""}` };
  const { data: frame } = parsed;
  return frame.type === "events" ? decodeBatch(frame) : { ok: true, frame };
}

function decodeBatch(batch: z.infer<typeof batchSchema>): DecodedFrame {
  const events: RoomEvent[] = [];
  let last = batch.seq - 1;
  for (const input of batch.events) {
    if (input.seq <= last || input.seq >= batch.seq + batch.count) {
      return { ok: false, problem: `event ${input.seq} is not in its place` };
    }
    last = input.seq;
    if (!isEventType(input.type)) continue;
    const event = decodeEvent(input.type, input);
    if (event === null) return { ok: false, problem: `${input.type} is not well formed` };
    events.push(event);
  }
  return { ok: true, frame: { ...batch, events } };
}

function typeOf(input: unknown): string | null {
  if (typeof input !== "object" || input === null || !("type" in input)) return null;
  return typeof input.type === "string" ? input.type : null;
}

function isFrameType(type: string): type is keyof typeof frameSchemas {
  return Object.hasOwn(frameSchemas, type);
}
