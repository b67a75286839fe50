/** The check at the door: a token in, a grant or a refusal out (`design.md` section 2, step 2). */
import type { Grant, Permission, Role, TokenMark } from "../room/grant.js";
import { checkTimes, wayIn, type Claims } from "./claims.js";
import { proveClientToken } from "./client-token.js";
import { proveCustomerToken } from "./customer-token.js";
import { proveIssuerToken } from "./issuer-token.js";
import { ALGORITHM, precheckToken, type SoundToken } from "./precheck.js";
import { checkStanding, markOf } from "./proof.js";
import type { Proof, Signer, VerifierOptions } from "./proof.js";
import type { JsonObject } from "./strict-json.js";
import { refuseToken } from "./token-refusal.js";
import type { TokenRefusal } from "./token-refusal.js";

export type { VerifierOptions } from "./proof.js";

/** Where a token is shown, and what the client asks for there. */
export type Door =
  /**
   * Joining a meeting: the room and the participant id that the client asks for, null where it leaves them to the token. The one
   * door for client access tokens.
   */
  | { readonly door: "meeting"; readonly roomId: string | null; readonly participantId: string | null }
  /** The REST API. A scope is the route's business: see `checkScope`. */
  | { readonly door: "rest" }
  /** A door of somebody else's (`requireToken`): any valid token, or one with this role. */
  | { readonly door: "other"; readonly role: Role | null };

/** A grant with all claims of the token, the customer's own included, or a refusal. */
export type Verdict =
  | { readonly ok: true; readonly grant: Grant; readonly claims: JsonObject }
  | { readonly ok: false; readonly refusal: TokenRefusal };

/** Checks tokens. */
export interface TokenVerifier {
  /**
   * Never rejects for anything that a client sends, and never repeats the token. It waits only for keys of an identity provider; where
   * they cannot be fetched, the refusal is `unavailable`, and may be another in a moment.
   */
  verify(token: unknown, door: Door): Promise<Verdict>;
}

/** The steps of the check, in order (`reference/videosdk.md` section 7, end); `standing`: what was revoked; `done` when all were passed. */
export type Step =
  | "form"
  | "key"
  | "signature"
  | "standing"
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
  /** Who made the signature; null as long as that is not proved. */
  readonly signedBy: Signer | null;
  /** What it says; null as long as its claims are not known to be of the right form. */
  readonly claims: Claims | null;
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
  return { verify: async (token, door) => (await traceToken(options, token, door)).verdict };
}

/** The check itself, with the way to its verdict. `verify` gives the verdict; only `explainToken` needs the rest. */
export async function traceToken(options: VerifierOptions, token: unknown, door: Door): Promise<Trace> {
  const read = precheckToken(token, door.door === "meeting" ? AT_MEETINGS : ELSEWHERE);
  if (!read.ok) {
    const verdict: Verdict = { ok: false, refusal: read.refusal };
    return { step: "form", header: read.header, payload: null, signedBy: null, claims: null, verdict };
  }
  const proof = prove(read, options);
  // Tokens by secrets, which are nearly all, are not made to wait for a promise.
  return judge(read, proof instanceof Promise ? await proof : proof, options, door);
}

const AT_MEETINGS = ["plain", "access", "client"] as const;
const ELSEWHERE = ["plain", "access"] as const;

function prove(
  read: SoundToken<(typeof AT_MEETINGS)[number]>,
  options: VerifierOptions,
): Proof | Promise<Proof> {
  switch (read.type) {
    case "client":
      return proveClientToken(read, options);
    case "access":
      return proveIssuerToken(read, options);
    case "plain":
      return read.alg === ALGORITHM ? proveCustomerToken(read, options) : proveIssuerToken(read, options);
  }
}

