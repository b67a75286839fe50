/** One attempt at one message: signed anew, sent once, told in the words of the delivery log. */
import type { KeyObject } from "node:crypto";
import type { Destinations } from "./destinations.js";
import type { Delivery } from "./port.js";
import { post, type Response } from "./request.js";
import { signatureHeaders } from "./signatures.js";

/** What attempts are made with. */
export interface SenderHost {
  readonly destinations: Destinations;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signingSecretsOf: (app: string) => readonly string[];
  readonly rsaKey: () => Promise<KeyObject>;
  /** Ends requests that are under way. */
  readonly cut: AbortSignal;
}

/** What to send. */
export interface Parcel {
  readonly app: string;
  readonly id: string;
  readonly url: string;
  readonly body: string;
  readonly timeoutMs: number;
}

/** How an attempt went. */
export interface Attempt {
  readonly response: Response;
  readonly last: NonNullable<Delivery["last"]>;
}

/** Makes attempts. Rejects with a fault only where the key cannot be had. Null: it was cut off, and does not count. */
export type Send = (parcel: Parcel) => Promise<Attempt | null>;

/** Makes the sender of a node. */
export function createSender({ destinations, now, signingSecretsOf, rsaKey, cut }: SenderHost): Send {
  return async ({ app, id, url, body, timeoutMs }) => {
    const signers = { secrets: signingSecretsOf(app), rsaKey: await rsaKey() };
    const at = now();
    // A message that nobody can check is better late: the app's keys may be active again soon.
    if (signers.secrets.length === 0) return unsigned(at);
    const headers = signatureHeaders(signers, { id, body, at });
    const response = await post(destinations, { url, headers, body, timeoutMs, signal: cut });
    if (cut.aborted && response.httpStatus === null) return null;
    const { httpStatus, error, tookMs } = response;
    return { response, last: { at, httpStatus, error, tookMs } };
  };
}

function unsigned(at: number): Attempt {
  const outcome = { httpStatus: null, error: "the app has no active key to sign with", tookMs: 0 } as const;
  return { response: { ...outcome, body: null, retryAfter: null }, last: { at, ...outcome } };
}
