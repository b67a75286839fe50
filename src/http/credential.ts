/** What a request shows in its `Authorization` header, and what it is told to show (RFC 6750 sections 2.1 and 3, RFC 7617). */
import type { IncomingMessage } from "node:http";

/** What a request brings along. */
export type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "unreadable" }
  | { readonly kind: "token"; readonly token: string };

/** Reads `Authorization: <token>` or `Authorization: Bearer <token>`. A token in the URL is never taken, and spoils one in the header. */
export function readCredential(req: Pick<IncomingMessage, "headersDistinct" | "url">): Credential {
  // `req.headers` would keep the first of two headers and hide the second.
  const headers = req.headersDistinct["authorization"] ?? [];
  const [header = ""] = headers;
  if (headers.length > 1) return { kind: "unreadable" };
  if (header === "") return { kind: "none" };
  if (/[?&]access_token=/i.test(req.url ?? "")) return { kind: "unreadable" };
  if (/^bearer$/i.test(header)) return { kind: "unreadable" };
  const token = /^(?:bearer +)?([^\s,]+)$/i.exec(header)?.[1];
  if (token !== undefined) return { kind: "token", token };
  // Another scheme is no attempt at this one (RFC 6750 section 3.1, last paragraph).
  return /^(?!bearer )[a-z][a-z0-9-]* +[^\s,]+$/i.test(header) ? { kind: "none" } : { kind: "unreadable" };
}

/** The value of `WWW-Authenticate` for an error, with what would have been needed. */
export function challenge(error: string, scope: readonly string[] = []): string {
  return `Bearer error="${error}"${scope.length === 0 ? "" : `, scope="${scope.join(" ")}"`}`;
}

/** A key and a secret, as they were shown. */
export interface Pair {
  readonly apiKey: string;
  readonly secret: string;
}

/**
 * Reads `Authorization: Basic <base64>`: as it is (`reference/dolby.md` section 1), and where that differs with both parts
 * form-decoded, since RFC 6749 section 2.3.1 wants them form-encoded. Empty where there is no such header.
 */
export function readBasic(req: Pick<IncomingMessage, "headersDistinct">): readonly Pair[] {
  const headers = req.headersDistinct["authorization"] ?? [];
  const encoded =
    headers.length === 1 ? /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(headers[0] ?? "")?.[1] : undefined;
  const pair = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  if (colon < 0) return [];
  const shown = { apiKey: pair.slice(0, colon), secret: pair.slice(colon + 1) };
  const decoded = { apiKey: formDecoded(shown.apiKey), secret: formDecoded(shown.secret) };
  const differs = decoded.apiKey !== shown.apiKey || decoded.secret !== shown.secret;
  return differs ? [shown, decoded] : [shown];
}

function formDecoded(text: string): string {
  return new URLSearchParams(`v=${text.replaceAll("&", "%26")}`).get("v") ?? "";
}
