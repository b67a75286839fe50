/** The keys of identity providers, and what they say of a token's signature. Their addresses come from the app, never from a token. */
import { compactVerify, errors, type CryptoKey } from "jose";
import type { Issuer, IssuerAlgorithm } from "./app.js";
import { createJwksSource, JWKS_TIMING, keySetOf } from "./jwks-source.js";
import type { JwksSource, JwksTiming, KeySet } from "./jwks-source.js";

/**
 * What the keys of an identity provider say of a token: one of them made its signature, none did, none of them is the one that it
 * names (or fits its algorithm), or they cannot be fetched now.
 */
export type KeyVerdict = "holds" | "fails" | "no_key" | "unavailable";

/** Checks signatures with keys of identity providers. */
export interface IssuerKeys {
  /**
   * Checks the signature of a token that `precheckToken` has passed, with this algorithm and nothing else. Never rejects for what
   * an identity provider does.
   *
   * @param token.kid chooses among the keys of this identity provider, and does nothing else; null: any of them
   */
  check(
    token: { readonly text: string; readonly alg: IssuerAlgorithm; readonly kid: string | null },
    issuer: Issuer,
  ): Promise<KeyVerdict>;
}

/** What the look-up stands on. */
export interface IssuerKeysOptions {
  /** Node's own unless given. */
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds. */
  readonly now: () => number;
  /** `JWKS_TIMING` unless given. */
  readonly timing?: Partial<JwksTiming>;
  /** Told of each request that failed: the address without its query, and what was wrong. For the log. */
  readonly failed?: (failure: { readonly url: string; readonly problem: string }) => void;
}

/** Addresses that no token has asked for in this time are forgotten. */
const FORGET_MS = 3_600_000;

/** Makes the look-up. One is enough for a node: what one address does is never felt at another. */
export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const { now, fetch = globalThis.fetch, failed = () => undefined } = options;
  const timing = { ...JWKS_TIMING, ...options.timing };
  const sources = new Map<string, { readonly source: JwksSource; usedAt: number }>();
  // By the issuer itself: it is a new object when its keys are changed.
  const fixed = new WeakMap<Issuer, KeySet>();

  const sourceFor = (url: string): JwksSource => {
    const at = now();
    const known = sources.get(url);
    if (known !== undefined) {
      known.usedAt = at;
      return known.source;
    }
    for (const [other, { usedAt }] of sources) if (at - usedAt > FORGET_MS) sources.delete(other);
    const { origin, pathname } = new URL(url);
    const report = (problem: string): void => failed({ url: `${origin}${pathname}`, problem });
    const source = createJwksSource({ url, fetch, now, timing, failed: report });
    sources.set(url, { source, usedAt: at });
    return source;
  };
  const fixedKeysOf = (issuer: Issuer): KeySet => {
    const known = fixed.get(issuer) ?? keySetOf(issuer.keys);
    fixed.set(issuer, known);
    return known;
  };

  return {
    async check(token, issuer) {
      if (issuer.jwksUrl === null) return tryKeys(fixedKeysOf(issuer), token);
      const source = sourceFor(issuer.jwksUrl);
      const keys = await source.current();
      if (keys === null) return "unavailable";
      const verdict = await tryKeys(keys, token);
      // A key that is not there yet: by its name, or where keys have none, by a signature that none of them made.
      const newer = verdict === "no_key" || (verdict === "fails" && token.kid === null);
      if (!newer) return verdict;
      const fresh = await source.renewed(keys);
      if (fresh === null) return verdict === "no_key" ? "unavailable" : verdict;
      return fresh === keys ? verdict : tryKeys(fresh, token);
    },
  };
}

/** A token to be checked. */
interface Shown {
  readonly text: string;
  readonly alg: IssuerAlgorithm;
}

async function tryKeys(keys: KeySet, token: Shown): Promise<KeyVerdict> {
  try {
    return (await holds(token, keys)) ? "holds" : "fails";
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return "no_key";
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) if (await holds(token, () => key)) return "holds";
    return "fails";
  }
}

/** Whether the key that is found made the signature. Throws where none is found, or more than one. */
async function holds({ text, alg }: Shown, find: KeySet | (() => CryptoKey)): Promise<boolean> {
  try {
    await compactVerify(text, find, { algorithms: [alg] });
    return true;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false;
    throw error;
  }
}
