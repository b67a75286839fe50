/** The webhooks of one node, put together (`docs/rules.md` N, `docs/webhooks.md`). */
import { setMaxListeners } from "node:events";
import { freshId, type Environment } from "../gateway/environment.js";
import { LogFault } from "../log/port.js";
import type { Records } from "../log/records.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import { NO_BACK_OFFICE } from "../room/events.js";
import type { RoomState } from "../room/state.js";
import { parseNetwork } from "./addresses.js";
import { stableJson, type KnockLink } from "./bodies.js";
import { collectNotices } from "./collector.js";
import { DeliveryLog } from "./delivery-log.js";
import { createDestinations, resolveBySystem, type Resolve } from "./destinations.js";
import { Dispatcher } from "./dispatcher.js";
import { Endpoints } from "./endpoints.js";
import { KnockPolicy, type DecideKnock } from "./knock-policy.js";
import { DUE, DUE_POLICIES, POLICY_ENDPOINT, ROOM_ENDPOINT } from "./names.js";
import type { Answer, Webhooks } from "./port.js";
import { Postman, type Outcome } from "./postman.js";
import { publicPem, sharedRsaKey, type Safe } from "./rsa-key.js";
import { createSender } from "./sender.js";

/** What webhooks take from their node. Times in milliseconds; those with a default may be left out. */
export interface WebhooksOptions {
  readonly records: Records;
  readonly environment: Environment;
  /** Epoch milliseconds by the store's clock. */
  readonly now: () => number;
  /** The `whsec_` texts that sign an app's messages; several while one is replaced by the next. */
  readonly signingSecretsOf: (app: string) => readonly string[];
  /** RSA private key in PEM; null: one is made once and shared through the records. */
  readonly rsaKey: string | null;
  /** Seals the key that is made; null or not given: it is kept as it is. */
  readonly safe?: Safe | null;
  /** Networks that may be reached besides public addresses, such as `10.1.0.0/16`. */
  readonly networks: readonly string[];
  /** A room as it is now; `NO_ROOM` where there is none. Rejects with a fault. */
  readonly roomOf: (app: string, roomId: string) => Promise<RoomState>;
  /** Lets a policy's word on a knock take effect. */
  readonly decide: DecideKnock;
  /** The link on which a knock can be answered, for `entry-requested`; null: none. */
  readonly knockLinkFor: KnockLink;
  readonly metrics?: { delivered(status: string): void };
  /** Bound of a whole request. Default: 10 s. */
  readonly requestTimeoutMs?: number;
  /** How long a message is tried. Default: 24 h. */
  readonly retryForMs?: number;
  /** How long a message that is over stays in the log. Default: 30 days. */
  readonly keepFailedMs?: number;
  /** Between two looks for what is due. Default: 500. */
  readonly pollMs?: number;
  /** Lanes served at once, and as many questions to policies beside them. Default: 50. */
  readonly slots?: number;
  /** How long `close` waits for requests under way before it cuts them. Default: 5 s. */
  readonly closeWithinMs?: number;
  /** Finds addresses of names. Default: the system's way. */
  readonly resolve?: Resolve;
}

const DAY_MS = 86_400_000;

