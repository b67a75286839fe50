/** Client access tokens at the meeting door: made by this gateway, for one device (`reference/dolby.md` section 2.1). */
import type { Claims } from "./claims.js";
import { nameFrom } from "./external-id.js";
import { CLIENT_TOKEN, decodeOwn, proveOwn, type ClientClaims } from "./own-tokens.js";
import type { SoundToken } from "./precheck.js";
import { unproved, type Proof, type VerifierOptions } from "./proof.js";
import { readScopes, SESSION_SCOPES } from "./scopes.js";

/** Checks the signature of a client access token, and reads it. */
export function proveClientToken(read: SoundToken, options: Pick<VerifierOptions, "apps" | "now">): Proof {
  const proof = proveOwn(CLIENT_TOKEN, read, options);
  if (!proof.ok) return unproved(proof.step, proof.refusal);
  const { app, apiKey, active } = proof.key;
  const decoded = decodeOwn(CLIENT_TOKEN, read.payload);
  return {
    ok: true,
    signer: { kind: "client", app, key: apiKey, secretId: proof.secretId, active, issuer: null },
    decoded: decoded.ok ? { ok: true, claims: claimsOf(decoded.claims) } : decoded,
  };
}

/**
 * A client access token asks to come in, and no more: rights come from a host, from the room's rules or from a conference access
 * token. Who is named by their app may change that name only with the scope for it.
 */
function claimsOf(claims: ClientClaims): Claims {
  const { exp, iat, jti, sub } = claims;
  const scopes = readScopes(claims.scope, SESSION_SCOPES);
  return {
    ...CLIENT_TOKEN.bearer(claims),
    exp,
    nbf: null,
    iat,
    jti,
    permissions: ["ask_join"],
    roles: ["rtc"],
    oneTime: false,
    scopes,
    name: sub === undefined || scopes.includes("session:update") ? null : nameFrom(sub),
  };
}
