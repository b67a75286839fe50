/** What the claims of a token must be: shapes, times, permissions (`design.md` section 3, `reference/videosdk.md` section 1). */
import { z } from "zod";
import { EVERYBODY } from "../protocol/limits.js";
import type { Permission, Role, SessionScope } from "../room/grant.js";
import { isJwtType } from "./precheck.js";
import type { JsonObject } from "./strict-json.js";
import { refuseToken } from "./token-refusal.js";
import type { TokenRefusal } from "./token-refusal.js";

/** How far ahead of our clock `nbf` and `iat` may be, in seconds (`design.md` section 3, `exp`). */
export const ISSUE_LEEWAY_SECONDS = 60;

/** The last second that a `Date` can hold; an `exp` beyond it could not be shown or scheduled. */
const LAST_SECOND = 8.64e12;

/** Every permission, in the order in which the documentation names them. */
export const PERMISSIONS = ["allow_join", "ask_join", "allow_mod"] as const satisfies readonly Permission[];

/** Every role. */
export const ROLES = ["rtc", "crawler"] as const satisfies readonly Role[];

/** The claims that tie a token to something, and therefore need `version: 2`. */
export const SCOPE_CLAIMS = ["roomId", "participantId", "roles"] as const;

const wholeSeconds = z.int().min(-LAST_SECOND).max(LAST_SECOND);

/** 1 to 128 UTF-16 units without white space and control characters, and not the sign for everybody. */
const participantId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\s\p{Cc}]*$/u)
  .refine((id) => id !== EVERYBODY);

const Lifetime = z.looseObject({
  exp: wholeSeconds.optional(),
  nbf: wholeSeconds.optional(),
  iat: wholeSeconds.optional(),
  jti: z.string().min(1).optional(),
});

/** In the order in which faults are reported. `version` and `permissions` have reasons of their own and are looked at later. */
const Shape = z.looseObject({
  typ: z.string().refine(isJwtType).optional(),
  ...Lifetime.shape,
  roomId: z.string().min(1).optional(),
  participantId: participantId.optional(),
  roles: z.array(z.enum(ROLES)).min(1).optional(),
  oneTime: z.boolean().optional(),
});

const Permissions = z.array(z.enum(PERMISSIONS)).min(1);

/** When a token counts, in seconds since 1970, as in the token. */
export interface Times {
  readonly exp: number | null;
  readonly nbf: number | null;
  readonly iat: number | null;
}

/** What a token says, whatever its kind, once its claims are of the right form. */
export interface Claims extends Times {
  readonly jti: string | null;
  readonly roomId: string | null;
  readonly participantId: string | null;
  /** Null: not a non-empty list of known ones. Whether they open a door is asked later. */
  readonly permissions: readonly Permission[] | null;
  /** Both, where a customer's token has no `roles`. */
  readonly roles: readonly Role[];
  readonly oneTime: boolean;
  /** Of client access tokens; null for all others. */
  readonly scopes: readonly SessionScope[] | null;
  /** What its bearer is called, whatever they say; null: as they say. */
  readonly name: string | null;
}

/** Claims of the right form, or the refusal of the first that is not. */
export type Decoded =
  { readonly ok: true; readonly claims: Claims } | { readonly ok: false; readonly refusal: TokenRefusal };

/**
 * Decodes the claims of a customer's token. Refuses with `claims_invalid` and the `field`, or with `version_required` where a scope
 * claim comes without `version: 2`: such a token says less than its maker believes. A one-time token is remembered by its room and
 * its `jti` until it expires, so it needs all three.
 */
