/** A message as it is kept, and the changes of records that move it from one status to the next (`docs/rules.md` N7). */
import { z } from "zod";
import type { Change, Condition } from "../log/records.js";
import { EXPIRY, logOf, queueOf } from "./names.js";
import type { Delivery } from "./port.js";

/** What a policy was asked about, and what it said. Times are epoch milliseconds. */
const questionSchema = z.object({
  participantId: z.string(),
  since: z.number(),
  askedAt: z.number(),
  expiresAt: z.number(),
  /** Kept before it takes effect, so that a node that takes over does not ask again. Null: not known yet. */
  verdict: z.object({ decision: z.enum(["allow", "deny", "ask"]), note: z.string().nullable() }).nullable(),
});
/** What a policy was asked about, and what it said. */
export type Question = z.infer<typeof questionSchema>;

const messageSchema = z.object({
  id: z.string(),
  app: z.string(),
  endpointId: z.string(),
  roomId: z.string(),
  webhookType: z.string(),
  epoch: z.string(),
  seq: z.number(),
  createdAt: z.number(),
  status: z.enum(["pending", "delivered", "failed"]),
  attempts: z.number(),
  last: z
    .object({
      at: z.number(),
      httpStatus: z.number().nullable(),
      error: z.string().nullable(),
      tookMs: z.number(),
    })
    .nullable(),
  nextAttemptAt: z.number().nullable(),
  /** The lane that it waits in. */
  lane: z.string(),
  /** Since when it is tried: its creation or its last replay. */
  triedSince: z.number(),
  /** Its score in the indexes of the log. */
  order: z.number(),
  question: questionSchema.nullable(),
});
/** A message as it is kept. Its body is kept apart, as long as it may still be sent. */
export type Message = z.infer<typeof messageSchema>;

/** A message as it was read: a write that rests on it compares the very text, which another version may have written. */
export interface Kept {
  readonly message: Message;
  readonly text: string;
}

/** Holds while a message is as it was read. */
export function unchanged({ message, text }: Kept): Condition {
  return { map: logOf(message.app, message.endpointId).messages, field: message.id, is: text };
}

/** Text for the records. */
export function encodeMessage(message: Message): string {
  return JSON.stringify(message);
}

/** A message from its text. Throws where it is none: then the records are damaged or from another version. */
export function decodeMessage(text: string): Kept {
  return { message: messageSchema.parse(JSON.parse(text)), text };
}

/** What outsiders see of a message. */
export function deliveryOf(message: Message): Delivery {
  const { id, endpointId, roomId, webhookType, epoch, seq, createdAt, status, attempts } = message;
  const { last, nextAttemptAt } = message;
  return {
    id,
    endpointId,
    roomId,
    webhookType,
    epoch,
    seq,
    createdAt,
    status,
    attempts,
    last,
    nextAttemptAt,
  };
}

/** Puts the text of a message down; where it is listed does not change. */
export function keep(message: Message): Change {
  return {
    put: logOf(message.app, message.endpointId).messages,
    field: message.id,
    text: encodeMessage(message),
  };
}

/** A new message in a lane. */
export function enqueue(message: Message, body: string, position: number): readonly Change[] {
  return [...listed(message, body), { rank: queueOf(message.lane), member: message.id, score: position }];
}

/** A new message for which there is no place: failed from the start, and as good for a replay as any other. */
export function discard(message: Message, body: string, keptUntil: number): readonly Change[] {
  const { id, app, endpointId } = message;
  const expiry = { rank: EXPIRY, member: logOf(app, endpointId).expiryOf(id), score: keptUntil };
  return [...listed(message, body), expiry];
}

/** A new message with its body, in the log of its endpoint. */
function listed(message: Message, body: string): readonly Change[] {
  const { id, app, endpointId, order, status } = message;
  const log = logOf(app, endpointId);
  return [
    keep(message),
    { put: log.bodies, field: id, text: body },
    { rank: log.index("all"), member: id, score: order },
    { rank: log.index(status), member: id, score: order },
  ];
}

/** A pending message is over. Only one that may be replayed keeps its body. */
export function conclude(
  message: Message & { readonly status: "delivered" | "failed" },
  keptUntil: number,
): readonly Change[] {
  const { id, app, endpointId, order, lane, status, question } = message;
  const log = logOf(app, endpointId);
  const keepsBody = status === "failed" && question === null;
  return [
    keep(message),
    ...(keepsBody ? [] : [{ drop: log.bodies, field: id }]),
    { unrank: queueOf(lane), member: id },
    { unrank: log.index("pending"), member: id },
    { rank: log.index(status), member: id, score: order },
    { rank: EXPIRY, member: log.expiryOf(id), score: keptUntil },
  ];
}

/** A failed message waits again. */
export function reopen(message: Message, position: number): readonly Change[] {
  const { id, app, endpointId, order, lane } = message;
  const log = logOf(app, endpointId);
  return [
    keep(message),
    { unrank: log.index("failed"), member: id },
    { rank: log.index("pending"), member: id, score: order },
    { unrank: EXPIRY, member: log.expiryOf(id) },
    { rank: queueOf(lane), member: id, score: position },
  ];
}

/** Nothing of a message is left, but for its place in a queue. */
export function forget(app: string, endpointId: string, id: string): readonly Change[] {
  const log = logOf(app, endpointId);
  return [
    { drop: log.messages, field: id },
    { drop: log.bodies, field: id },
    ...(["all", "pending", "delivered", "failed"] as const).map((status) => ({
      unrank: log.index(status),
      member: id,
    })),
    { unrank: EXPIRY, member: log.expiryOf(id) },
  ];
}
