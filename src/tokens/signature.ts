/** The one place where a signature is checked. */
import type { KeyObject } from "node:crypto";
import jwt from "jsonwebtoken";
import { ALGORITHM } from "./precheck.js";

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
