/** Scopes: what API tokens and client access tokens may be used for (`reference/dolby.md` sections 1 and 2.1). */
import type { SessionScope } from "../room/grant.js";

/** Every scope of API tokens, with what it allows. Those for recordings, remixing and streams are granted, and nothing here asks for them. */
export const API_SCOPES = [
  "comms:client_access_token:create",
  "comms:conf:create",
  "comms:conf:admin",
  "comms:conf:destroy",
  "comms:monitor:read",
  "comms:monitor:download",
  "comms:monitor:delete",
  "comms:record:write",
  "comms:remix:read",
  "comms:remix:write",
  "comms:stream:write",
] as const;
/** A scope of API tokens. */
export type ApiScope = (typeof API_SCOPES)[number];

/** Every scope of client access tokens. */
export const SESSION_SCOPES = [
  "conf:create",
  "notifications:set",
  "file:convert",
  "session:update",
] as const satisfies readonly SessionScope[];

/**
 * The known scopes that a text asks for, in our order, each once. Values are separated by white space; `a:b:*` stands for all that
 * begin with `a:b:`, and `*` for all. What is not known is left out, so the answer may be empty.
 */
export function grantScopes<S extends string>(text: string, known: readonly S[]): readonly S[] {
  const asked = text.split(/\s+/).filter((one) => one !== "");
  return known.filter((scope) => asked.some((one) => covers(one, scope)));
}

/** The scopes that a token of ours names: concrete ones, separated by spaces. What this version does not know is left out. */
export function readScopes<S extends string>(text: string, known: readonly S[]): readonly S[] {
  const named = text.split(" ");
  return known.filter((scope) => named.includes(scope));
}

function covers(asked: string, scope: string): boolean {
  if (asked === scope || asked === "*") return true;
  return asked.endsWith(":*") && scope.startsWith(asked.slice(0, -1));
}
