/** Tokens that a customer's back end signs with a secret of one of its keys (`reference/videosdk.md` section 1). */
import { usableSecrets } from "./app.js";
import { claimInvalid, decodeClaims } from "./claims.js";
import { refuseAlgorithm, type SoundToken } from "./precheck.js";
import { unproved, type Proof, type VerifierOptions } from "./proof.js";
import { signatureHolds } from "./signature.js";
import { refuseToken } from "./token-refusal.js";

/**
 * Finds the key that the token names, and checks its signature with each secret that has not ended. The secrets of a deactivated
 * key are tried as well: that it is deactivated is told to whoever holds one, and to nobody else.
 */
export function proveCustomerToken(
  { token, payload }: SoundToken,
  { apps, now }: Pick<VerifierOptions, "apps" | "now">,
): Proof {
  const apiKey = payload["apikey"];
  if (typeof apiKey !== "string" || apiKey === "") {
    const { iss } = payload;
    // Made for an identity provider's public key, with that as the secret (RFC 8725 section 2.1).
    const foreign = apiKey === undefined && typeof iss === "string" && apps.issuers(iss).length > 0;
    return foreign ? unproved("form", refuseAlgorithm()) : unproved("key", claimInvalid("apikey"));
  }
  const key = apps.find(apiKey);
  if (key === null) return unproved("key", refuseToken("key_unknown", { field: "apikey" }));
  const secret = usableSecrets({ ...key, active: true }, now()).find((one) => signatureHolds(token, one.key));
  if (secret === undefined) return unproved("signature", refuseToken("signature_invalid"));
  const { app, active } = key;
  return {
    ok: true,
    signer: { kind: "customer", app, key: apiKey, secretId: secret.id, active, issuer: null },
    decoded: decodeClaims(payload),
  };
}
