/** What the rest of the gateway asks of webhooks (`docs/rules.md` N, `docs/webhooks.md`). */
import type { Page, PageQuery, Told } from "../archive/archive.js";
import type { Change } from "../log/records.js";
import type { Followed } from "../gateway/following.js";
import type { Refusal } from "../protocol/refusals.js";

/** Where an app's events go. Ids of room webhooks are `room-<roomId>`; those live in the room's settings. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  /** Names of events, or beginnings with a `*` behind them. */
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly description: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** One message to one endpoint, and how far it got. Times are epoch milliseconds. */
export interface Delivery {
  /** The same over all attempts; receivers know a message by it (header `webhook-id`). */
  readonly id: string;
  /** For the questions to a room's policy: `policy-<roomId>`. */
  readonly endpointId: string;
  /** Empty for the test of an app's endpoint. */
  readonly roomId: string;
  readonly webhookType: string;
  /** Where in the room's log the event is; null for a test delivery. */
  readonly epoch: string | null;
  readonly seq: number | null;
  readonly createdAt: number;
  readonly status: "pending" | "delivered" | "failed";
  readonly attempts: number;
  /** The last attempt: when, what the receiver answered (null: nothing), what went wrong, how long it took. */
  readonly last: {
    readonly at: number;
    readonly httpStatus: number | null;
    readonly error: string | null;
    readonly tookMs: number;
  } | null;
  /** When the next attempt is due; null: none is, or the message has not been tried yet and is sent as soon as its turn comes. */
  readonly nextAttemptAt: number | null;
}

/** A yes with a value or a no with a reason. */
export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** The webhooks of one store, as one node works on them. Methods reject with a fault where the store is away. */
export interface Webhooks {
  /** Works out what is to be delivered of a step of a room's log. Reads records, writes nothing. */
  collect(followed: Followed, told: readonly Told[]): Promise<readonly Change[]>;
  /** Something may be due: look now instead of at the next turn. */
  wake(): void;
  /** Takes up the work; `close` lets what is under way end, within its time limit, and takes nothing new. */
  start(): void;
  close(): Promise<void>;
  /** Stops as a crash would: nothing is written any more, and claims stay until they run out. */
  abandon(): void;

  /** Whether a URL may be delivered to at all; null: it may (syntax, scheme, literal private addresses). */
  refusalOf(url: string): Refusal | null;
  endpoints(app: string): Promise<readonly Endpoint[]>;
  addEndpoint(
    app: string,
    given: Pick<Endpoint, "url" | "events" | "description">,
  ): Promise<Answer<Endpoint>>;
  /** A new URL is tried at once by what waits after failures. */
  changeEndpoint(
    app: string,
    id: string,
    part: Partial<Pick<Endpoint, "url" | "events" | "description" | "enabled">>,
  ): Promise<Answer<Endpoint>>;
  /** What was still to be delivered to it is dropped. */
  removeEndpoint(app: string, id: string): Promise<Answer<null>>;
  /** The delivery log of an endpoint, newest first. */
  deliveries(
    app: string,
    endpointId: string,
    status: Delivery["status"] | null,
    page: PageQuery,
  ): Promise<Answer<Page<Delivery>>>;
  /**
   * Puts failed messages back to be delivered, all of an endpoint or one; answers how many. Questions to a policy are never put
   * back, and neither is what a full lane has no place for.
   */
  replay(app: string, endpointId: string, deliveryId: string | null): Promise<Answer<number>>;
  /**
   * Sends a message of the type `test` now and says how it went; it is in no delivery log. Where it went well, what waits for
   * this endpoint after failures is tried at once.
   */
  test(app: string, endpointId: string): Promise<Answer<Delivery>>;
  /** The secrets that sign an app's messages in the Standard Webhooks form, `whsec_…`; each message carries a signature of each. */
  secrets(app: string): readonly string[];
  /** The key that verifies `videosdk-signature`, as PEM (PKCS#1). */
  publicKey(): Promise<string>;
}
