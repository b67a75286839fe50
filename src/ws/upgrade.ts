/** The upgrade request: who may even become a socket. Refusals are HTTP answers with the body of every other error. */
import { STATUS_CODES, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { MEETING_PATH, SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from "../protocol/limits.js";
import { REFUSALS, refuse, type Refusal } from "../protocol/refusals.js";
import type { TokenVerifier } from "../tokens/verify.js";

/** What an upgrade request asks for, once it may go on; or why it may not, with the HTTP status. */
export type Wish =
  | { readonly ok: true; readonly token: string | null }
  | { readonly ok: false; readonly refusal: Refusal; readonly status: number };

/** What an upgrade is judged by. */
export interface UpgradeRules {
  readonly verifier: TokenVerifier;
  /** Origins beside the gateway's own whose pages may open a meeting; null: any. */
  readonly allowedOrigins: readonly string[] | null;
  readonly closing: boolean;
}

/** Reads and judges an upgrade request. A token in the subprotocol list is checked here, so that a bad one never opens a socket. */
export async function readUpgrade(
  request: IncomingMessage,
  { verifier, allowedOrigins, closing }: UpgradeRules,
): Promise<Wish> {
  if (closing) return no(refuse("unavailable"));
  const path = (request.url ?? "").split("?")[0];
  if (path !== MEETING_PATH) return no(refuse("not_found"));
  const { origin, host } = request.headers;
  const isAllowed =
    origin === undefined ||
    allowedOrigins === null ||
    allowedOrigins.includes(origin) ||
    isOwnOrigin(origin, host);
  if (!isAllowed) {
    return { ...no(refuse("invalid_parameter", { field: "origin" })), status: 403 };
  }
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((text) => text.trim());
  if (!offered.includes(SUBPROTOCOL)) {
    return no(
      refuse("invalid_parameter", { field: "sec-websocket-protocol", details: { needs: SUBPROTOCOL } }),
    );
  }
  const tokens = offered.filter((text) => text.startsWith(TOKEN_SUBPROTOCOL_PREFIX));
  const [value] = tokens;
  if (value === undefined) return { ok: true, token: null };
  if (tokens.length > 1) return no(refuse("invalid_parameter", { field: "sec-websocket-protocol" }));
  const token = value.slice(TOKEN_SUBPROTOCOL_PREFIX.length);
  const verdict = await verifier.verify(token, { door: "meeting", roomId: null, participantId: null });
  return verdict.ok ? { ok: true, token } : no(verdict.refusal);
}

/** Whether a page was served from where its socket leads: a browser writes both headers. Ports are told apart, not http and https. */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false;
  return new URL(origin).host === host.toLowerCase();
}

function no(refusal: Refusal): Extract<Wish, { ok: false }> {
  return { ok: false, refusal, status: REFUSALS[refusal.reason].http };
}

/** Answers a refused upgrade and ends the stream. */
export function refuseUpgrade(stream: Duplex, { reason, field, details }: Refusal, status: number): void {
  const body = JSON.stringify({
    statusCode: status,
    error: REFUSALS[reason].message,
    code: reason,
    ...(field === undefined ? {} : { field }),
    ...(details === undefined ? {} : { details }),
  });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
    ...(status === 401 ? ["WWW-Authenticate: Bearer"] : []),
    ...(status === 503 ? ["Retry-After: 1"] : []),
  ];
  stream.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
