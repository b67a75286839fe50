/** Tokens as a customer's back end makes them; for development, the CLI and tests. The gateway itself signs none of these. */
import { createSecretKey } from "node:crypto";
import jwt from "jsonwebtoken";
import type { Permission, Role } from "../room/grant.js";
import { MIN_SECRET_BYTES } from "./apps.js";
import { ALGORITHM } from "./precheck.js";

/** What to put into a token. */
export interface MintOptions {
  readonly apiKey: string;
  /** UTF-8, at least 32 bytes. */
  readonly secret: string;
  readonly permissions: readonly Permission[];
  readonly roomId?: string | undefined;
  readonly participantId?: string | undefined;
  readonly roles?: readonly Role[] | undefined;
  /** Life from now, in whole seconds; may be negative, for a token that has expired. */
  readonly ttlSeconds: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly jti?: string | undefined;
  /** Used up by the first admission; such a token needs a `jti` and a `roomId`. */
  readonly oneTime?: boolean | undefined;
}

/**
 * Signs a token with HS256. `version: 2` is added where a scope claim (`roomId`, `participantId`, `roles`) is used.
 * Nothing else is checked: a token that the gateway refuses can be made, on purpose.
 *
 * @throws RangeError for a secret under 32 bytes or a lifetime that is not a whole number
 */
export function mintToken(options: MintOptions): string {
  const { apiKey, secret, permissions, roomId, participantId, roles, ttlSeconds, now, jti, oneTime } =
    options;
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new RangeError(`The secret must be at least ${MIN_SECRET_BYTES} bytes`);
  }
  if (!Number.isSafeInteger(ttlSeconds)) throw new RangeError("ttlSeconds must be a whole number");
  const iat = Math.floor(now() / 1000);
  const scope = {
    ...(roomId === undefined ? {} : { roomId }),
    ...(participantId === undefined ? {} : { participantId }),
    ...(roles === undefined ? {} : { roles }),
  };
  const payload = {
    apikey: apiKey,
    permissions,
    ...(Object.keys(scope).length === 0 ? {} : { version: 2, ...scope }),
    ...(jti === undefined ? {} : { jti }),
    ...(oneTime === undefined ? {} : { oneTime }),
    iat,
    exp: iat + ttlSeconds,
  };
  return jwt.sign(payload, createSecretKey(secret, "utf8"), { algorithm: ALGORITHM });
}
