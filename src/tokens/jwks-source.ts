/** The keys behind one address (RFC 7517 section 5): fetched seldom, whatever tokens come, and never waited for long. */
import { createLocalJWKSet } from "jose";
import { z } from "zod";
import { signatureKeyFrom } from "./jwk.js";

/** A set of keys, which finds those for a token's header among its own. */
export type KeySet = ReturnType<typeof createLocalJWKSet>;

/** How long keys are good, and how often they are asked for; milliseconds. */
export interface JwksTiming {
  /** For one request, its body included. */
  readonly timeoutMs: number;
  /** Between two requests, where the keys that are there are good: a token may ask for one that is not among them. */
  readonly cooldownMs: number;
  /** After that keys do not count. From half of it on they are fetched again, while they still do. */
  readonly maxAgeMs: number;
}

/** What is asked of the identity providers unless told otherwise. */
export const JWKS_TIMING: JwksTiming = { timeoutMs: 3_000, cooldownMs: 30_000, maxAgeMs: 600_000 };

/** The longest answer, in bytes, and the most keys in it. */
const MAX_BYTES = 256 * 1024;
const MAX_KEYS = 100;
/** After a request that failed, doubled with each that follows, up to the cool-down. */
const FIRST_RETRY_MS = 1_000;

/** What a source stands on. */
export interface JwksSourceOptions {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds. */
  readonly now: () => number;
  readonly timing: JwksTiming;
  /** Told of each request that failed, with what was wrong. */
  readonly failed: (problem: string) => void;
}

/** The keys behind one address. Neither call rejects. */
export interface JwksSource {
  /** The keys; null: there are none now, and they cannot be fetched. */
  current(): Promise<KeySet | null>;
  /**
   * Newer keys than these, after a token that they do not fit; the same ones where they were asked for a moment ago; null: they
   * cannot be fetched.
   */
  renewed(seen: KeySet): Promise<KeySet | null>;
}

/** Makes the source; nothing is fetched yet. */
export function createJwksSource({ url, fetch, now, timing, failed }: JwksSourceOptions): JwksSource {
  const { cooldownMs, maxAgeMs, timeoutMs } = timing;
  let held: { readonly keys: KeySet; readonly at: number } | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let pending: Promise<void> | null = null;

  const ageOf = (): number => (held === null ? Number.POSITIVE_INFINITY : now() - held.at);
  const attempt = async (): Promise<void> => {
    const at = now();
    askedAt = at;
    try {
      held = { keys: await fetchKeySet(url, fetch, timeoutMs), at };
      failures = 0;
    } catch (error) {
      failures += 1;
      failed(problemOf(error));
    }
  };
  /** One request at a time, and none too soon after the last. */
  const ask = async (): Promise<void> => {
    const pause = failures === 0 ? cooldownMs : Math.min(cooldownMs, FIRST_RETRY_MS * 2 ** (failures - 1));
    if (pending === null && now() - askedAt < pause) return;
    pending ??= attempt().finally(() => (pending = null));
    await pending;
  };

  return {
    async current() {
      if (ageOf() >= maxAgeMs) await ask();
      else if (ageOf() >= maxAgeMs / 2) void ask();
      return held !== null && ageOf() < maxAgeMs ? held.keys : null;
    },
    async renewed(seen) {
      if (held?.keys === seen) await ask();
      return failures === 0 && held !== null ? held.keys : null;
    },
  };
}

/** An answer that is no set of keys, in our own words. */
class BadAnswer extends Error {}

/** What was wrong, without anything of the address or the answer. */
function problemOf(error: unknown): string {
  if (error instanceof BadAnswer) return error.message;
  const known = faultSchema.safeParse(error);
  if (!known.success) return "failed";
  const { name, cause } = known.data;
  return `failed: ${cause?.code ?? name}`;
}

/** What Node says of a request that failed: the code of the socket's error, else the name of the error itself. */
const faultSchema = z.object({
  name: z.string(),
  cause: z.object({ code: z.string() }).optional().catch(undefined),
});

const jwksSchema = z.object({ keys: z.array(z.unknown()).max(MAX_KEYS) });

async function fetchKeySet(url: string, fetch: typeof globalThis.fetch, timeoutMs: number): Promise<KeySet> {
  // A redirect would lead to an address that nobody has named.
  const response = await fetch(url, {
    redirect: "manual",
    headers: { accept: "application/jwk-set+json, application/json" },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new BadAnswer(`answered ${response.status}`);
  }
  return keySetFrom(await readBody(response));
}

/** Decodes a key set. Keys that cannot check a token of ours are left out, as RFC 7517 section 5 has it. */
export function keySetOf(keys: readonly unknown[]): KeySet {
  return createLocalJWKSet({ keys: keys.map(signatureKeyFrom).filter((key) => key !== null) });
}

function keySetFrom(text: string): KeySet {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadAnswer("answered something that is not JSON");
  }
  const parsed = jwksSchema.safeParse(value);
  if (!parsed.success) throw new BadAnswer("answered something that is not a set of keys");
  return keySetOf(parsed.data.keys);
}

async function readBody({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream: AsyncIterable<Uint8Array> | null = body;
  for await (const chunk of stream ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new BadAnswer(`answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
