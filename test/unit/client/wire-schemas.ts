/** What the gateway sends, decoded by the protocol's own schemas: what the client's small decoder is compared with. */
import { z } from "zod";
import { eventShapes, lobbyViewSchema, roomViewSchema } from "../../../src/protocol/events.js";

const seq = z.number().int().min(0);
const ask = z.object({ by: z.string().nullable() }).nullable();

const error = z.object({
  code: z.number(),
  name: z.string(),
  reason: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  field: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});

const frameSchemas: Readonly<Record<string, z.ZodType>> = {
  hello: z.object({
    type: z.literal("hello"),
    protocol: z.string(),
    version: z.string(),
    heartbeatMs: z.number().positive(),
  }),
  reply: z.discriminatedUnion("ok", [
    z.looseObject({
      type: z.literal("reply"),
      id: z.string(),
      ok: z.literal(true),
      seq: seq.optional(),
      repeated: z.boolean().optional(),
    }),
    z.object({ type: z.literal("reply"), id: z.string().nullable(), ok: z.literal(false), error }),
  ]),
  snapshot: z.object({
    type: z.literal("snapshot"),
    cause: z.string(),
    epoch: z.string(),
    seq,
    participantId: z.string(),
    self: z.object({ restricted: z.boolean(), asked: z.object({ mic: ask, webcam: ask }) }).optional(),
    room: roomViewSchema,
  }),
  lobby: lobbyViewSchema.extend({ type: z.literal("lobby"), cause: z.string() }),
  "entry-responded": z.object({ type: z.literal("entry-responded"), ...eventShapes["entry-responded"] }),
  "meeting-left": z.object({
    type: z.literal("meeting-left"),
    reason: z.object({ code: z.number(), message: z.string() }),
    note: z.string().nullable(),
  }),
  signal: z.object({
    type: z.literal("signal"),
    from: z.string(),
    id: z.string(),
    payload: z.record(z.string(), z.unknown()),
  }),
  "token-refresh": z.object({
    type: z.literal("token-refresh"),
    mark: z.string(),
    expiresAt: z.number(),
    isExpired: z.boolean(),
    policy: z.string(),
  }),
  "conference-token": z.object({
    type: z.literal("conference-token"),
    roomId: z.string(),
    token: z.string(),
  }),
  notification: z.object({
    type: z.literal("notification"),
    notification: z.object({
      type: z.string(),
      conferenceId: z.string(),
      conferenceAlias: z.string().nullable(),
      participantId: z.string().optional(),
      name: z.string().optional(),
      participantCount: z.number().optional(),
      permissions: z.array(z.string()).optional(),
    }),
    at: z.number(),
  }),
};

const batchSchema = z.object({
  type: z.literal("events"),
  epoch: z.string(),
  seq,
  count: seq,
  events: z.array(z.looseObject({ seq, at: z.number(), type: z.string() })),
});

const eventSchemas = new Map(
  Object.entries(eventShapes).map(([type, shape]) => {
    const stamp = { seq: z.number(), at: z.number(), type: z.literal(type) };
    return [type, z.object({ ...stamp, ...shape })] as const;
  }),
);

/** The frame, null for one of an unknown type, or that it cannot be read. */
export type Decoded = { readonly ok: true; readonly frame: unknown } | { readonly ok: false };

/** Decodes one frame. */
export function decodeBySchema(text: string): Decoded {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return { ok: false };
  }
  const head = z.object({ type: z.string() }).safeParse(input);
  if (!head.success) return { ok: false };
  const { type } = head.data;
  if (type === "events") return decodeBatch(input);
  const schema = Object.hasOwn(frameSchemas, type) ? frameSchemas[type] : undefined;
  if (schema === undefined) return { ok: true, frame: null };
  const parsed = schema.safeParse(input);
  return parsed.success ? { ok: true, frame: parsed.data } : { ok: false };
}

function decodeBatch(input: unknown): Decoded {
  const parsed = batchSchema.safeParse(input);
  if (!parsed.success) return { ok: false };
  const { data: batch } = parsed;
  const events: unknown[] = [];
  let last = batch.seq - 1;
  for (const one of batch.events) {
    if (one.seq <= last || one.seq >= batch.seq + batch.count) return { ok: false };
    last = one.seq;
    if (!eventSchemas.has(one.type)) continue;
    const event = eventSchemas.get(one.type)?.safeParse(one);
    if (event?.success !== true) return { ok: false };
    events.push(event.data);
  }
  return { ok: true, frame: { ...batch, events } };
}
