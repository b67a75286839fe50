/**
 * What a token must be before any library sees it: the rules of `reference/reliability.md` section 1.1, which neither
 * jsonwebtoken nor jose keeps in full. Nothing here knows a key; a token that passes is well formed and still untrusted.
 */
import { parseStrictObject } from "./strict-json.js";
import type { JsonFault, JsonObject } from "./strict-json.js";
import { refuseToken } from "./token-refusal.js";
import type { TokenRefusal } from "./token-refusal.js";

/** The longest token that a customer may send, in characters (which are bytes: the alphabet is ASCII). */
export const MAX_TOKEN_LENGTH = 8 * 1024;

/** The one algorithm: the server chooses it, never the token (RFC 8725 section 3.1). */
export const ALGORITHM = "HS256";

/** More precisely what is wrong with a malformed token; `details.fault` of the refusal. */
export type MalformedFault =
  JsonFault | "not_text" | "not_three_parts" | "not_base64url" | "not_utf8" | "wrong_type";

/** A token taken apart. A refusal carries what could be read up to the fault, for `explainToken` only. */
export type Precheck =
  | { readonly ok: true; readonly token: string; readonly header: JsonObject; readonly payload: JsonObject }
  | { readonly ok: false; readonly refusal: TokenRefusal; readonly header: JsonObject | null };

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** `ignoreBOM` keeps a byte order mark in the text, where JSON then refuses it. Holds no state between calls. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Names that may be repeated in a refusal; anything else could smuggle text of the sender into logs. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,39}$/;

/**
 * Checks the form of a token: length, three canonical base64url parts, strict UTF-8 and JSON, the header's members.
 *
 * @param token whatever the client sent
 * @param maxLength cap in characters; 8 KiB for tokens signed by customers
 */
export function precheckToken(token: unknown, maxLength = MAX_TOKEN_LENGTH): Precheck {
  if (token === undefined || token === null || token === "") return refused(refuseToken("token_missing"));
  if (typeof token !== "string") return refused(malformed("not_text"));
  if (token.length > maxLength) return refused(refuseToken("token_too_long"));

  const parts = token.split(".");
  const [headerPart, payloadPart, signaturePart] = parts;
  if (parts.length !== 3 || !headerPart || !payloadPart || !signaturePart) {
    return refused(malformed("not_three_parts"));
  }
  if (decodePart(signaturePart) === null) return refused(malformed("not_base64url", "signature"));

  const header = decodeObject(headerPart, "header");
  if (!header.ok) return refused(header.refusal);
  const headerRefusal = checkHeader(header.value);
  if (headerRefusal !== null) return refused(headerRefusal, header.value);

  const payload = decodeObject(payloadPart, "payload");
  if (!payload.ok) return refused(payload.refusal, header.value);
  return { ok: true, token, header: header.value, payload: payload.value };
}

function refused(refusal: TokenRefusal, header: JsonObject | null = null): Precheck {
  return { ok: false, refusal, header };
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
 * `jwk`, `jku`, `x5u`, `x5c` and `kid` are neither read nor refused: keys come from our own table alone, so they have no
 * effect. `crit` would oblige us to understand what it names (RFC 7515 section 4.1.11), and `b64` changes what is
 * signed (RFC 7797).
 */
function checkHeader(header: JsonObject): TokenRefusal | null {
  if (header["alg"] !== ALGORITHM) return refuseToken("algorithm_not_allowed", { field: "header.alg" });
  for (const name of ["crit", "b64"]) {
    if (Object.hasOwn(header, name)) return refuseToken("critical_extension", { field: `header.${name}` });
  }
  const typ = header["typ"];
  if (typ !== undefined && !isJwtType(typ)) return malformed("wrong_type", "header.typ");
  return null;
}

/** Whether a `typ` says that this is a plain JWT, and not a token of another kind (RFC 8725 section 3.11). */
export function isJwtType(typ: unknown): boolean {
  return typeof typ === "string" && /^jwt$/i.test(typ);
}
