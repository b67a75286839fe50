/**
 * Sessions of the console. Whoever shows the admin's token gets a signed note of it, good for some hours on every node: nothing is
 * stored, and the token itself stays with its owner. Notes are signed with a key made from the token, so that another token ends all
 * of them (`docs/security.md`).
 */
import { createHmac, hkdfSync } from "node:crypto";
import { isSameSecret } from "../tokens/credentials.js";
import { createAttempts } from "./attempts.js";

/** How long a session lasts, seconds. */
export const CONSOLE_SESSION_SECONDS = 8 * 3_600;

/** A session that was opened: the text that proves it, and its end in epoch milliseconds. */
export interface ConsoleSession {
  readonly value: string;
  readonly expiresAt: number;
}

/** What became of a sign-in. `retryAfterSeconds`: too many have failed from this address. */
export type SignIn =
  | { readonly ok: true; readonly session: ConsoleSession }
  | { readonly ok: false; readonly retryAfterSeconds: number | null };

/** The sessions of a gateway that has an admin. */
export interface ConsoleSessions {
  /** Opens a session for whoever shows the admin's token. Of the guesses from one address ten a minute are heard. */
  signIn(token: string, address: string): SignIn;
  /** When the session that this text proves ends, epoch milliseconds; null: it proves none, or none any more. */
  endOf(value: string): number | null;
}

/** What sessions are made of. */
export interface ConsoleSessionsOptions {
  readonly adminToken: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Buffer;
}

/** The end in seconds, 16 random bytes, and the signature over both. */
const FORM = /^(\d{1,11})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
/** A part of the key, so that nothing else that is ever made of the token can stand in for a session. */
const PURPOSE = "admitone console session 1";

/** Makes the sessions of one node; those of another with the same admin's token know each other's. */
export function createConsoleSessions(options: ConsoleSessionsOptions): ConsoleSessions {
  const { adminToken, now, randomBytes } = options;
  const key = Buffer.from(hkdfSync("sha256", adminToken, "", PURPOSE, 32));
  const attempts = createAttempts({ now, limit: 10, windowMs: 60_000, addresses: 10_000 });
  const signature = (end: string, nonce: string): string =>
    createHmac("sha256", key).update(`${end}.${nonce}`).digest("base64url");

  return {
    signIn(token, address) {
      const waitMs = attempts.waitMs(address);
      // Not even the right token is looked at, or the limit would not slow down whoever guesses.
      if (waitMs > 0) return { ok: false, retryAfterSeconds: Math.ceil(waitMs / 1_000) };
      if (!isSameSecret(token, adminToken)) {
        attempts.failed(address);
        return { ok: false, retryAfterSeconds: null };
      }
      const end = String(Math.floor(now() / 1_000) + CONSOLE_SESSION_SECONDS);
      const nonce = randomBytes(16).toString("base64url");
      const value = `${end}.${nonce}.${signature(end, nonce)}`;
      return { ok: true, session: { value, expiresAt: Number(end) * 1_000 } };
    },
    endOf(value) {
      const [, end = "", nonce = "", signed = ""] = FORM.exec(value) ?? [];
      // Texts are compared, not bytes: of the texts that decode to the same bytes one is right.
      if (!isSameSecret(signed, signature(end, nonce))) return null;
      const endsAt = Number(end) * 1_000;
      return now() < endsAt ? endsAt : null;
    },
  };
}
