/** Tokens made by hand, byte by byte, so that they can be wrong in every way; and the apps that they are for. */
import { createHmac } from "node:crypto";
import type { App } from "../../../src/tokens/app.js";
import { appWith as anApp } from "../../../src/tokens/apps.js";
import { createAppKeys } from "../../../src/tokens/key-ring.js";

/** The moment at which the tests of this folder take place, epoch milliseconds. */
export const NOW = Date.UTC(2026, 10, 21, 12);

export const ALPHA_SECRET = "alpha-secret-of-thirty-two-bytes-or-more";
export const ALPHA_NEXT_SECRET = "alpha-next-secret-of-thirty-two-bytes-or-more";
export const BETA_SECRET = "beta-secret-of-thirty-two-bytes-or-more";
export const DELTA_SECRET = "delta-secret-of-thirty-two-bytes-or-more";
export const DELTA_OLD_SECRET = "delta-old-secret-of-thirty-two-bytes-or-more";
export const DELTA_GONE_SECRET = "delta-gone-secret-of-thirty-two-bytes-or-more";
export const DELTA_IDLE_SECRET = "delta-idle-secret-of-thirty-two-bytes-or-more";

/** An app as it is where nothing was set, with one key of one secret. */
export function appWith(id: string, secret: string, changes: Partial<App> = {}): App {
  return anApp({ id, keys: [keyWith(`${id}-key`, secret)], ...changes });
}

/** An active key with secrets that do not end. */
export function keyWith(apiKey: string, ...secrets: readonly string[]): App["keys"][number] {
  return {
    apiKey,
    active: true,
    secrets: secrets.map((secret, index) => ({ id: String(index + 1), secret, retiresAt: null })),
  };
}

export const APPS: readonly App[] = [
  appWith("alpha", ALPHA_SECRET, {
    name: "Alpha School",
    keys: [keyWith("alpha-key", ALPHA_SECRET), keyWith("alpha-next-key", ALPHA_NEXT_SECRET)],
  }),
  appWith("beta", BETA_SECRET, {
    name: "Beta Clinic",
    openRooms: true,
    allowNoExpiry: true,
    expiryPolicy: "leave",
    clientExpiryPolicy: "stay",
  }),
  appWith("delta", DELTA_SECRET, {
    name: "Delta Office",
    maxTokenSeconds: 3600,
    keys: [
      {
        apiKey: "delta-key",
        active: true,
        secrets: [
          { id: "new", secret: DELTA_SECRET, retiresAt: null },
          { id: "old", secret: DELTA_OLD_SECRET, retiresAt: NOW + 60_000 },
          { id: "gone", secret: DELTA_GONE_SECRET, retiresAt: NOW },
        ],
      },
      { ...keyWith("delta-idle-key", DELTA_IDLE_SECRET), active: false },
    ],
  }),
];

export const KEYS = createAppKeys(APPS);

/** A part before base64url: bytes and text as they are, anything else as JSON. */
export type Part = Buffer | string | Readonly<Record<string, unknown>> | readonly unknown[] | null;

export function encode(part: Part): string {
  if (Buffer.isBuffer(part)) return part.toString("base64url");
  return Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
}

/** Signs two encoded parts as they are. */
export function sign(
  head: string,
  body: string,
  secret: string | Buffer = ALPHA_SECRET,
  hash = "sha256",
): string {
  return `${head}.${body}.${createHmac(hash, secret).update(`${head}.${body}`).digest("base64url")}`;
}

export const HEADER = { alg: "HS256", typ: "JWT" } as const;

/** The claims of a good token of the app alpha, at a moment in epoch milliseconds. */
export function goodClaims(now = NOW): Readonly<Record<string, unknown>> {
  const iat = Math.floor(now / 1000);
  return { apikey: "alpha-key", permissions: ["allow_join"], iat, exp: iat + 600 };
}

/** The good claims with some changed; `undefined` removes one. */
export function claims(
  changes: Readonly<Record<string, unknown>>,
  now = NOW,
): Readonly<Record<string, unknown>> {
  return { ...goodClaims(now), ...changes };
}

/** The good claims as text with something added before the closing brace, for what `JSON.stringify` cannot say. */
export function claimsText(addition: string, now = NOW, without: readonly string[] = []): string {
  const kept = Object.entries(goodClaims(now)).filter(([name]) => !without.includes(name));
  return `${JSON.stringify(Object.fromEntries(kept)).slice(0, -1)},${addition}}`;
}

/** A token from its parts, signed with alpha's secret unless told otherwise. */
export function craft(payload: Part, header: Part = HEADER, secret: string | Buffer = ALPHA_SECRET): string {
  return sign(encode(header), encode(payload), secret);
}
