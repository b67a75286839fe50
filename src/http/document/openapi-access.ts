/** What each access asks of a caller: in words, as a security scheme of the document, and why all its routes may say no. */
import type { Reason } from "../../protocol/refusals.js";
import type { ApiScope } from "../../tokens/scopes.js";
import type { Access } from "../route.js";

/** What is shown: nothing, a customer's token, an API token of ours, a key with its secret, or the admin's token. */
export type Scheme = "none" | "token" | "apiToken" | "credentials" | "admin";

/** The schemes as the document names them; `token` is what is asked for where a route says nothing else. */
export const SECURITY_SCHEMES: Readonly<Record<Exclude<Scheme, "none">, Readonly<Record<string, string>>>> = {
  token: {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "A JWT signed with the app's secret, as it is or after `Bearer `.",
  },
  credentials: {
    type: "http",
    scheme: "basic",
    description: "A key of the app, and its secret; as they are, or form-encoded (RFC 6749 section 2.3.1).",
  },
  apiToken: { type: "http", scheme: "bearer", description: "An API token, from `POST /v1/auth/token`." },
  admin: {
    type: "http",
    scheme: "bearer",
    description: "What the gateway was started with as `ADMITONE_ADMIN_TOKEN`.",
  },
};

/** What the door can find wrong with any token. */
const ANY_TOKEN = [
  "token_missing",
  "token_too_long",
  "token_malformed",
  "algorithm_not_allowed",
  "critical_extension",
  "claims_invalid",
  "signature_invalid",
  "token_expired",
  "token_not_yet_valid",
  "expiry_missing",
  "key_unknown",
  "key_deactivated",
  "token_revoked",
] as const satisfies readonly Reason[];

/** The same for a customer's, and what lies outside its scope. */
export const WITH_TOKEN: readonly Reason[] = [
  ...ANY_TOKEN,
  "version_required",
  "lifetime_too_long",
  "permissions_invalid",
  "room_mismatch",
  "participant_mismatch",
  "role_not_allowed",
];

const ACCESS: Readonly<Record<Exclude<Access, ApiScope>, string>> = {
  public: "Needs no token.",
  read: "Any token that opens the REST API: role `crawler`, or no roles.",
  decide: "A token with the role `crawler` alone, or one that opens meetings as well and holds `allow_join`.",
  moderate:
    "A token with the role `crawler` alone, or one that opens meetings as well and holds `allow_mod`.",
  credentials: "A key and its secret, by HTTP Basic.",
  admin: "The admin's token (`ADMITONE_ADMIN_TOKEN`).",
};

/** What an access asks of a caller. */
export function asksOfCaller(access: Access): string {
  return isScope(access) ? `An API token with the scope \`${access}\`.` : ACCESS[access];
}

function isScope(access: Access): access is ApiScope {
  return !Object.hasOwn(ACCESS, access);
}

/** What is shown to a route of an access. */
export function schemeOf(access: Access): Scheme {
  if (isScope(access)) return "apiToken";
  switch (access) {
    case "public":
      return "none";
    case "read":
    case "decide":
    case "moderate":
      return "token";
    case "credentials":
    case "admin":
      return access;
  }
}

/** What any route of an access may say no for, beside what any route may. */
export function refusalsOf(access: Access): readonly Reason[] {
  if (isScope(access)) return [...ANY_TOKEN, "scope_missing"];
  switch (access) {
    case "public":
      return [];
    case "credentials":
      return ["credentials_invalid", "key_deactivated"];
    case "admin":
      return ["token_missing", "admin_token_invalid", "admin_disabled"];
    case "read":
      return WITH_TOKEN;
    case "decide":
    case "moderate":
      return [...WITH_TOKEN, "not_permitted"];
  }
}
