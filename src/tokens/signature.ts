/** The one place where signatures by secrets are checked, and made for tokens of our own. */
import { hash, type KeyObject } from "node:crypto";
import jwt from "jsonwebtoken";
import { ALGORITHM, OWN_TYPES, type OwnType } from "./precheck.js";

/**
 * Whether `key` made the token's signature, with HS256 and nothing else. Times are left to `claims.ts`: the library takes
 * a clock of 0 for "no clock", and says only in prose which claim it did not like.
 *
 * @param token a token that `precheckToken` has passed
 * @param key a secret `KeyObject`; the library would try a string as a public key first, at fifty times the cost
 *   (`reference/dependencies.md`)
 */
export function signatureHolds(token: string, key: KeyObject): boolean {
  try {
    jwt.verify(token, key, { algorithms: [ALGORITHM], ignoreExpiration: true, ignoreNotBefore: true });
    return true;
  } catch (error) {
    if (error instanceof jwt.JsonWebTokenError) return false;
    throw error;
  }
}

/** Signs a token of ours. The claims are signed as they are: what must be in them is the caller's business. */
export function signToken(type: OwnType, claims: object, key: KeyObject): string {
  return jwt.sign(claims, key, {
    algorithm: ALGORITHM,
    header: { alg: ALGORITHM, typ: OWN_TYPES[type] },
  });
}

/** 22 characters (132 bits) of the base64url SHA-256 of a token: enough to recognise it, useless for showing it again. */
export function fingerprintOf(token: string): string {
  return hash("sha256", token, "base64url").slice(0, 22);
}
