/** An identity provider: its keys, tokens signed by them in every way there is, and an app that takes them. */
import { constants, generateKeyPairSync, sign as signRaw } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { ClaimMapping, Issuer } from "../../../src/tokens/app.js";
import { createIssuerKeys } from "../../../src/tokens/issuer-keys.js";
import { createAppKeys } from "../../../src/tokens/key-ring.js";
import { APPS, NOW, encode, type Part } from "./craft.js";

export const ISS = "https://id.example/realms/school";
export const AUD = "admitone-alpha";

/** Key pairs by family, and another of each that no provider lists. */
export const PAIRS = {
  RSA: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  EC: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  Ed25519: generateKeyPairSync("ed25519"),
} as const;
export const STRANGERS = {
  RSA: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  EC: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  Ed25519: generateKeyPairSync("ed25519"),
} as const;
export type Family = keyof typeof PAIRS;

/** The algorithm that belongs to a family. */
export const ALG_OF = { RSA: "RS256", EC: "ES256", Ed25519: "EdDSA" } as const;

/** A public key as JWK. */
export function jwkOf(key: KeyObject, more: object = {}): Record<string, unknown> {
  return { ...key.export({ format: "jwk" }), ...more };
}

/** All public keys of the provider, each with its family for a `kid`. */
export const JWKS = (["RSA", "EC", "Ed25519"] as const).map((kid) => jwkOf(PAIRS[kid].publicKey, { kid }));

export const MAPPING: ClaimMapping = {
  permissions: {
    claim: "realm_access.roles",
    values: { teacher: ["allow_join", "allow_mod"], pupil: ["ask_join"], guest: [] },
    otherwise: [],
  },
  participantId: "sub",
  roomId: null,
  name: "name",
};

/** The provider as an app takes it, with some of it changed. */
export function issuerWith(changes: Partial<Issuer> = {}): Issuer {
  return {
    issuer: ISS,
    audience: AUD,
    algorithms: ["RS256", "ES256", "EdDSA"],
    jwksUrl: null,
    keys: JWKS,
    claims: MAPPING,
    ...changes,
  };
}

/** The claims of a good token for the app alpha, with some changed; `undefined` removes one. */
export function providerClaims(
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const iat = NOW / 1000;
  const realm_access = { roles: ["offline_access", "teacher"] };
  return { iss: ISS, aud: AUD, sub: "ann", name: "Ann", realm_access, iat, exp: iat + 600, ...changes };
}

/** Signs with a private key as the algorithm says, or as another one does. */
export function signAs(alg: string, header: Part, payload: Part, key: KeyObject): string {
  const input = `${encode(header)}.${encode(payload)}`;
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const how: Readonly<Record<string, readonly [string | null, Parameters<typeof signRaw>[2]]>> = {
    RS256: ["sha256", key],
    RS384: ["sha384", key],
    PS256: ["sha256", pss],
    ES256: ["sha256", { key, dsaEncoding: "ieee-p1363" }],
    EdDSA: [null, key],
  };
  const [hash, by] = how[alg] ?? [null, key];
  return `${input}.${signRaw(hash, Buffer.from(input), by).toString("base64url")}`;
}

/** A good token of the provider, by a family of keys. */
export function providerToken(
  changes: Readonly<Record<string, unknown>> = {},
  family: Family = "RSA",
  header: Readonly<Record<string, unknown>> = {},
): string {
  const alg = ALG_OF[family];
  return signAs(alg, { alg, kid: family, ...header }, providerClaims(changes), PAIRS[family].privateKey);
}

/** Alpha takes this provider's tokens; the other apps are as they are. */
export function ringWith(...issuers: readonly Issuer[]) {
  return createAppKeys(APPS.map((app) => (app.id === "alpha" ? { ...app, issuers } : app)));
}

/** What a verifier is made of that knows the provider. */
export function checksWith(...issuers: readonly Issuer[]) {
  const now = (): number => NOW;
  return {
    apps: ringWith(...(issuers.length === 0 ? [issuerWith()] : issuers)),
    issuerKeys: createIssuerKeys({ now }),
    now,
    toleranceSeconds: 0,
  };
}
