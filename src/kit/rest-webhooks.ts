/** Webhooks of the app over REST: where its events go, and how they fared. */
import type { Delivery, Webhook } from "./answers.js";
import type { NewWebhook, WebhookChanges } from "./bodies.js";
import type { Call, CallOptions } from "./caller.js";
import { listingOf, type Listing } from "./listing.js";
import { OPERATIONS } from "./operations.js";
import { PER_PAGE, type ListOptions } from "./rest-rooms.js";

/** Webhooks. In `test`, `deliveries` and the replays `room-<roomId>` and `policy-<roomId>` stand for a room's own. */
export class WebhooksApi {
  constructor(private readonly call: Call) {}

  /** The oldest first. */
  async list(options?: CallOptions): Promise<readonly Webhook[]> {
    return (await this.call(OPERATIONS.listWebhooks, {}, options)).data;
  }

  /** It hears of what happens in all rooms from now on. */
  create(webhook: NewWebhook, options?: CallOptions): Promise<Webhook> {
    return this.call(OPERATIONS.createWebhook, { body: webhook }, options);
  }

  get(id: string, options?: CallOptions): Promise<Webhook> {
    return this.call(OPERATIONS.getWebhook, { params: { id } }, options);
  }

  change(id: string, changes: WebhookChanges, options?: CallOptions): Promise<Webhook> {
    return this.call(OPERATIONS.changeWebhook, { params: { id }, body: changes }, options);
  }

  /** What was still to be delivered to it is dropped. */
  async remove(id: string, options?: CallOptions): Promise<void> {
    await this.call(OPERATIONS.removeWebhook, { params: { id } }, options);
  }

  /** What signs the app's messages, `whsec_…`: for `createWebhookVerifier` and `webhookReceiver`. */
  async secrets(options?: CallOptions): Promise<readonly string[]> {
    return (await this.call(OPERATIONS.webhookSecrets, {}, options)).secrets;
  }

  /** Sends a message now; answers when the receiver has, or when it took too long. */
  test(id: string, options?: CallOptions): Promise<Delivery> {
    return this.call(OPERATIONS.testWebhook, { params: { id } }, options);
  }

  /** Newest first. */
  deliveries(
    id: string,
    {
      status,
      perPage = PER_PAGE,
      signal,
    }: ListOptions & { readonly status?: Delivery["status"] | undefined } = {},
  ): Listing<Delivery> {
    return listingOf((page) =>
      this.call(OPERATIONS.listDeliveries, { params: { id }, query: { status, page, perPage } }, { signal }),
    );
  }

  /** Delivers failed messages again, all or one; answers how many. */
  async replay(
    id: string,
    { deliveryId, ...options }: CallOptions & { readonly deliveryId?: string | undefined } = {},
  ): Promise<number> {
    const { replayed } =
      deliveryId === undefined
        ? await this.call(OPERATIONS.replayAll, { params: { id } }, options)
        : await this.call(OPERATIONS.replayOne, { params: { id, deliveryId } }, options);
    return replayed;
  }
}
