/**
 * The tokens that the gateway makes itself: how they are signed, and what is in them. Each kind has its own `typ` and its own
 * keys, derived from the app's secrets, so that none can stand in for another (RFC 8725 sections 3.11 and 3.12).
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { conferencePermissionSchema } from "../protocol/events.js";
import { usableSecrets, type SigningKey, type SigningSecret } from "./app.js";
import { checkTimes, claimInvalid } from "./claims.js";
import { deriveKey, type Purpose } from "./derived.js";
import { precheckToken, type OwnType, type SoundToken } from "./precheck.js";
import { participantIdOf } from "./external-id.js";
import { checkStanding, markOf, type VerifierOptions } from "./proof.js";
import { signatureHolds, signToken } from "./signature.js";
import type { Bearer } from "./standing.js";
import type { JsonObject } from "./strict-json.js";
import { refuseToken, type TokenRefusal } from "./token-refusal.js";

const common = {
  apikey: z.string(),
  jti: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
} as const;

/** Scopes, separated by spaces: those of back ends have a beginning that those of clients have not. */
const scopes = (ofBackEnds: boolean) =>
  z
    .string()
    .refine((text) => text === "" || text.split(" ").every((one) => one.startsWith("comms:") === ofBackEnds));

/** `scope`: what it may be used for. */
const apiClaims = z.strictObject({ ...common, scope: scopes(true) });
/** `sub`: the app's own id of the person. */
const clientClaims = z.strictObject({ ...common, scope: scopes(false), sub: z.string().min(1).optional() });
/** `sub`: the participant id. */
const passClaims = z.strictObject({
  ...common,
  roomId: z.string().min(1),
  sub: z.string().min(1),
  authorities: z.array(conferencePermissionSchema),
});

/** What all tokens of ours say. `iat` and `exp` in seconds since 1970. */
export type CommonClaims = z.output<z.ZodObject<typeof common>>;
/** What a client access token says. */
export type ClientClaims = z.output<typeof clientClaims>;
/** What a conference access token says. */
export type PassClaims = z.output<typeof passClaims>;

/** A kind of token of ours: its type, its keys, its claims (all of them, and no others), and whom it is for. */
export interface OwnKind<C extends CommonClaims> {
  readonly type: OwnType;
  readonly purpose: Purpose;
  readonly schema: z.ZodType<C>;
  readonly bearer: (claims: C) => Pick<Bearer, "roomId" | "participantId">;
}

/** API tokens: of a back end. */
export const API_TOKEN: OwnKind<z.output<typeof apiClaims>> = {
  type: "api",
  purpose: "API tokens",
  schema: apiClaims,
  bearer: () => NOBODY,
};
/** Client access tokens: of one device. */
export const CLIENT_TOKEN: OwnKind<ClientClaims> = {
  type: "client",
  purpose: "client access tokens",
  schema: clientClaims,
  bearer: ({ sub }) => ({ roomId: null, participantId: sub === undefined ? null : participantIdOf(sub) }),
};
/** Conference access tokens: of one person in one conference. */
export const PASS: OwnKind<PassClaims> = {
  type: "conference",
  purpose: "conference access tokens",
  schema: passClaims,
  bearer: ({ roomId, sub }) => ({ roomId, participantId: sub }),
};

const NOBODY = { roomId: null, participantId: null } as const;

/** The key with which tokens of a kind are signed. */
function keyFor(
  { purpose }: Pick<OwnKind<CommonClaims>, "purpose">,
  secret: SigningSecret,
  app: string,
): KeyObject {
  return createSecretKey(deriveKey(secret, app, purpose));
}

/** Signs a token of a kind with the newest usable secret of a key. Null where there is none. `now`: epoch milliseconds. */
export function makeOwn<C extends CommonClaims>(
  kind: OwnKind<C>,
  key: SigningKey,
  claims: C,
  now: number,
): string | null {
  const [secret] = usableSecrets(key, now);
  return secret === undefined ? null : signToken(kind.type, claims, keyFor(kind, secret, key.app.id));
}

/** Who signed a token of ours; or why that is not known. A deactivated key is found as an active one is. */
export type OwnProof =
  | { readonly ok: true; readonly key: SigningKey; readonly secretId: string }
  | { readonly ok: false; readonly step: "key" | "signature"; readonly refusal: TokenRefusal };

/** Finds the key that a token of ours names, and checks its signature. */
export function proveOwn<C extends CommonClaims>(
  kind: OwnKind<C>,
  { token, payload }: SoundToken,
  { apps, now }: Pick<VerifierOptions, "apps" | "now">,
): OwnProof {
  const apiKey = payload["apikey"];
  if (typeof apiKey !== "string") return { ok: false, step: "key", refusal: claimInvalid("apikey") };
  const key = apps.find(apiKey);
  if (key === null) {
    return { ok: false, step: "key", refusal: refuseToken("key_unknown", { field: "apikey" }) };
  }
  const secret = usableSecrets({ ...key, active: true }, now()).find((one) =>
    signatureHolds(token, keyFor(kind, one, key.app.id)),
  );
  if (secret === undefined) {
    return { ok: false, step: "signature", refusal: refuseToken("signature_invalid") };
  }
  return { ok: true, key, secretId: secret.id };
}

/** Decodes the claims of a token of ours. Only another version of the gateway could have made one that is refused here. */
export function decodeOwn<C extends CommonClaims>(
  { schema }: OwnKind<C>,
  payload: JsonObject,
): { readonly ok: true; readonly claims: C } | { readonly ok: false; readonly refusal: TokenRefusal } {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return { ok: true, claims: parsed.data };
  const field = parsed.error.issues[0]?.path[0];
  return { ok: false, refusal: claimInvalid(typeof field === "string" ? field : "payload") };
}

/** A token of ours that counts now, or why it does not. */
export type OwnRead<C> =
  | { readonly ok: true; readonly key: SigningKey; readonly claims: C }
  | { readonly ok: false; readonly refusal: TokenRefusal };

/** Checks a token that must be of this kind: form, key, signature, standing, claims, times. Never throws for a bad token. */
export function readOwn<C extends CommonClaims>(
  kind: OwnKind<C>,
  token: unknown,
  options: VerifierOptions,
): OwnRead<C> {
  const read = precheckToken(token, [kind.type]);
  if (!read.ok) return { ok: false, refusal: read.refusal };
  const proof = proveOwn(kind, read, options);
  if (!proof.ok) return { ok: false, refusal: proof.refusal };
  const { key, secretId } = proof;
  const decoded = decodeOwn(kind, read.payload);
  const mark = markOf(read.token, read.payload, { kind: "client", key: key.apiKey, secretId });
  const bearer = { app: key.app.id, ...(decoded.ok ? kind.bearer(decoded.claims) : NOBODY) };
  const fallen = checkStanding(options, key, mark, bearer);
  if (fallen !== null) return { ok: false, refusal: fallen };
  if (!decoded.ok) return decoded;
  const { claims } = decoded;
  const late = checkTimes(
    { exp: claims.exp, iat: claims.iat, nbf: null },
    {
      now: options.now(),
      toleranceSeconds: options.toleranceSeconds,
      allowNoExpiry: false,
      maxTokenSeconds: null,
    },
  );
  return late === null ? { ok: true, key, claims } : { ok: false, refusal: late };
}
