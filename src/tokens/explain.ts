/**
 * A token in words, for people who look for a fault in theirs (`admitone inspect`, `POST /v2/tokens/explain`). Every
 * judgement here is the verifier's: this file only puts its trace into sentences.
 */
import { REFUSALS } from "../protocol/refusals.js";
import type { Grant, Permission } from "../room/grant.js";
import { wayIn } from "./claims.js";
import { explainClaim, show } from "./explain-claims.js";
import type { ExplainedClaim, Reading } from "./explain-claims.js";
import { OWN_TYPES } from "./precheck.js";
import type { Signer } from "./proof.js";
import type { JsonObject } from "./strict-json.js";
import type { TokenReason, TokenRefusal } from "./token-refusal.js";
import { traceToken } from "./verify.js";
import type { Door, Step, Trace, VerifierOptions } from "./verify.js";

/** How the token is to be looked at. */
export interface ExplainOptions extends Omit<VerifierOptions, "toleranceSeconds"> {
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
  algorithm_not_allowed:
    "the header's alg must be HS256, or for an identity provider's token one that the app has named: RS256, ES256, EdDSA",
  critical_extension: "the header asks for an extension (crit or b64), and none is supported",
  key_unknown: "no app of this gateway has this key, or takes tokens of this identity provider",
  unavailable:
    "the keys of its identity provider cannot be fetched now; the same token may be good in a moment",
  signature_invalid: "the signature was not made with the secret or the key that belongs to this token",
  key_deactivated: "its key is deactivated",
  token_revoked: "it was revoked",
  claims_invalid: "a claim is missing or not of the right form",
  version_required: "roomId, participantId and roles need version 2",
  expiry_missing: "there is no exp, and the app does not allow tokens that never expire",
  token_expired: "the token has expired",
  token_not_yet_valid: "nbf or iat is more than 60 seconds ahead; one of the two clocks is wrong",
  lifetime_too_long: "it is good for longer than the app allows",
  permissions_invalid:
    "permissions must be a list of allow_join, ask_join, allow_mod; a meeting is entered with allow_join, " +
    "or asked for with ask_join alone",
  role_not_allowed: "roles does not open this door: meetings need rtc, the REST API needs crawler",
  room_mismatch: "the token is for another room",
  participant_mismatch: "the token is for another participant id",
};

/** Says what the gateway makes of a token, as far as it can be read. Never rejects for a bad token. */
export async function explainToken(token: unknown, options: ExplainOptions): Promise<Explanation> {
  const now = options.now();
  const trace = await traceToken({ toleranceSeconds: 0, ...options, now: () => now }, token, doorOf(options));
  const { header, payload, step, verdict } = trace;
  const reading = readingOf(trace);
  return {
    header,
    claims: Object.entries(payload ?? {}).map(([name, value]) => explainClaim(name, value, now, reading)),
    key: explainKey(trace),
    step,
    ...(verdict.ok
      ? { ...explainEntry(verdict.grant, options.door), grant: verdict.grant, refusal: null }
      : {
          answer: "refused",
          sentence: explainRefusal(verdict.refusal, trace),
          grant: null,
          refusal: verdict.refusal,
        }),
  };
}

/** Until it is proved who made a token, it is read as what it says that it is. */
function readingOf({ header, payload, signedBy }: Trace): Reading {
  if (signedBy !== null) return signedBy;
  if (header?.["typ"] === OWN_TYPES.client) return { kind: "client", issuer: null };
  const named = payload ?? {};
  const foreign = Object.hasOwn(named, "iss") && !Object.hasOwn(named, "apikey");
  return { kind: foreign ? "issuer" : "customer", issuer: null };
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
function explainKey(trace: Trace): Explanation["key"] {
  const { signedBy } = trace;
  return signedBy === null
    ? { verified: false, app: null, sentence: explainStranger(trace) }
    : { verified: true, app: signedBy.app.id, sentence: explainSigner(signedBy) };
}

function explainSigner({ kind, key, app }: Signer): string {
  switch (kind) {
    case "customer":
      return `signed with the key ${show(key)} of the app ${show(app.name)}`;
    case "client":
      return `a client access token, made here with the key ${show(key)} of the app ${show(app.name)}`;
    case "issuer":
      return `signed by the identity provider ${show(key)} for the app ${show(app.name)}`;
  }
}

function explainStranger({ step, payload }: Trace): string {
  if (payload === null || step === "form") return "not looked for: the token broke before";
  const [name, kind] = Object.hasOwn(payload, "apikey") ? ["apikey", "key"] : ["iss", "identity provider"];
  if (!Object.hasOwn(payload, name)) return "the token names no apikey";
  const named = show(payload[name]);
  return step === "signature"
    ? `the ${kind} ${named} did not make this signature; nothing that the token says is proved`
    : `no key is known for the ${name} ${named}`;
}

function explainEntry(
  grant: Grant,
  door: ExplainOptions["door"],
): { answer: Explanation["answer"]; sentence: string } {
  if (door === "rest") return { answer: "allowed", sentence: `may use the REST API${scopeOf(grant)}` };
  if (grant.scopes !== null) return { answer: "knocks", sentence: `${CLIENT_ENTRY}${scopeOf(grant)}` };
  const knocks = wayIn(grant.permissions) === "knock";
  const sentence = knocks ? "knocks and waits for a host" : "enters at once";
  return { answer: knocks ? "knocks" : "enters", sentence: `${sentence}${scopeOf(grant)}` };
}

const CLIENT_ENTRY =
  "knocks and waits for a host, unless an invitation or a conference access token lets it in";

function scopeOf({ roomId, participantId }: Grant): string {
  const room = roomId === null ? ", any room of the app" : `, only room ${show(roomId)}`;
  return participantId === null ? room : `${room}, only as ${show(participantId)}`;
}

function explainRefusal({ reason, field, details }: TokenRefusal, { claims }: Trace): string {
  const fault = details?.["fault"];
  const precisely = [fault, field].filter((text) => text !== undefined).join(" in ");
  const hint = reason === "permissions_invalid" ? permissionsHint(claims?.permissions ?? null) : "";
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