export function decodeClaims(payload: JsonObject): Decoded {
  const parsed = Shape.safeParse(payload);
  if (!parsed.success) return { ok: false, refusal: claimInvalid(String(parsed.error.issues[0]?.path[0])) };
  const version = payload["version"];
  if (version !== 2 && version !== "2") {
    const scoped = SCOPE_CLAIMS.some((name) => Object.hasOwn(payload, name));
    if (scoped) return { ok: false, refusal: refuseToken("version_required", { field: "version" }) };
    if (version !== undefined) return { ok: false, refusal: claimInvalid("version") };
  }
  const { exp, nbf, iat, jti, roomId, participantId, roles, oneTime = false } = parsed.data;
  const lacking = oneTime
    ? Object.entries({ jti, roomId, exp }).find(([, value]) => value === undefined)
    : undefined;
  if (lacking !== undefined) return { ok: false, refusal: claimInvalid(lacking[0]) };
  const claims: Claims = {
    exp: exp ?? null,
    nbf: nbf ?? null,
    iat: iat ?? null,
    jti: jti ?? null,
    roomId: roomId ?? null,
    participantId: participantId ?? null,
    permissions: decodePermissions(payload),
    roles: [...new Set(roles ?? ROLES)],
    oneTime,
    scopes: null,
    name: null,
  };
  return { ok: true, claims };
}

/** The times and the id of an identity provider's token, whose other claims are as its owner mapped them. */
export function decodeTimes(
  payload: JsonObject,
):
  | { readonly ok: true; readonly times: Times; readonly jti: string | null }
  | { readonly ok: false; readonly refusal: TokenRefusal } {
  const parsed = Lifetime.safeParse(payload);
  if (!parsed.success) return { ok: false, refusal: claimInvalid(String(parsed.error.issues[0]?.path[0])) };
  const { exp, nbf, iat, jti } = parsed.data;
  return { ok: true, times: { exp: exp ?? null, nbf: nbf ?? null, iat: iat ?? null }, jti: jti ?? null };
}

/** The refusal of one claim. */
export function claimInvalid(field: string): TokenRefusal {
  return refuseToken("claims_invalid", { field });
}

/**
 * Whether the token is good at this moment; null if it is.
 *
 * @param rules.now epoch milliseconds
 * @param rules.toleranceSeconds how long after `exp` a token still counts; on the second of `exp` plus this it does not
 *   (RFC 7519 section 4.1.4: "on or after")
 * @param rules.allowNoExpiry whether the app allows tokens without `exp`
 * @param rules.maxTokenSeconds the longest life, from `iat` to `exp`, both of which it then takes; null: any
 */
export function checkTimes(
  claims: Times,
  rules: {
    readonly now: number;
    readonly toleranceSeconds: number;
    readonly allowNoExpiry: boolean;
    readonly maxTokenSeconds: number | null;
  },
): TokenRefusal | null {
  if (claims.exp === null) {
    if (!rules.allowNoExpiry) return refuseToken("expiry_missing", { field: "exp" });
  } else if (rules.now >= (claims.exp + rules.toleranceSeconds) * 1000) {
    return refuseToken("token_expired", { field: "exp" });
  }
  const latest = rules.now + ISSUE_LEEWAY_SECONDS * 1000;
  for (const field of ["nbf", "iat"] as const) {
    const seconds = claims[field];
    if (seconds !== null && seconds * 1000 > latest) return refuseToken("token_not_yet_valid", { field });
  }
  if (rules.maxTokenSeconds === null) return null;
  // Measured from now on, a token that lives too long would be taken on its last days: after whatever revoked it is forgotten.
  if (claims.iat === null) return claimInvalid("iat");
  const life = (claims.exp ?? Number.POSITIVE_INFINITY) - claims.iat;
  return life > rules.maxTokenSeconds ? refuseToken("lifetime_too_long", { field: "exp" }) : null;
}

/**
 * Decodes `permissions`; null where they are not a non-empty list of known ones. A permission named twice counts once.
 */
export function decodePermissions(payload: JsonObject): readonly Permission[] | null {
  const parsed = Permissions.safeParse(payload["permissions"]);
  return parsed.success ? [...new Set(parsed.data)] : null;
}

/** How permissions enter a meeting: at once, by knocking, or not at all (`design.md` section 3, "Who may enter"). */
export function wayIn(permissions: readonly Permission[]): "enter" | "knock" | "none" {
  if (permissions.includes("ask_join")) return permissions.length === 1 ? "knock" : "none";
  return permissions.includes("allow_join") ? "enter" : "none";
}
