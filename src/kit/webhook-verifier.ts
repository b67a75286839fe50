/** Checking that a webhook came from the gateway: Standard Webhooks' three headers over the raw body (`docs/rules.md` N3). */
import { createHmac, timingSafeEqual } from "node:crypto";
import { decodeMessage, type WebhookMessage } from "./webhook-messages.js";

/** Why a message is not taken. Stable; texts may change. */
export type WebhookReason =
  /** One of the three headers is not there, or the time is not one. */
  | "headers_malformed"
  /** Sent longer ago than is tolerated, or not yet: somebody may be sending again what they have seen. */
  | "too_old"
  | "too_new"
  /** Nobody who has one of the secrets signed this body. */
  | "signature_invalid"
  /** Signed, and no message that can be read. */
  | "body_malformed";

/** A message that is not taken. It never repeats any of it. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";

  constructor(
    readonly reason: WebhookReason,
    text: string,
  ) {
    super(text);
  }
}

/** Headers as Node and Express have them, or as `fetch` has them. */
export type WebhookHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What messages are checked with. */
export interface WebhookVerifierOptions {
  /** `whsec_` and base64: all that `GET /v2/webhooks/secrets` answers. A signature by any of them is good. */
  readonly secrets: readonly string[];
  /** How far the time of a message may be from now, seconds; 300 unless said. */
  readonly toleranceSeconds?: number | undefined;
  /** Epoch milliseconds; the clock of this machine, unless given. */
  readonly now?: (() => number) | undefined;
}

/** Checks and decodes messages. */
export interface WebhookVerifier {
  /**
   * @param rawBody the body as it came, byte for byte: one that was parsed and written again may differ
   * @throws WebhookError for anything that is not a message of the gateway's
   */
  verify(headers: WebhookHeaders, rawBody: string | Uint8Array): WebhookMessage;
}

const TOLERANCE_SECONDS = 300;
/** Shorter ones are not the gateway's; an empty one would sign for everybody. */
const LEAST_KEY_BYTES = 24;

/**
 * Makes a verifier.
 *
 * @throws Error for secrets that cannot be used, by their place and never by their text
 * @throws RangeError for a tolerance that is negative or not finite
 */
export function createWebhookVerifier(options: WebhookVerifierOptions): WebhookVerifier {
  const { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now } = options;
  if (!Number.isFinite(toleranceSeconds) || toleranceSeconds < 0)
    throw new RangeError("toleranceSeconds must be a finite number, 0 or more");
  if (options.secrets.length === 0) throw new Error("There must be at least one secret of webhooks");
  const keys = options.secrets.map(keyOf);
  return {
    verify(headers, rawBody) {
      const id = headerOf(headers, "webhook-id");
      const time = headerOf(headers, "webhook-timestamp");
      const signatures = headerOf(headers, "webhook-signature");
      if (id === "" || signatures === "" || !/^\d{1,12}$/.test(time))
        throw new WebhookError(
          "headers_malformed",
          "webhook-id, webhook-timestamp and webhook-signature are needed",
        );
      const body = Buffer.from(rawBody);
      const signed = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
      if (!keys.some((key) => isSignedBy(key, signed, signatures)))
        throw new WebhookError("signature_invalid", "no secret of this app signed this body");
      const age = now() / 1_000 - Number(time);
      if (age > toleranceSeconds) throw new WebhookError("too_old", "the message was sent too long ago");
      if (age < -toleranceSeconds) throw new WebhookError("too_new", "the message is from the future");
      const message = decodeMessage(parsed(body));
      if (message?.id !== id)
        throw new WebhookError("body_malformed", "the body is no message that can be read");
      return message;
    },
  };
}

function keyOf(secret: string, index: number): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  if (key.length >= LEAST_KEY_BYTES) return key;
  throw new Error(`secrets[${index}] is no secret of webhooks: it is whsec_ and base64, and no API secret`);
}

function headerOf(headers: WebhookHeaders, name: string): string {
  if (areOfFetch(headers)) return headers.get(name) ?? "";
  const found = Object.entries(headers).find(([one]) => one.toLowerCase() === name)?.[1];
  return typeof found === "string" ? found : "";
}

function areOfFetch(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof Reflect.get(headers, "get") === "function";
}

/** Signatures are separated by spaces, each with its version before a comma. */
function isSignedBy(key: Buffer, signed: Buffer, signatures: string): boolean {
  const right = createHmac("sha256", key).update(signed).digest();
  return signatures.split(" ").some((one) => {
    if (!one.startsWith("v1,")) return false;
    const shown = Buffer.from(one.slice(3), "base64");
    return shown.length === right.length && timingSafeEqual(shown, right);
  });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}
