/** What the routes of webhooks ask of whoever keeps and delivers them: the part of the port that is about endpoints. */
import type { Webhooks } from "../../webhooks/port.js";

export type { Delivery, Endpoint } from "../../webhooks/port.js";

/** The webhooks of all apps, as routes use them. */
export type WebhookDesk = Pick<
  Webhooks,
  | "endpoints"
  | "addEndpoint"
  | "changeEndpoint"
  | "removeEndpoint"
  | "deliveries"
  | "replay"
  | "test"
  | "secrets"
>;
