/**
 * A token in words, for people who look for a fault in theirs (`admitone inspect`, `POST /v2/tokens/explain`). Every
 * judgement here is the verifier's: this file only puts its trace into sentences.
 */
import { REFUSALS } from "../protocol/refusals.js";
import type { Grant, Permission } from "../room/grant.js";
import type { AppKeys } from "./apps.js";
import { decodePermissions, wayIn } from "./claims.js";
import { explainClaim, show } from "./explain-claims.js";
import type { ExplainedClaim } from "./explain-claims.js";
import type { JsonObject } from "./strict-json.js";
import type { TokenReason, TokenRefusal } from "./token-refusal.js";
import { traceToken } from "./verify.js";
import type { Door, Step, Trace } from "./verify.js";

/** How the token is to be looked at. */
export interface ExplainOptions {
  readonly apps: AppKeys;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** As the gateway's own setting, in seconds; 0 if not given. */
  readonly toleranceSeconds?: number;
  readonly door: "meeting" | "rest";
  /** The room that would be asked for; without it no room is compared. */
  readonly roomId?: string | undefined;
  /** The participant id that would be asked for. */
  readonly participantId?: string | undefined;
}

/** A plain value, ready for JSON. Strings of the token appear as data in `header` and `claims[].value`, quoted elsewhere. */
export interface Explanation {
  /** Null where it could not be read. */
  readonly header: JsonObject | null;
  /** In the order of the token; empty where the payload could not be read. */
  readonly claims: readonly ExplainedClaim[];
  /** Whose key made the signature, or why that is not known. */
  readonly key: { readonly verified: boolean; readonly app: string | null; readonly sentence: string };
  /** The step at which the check ended. */
  readonly step: Step;
  /** What the door answers. */
  readonly answer: "enters" | "knocks" | "allowed" | "refused";
  readonly sentence: string;
  readonly grant: Grant | null;
  readonly refusal: TokenRefusal | null;
}

/** What each reason means to the person who made the token. */
const WHY: Readonly<Record<TokenReason, string>> = {
  token_missing: "there is no token",
  token_too_long: "the token is longer than 8 KiB",
  token_malformed: "this is not a well-formed token",
  algorithm_not_allowed: "the header's alg must be HS256",
  critical_extension: "the header asks for an extension (crit or b64), and none is supported",
  key_unknown: "no app of this gateway has this apikey",
  signature_invalid: "the signature was not made with the secret that belongs to this apikey",
  claims_invalid: "a claim is missing or not of the right form",
  version_required: "roomId, participantId and roles need version 2",
  expiry_missing: "there is no exp, and the app does not allow tokens that never expire",
  token_expired: "the token has expired",
  token_not_yet_valid: "nbf or iat is more than 60 seconds ahead; one of the two clocks is wrong",
  permissions_invalid:
    "permissions must be a list of allow_join, ask_join, allow_mod; a meeting is entered with allow_join, " +
    "or asked for with ask_join alone",
  role_not_allowed: "roles does not open this door: meetings need rtc, the REST API needs crawler",
  room_mismatch: "the token is for another room",
  participant_mismatch: "the token is for another participant id",
};

/** Says what the gateway makes of a token, as far as it can be read. Never throws for a bad token. */
export function explainToken(token: unknown, options: ExplainOptions): Explanation {
  const now = options.now();
  const { apps, toleranceSeconds = 0 } = options;
  const trace = traceToken({ apps, toleranceSeconds, now: () => now }, token, doorOf(options));
  const { header, payload, step, verdict } = trace;
  return {
    header,
    claims: Object.entries(payload ?? {}).map(([name, value]) => explainClaim(name, value, now)),
    key: explainKey(trace),
    step,
    ...(verdict.ok
      ? { ...explainEntry(verdict.grant, options.door), grant: verdict.grant, refusal: null }
      : {
          answer: "refused",
          sentence: explainRefusal(verdict.refusal, payload),
          grant: null,
          refusal: verdict.refusal,
        }),
  };
}

function doorOf({ door, roomId, participantId }: ExplainOptions): Door {
  switch (door) {
    case "rest":
      return { door };
    case "meeting":
      return { door, roomId: roomId ?? null, participantId: participantId ?? null };
  }
}

/** The app is named only once the signature is proved: an `apikey` is public, and so tells nothing of who asks. */
function explainKey({ step, payload, signedBy }: Trace): Explanation["key"] {
  if (signedBy !== null) {
    const { app, apiKey } = signedBy;
    const sentence = `signed with the key ${show(apiKey)} of the app ${show(app.name)}`;
    return { verified: true, app: app.id, sentence };
  }
  const named = show(payload?.["apikey"]);
  const sentence =
    payload === null
      ? "not looked for: the token broke before"
      : step === "signature"
        ? `the key ${named} did not make this signature; nothing that the token says is proved`
        : Object.hasOwn(payload, "apikey")
          ? `no key is known for the apikey ${named}`
          : "the token names no apikey";
  return { verified: false, app: null, sentence };
}

function explainEntry(
  grant: Grant,
  door: ExplainOptions["door"],
): { answer: Explanation["answer"]; sentence: string } {
  if (door === "rest") return { answer: "allowed", sentence: `may use the REST API${scopeOf(grant)}` };
  const knocks = wayIn(grant.permissions) === "knock";
  const sentence = knocks ? "knocks and waits for a host" : "enters at once";
  return { answer: knocks ? "knocks" : "enters", sentence: `${sentence}${scopeOf(grant)}` };
}

function scopeOf({ roomId, participantId }: Grant): string {
  const room = roomId === null ? ", any room of the app" : `, only room ${show(roomId)}`;
  return participantId === null ? room : `${room}, only as ${show(participantId)}`;
}

function explainRefusal({ reason, field, details }: TokenRefusal, payload: JsonObject | null): string {
  const fault = details?.["fault"];
  const precisely = [fault, field].filter((text) => text !== undefined).join(" in ");
  const hint = reason === "permissions_invalid" ? permissionsHint(decodePermissions(payload ?? {})) : "";
  const { code, name } = REFUSALS[reason];
  return `is refused: ${WHY[reason]}${precisely === "" ? "" : ` (${precisely})`}${hint} [${reason}, ${code} ${name}]`;
}

/** Known permissions that do not open the meeting door: say which rule they break. */
function permissionsHint(permissions: readonly Permission[] | null): string {
  if (permissions === null) return "";
  return permissions.includes("ask_join")
    ? "; ask_join stands alone"
    : "; allow_mod moderates, but does not enter";
}
