/**
 * What a token must be before any library sees it: the rules of `reference/reliability.md` section 1.1, which neither
 * jsonwebtoken nor jose keeps in full. Nothing here knows a key; a token that passes is well formed and still untrusted.
 */
import { ISSUER_ALGORITHMS, type IssuerAlgorithm } from "./app.js";
import { parseStrictObject } from "./strict-json.js";
import type { JsonFault, JsonObject } from "./strict-json.js";
import { refuseToken } from "./token-refusal.js";
import type { TokenRefusal } from "./token-refusal.js";

/** The longest token that somebody else may have made, in characters (which are bytes: the alphabet is ASCII). */
export const MAX_TOKEN_LENGTH = 8 * 1024;

/** The longest token that the gateway makes (`reference/dolby.md` section 2.1). */
export const MAX_OWN_TOKEN_LENGTH = 2_048;

/** The algorithm of all tokens but those of identity providers: the server chooses it, never the token (RFC 8725 section 3.1). */
export const ALGORITHM = "HS256";

/** The `typ` of each kind of token that the gateway makes (RFC 8725 section 3.11). */
export const OWN_TYPES = { api: "api+jwt", client: "client+jwt", conference: "conference+jwt" } as const;
/** A kind of token that the gateway makes. */
export type OwnType = keyof typeof OWN_TYPES;

/**
 * What a header's `typ` says: `plain` is none or JWT (customers and identity providers), `access` an access token of an identity
 * provider (RFC 9068 section 2.1), the others are ours.
 */
export type TokenType = "plain" | "access" | OwnType;

/** An algorithm that some token may have; which one may have which is seen by its type, and in the end by its key. */
export type TokenAlgorithm = typeof ALGORITHM | IssuerAlgorithm;
const ALGORITHMS: readonly TokenAlgorithm[] = [ALGORITHM, ...ISSUER_ALGORITHMS];

/** More precisely what is wrong with a malformed token; `details.fault` of the refusal. */
export type MalformedFault =
  JsonFault | "not_text" | "not_three_parts" | "not_base64url" | "not_utf8" | "wrong_type";

/** A token taken apart: well formed, and still untrusted. */
export interface SoundToken<T extends TokenType = TokenType> {
  readonly token: string;
  readonly type: T;
  readonly alg: TokenAlgorithm;
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/** A token that is well formed, or a refusal with what could be read up to the fault, for `explainToken` only. */
export type Precheck<T extends TokenType = TokenType> =
  | ({ readonly ok: true } & SoundToken<T>)
  | { readonly ok: false; readonly refusal: TokenRefusal; readonly header: JsonObject | null };

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** `ignoreBOM` keeps a byte order mark in the text, where JSON then refuses it. Holds no state between calls. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Names that may be repeated in a refusal; anything else could smuggle text of the sender into logs. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,39}$/;

/** What `precheckToken` lets through unless told otherwise. */
const PLAIN = ["plain"] as const;

/** Checks the form of a token that is neither of an identity provider's own type nor one of ours. */
export function precheckToken(token: unknown): Precheck<"plain">;
/**
 * Checks the form of a token: length, three canonical base64url parts, strict UTF-8 and JSON, the header's members.
 *
 * @param token whatever the client sent
 * @param types the types that may come to this door
 */
export function precheckToken<T extends TokenType>(token: unknown, types: readonly T[]): Precheck<T>;
export function precheckToken(token: unknown, types: readonly TokenType[] = PLAIN): Precheck {
  if (token === undefined || token === null || token === "") return refused(refuseToken("token_missing"));
  if (typeof token !== "string") return refused(malformed("not_text"));
  if (token.length > MAX_TOKEN_LENGTH) return refused(refuseToken("token_too_long"));

  const parts = token.split(".");
  const [headerPart, payloadPart, signaturePart] = parts;
  if (parts.length !== 3 || !headerPart || !payloadPart || !signaturePart) {
    return refused(malformed("not_three_parts"));
  }
  if (decodePart(signaturePart) === null) return refused(malformed("not_base64url", "signature"));

  const header = decodeObject(headerPart, "header");
  if (!header.ok) return refused(header.refusal);
  const kind = readHeader(header.value, types);
  if (!kind.ok) return refused(kind.refusal, header.value);
  const { type, alg } = kind;
  if (isOwn(type) && token.length > MAX_OWN_TOKEN_LENGTH) {
    return refused(refuseToken("token_too_long"), header.value);
  }

  const payload = decodeObject(payloadPart, "payload");
  if (!payload.ok) return refused(payload.refusal, header.value);
  return { ok: true, token, type, alg, header: header.value, payload: payload.value };
}

