/**
 * A refusal as token endpoints and conference calls tell it: RFC 6749 section 5.2 and RFC 6750 section 3.1, in one body with the
 * two shapes that Dolby.io's clients read (`reference/dolby.md` section 5).
 */
import { REFUSALS, type Refusal } from "../protocol/refusals.js";

/** What the caller was asked to show, since the two RFCs call a bad one differently: a key with its secret, or a token. */
export type ShownInOAuth = "client" | "token";

/** The members that such a body has beside `statusCode`, `code`, `field` and `details`. */
export interface OAuthError {
  /** One of the fixed words of the RFCs. */
  readonly error: string;
  /** Printable ASCII without quotation marks and backslashes. */
  readonly error_description: string;
  readonly type: "ErrorResponse";
  readonly error_code: number;
  readonly error_reason: string;
  readonly status: number;
  readonly message: string;
}

/** Puts a refusal into that form. */
export function oauthError(refusal: Refusal, shown: ShownInOAuth): OAuthError {
  const { http } = REFUSALS[refusal.reason];
  const text = describe(refusal, shown);
  const [error_code, error_reason] = dolbyCode(refusal, shown);
  return {
    error: wordFor(refusal, shown),
    error_description: text,
    type: "ErrorResponse",
    error_code,
    error_reason,
    status: http,
    message: text,
  };
}

/** Says which member is at fault and what is wrong with it, where that is known. */
function describe(refusal: Refusal, shown: ShownInOAuth): string {
  const message = messageOf(refusal, shown);
  const more = particulars(refusal);
  return (
    (more === "" ? message : `${message}: ${more}`)
      .replaceAll('"', "'")
      // RFC 6749 section 5.2.
      .replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "?")
  );
}

function messageOf({ reason }: Refusal, shown: ShownInOAuth): string {
  // Whoever showed no token is told of the key: they have its secret.
  return shown === "client" && reason === "key_deactivated"
    ? "The key is deactivated"
    : REFUSALS[reason].message;
}

function particulars({ reason, field, details = {} }: Refusal): string {
  const { problem, needs, bytes, limit, over, shorten } = details;
  switch (reason) {
    case "token_too_large":
      return `it would have ${String(bytes)} bytes, ${String(over)} more than ${String(limit)}; shorten ${String(shorten)}`;
    case "scope_missing":
      return String(needs ?? field ?? "");
    default:
      return [field, problem].filter((part) => part !== undefined).join(" ");
  }
}

function wordFor({ reason }: Refusal, shown: ShownInOAuth): string {
  switch (reason) {
    case "grant_type_unsupported":
      return "unsupported_grant_type";
    case "scope_invalid":
      return "invalid_scope";
    case "scope_missing":
      return "insufficient_scope";
    case "token_not_revocable":
      // RFC 7009 section 2.2.1.
      return "unsupported_token_type";
    default:
      return wordForStatus(REFUSALS[reason].http, shown);
  }
}

function wordForStatus(http: number, shown: ShownInOAuth): string {
  switch (http) {
    case 401:
      return shown === "client" ? "invalid_client" : "invalid_token";
    // RFC 6749 section 4.1.2.1 has words for what section 5.2 is silent about.
    case 403:
      return "access_denied";
    case 429:
    case 503:
      return "temporarily_unavailable";
    case 500:
      return "server_error";
    default:
      return "invalid_request";
  }
}

/** The numbers that are known of Dolby.io; for all else our own. */
function dolbyCode({ reason }: Refusal, shown: ShownInOAuth): readonly [number, string] {
  const { http, code, name } = REFUSALS[reason];
  if (http === 401 && shown === "token") return [89, "Invalid_token"];
  if (reason === "scope_missing" || reason === "not_permitted") return [114, "Insufficient permissions"];
  return http === 400 ? [90, "Illegal argument"] : [code, name];
}
