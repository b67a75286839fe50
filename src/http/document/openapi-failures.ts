/** The answers of the document that say no: for each status of a route, its reasons and the body they come in. */
import { isDeepStrictEqual } from "node:util";
import { REFUSALS, type Reason } from "../../protocol/refusals.js";
import { isPage, type Route } from "../route.js";
import type { Schema } from "./json-schema.js";
import { refusalsOf, WITH_TOKEN } from "./openapi-access.js";
import type { Response, ResponseRef } from "./openapi-types.js";

/** Reasons for which any route may say no. */
const ALWAYS: readonly Reason[] = ["invalid_parameter", "internal_error", "unavailable"];

/** The body of a refusal: ours, or that of the RFCs. A page has none. */
type Body = "Error" | "TokenError" | { readonly page: string };

/** Status -> answer, for all for which a route may say no. */
export function failures(spec: Route["spec"]): Record<string, Response | ResponseRef> {
  const { access, method, contentType = "", errors, refusals = [] } = spec;
  const byStatus = reasonsByStatus([
    ...ALWAYS,
    ...(method === "get" ? [] : (["payload_too_large"] as const)),
    ...refusalsOf(access),
    ...refusals,
  ]);
  const body = isPage(spec) ? { page: contentType } : errors === "oauth" ? "TokenError" : "Error";
  return Object.fromEntries(
    byStatus.map(([status, reasons]) => {
      const said = failure(body, status, reasons);
      const known = Object.entries(SHARED).find(([, one]) => isDeepStrictEqual(one, said));
      const ref = known === undefined ? said : { $ref: `#/components/responses/${known[0]}` };
      return [String(status), ref] as const;
    }),
  );
}

/** Statuses in their order, each with its reasons in the order of the table. */
function reasonsByStatus(reasons: readonly Reason[]): [status: number, reasons: Reason[]][] {
  const byStatus = new Map<number, Reason[]>();
  for (const [reason, { http }] of Object.entries(REFUSALS)) {
    const known = reasons.find((one) => one === reason);
    if (known !== undefined) byStatus.set(http, [...(byStatus.get(http) ?? []), known]);
  }
  return [...byStatus].sort(([a], [b]) => a - b);
}

function failure(body: Body, status: number, reasons: readonly Reason[]): Response {
  const challenge = reasons.includes("credentials_invalid") ? "RFC 7617" : "RFC 6750";
  const headers = {
    ...(status === 401
      ? {
          "WWW-Authenticate": { description: `As ${challenge} has it`, schema: { type: "string" as const } },
        }
      : {}),
    ...(status === 503 || reasons.includes("rate_limited")
      ? { "Retry-After": { description: "Seconds", schema: { type: "integer" as const } } }
      : {}),
  };
  return {
    description: reasons.map((reason) => `\`${reason}\`: ${REFUSALS[reason].message}`).join("; "),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    content:
      typeof body === "object"
        ? { [body.page]: { schema: { type: "string" } } }
        : { "application/json": { schema: errorOf(body, reasons) } },
  };
}

function errorOf(name: "Error" | "TokenError", reasons: readonly Reason[]): Schema {
  return {
    allOf: [
      { $ref: `#/components/schemas/${name}` },
      { type: "object", properties: { code: { enum: [...reasons] } } },
    ],
  };
}

const TOKEN_FORBIDS = WITH_TOKEN.filter((reason) => REFUSALS[reason].http === 403);

/** Answers that many routes have, told once, by name. Reasons of one name have one status. */
export const SHARED: Readonly<Record<string, Response>> = {
  ...shared("Error", {
    InvalidRequest: ["invalid_parameter"],
    InvalidToken: WITH_TOKEN.filter((reason) => REFUSALS[reason].http === 401),
    OutOfScope: TOKEN_FORBIDS,
    NotPermitted: [...TOKEN_FORBIDS, "not_permitted"],
    TooLarge: ["payload_too_large"],
    Bug: ["internal_error"],
    Unavailable: ["unavailable"],
  }),
  ...shared("TokenError", {
    InvalidApiToken: refusalsOf("comms:conf:admin").filter((reason) => REFUSALS[reason].http === 401),
    InvalidCredentials: refusalsOf("credentials"),
    InvalidTokenRequest: ["invalid_parameter"],
    TokenRequestTooLarge: ["payload_too_large"],
    TokenServiceBug: ["internal_error"],
    TokenServiceUnavailable: ["unavailable"],
  }),
};

function shared(body: Body, all: Readonly<Record<string, readonly Reason[]>>): Record<string, Response> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, listed]) =>
      reasonsByStatus(listed).map(([status, reasons]) => [name, failure(body, status, reasons)] as const),
    ),
  );
}
