/** The shapes of webhooks and deliveries in requests and answers. */
import { z } from "zod";
import { eventName, iso, isoOrNull, named, pageOf, positionSchema } from "./shapes.js";

const members = {
  url: z
    .string()
    .min(1)
    .max(512)
    .describe("Begins with https://; with http:// only to the gateway's own machine"),
  events: z.array(eventName).min(1).max(100).describe("Names of events, or beginnings with a * behind them"),
  description: z.string().max(512).describe("For people"),
};

/** What makes a webhook. */
export const createBody = z.object({
  url: members.url,
  events: members.events.default(["*"]),
  description: members.description.default(""),
});

/** What changes one. */
export const changeBody = z.object({
  url: members.url.optional(),
  events: members.events.optional(),
  description: members.description.optional(),
  enabled: z.boolean().optional(),
});

/** Id of a webhook in a path: an app's, or one that stands for a room's. */
export const endpointParam = z.object({ id: z.string().min(1).max(256).describe("Id of the webhook") });

/** A webhook of an app. */
export const webhookSchema = z
  .strictObject({
    id: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    enabled: z.boolean(),
    description: z.string(),
    createdAt: iso,
  })
  .register(named, { id: "Webhook" });

/** All webhooks of an app. */
export const webhookListSchema = z.strictObject({ data: z.array(webhookSchema) });

/** How far a message got. */
export const statusSchema = z.enum(["pending", "delivered", "failed"]);

/** A message to a webhook. */
export const deliverySchema = z
  .strictObject({
    id: z.string().describe("The same over all attempts; the header `webhook-id`"),
    webhookId: z.string(),
    roomId: z.string().nullable().describe("null for a test that is about no room"),
    webhookType: z.string(),
    position: positionSchema.nullable().describe("`<epoch>:<seq>` of the event; null for a test"),
    createdAt: iso,
    status: statusSchema,
    attempts: z.number().int(),
    last: z
      .strictObject({
        at: iso,
        httpStatus: z.number().int().nullable().describe("null: the receiver did not answer"),
        error: z.string().nullable().describe("What went wrong; null: nothing"),
        tookMs: z.number().describe("Milliseconds"),
      })
      .nullable()
      .describe("The last attempt; null: there was none"),
    nextAttemptAt: isoOrNull.describe("null: none is due"),
  })
  .register(named, { id: "Delivery" });

/** A page of messages to a webhook. */
export const deliveryPageSchema = pageOf(deliverySchema);

/** How many messages are delivered again. */
export const replayedSchema = z.strictObject({ replayed: z.number().int().describe("How many messages") });

/** Signing secrets, those of older keys included. */
export const secretsSchema = z.strictObject({ secrets: z.array(z.string()).describe("`whsec_` and base64") });
