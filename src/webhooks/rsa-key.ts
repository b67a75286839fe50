/** The RSA key of `videosdk-signature`: given, or made once and shared by all nodes through the records. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Records } from "../log/records.js";
import { SHARED } from "./names.js";

const generate = promisify(generateKeyPair);
const FIELD = "rsa-key";
/** What is sealed: a sealed text of something else does not open as this. */
const ABOUT = ["webhooks", "rsa-key"] as const;

/** Where a secret is kept: sealed for the store, opened for use; `open` answers null for what was sealed by a key that is not known. */
export interface Safe {
  seal(text: string, about: readonly string[]): string;
  open(text: string, about: readonly string[]): string | null;
  /** Whether the newest key sealed it. */
  isCurrent(text: string): boolean;
}

/**
 * Answers the key, the same at every call and on every node. Rejects with a fault where the records are away; the next call tries
 * again. Throws at once where `given` is not an RSA private key in PEM.
 *
 * @param safe seals the key that is made by itself; null: it lies in the records as it is
 */
export function sharedRsaKey(
  records: Records,
  given: string | null,
  safe: Safe | null,
): () => Promise<KeyObject> {
  if (given !== null) {
    const key = createPrivateKey(given);
    if (key.asymmetricKeyType !== "rsa") throw new Error("the webhook key is not an RSA key");
    return () => Promise.resolve(key);
  }
  let found: Promise<KeyObject> | null = null;
  return () => {
    found ??= findOrMake(records, safe).catch((error: unknown) => {
      found = null;
      throw error;
    });
    return found;
  };
}

/** The public half, as receivers take it: PEM in the form of PKCS#1. */
export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: "pkcs1", format: "pem" }).toString();
}

async function findOrMake(records: Records, safe: Safe | null): Promise<KeyObject> {
  for (;;) {
    const kept = (await records.fields(SHARED, [FIELD])).get(FIELD);
    if (kept !== undefined) return opened(kept, records, safe);
    const { privateKey } = await generate("rsa", { modulusLength: 2_048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const text = safe === null ? pem : safe.seal(pem, ABOUT);
    // Whoever was first has made the key; the loop reads theirs.
    await records.write([{ put: SHARED, field: FIELD, text }], [{ map: SHARED, field: FIELD, is: null }]);
  }
}

/** A key that was kept as it is, or sealed by an older encryption key, is sealed anew as soon as somebody can. */
async function opened(kept: string, records: Records, safe: Safe | null): Promise<KeyObject> {
  const isPlain = kept.startsWith("-----BEGIN");
  const pem = isPlain ? kept : (safe?.open(kept, ABOUT) ?? null);
  if (pem === null) throw new Error("the webhook key is sealed by an encryption key that is not known here");
  if (safe !== null && (isPlain || !safe.isCurrent(kept))) {
    const text = safe.seal(pem, ABOUT);
    await records.write([{ put: SHARED, field: FIELD, text }], [{ map: SHARED, field: FIELD, is: kept }]);
  }
  return createPrivateKey(pem);
}
