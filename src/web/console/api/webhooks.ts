/** Where an app's events go, and how they fared (`docs/webhooks.md`). */
import { pathOf, type Ask } from "./client.js";
import { readNothing, readPage, type PageOf } from "./paging.js";
import type { Reader } from "./reader.js";

/** An endpoint of an app. `createdAt` is epoch milliseconds. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly description: string;
  readonly createdAt: number;
}

/** How far a message got. */
export const DELIVERY_STATUSES = ["pending", "delivered", "failed"] as const;
/** How far a message got. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** A message to an endpoint. Times are epoch milliseconds. */
export interface Delivery {
  readonly id: string;
  readonly roomId: string | null;
  readonly webhookType: string;
  readonly createdAt: number;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly last: {
    readonly at: number;
    /** Null: the receiver did not answer. */
    readonly httpStatus: number | null;
    readonly error: string | null;
    readonly tookMs: number;
  } | null;
  readonly nextAttemptAt: number | null;
}

/** All endpoints of an app. */
export function listWebhooks(app: string): Ask<readonly Webhook[]> {
  return {
    method: "GET",
    path: "/v2/webhooks",
    app,
    read: (answer) => answer.list("data", readWebhook),
  };
}

/** One endpoint. */
export function getWebhook(app: string, id: string): Ask<Webhook> {
  return { method: "GET", path: pathOf`/v2/webhooks/${id}`, app, read: readWebhook };
}

/** Adds an endpoint. */
export function addWebhook(
  app: string,
  body: { readonly url: string; readonly events: readonly string[]; readonly description: string },
): Ask<Webhook> {
  return { method: "POST", path: "/v2/webhooks", app, body, read: readWebhook };
}

/** Switches an endpoint off, or on again. */
export function setWebhookEnabled(app: string, id: string, enabled: boolean): Ask<Webhook> {
  return { method: "POST", path: pathOf`/v2/webhooks/${id}`, app, body: { enabled }, read: readWebhook };
}

/** Removes an endpoint, with what waits for it. */
export function removeWebhook(app: string, id: string): Ask<null> {
  return { method: "DELETE", path: pathOf`/v2/webhooks/${id}`, app, read: readNothing };
}

/** Sends a test message now, and says how it went. */
export function testWebhook(app: string, id: string): Ask<Delivery> {
  return { method: "POST", path: pathOf`/v2/webhooks/${id}/test`, app, read: readDelivery };
}

/** What was sent to an endpoint, newest first. */
export function listDeliveries(
  app: string,
  id: string,
  page: number,
  status: DeliveryStatus | "",
): Ask<PageOf<Delivery>> {
  return {
    method: "GET",
    path: pathOf`/v2/webhooks/${id}/deliveries`,
    query: { page, perPage: 20, status },
    app,
    read: readPage(readDelivery),
  };
}

/** Delivers one message again, or (null) all failed ones; answers how many. */
export function replay(app: string, id: string, deliveryId: string | null): Ask<number> {
  const path =
    deliveryId === null
      ? pathOf`/v2/webhooks/${id}/replay`
      : pathOf`/v2/webhooks/${id}/deliveries/${deliveryId}/replay`;
  return { method: "POST", path, app, read: (answer) => answer.number("replayed") };
}

/** The secrets that sign the app's messages. */
export function webhookSecrets(app: string): Ask<readonly string[]> {
  return { method: "GET", path: "/v2/webhooks/secrets", app, read: (answer) => answer.texts("secrets") };
}

function readWebhook(webhook: Reader): Webhook {
  return {
    id: webhook.text("id"),
    url: webhook.text("url"),
    events: webhook.texts("events"),
    enabled: webhook.flag("enabled"),
    description: webhook.text("description"),
    createdAt: webhook.instant("createdAt"),
  };
}

/** Reads a message to an endpoint. */
export function readDelivery(delivery: Reader): Delivery {
  const last = delivery.insideOrNull("last");
  return {
    id: delivery.text("id"),
    roomId: delivery.textOrNull("roomId"),
    webhookType: delivery.text("webhookType"),
    createdAt: delivery.instant("createdAt"),
    status: delivery.oneOf("status", DELIVERY_STATUSES),
    attempts: delivery.number("attempts"),
    last:
      last === null
        ? null
        : {
            at: last.instant("at"),
            httpStatus: last.numberOrNull("httpStatus"),
            error: last.textOrNull("error"),
            tookMs: last.number("tookMs"),
          },
    nextAttemptAt: delivery.instantOrNull("nextAttemptAt"),
  };
}
