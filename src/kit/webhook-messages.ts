/** What webhooks are sent, as programs read it (`docs/webhooks.md`). */
import { z } from "zod";
import { eventShapes, knockViewSchema, type EventType } from "../protocol/events.js";
import { decodeTolerantly } from "./tolerant.js";

const meetingId = z.string();
const customRoomId = z.string().optional();
const sessionId = z.string().nullable();
const place = { meetingId, customRoomId, sessionId };
const { reason } = eventShapes["participant-left"];
const somebody = { meetingId, sessionId, participantId: z.string(), participantName: z.string() };

const head = { id: z.string(), at: z.number() };
const inLog = { ...head, epoch: z.string(), seq: z.number() };

const message = <T extends string, S extends z.ZodRawShape>(type: T, data: S) =>
  z.object({ webhookType: z.literal(type), data: z.object(data), ...inLog });

/** An event with the members that it has on the sockets, and where it happened. */
const event = <T extends EventType>(type: T) => message(type, { ...place, ...eventShapes[type] });

const messageSchema = z.discriminatedUnion("webhookType", [
  message("session-started", { sessionId: z.string(), meetingId, start: z.string() }),
  message("session-ended", {
    ...{ sessionId: z.string(), meetingId },
    start: z.string().nullable(),
    end: z.string(),
  }),
  message("participant-joined", somebody),
  message("participant-left", { ...somebody, reason }),
  message("entry-requested", { ...place, knock: knockViewSchema, link: z.string().optional() }),
  message("entry-policy", {
    ...{ meetingId, participantId: z.string(), participantName: z.string() },
    metaData: z.record(z.string(), z.unknown()).nullable(),
    since: z.number(),
    expiresAt: z.number(),
  }),
  message("events-lost", { meetingId }),
  z.object({
    webhookType: z.literal("test"),
    data: z.object({ meetingId: z.string().optional() }),
    ...head,
    epoch: z.null(),
    seq: z.null(),
  }),
  event("room-created"),
  event("room-settings-changed"),
  event("room-status-changed"),
  event("entry-responded"),
  event("entry-withdrawn"),
  event("entry-disconnected"),
  event("entry-resumed"),
  event("participant-disconnected"),
  event("participant-resumed"),
  event("stream-enabled"),
  event("stream-disabled"),
  event("mic-requested"),
  event("webcam-requested"),
  event("mic-responded"),
  event("webcam-responded"),
  event("media-lock-changed"),
  event("participant-banned"),
  event("participant-unbanned"),
  event("room-lock-changed"),
  event("permissions-changed"),
  event("participant-renamed"),
  event("participant-invited"),
  event("invitation-revoked"),
  event("token-expired"),
  event("token-refreshed"),
  event("message-published"),
]);

/** Every type that is known here. */
export const WEBHOOK_TYPES: readonly string[] = messageSchema.options.map(
  ({ shape }) => shape.webhookType.value,
);

/** A message of a type that this kit does not know: of a gateway that is newer. */
export interface UnknownMessage {
  readonly webhookType: "unknown";
  /** The type as it came. */
  readonly named: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly epoch: string | null;
  readonly seq: number | null;
}

/** A message of a type that is known; `webhookType` says what `data` is. */
export type KnownMessage = z.infer<typeof messageSchema>;

/**
 * A message. `id` is the same at every attempt; `epoch` and `seq` say where the event stands in the room's log, `at` when it happened,
 * epoch milliseconds.
 */
export type WebhookMessage = KnownMessage | UnknownMessage;

/** A message of one type. */
export type WebhookMessageOf<T extends WebhookMessage["webhookType"]> = Extract<
  WebhookMessage,
  { readonly webhookType: T }
>;

const unknownSchema = z.object({
  webhookType: z.string(),
  data: z.record(z.string(), z.unknown()),
  ...head,
  epoch: z.string().nullable(),
  seq: z.number().nullable(),
});

/** Decodes a body; null where it is no message, or one of a known type that lacks something. */
export function decodeMessage(body: unknown): WebhookMessage | null {
  const known = decodeTolerantly(messageSchema, body);
  if (known !== null) return known.value;
  const other = unknownSchema.safeParse(body);
  if (!other.success || WEBHOOK_TYPES.includes(other.data.webhookType)) return null;
  const { webhookType: named, ...rest } = other.data;
  return { ...rest, webhookType: "unknown", named };
}
