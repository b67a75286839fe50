/** Tokens of identity providers (OpenID Connect Core section 3.1.3.7, RFC 9068 section 4): found by `iss` and `aud`, proved by public keys. */
import type { AppInfo, AppKeys, Issuer } from "./app.js";
import { mapClaims } from "./claim-mapping.js";
import { claimInvalid } from "./claims.js";
import { ALGORITHM, refuseAlgorithm, type SoundToken } from "./precheck.js";
import { unproved, type Proof, type VerifierOptions } from "./proof.js";
import type { JsonObject } from "./strict-json.js";
import { refuseToken, type TokenRefusal } from "./token-refusal.js";

/** Finds the app and the identity provider, and asks the latter's keys about the signature. */
export async function proveIssuerToken(
  { token, alg, header, payload }: SoundToken,
  { apps, issuerKeys }: Pick<VerifierOptions, "apps" | "issuerKeys">,
): Promise<Proof> {
  // A token of a customer has one algorithm, and no identity provider says which key of ours it means.
  if (Object.hasOwn(payload, "apikey") || alg === ALGORITHM) return unproved("form", refuseAlgorithm());
  const found = findIssuer(payload, apps);
  if (!found.ok) return unproved("key", found.refusal);
  if (issuerKeys === undefined) return unproved("key", refuseToken("key_unknown", { field: "iss" }));
  const { app, issuer } = found;
  if (!issuer.algorithms.includes(alg)) return unproved("key", refuseAlgorithm());
  const { kid } = header;
  if (kid !== undefined && typeof kid !== "string") return unproved("key", noKey("header.kid"));
  const verdict = await issuerKeys.check({ text: token, alg, kid: kid ?? null }, issuer);
  switch (verdict) {
    case "holds":
      return {
        ok: true,
        signer: { kind: "issuer", app, key: issuer.issuer, secretId: null, active: true, issuer },
        decoded: mapClaims(payload, issuer.claims),
      };
    case "fails":
      return unproved("signature", refuseToken("signature_invalid"));
    case "no_key":
      return unproved("key", noKey(kid === undefined ? "header.alg" : "header.kid"));
    case "unavailable":
      return unproved("key", refuseToken("unavailable"));
  }
}

function noKey(field: string): TokenRefusal {
  return refuseToken("key_unknown", { field });
}

type Found =
  | { readonly ok: true; readonly app: AppInfo; readonly issuer: Issuer }
  | { readonly ok: false; readonly refusal: TokenRefusal };

function findIssuer(payload: JsonObject, apps: Pick<AppKeys, "issuers">): Found {
  const no = (refusal: TokenRefusal): Found => ({ ok: false, refusal });
  const { iss, aud } = payload;
  // It names nobody at all: told as of any token that names no key.
  if (iss === undefined) return no(claimInvalid("apikey"));
  if (typeof iss !== "string" || iss === "") return no(claimInvalid("iss"));
  const known = apps.issuers(iss);
  if (known.length === 0) return no(refuseToken("key_unknown", { field: "iss" }));
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const matching = known.filter(({ issuer }) => audiences.includes(issuer.audience));
  const [first] = matching;
  // Made for two apps, it would be of either: whose rooms it opens must not hang on an order of ours.
  if (first === undefined || matching.some(({ app }) => app.id !== first.app.id)) {
    return no(claimInvalid("aud"));
  }
  return { ok: true, ...first };
}
