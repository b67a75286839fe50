/** A receiver of webhooks for an Express app, or for Node's own server. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { WebhookMessage, WebhookMessageOf } from "./webhook-messages.js";
import { createWebhookVerifier, WebhookError, type WebhookVerifierOptions } from "./webhook-verifier.js";

/** A question about a knock. */
export type KnockQuestion = WebhookMessageOf<"entry-policy">;

/** The answer to it: `ask` leaves the knock to the hosts. */
export interface KnockAnswer {
  readonly decision: "allow" | "deny" | "ask";
  /** The knocker reads it; 512 characters at most. */
  readonly note?: string | undefined;
}

/** Which messages were handled already. A store of your own makes it hold over restarts and over several processes. */
export interface SeenMessages {
  has(id: string): boolean | Promise<boolean>;
  add(id: string): void | Promise<void>;
}

/** How messages are received. */
export interface WebhookReceiverOptions extends WebhookVerifierOptions {
  /**
   * Does the work. The gateway is answered when it has: 204, or, where it throws, what your error handler answers, and then the
   * message comes again. The gateway waits 10 s.
   */
  readonly handle: (message: WebhookMessage) => unknown;
  /** Answers questions about knocks, for rooms with a `knockPolicy`. Not given: they are left to the hosts. */
  readonly decide?: ((question: KnockQuestion) => KnockAnswer | Promise<KnockAnswer>) | undefined;
  /** Drops messages that were handled already: a message may come more than once. Not given: all are handled. */
  readonly seen?: SeenMessages | undefined;
  /** The largest body, bytes; 1 MiB unless said. */
  readonly maxBytes?: number | undefined;
}

/** A request as Node has it; something before may have read its body. */
export type ReceivedRequest = IncomingMessage & { readonly body?: unknown };

/** Fits `app.post(path, …)` of Express, and `createServer(…)` of Node. */
export type WebhookReceiver = (
  request: ReceivedRequest,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => Promise<void>;

const MAX_BYTES = 1_048_576;

/**
 * Makes middleware that reads the raw body, checks the signature, decodes the message and hands it on. It answers by itself: 204 for
 * what was handled or seen before, 400 for what is not the gateway's, 413 for what is too large. Put it before `express.json()`.
 *
 * ```ts
 * const secrets = await gateway.webhooks.secrets();
 * app.post("/hook", webhookReceiver({ secrets, seen: createSeenMessages(), handle: (message) => queue.push(message) }));
 * ```
 *
 * @throws Error for secrets that cannot be used
 */
export function webhookReceiver(options: WebhookReceiverOptions): WebhookReceiver {
  const { handle, decide, seen, maxBytes = MAX_BYTES } = options;
  const verifier = createWebhookVerifier(options);
  const underWay = new Map<string, Promise<void>>();

  const once = async (message: WebhookMessage): Promise<void> => {
    if ((await seen?.has(message.id)) === true) return;
    await handle(message);
    // Only now: a message that failed has to come again.
    await seen?.add(message.id);
  };
  const work = (message: WebhookMessage): Promise<void> => {
    if (seen === undefined) return once(message);
    // The gateway gave up waiting and sends it again: both hear how the first went.
    const running = underWay.get(message.id);
    if (running !== undefined) return running;
    const begun = once(message).finally(() => underWay.delete(message.id));
    underWay.set(message.id, begun);
    return begun;
  };

  return async (request, response, next) => {
    try {
      const body = await readBody(request, maxBytes);
      if (body === null) {
        response.setHeader("Connection", "close");
        answer(response, 413, { error: "the body is too large", code: "body_too_large" });
        return;
      }
      const message = verifier.verify(request.headers, body);
      if (message.webhookType === "entry-policy") {
        answer(response, 200, decide === undefined ? { decision: "ask" } : await decide(message));
        return;
      }
      await work(message);
      response.writeHead(204).end();
    } catch (error) {
      if (error instanceof WebhookError) answer(response, 400, { error: error.message, code: error.reason });
      else if (next !== undefined) next(error);
      else answer(response, 500, { error: "the message was not handled", code: "not_handled" });
    }
  };
}

/** Keeps the ids of the last messages in memory; 10,000 unless said. */
export function createSeenMessages({ limit = 10_000 }: { readonly limit?: number } = {}): SeenMessages {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.add(id);
      // Sets keep the order in which things came.
      for (const oldest of ids) {
        if (ids.size <= limit) return;
        ids.delete(oldest);
      }
    },
  };
}

/** The body as it came; null where it is too large. */
async function readBody(request: ReceivedRequest, maxBytes: number): Promise<Uint8Array | null> {
  const { body } = request;
  if (body instanceof Uint8Array || typeof body === "string") return within(Buffer.from(body), maxBytes);
  if (request.readableEnded || (body !== undefined && body !== null))
    throw new Error("webhookReceiver needs the raw body: put it before express.json() and the like");
  const pieces: Buffer[] = [];
  let size = 0;
  // An iterator that ended early would take the line with it, and the answer.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    const bytes: unknown = piece;
    if (!(bytes instanceof Uint8Array)) throw new Error("webhookReceiver needs bytes: set no encoding");
    size += bytes.length;
    if (size > maxBytes) return null;
    pieces.push(Buffer.from(bytes));
  }
  return Buffer.concat(pieces);
}

function within(body: Buffer, maxBytes: number): Buffer | null {
  return body.length > maxBytes ? null : body;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
