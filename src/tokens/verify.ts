/** The check at the door: a token in, a grant or a refusal out (`design.md` section 2, step 2). */
import { hash } from "node:crypto";
import type { Grant, Permission, Role } from "../room/grant.js";
import type { AppKeys, SigningKey } from "./apps.js";
import { checkTimes, claimInvalid, decodeClaims, decodePermissions, wayIn } from "./claims.js";
import type { Claims } from "./claims.js";
import { precheckToken } from "./precheck.js";
import { signatureHolds } from "./signature.js";
import type { JsonObject } from "./strict-json.js";
import { refuseToken } from "./token-refusal.js";
import type { TokenRefusal } from "./token-refusal.js";

/** Where a token is shown, and what the client asks for there. */
export type Door =
  /** Joining a meeting: the room and the participant id that the client asks for, null where it leaves them to the token. */
  | { readonly door: "meeting"; readonly roomId: string | null; readonly participantId: string | null }
  /** The REST API. A scope is the route's business: see `checkScope`. */
  | { readonly door: "rest" }
  /** A door of somebody else's (`requireToken`): any valid token, or one with this role. */
  | { readonly door: "other"; readonly role: Role | null };

/** A grant with all claims of the token, the customer's own included, or a refusal. */
export type Verdict =
  | { readonly ok: true; readonly grant: Grant; readonly claims: JsonObject }
  | { readonly ok: false; readonly refusal: TokenRefusal };

/** What a verifier stands on. */
export interface VerifierOptions {
  readonly apps: AppKeys;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long after its `exp` a token still counts, in seconds; 0 or more. */
  readonly toleranceSeconds: number;
}

/** Checks tokens. */
export interface TokenVerifier {
  /** Never throws for anything that a client sends, and never repeats the token. */
  verify(token: unknown, door: Door): Verdict;
}

/** The steps of the check, in order (`reference/videosdk.md` section 7, end); `done` when all were passed. */
export type Step =
  | "form"
  | "key"
  | "signature"
  | "claims"
  | "times"
  | "permissions"
  | "role"
  | "room"
  | "participant"
  | "done";

/** A verdict with the way there: the step that ended it, and what had been read and proved by then. */
export interface Trace {
  readonly step: Step;
  readonly header: JsonObject | null;
  readonly payload: JsonObject | null;
  /** The key that made the signature; null as long as that is not proved. */
  readonly signedBy: SigningKey | null;
  readonly verdict: Verdict;
}

/**
 * Makes a verifier over a key ring and a clock.
 *
 * @throws RangeError for a tolerance that is negative or not finite
 */
export function createVerifier(options: VerifierOptions): TokenVerifier {
  const { toleranceSeconds } = options;
  if (!Number.isFinite(toleranceSeconds) || toleranceSeconds < 0) {
    throw new RangeError("toleranceSeconds must be a finite number, 0 or more");
  }
  return { verify: (token, door) => traceToken(options, token, door).verdict };
}

/** The check itself, with the way to its verdict. `verify` gives the verdict; only `explainToken` needs the rest. */
export function traceToken(options: VerifierOptions, token: unknown, door: Door): Trace {
  const read = precheckToken(token);
  if (!read.ok) {
    const verdict: Verdict = { ok: false, refusal: read.refusal };
    return { step: "form", header: read.header, payload: null, signedBy: null, verdict };
  }
  const { header, payload } = read;
  let signedBy: SigningKey | null = null;
  const stop = (step: Step, refusal: TokenRefusal): Trace => {
    return { step, header, payload, signedBy, verdict: { ok: false, refusal } };
  };

  const apiKey = payload["apikey"];
  if (typeof apiKey !== "string" || apiKey === "") return stop("key", claimInvalid("apikey"));
  const key = options.apps.find(apiKey);
  if (key === null) return stop("key", refuseToken("key_unknown", { field: "apikey" }));
  if (!signatureHolds(read.token, key.key)) return stop("signature", refuseToken("signature_invalid"));
  signedBy = key;

  const decoded = decodeClaims(payload);
  if (!decoded.ok) return stop("claims", decoded.refusal);
  const { claims } = decoded;
  const late = checkTimes(claims, {
    now: options.now(),
    toleranceSeconds: options.toleranceSeconds,
    allowNoExpiry: key.app.allowNoExpiry,
  });
  if (late !== null) return stop("times", late);

  const permissions = decodePermissions(payload);
  if (permissions === null || (door.door === "meeting" && wayIn(permissions) === "none")) {
    return stop("permissions", refuseToken("permissions_invalid", { field: "permissions" }));
  }
  const role = roleFor(door);
  if (role !== null && !claims.roles.includes(role)) {
    return stop("role", refuseToken("role_not_allowed", { field: "roles" }));
  }

  const grant = makeGrant(read.token, key, claims, permissions);
  const outside = door.door === "meeting" ? checkScope(grant, door) : null;
  if (outside !== null) return stop(outside.reason === "room_mismatch" ? "room" : "participant", outside);
  return { step: "done", header, payload, signedBy, verdict: { ok: true, grant, claims: payload } };
}

function roleFor(door: Door): Role | null {
  switch (door.door) {
    case "meeting":
      return "rtc";
    case "rest":
      return "crawler";
    case "other":
      return door.role;
  }
}

function makeGrant(
  token: string,
  { app }: SigningKey,
  claims: Claims,
  permissions: readonly Permission[],
): Grant {
  return Object.freeze({
    app: app.id,
    fingerprint: fingerprintOf(token),
    jti: claims.jti,
    permissions: Object.freeze([...permissions]),
    roles: Object.freeze([...claims.roles]),
    roomId: claims.roomId,
    participantId: claims.participantId,
    expiresAt: claims.exp === null ? null : claims.exp * 1000,
    expiryPolicy: app.expiryPolicy,
  });
}

/** 22 characters (132 bits) of the base64url SHA-256 of a token: enough to recognise it, useless for showing it again. */
export function fingerprintOf(token: string): string {
  return hash("sha256", token, "base64url").slice(0, 22);
}

/**
 * Whether a grant covers what is asked for: the room (4022), then the participant (4023); null if it does. What is null is
 * not asked for. REST routes that name a room or a participant call this, the meeting door has done so already.
 */
export function checkScope(
  grant: Pick<Grant, "roomId" | "participantId">,
  asked: { readonly roomId: string | null; readonly participantId: string | null },
): TokenRefusal | null {
  if (grant.roomId !== null && asked.roomId !== null && grant.roomId !== asked.roomId) {
    return refuseToken("room_mismatch", { field: "roomId" });
  }
  const { participantId } = grant;
  if (participantId !== null && asked.participantId !== null && participantId !== asked.participantId) {
    return refuseToken("participant_mismatch", { field: "participantId" });
  }
  return null;
}
