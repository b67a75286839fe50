/** The RSA key of `videosdk-signature`: given, or made once and shared by all nodes through the records. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Records } from "../log/records.js";
import { SHARED } from "./names.js";

const generate = promisify(generateKeyPair);
const FIELD = "rsa-key";

/**
 * Answers the key, the same at every call and on every node. Rejects with a fault where the records are away; the next call tries
 * again. Throws at once where `given` is not an RSA private key in PEM.
 */
export function sharedRsaKey(records: Records, given: string | null): () => Promise<KeyObject> {
  if (given !== null) {
    const key = createPrivateKey(given);
    if (key.asymmetricKeyType !== "rsa") throw new Error("the webhook key is not an RSA key");
    return () => Promise.resolve(key);
  }
  let found: Promise<KeyObject> | null = null;
  return () => {
    found ??= findOrMake(records).catch((error: unknown) => {
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

async function findOrMake(records: Records): Promise<KeyObject> {
  for (;;) {
    const pem = (await records.fields(SHARED, [FIELD])).get(FIELD);
    if (pem !== undefined) return createPrivateKey(pem);
    const { privateKey } = await generate("rsa", { modulusLength: 2_048 });
    const text = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    // Whoever was first has made the key; the loop reads theirs.
    await records.write([{ put: SHARED, field: FIELD, text }], [{ map: SHARED, field: FIELD, is: null }]);
  }
}
