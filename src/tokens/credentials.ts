/** A key and its secret, shown as they are: HTTP Basic at the token endpoints (RFC 6749 section 2.3.1), and the admin's token. */
import { createHash, timingSafeEqual } from "node:crypto";
import { usableSecrets, type AppKeys, type SigningKey } from "./app.js";

/** What became of a key and secret. `key_deactivated` is told only to whoever knows the secret. */
export type CredentialsVerdict =
  | { readonly ok: true; readonly key: SigningKey }
  | { readonly ok: false; readonly reason: "credentials_invalid" | "key_deactivated" };

/** Checks a key and secret. `now`: epoch milliseconds. Takes as long for an unknown key as for a wrong secret. */
export function checkCredentials(
  apps: Pick<AppKeys, "find">,
  { apiKey, secret }: { readonly apiKey: string; readonly secret: string },
  now: number,
): CredentialsVerdict {
  const key = apps.find(apiKey);
  if (key === null) {
    isSameSecret(secret, "nobody's secret");
    return { ok: false, reason: "credentials_invalid" };
  }
  const matching = usableSecrets({ ...key, active: true }, now).filter((one) =>
    isSameSecret(secret, one.key.export()),
  );
  if (matching.length === 0) return { ok: false, reason: "credentials_invalid" };
  return key.active ? { ok: true, key } : { ok: false, reason: "key_deactivated" };
}

/** Whether two secrets are the same, in a time that tells nothing of where they differ. */
export function isSameSecret(given: string | Buffer, right: string | Buffer): boolean {
  // Digests have one length, so that not even the length is told.
  return timingSafeEqual(digestOf(given), digestOf(right));
}

function digestOf(text: string | Buffer): Buffer {
  return createHash("sha256").update(text).digest();
}
