/** Hostile tokens by their form: kind, length, parts, alphabet (`reference/reliability.md` section 1.1). */
import { HEADER, claims, craft, encode, goodClaims, sign } from "./craft.js";
import { malformed, on } from "./hostile.js";
import type { Hostile } from "./hostile.js";

/** Replaces the last character of the token by another that decodes to the same bytes. */
function strayBits(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(token.slice(-1));
  return token.slice(0, -1) + alphabet.charAt(last + 1);
}

/** A header whose encoding needs `-` and `_`, so that the other alphabet can be told from this one. */
const DASHES = { ...HEADER, kid: "~~~???>>>ÿÿÿ" };

export function hostileForms(now: number): Hostile[] {
  const good = goodClaims(now);
  const text = JSON.stringify(good);
  const token = craft(good);
  const [head = "", body = "", mac = ""] = token.split(".");
  const dashes = encode(DASHES);
  return [
    on("nothing", undefined, "token_missing"),
    on("null", null, "token_missing"),
    on("empty text", "", "token_missing"),
    malformed("not_text", "a number", 42),
    malformed("not_text", "an object", { token }),
    malformed("not_text", "a list holding a good token", [token]),
    malformed("not_text", "a String object", new String(token)),
    malformed("not_text", "true", true),

    on("one character over the cap", "a".repeat(8 * 1024 + 1), "token_too_long"),
    on("a signed megabyte", craft(claims({ pad: "x".repeat(1_000_000) }, now)), "token_too_long"),
    on("a megabyte of dots", ".".repeat(1_000_000), "token_too_long"),
    malformed("not_three_parts", "dots up to the cap", ".".repeat(8 * 1024)),

    malformed("not_three_parts", "one part", head),
    malformed("not_three_parts", "two parts", `${head}.${body}`),
    malformed("not_three_parts", "four parts", `${token}.${mac}`),
    malformed("not_three_parts", "five parts, as in JWE", `${token}.${mac}.${mac}`),
    malformed("not_three_parts", "a dot at the end", `${token}.`),
    malformed("not_three_parts", "a dot at the start", `.${token}`),
    malformed("not_three_parts", "two dots only", ".."),
    malformed("not_three_parts", "empty header", `.${body}.${mac}`),
    malformed("not_three_parts", "empty payload", `${head}..${mac}`),
    malformed("not_three_parts", "empty signature", `${head}.${body}.`),
    malformed("not_base64url", "a space for a signature", `${head}.${body}. `, "signature"),

    malformed("not_base64url", "leading space", ` ${token}`, "header"),
    malformed("not_base64url", "trailing space", `${token} `, "signature"),
    malformed("not_base64url", "trailing newline", `${token}\n`, "signature"),
    malformed("not_base64url", "trailing return and newline", `${token}\r\n`, "signature"),
    malformed("not_base64url", "trailing tab", `${token}\t`, "signature"),
    malformed("not_base64url", "trailing NUL", `${token}\0`, "signature"),
    malformed(
      "not_base64url",
      "newline inside the payload",
      `${head}.${body.slice(0, 8)}\n${body.slice(8)}.${mac}`,
      "payload",
    ),
    malformed("not_base64url", "BOM before the token", `\u{feff}${token}`, "header"),
    malformed("not_base64url", "zero width space inside", `${head}.${body}\u{200b}.${mac}`, "payload"),
    malformed("not_base64url", "the scheme still in front", `Bearer ${token}`, "header"),
    malformed("not_base64url", "quotes around", `"${token}"`, "signature"),
    malformed("not_base64url", "padding after the signature", `${token}=`, "signature"),
    malformed("not_base64url", "two signs of padding after the signature", `${token}==`, "signature"),
    malformed("not_base64url", "padding after the header", sign(`${head}=`, body), "header"),
    malformed("not_base64url", "padding after the payload", sign(head, `${body}=`), "payload"),
    malformed("not_base64url", "stray low bits in the signature", strayBits(token), "signature"),
    malformed(
      "not_base64url",
      "stray low bits in the payload",
      sign(head, strayBits(encode(`${text} `.padEnd(202)))),
      "payload",
    ),
    malformed("not_base64url", "one character as signature", `${head}.${body}.A`, "signature"),
    malformed(
      "not_base64url",
      "a fifth of a group in the payload",
      sign(head, `${body.slice(0, body.length & ~3)}A`),
      "payload",
    ),
    malformed("not_base64url", "the + alphabet", sign(dashes.replaceAll("-", "+"), body), "header"),
    malformed("not_base64url", "the / alphabet", sign(dashes.replaceAll("_", "/"), body), "header"),
    malformed("not_three_parts", "percent encoding", token.replaceAll(".", "%2E")),
    malformed("not_three_parts", "full width dots", token.replaceAll(".", "\u{ff0e}")),
    malformed(
      "not_base64url",
      "Cyrillic letter in the signature",
      `${head}.${body}.${mac.slice(0, -1)}а`,
      "signature",
    ),
    malformed("not_three_parts", "hexadecimal with a prefix", `0x${Buffer.from(token).toString("hex")}`),
    malformed(
      "not_three_parts",
      "JWS in its JSON form",
      JSON.stringify({ protected: head, payload: body, signature: mac }),
    ),
  ];
}
