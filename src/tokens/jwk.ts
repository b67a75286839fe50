/** Public keys of identity providers: which of them may check a token at all (RFC 7517, RFC 8725 sections 3.1 and 3.5). */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { JWK } from "jose";
import { z } from "zod";

/** The shortest RSA key, in bits (RFC 7518 section 3.3). */
export const MIN_RSA_BITS = 2_048;

const text = z.string().exactOptional();

/** The members that make a key and name it; all others, `x5u` and `x5c` among them, are left behind here. */
const keyShape = {
  kty: z.enum(["RSA", "EC", "OKP"]),
  kid: text,
  alg: text,
  n: text,
  e: text,
  crv: text,
  x: text,
  y: text,
} as const;
const keySchema = z.object(keyShape);
/** What the key must be for, where it says so; asked here, since it would only be in the way of the import. */
const purposeSchema = z.object({
  use: z.literal("sig").exactOptional(),
  key_ops: z
    .array(z.string())
    .refine((operations) => operations.includes("verify"))
    .exactOptional(),
  // Whoever publishes a private key has lost it.
  d: z.undefined().exactOptional(),
});

/**
 * A JWK as a key for checking signatures, with nothing in it but what is needed for that; null where it is none: another kind
 * of key, a private one, one that is for something else, one that is too weak, or no key at all.
 */
export function signatureKeyFrom(jwk: unknown): JWK | null {
  const parsed = keySchema.safeParse(jwk);
  if (!parsed.success || !purposeSchema.safeParse(jwk).success) return null;
  const key = parsed.data;
  let object: KeyObject;
  try {
    object = createPublicKey({ key, format: "jwk" });
  } catch {
    return null;
  }
  return isStrong(object) ? key : null;
}

/** RSA of 2,048 bits, P-256 and Ed25519: what RS256, ES256 and EdDSA take. */
function isStrong({ asymmetricKeyType: type, asymmetricKeyDetails: details = {} }: KeyObject): boolean {
  switch (type) {
    case "rsa":
      return (details.modulusLength ?? 0) >= MIN_RSA_BITS;
    case "ec":
      return details.namedCurve === "prime256v1";
    case "ed25519":
      return true;
    default:
      return false;
  }
}