/** Makes the webhooks of a node; `start` sets them going. Throws an `Error` for a network or a key that is none. */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const abandoned = new AbortController();
  const records = writingUntil(options.records, abandoned.signal);
  const { environment, now, signingSecretsOf, roomOf, decide, knockLinkFor, metrics } = options;
  const { requestTimeoutMs = 10_000, retryForMs = DAY_MS, keepFailedMs = 30 * DAY_MS } = options;
  const { pollMs = 500, slots = 50, closeWithinMs = 5_000, resolve = resolveBySystem } = options;
  const destinations = createDestinations(options.networks.map(parseNetwork), resolve);
  const rsaKey = sharedRsaKey(records, options.rsaKey, options.safe ?? null);
  const cut = new AbortController();
  // One listener for each request under way; Node takes more than ten for a leak.
  setMaxListeners(0, cut.signal);
  const send = createSender({ destinations, now, signingSecretsOf, rsaKey, cut: cut.signal });
  const { refusalOf } = destinations;
  const shared = { records, environment, now, ended: cut.signal };
  const endpoints = new Endpoints({ ...shared, refusalOf });
  const log = new DeliveryLog(shared);
  const onAttempt = (app: string, endpointId: string, status: Outcome): void => {
    metrics?.delivered(status);
    if (status === "delivered") log.touch(app, endpointId);
  };
  const serving = { ...shared, send, roomOf, keepFailedMs, onAttempt };
  const postman = new Postman({ ...serving, endpoints, requestTimeoutMs, retryForMs });
  const policies = new KnockPolicy({ ...serving, decide });
  const dispatchers = [
    new Dispatcher({
      ...{ ...shared, slots, pollMs },
      due: DUE,
      leaseMs: postman.leaseMs,
      serve: (claim, stopped) => postman.serve(claim, stopped),
      beside: () => log.tidy(),
    }),
    new Dispatcher({
      ...{ ...shared, slots, pollMs },
      due: DUE_POLICIES,
      leaseMs: policies.leaseMs,
      serve: (claim, stopped) => policies.serve(claim, stopped),
    }),
  ];

  /** Where an endpoint's messages go now; null: nowhere. */
  const addressOf = async (app: string, id: string): Promise<{ url: string; roomId: string } | null> => {
    const prefix = [ROOM_ENDPOINT, POLICY_ENDPOINT].find((one) => id.startsWith(one));
    if (prefix === undefined) {
      const endpoint = await endpoints.find(app, id);
      return endpoint === null ? null : { url: endpoint.url, roomId: "" };
    }
    const roomId = id.slice(prefix.length);
    const { webhook, knockPolicy } = (await roomOf(app, roomId)).room?.backOffice ?? NO_BACK_OFFICE;
    const url = prefix === ROOM_ENDPOINT ? webhook?.endPoint : knockPolicy?.url;
    return url === undefined ? null : { url, roomId };
  };
  /** What a room once had is still listed: its log outlives the setting. */
  const isKnown = async (app: string, id: string): Promise<boolean> =>
    (await addressOf(app, id)) !== null || !(await log.isEmpty(app, id));
  const wake = (): void => {
    for (const dispatcher of dispatchers) dispatcher.wake();
  };
  const unknown = (field: string) => no(refuse("webhook_unknown", { field }));
  let closing: Promise<void> | null = null;

  return {
    collect: (followed, told) =>
      collectNotices(
        {
          ...shared,
          endpoints,
          knockLinkFor,
          keepFailedMs,
          keepPositionsMs: 2 * (keepFailedMs + retryForMs),
        },
        followed,
        told,
      ),
    wake,
    start: () => {
      for (const dispatcher of dispatchers) dispatcher.start();
      wake();
    },
    close: () => {
      closing ??= closeAll(dispatchers, cut, closeWithinMs);
      return closing;
    },
    abandon: () => {
      abandoned.abort();
      cut.abort();
      closing ??= Promise.all(dispatchers.map((dispatcher) => dispatcher.stop())).then(() => undefined);
    },
    refusalOf,
    endpoints: (app) => endpoints.list(app),
    addEndpoint: (app, given) => endpoints.add(app, given),
    async changeEndpoint(app, id, part) {
      const changed = await endpoints.change(app, id, part);
      if (changed.ok && part.url !== undefined) {
        await log.hurry(app, id);
        wake();
      }
      return changed;
    },
    removeEndpoint: (app, id) => endpoints.remove(app, id),
    async deliveries(app, endpointId, status, page) {
      if (!(await isKnown(app, endpointId))) return unknown("id");
      return { ok: true, value: await log.list(app, endpointId, status, page) };
    },
    async replay(app, endpointId, deliveryId) {
      if (!(await isKnown(app, endpointId))) return unknown("id");
      const count = await log.replay(app, endpointId, deliveryId);
      if (count === null) return unknown("deliveryId");
      wake();
      return { ok: true, value: count };
    },
    async test(app, endpointId) {
      const found = await addressOf(app, endpointId);
      if (found === null) return unknown("id");
      const { url, roomId } = found;
      const id = `msg_${freshId(environment)}`;
      const at = now();
      const data = roomId === "" ? {} : { meetingId: roomId };
      const body = stableJson({ webhookType: "test", data, id, epoch: null, seq: null, at });
      const attempt = await send({ app, id, url, body, timeoutMs: requestTimeoutMs });
      const status = attempt?.response.error === null ? ("delivered" as const) : ("failed" as const);
      if (status === "delivered") {
        await log.hurry(app, endpointId);
        wake();
      }
      return {
        ok: true,
        value: {
          ...{ id, endpointId, roomId, webhookType: "test", epoch: null, seq: null, createdAt: at, status },
          ...{ attempts: 1, last: attempt?.last ?? null, nextAttemptAt: null },
        },
      };
    },
    secrets: signingSecretsOf,
    publicKey: async () => publicPem(await rsaKey()),
  };
}

/** Records that take nothing any more once the signal says so. */
function writingUntil(records: Records, ended: AbortSignal): Records {
  return {
    fields: (map, names) => records.fields(map, names),
    range: (index, query) => records.range(index, query),
    count: (index, bounds) => records.count(index, bounds),
    scores: (index, members) => records.scores(index, members),
    write: (changes, conditions) =>
      ended.aborted
        ? Promise.reject(new LogFault("this node was abandoned"))
        : records.write(changes, conditions),
  };
}

async function closeAll(
  dispatchers: readonly Dispatcher[],
  cut: AbortController,
  withinMs: number,
): Promise<void> {
  const stopped = Promise.all(dispatchers.map((dispatcher) => dispatcher.stop()));
  let timer: NodeJS.Timeout | undefined;
  const late = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms);
    });
  await Promise.race([stopped, late(withinMs)]);
  clearTimeout(timer);
  cut.abort();
  // What was cut still lets its lane go; a store that is away must not hold the node.
  await Promise.race([stopped, late(1_000)]);
  clearTimeout(timer);
}

function no<T>(refusal: Refusal): Extract<Answer<T>, { ok: false }> {
  return { ok: false, refusal };
}
