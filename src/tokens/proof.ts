/** What every kind of token has in common: somebody known made its signature, it still counts, and it is read from then on. */
import type { TokenKind, TokenMark } from "../room/grant.js";
import type { AppInfo, AppKeys, Issuer } from "./app.js";
import type { Decoded } from "./claims.js";
import type { IssuerKeys } from "./issuer-keys.js";
import { fingerprintOf } from "./signature.js";
import { NO_REVOCATIONS, type Bearer, type Standing } from "./standing.js";
import type { JsonObject } from "./strict-json.js";
import { refuseToken, type TokenRefusal } from "./token-refusal.js";

/** What tokens are checked with. */
export interface VerifierOptions {
  readonly apps: AppKeys;
  /** What was revoked; nothing, where it is not given. */
  readonly standing?: Standing | undefined;
  /** The keys of identity providers; where they are not given, no token of theirs is taken. */
  readonly issuerKeys?: IssuerKeys | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long after its `exp` a token still counts, in seconds; 0 or more. */
  readonly toleranceSeconds: number;
}

/** Who made a signature. */
export interface Signer {
  readonly kind: TokenKind;
  readonly app: AppInfo;
  /** The API key, or the URL of the identity provider. */
  readonly key: string;
  /** Which secret of the key; null for identity providers. */
  readonly secretId: string | null;
  /** False: the key is deactivated. */
  readonly active: boolean;
  /** How its claims are read, where it is an identity provider. */
  readonly issuer: Issuer | null;
}

/** A token whose signature holds, read as its kind is read; or where the check of it ended. */
export type Proof =
  | { readonly ok: true; readonly signer: Signer; readonly decoded: Decoded }
  | { readonly ok: false; readonly step: "form" | "key" | "signature"; readonly refusal: TokenRefusal };

/** The end of a check. */
export function unproved(step: "form" | "key" | "signature", refusal: TokenRefusal): Proof {
  return { ok: false, step, refusal };
}

/** By what a token is recognised. Read before its claims are checked, so that one which counts no more is never looked into. */
export function markOf(
  token: string,
  payload: JsonObject,
  { kind, key, secretId }: Pick<Signer, "kind" | "key" | "secretId">,
): TokenMark {
  const { jti, iat } = payload;
  // Of a signature by ECDSA anybody can make another that holds as well: it must not make another token of it.
  const firm = kind === "issuer" ? token.slice(0, token.lastIndexOf(".")) : token;
  return {
    fingerprint: fingerprintOf(firm),
    kind,
    key,
    secretId,
    jti: typeof jti === "string" ? jti : null,
    issuedAt: typeof iat === "number" ? iat * 1000 : null,
  };
}

/** Whether a token that is rightly signed still counts; null if it does. */
export function checkStanding(
  { standing = NO_REVOCATIONS }: Pick<VerifierOptions, "standing">,
  { active }: Pick<Signer, "active">,
  mark: TokenMark,
  bearer: Bearer,
): TokenRefusal | null {
  const reason = active ? standing.objection(mark, bearer) : "key_deactivated";
  if (reason === null) return null;
  if (reason === "token_revoked") return refuseToken(reason);
  return refuseToken(reason, { field: mark.kind === "issuer" ? "iss" : "apikey" });
}
