/** The secrets of stored apps: made, sealed, opened, and no more of them kept than needed. */
import { createSecretKey, type KeyObject } from "node:crypto";
import type { Sealer } from "./sealing.js";
import type { StoredApp, StoredKey, StoredSecret } from "./stored.js";

/** Secrets that a key has at most, retired ones among them. */
export const KEPT_SECRETS = 10;

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/** A made name of a key: `ak_` and 20 letters or digits (100 bits, so that nobody meets one by chance). */
export function freshApiKey(randomBytes: (count: number) => Buffer): string {
  return `ak_${letters(randomBytes(20))}`;
}

/** A made secret: 32 random bytes, as 43 characters of base64url. */
export function freshSecret(randomBytes: (count: number) => Buffer): string {
  return randomBytes(32).toString("base64url");
}

/** An id for a secret that no other secret of its key has. */
export function freshSecretId(
  others: readonly StoredSecret[],
  randomBytes: (count: number) => Buffer,
): string {
  for (;;) {
    const id = letters(randomBytes(8));
    if (!others.some((other) => other.id === id)) return id;
  }
}

function letters(bytes: Buffer): string {
  return Array.from(bytes, (byte) => LETTERS.charAt(byte % LETTERS.length)).join("");
}

/** Names a secret where it is sealed, so that it opens nowhere else. */
export function aboutSecret(app: string, apiKey: string, secretId: string): readonly string[] {
  return ["app secret", app, apiKey, secretId];
}

/**
 * Makes room: a key keeps `KEPT_SECRETS`, the newest ones. What goes has retired, or ends now, before its time: an older secret
 * never ends after a newer one. Who stands on a secret that goes is out, as with one that was revoked. `secrets`: the newest first.
 */
export function withinLimit(secrets: readonly StoredSecret[]): readonly StoredSecret[] {
  return secrets.slice(0, KEPT_SECRETS);
}

/** Whether a secret has not retired. */
export function signs({ retiresAt }: Pick<StoredSecret, "retiresAt">, now: number): boolean {
  return retiresAt === null || now < retiresAt;
}

/** A secret that was looked at: its text in the store, and the key that was in it; null: no encryption key of ours opens it. */
export interface Opened {
  readonly sealed: string;
  readonly key: KeyObject | null;
}

/** What was found in an app's secrets, by key and secret. */
export type OpenedSecrets = ReadonlyMap<string, Opened>;

/** Where `openSecrets` puts a secret. */
export function openedName({ apiKey }: Pick<StoredKey, "apiKey">, { id }: Pick<StoredSecret, "id">): string {
  // No API key has a space.
  return `${apiKey} ${id}`;
}

/**
 * Opens an app's secrets. What was opened before stays usable where the new text does not open: a secret never changes under its
 * id, so another gateway has merely sealed it with an encryption key that this one was not given yet.
 */
export function openSecrets(
  app: StoredApp,
  sealer: Sealer | null,
  before: OpenedSecrets,
): { readonly opened: OpenedSecrets; readonly shut: readonly StoredKey[] } {
  const opened = new Map<string, Opened>();
  const shut = new Set<StoredKey>();
  for (const key of app.keys)
    for (const secret of key.secrets) {
      const name = openedName(key, secret);
      const known = before.get(name);
      if (known?.sealed === secret.sealed) {
        opened.set(name, known);
        continue;
      }
      const text = sealer?.open(secret.sealed, aboutSecret(app.id, key.apiKey, secret.id)) ?? null;
      if (text === null) shut.add(key);
      const fresh = text === null ? null : createSecretKey(text, "utf8");
      opened.set(name, { sealed: secret.sealed, key: fresh ?? known?.key ?? null });
    }
  return { opened, shut: [...shut] };
}

/** Whether an app has secrets that the first encryption key did not seal. */
export function isOutdated({ keys }: StoredApp, sealer: Sealer): boolean {
  return keys.some(({ secrets }) => secrets.some(({ sealed }) => !sealer.isCurrent(sealed)));
}

/** Seals an app's secrets with the first encryption key; one that does not open stays as it is. */
export function resealed(app: StoredApp, sealer: Sealer): StoredApp {
  const reseal = (apiKey: string, secret: StoredSecret): StoredSecret => {
    if (sealer.isCurrent(secret.sealed)) return secret;
    const about = aboutSecret(app.id, apiKey, secret.id);
    const text = sealer.open(secret.sealed, about);
    return text === null ? secret : { ...secret, sealed: sealer.seal(text, about) };
  };
  return {
    ...app,
    keys: app.keys.map((key) => ({
      ...key,
      secrets: key.secrets.map((secret) => reseal(key.apiKey, secret)),
    })),
  };
}