function judge(
  { token, header, payload }: SoundToken,
  proof: Proof,
  options: VerifierOptions,
  door: Door,
): Trace {
  if (!proof.ok) {
    const verdict: Verdict = { ok: false, refusal: proof.refusal };
    return { step: proof.step, header, payload, signedBy: null, claims: null, verdict };
  }
  const { signer, decoded } = proof;
  const claims = decoded.ok ? decoded.claims : null;
  const stop = (step: Step, refusal: TokenRefusal): Trace => {
    return { step, header, payload, signedBy: signer, claims, verdict: { ok: false, refusal } };
  };
  const { app } = signer;

  const mark = markOf(token, payload, signer);
  const asked = door.door === "meeting" ? door : null;
  // What the token says comes first: what a client asks for beside it must not hide whom it is for.
  const fallen = checkStanding(options, signer, mark, {
    app: app.id,
    roomId: claims?.roomId ?? asked?.roomId ?? null,
    participantId: claims?.participantId ?? asked?.participantId ?? null,
  });
  if (fallen !== null) return stop("standing", fallen);

  if (!decoded.ok) return stop("claims", decoded.refusal);
  const { allowNoExpiry, maxTokenSeconds } = lifetimeRules(signer);
  const { toleranceSeconds } = options;
  const times = { now: options.now(), toleranceSeconds, allowNoExpiry, maxTokenSeconds };
  const late = checkTimes(decoded.claims, times);
  if (late !== null) return stop("times", late);

  const { permissions, roles } = decoded.claims;
  if (permissions === null || (asked !== null && wayIn(permissions) === "none")) {
    const field = signer.issuer?.claims.permissions.claim ?? "permissions";
    return stop("permissions", refuseToken("permissions_invalid", { field }));
  }
  const role = roleFor(door);
  if (role !== null && !roles.includes(role)) {
    return stop("role", refuseToken("role_not_allowed", { field: "roles" }));
  }

  const grant = makeGrant(mark, signer, decoded.claims, permissions);
  const outside = asked === null ? null : checkScope(grant, scopeAsked(asked, grant));
  if (outside !== null) return stop(outside.reason === "room_mismatch" ? "room" : "participant", outside);
  const verdict: Verdict = { ok: true, grant, claims: payload };
  return { step: "done", header, payload, signedBy: signer, claims, verdict };
}

/** Tokens of identity providers always expire, and of our own we chose the life. */
function lifetimeRules({ kind, app }: Signer): {
  readonly allowNoExpiry: boolean;
  readonly maxTokenSeconds: number | null;
} {
  switch (kind) {
    case "customer":
      return { allowNoExpiry: app.allowNoExpiry, maxTokenSeconds: app.maxTokenSeconds };
    case "issuer":
      return { allowNoExpiry: false, maxTokenSeconds: app.maxTokenSeconds };
    case "client":
      return { allowNoExpiry: false, maxTokenSeconds: null };
  }
}

/** With a client access token that says who its bearer is, what they say about that is ignored (`reference/dolby.md` section 2.1). */
function scopeAsked(
  { roomId, participantId }: Extract<Door, { door: "meeting" }>,
  { kind }: Grant,
): { readonly roomId: string | null; readonly participantId: string | null } {
  return { roomId, participantId: kind === "client" ? null : participantId };
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
  mark: TokenMark,
  { app, kind }: Signer,
  claims: Claims,
  permissions: readonly Permission[],
): Grant {
  const { roles, roomId, participantId, exp, oneTime, scopes, name } = claims;
  const { fingerprint, key, secretId, jti, issuedAt } = mark;
  // Written out: freezing what was spread together costs as much as checking the signature.
  return Object.freeze({
    app: app.id,
    fingerprint,
    kind,
    key,
    secretId,
    jti,
    issuedAt,
    permissions: Object.freeze([...permissions]),
    roles: Object.freeze([...roles]),
    roomId,
    participantId,
    expiresAt: exp === null ? null : exp * 1000,
    expiryPolicy: kind === "client" ? app.clientExpiryPolicy : app.expiryPolicy,
    oneTime,
    scopes: scopes === null ? null : Object.freeze([...scopes]),
    name,
  });
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