function refused(refusal: TokenRefusal, header: JsonObject | null = null) {
  return { ok: false, refusal, header } as const;
}

function malformed(fault: MalformedFault, field?: string): TokenRefusal {
  return refuseToken("token_malformed", { ...(field === undefined ? {} : { field }), details: { fault } });
}

/** The bytes of a part, or null where another spelling of the same bytes exists (padding, `+/`, stray low bits). */
function decodePart(part: string): Buffer | null {
  if (!BASE64URL.test(part)) return null;
  const bytes = Buffer.from(part, "base64url");
  return bytes.toString("base64url") === part ? bytes : null;
}

function decodeObject(
  part: string,
  name: "header" | "payload",
): { ok: true; value: JsonObject } | { ok: false; refusal: TokenRefusal } {
  const bytes = decodePart(part);
  if (bytes === null) return { ok: false, refusal: malformed("not_base64url", name) };
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return { ok: false, refusal: malformed("not_utf8", name) };
  }
  const parsed = parseStrictObject(text);
  if (parsed.ok) return parsed;
  return { ok: false, refusal: malformed(parsed.fault, fieldOf(name, parsed.member)) };
}

function fieldOf(part: "header" | "payload", member: string | null): string {
  if (member === null || !PLAIN_NAME.test(member)) return part;
  return part === "header" ? `header.${member}` : member;
}

/**
 * `jwk`, `jku`, `x5u` and `x5c` are neither read nor refused: keys come from our own table and from the addresses in it alone, so
 * they have no effect. `crit` would oblige us to understand what it names (RFC 7515 section 4.1.11), and `b64` changes what is
 * signed (RFC 7797).
 */
function readHeader(
  header: JsonObject,
  types: readonly TokenType[],
):
  | { readonly ok: true; readonly type: TokenType; readonly alg: TokenAlgorithm }
  | { readonly ok: false; readonly refusal: TokenRefusal } {
  const wrongAlgorithm = { ok: false, refusal: refuseAlgorithm() } as const;
  const alg = ALGORITHMS.find((one) => one === header["alg"]);
  if (alg === undefined) return wrongAlgorithm;
  for (const name of ["crit", "b64"]) {
    if (Object.hasOwn(header, name)) {
      return { ok: false, refusal: refuseToken("critical_extension", { field: `header.${name}` }) };
    }
  }
  const type = typeOf(header["typ"]);
  // A customer's token has no such type; this is said before its algorithm.
  const foreign = type === "access" && alg === ALGORITHM;
  if (type === null || foreign || !types.includes(type)) {
    return { ok: false, refusal: malformed("wrong_type", "header.typ") };
  }
  return isOwn(type) && alg !== ALGORITHM ? wrongAlgorithm : { ok: true, type, alg };
}

/** The refusal of an algorithm that this kind of token, or this issuer, may not have. */
export function refuseAlgorithm(): TokenRefusal {
  return refuseToken("algorithm_not_allowed", { field: "header.alg" });
}

function typeOf(typ: unknown): TokenType | null {
  if (typ === undefined || isJwtType(typ)) return "plain";
  if (typeof typ !== "string") return null;
  if (/^(application\/)?at\+jwt$/i.test(typ)) return "access";
  for (const type of ["api", "client", "conference"] as const) if (OWN_TYPES[type] === typ) return type;
  return null;
}

function isOwn(type: TokenType): type is OwnType {
  return Object.hasOwn(OWN_TYPES, type);
}

/** Whether a `typ` says that this is a plain JWT, and not a token of another kind (RFC 8725 section 3.11). */
export function isJwtType(typ: unknown): boolean {
  return typeof typ === "string" && /^jwt$/i.test(typ);
}
