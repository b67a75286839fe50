/** Who may come to a route: for each `Access`, what the request has to show, and the caller that comes of it. */
import type { Request, RequestHandler, Response } from "express";
import { refuse, type Refusal } from "../protocol/refusals.js";
import type { Grant } from "../room/grant.js";
import type { AppKeys } from "../tokens/app.js";
import { checkCredentials, isSameSecret } from "../tokens/credentials.js";
import type { TokenOffice } from "../tokens/office.js";
import type { ApiScope } from "../tokens/scopes.js";
import type { TokenVerifier } from "../tokens/verify.js";
import { Caller } from "./caller.js";
import type { ConsoleSessions } from "./console-session.js";
import { sendRefusal } from "./errors.js";
import { challenge, readBasic, readCredential } from "./credential.js";
import { grantOf, requireToken } from "./require-token.js";
import type { Access } from "./route.js";
import { readVisit } from "./visit.js";

/** What the guards check with. */
export interface GuardOptions {
  readonly verifier: TokenVerifier;
  readonly apps: AppKeys;
  readonly office: Pick<TokenOffice, "readApiToken">;
  /** Null: nobody is the admin. */
  readonly adminToken: string | null;
  /** The sessions of the console; null where nobody is the admin. */
  readonly consoleSessions: Pick<ConsoleSessions, "endOf"> | null;
  /** What links in answers begin with, and where the console's page is; null: what the request was sent to. */
  readonly publicUrl: string | null;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Kept apart from `res.locals`, which anybody may write to. */
const callers = new WeakMap<Response, Caller>();

/** The caller of a request that passed its guard; on a public route, one who belongs to no app, so that nothing is found in its name. */
export function callerOf(response: Response): Caller {
  return callers.get(response) ?? new Caller(NOBODY);
}

/** Names the app for which a request of the console asks, on routes for customers' tokens. */
export const APP_HEADER = "x-admitone-app";

/**
 * Builds the guards of an access, in the order in which a request meets them. A session of the console opens the admin's routes, and
 * those for customers' tokens in the name of any app; it stands in for no other credential, and for none that is shown beside it.
 */
export function createGuards(options: GuardOptions): (access: Access) => readonly RequestHandler[] {
  const token = requireToken({ apps: options.verifier, role: "crawler" });
  return (access) => {
    switch (access) {
      case "public":
        return [];
      case "read":
      case "decide":
      case "moderate":
        return [byConsole(options), unlessKnown(token), unlessKnown(withinAccess(access))];
      case "admin":
        return [guard((request) => admin(request, options))];
      case "credentials":
        return [guard((request) => credentials(request, options))];
      default:
        return [guard((request) => apiToken(request, access, options))];
    }
  };
}

function withinAccess(access: "read" | "decide" | "moderate"): RequestHandler {
  return (_request, response, next) => {
    const caller = new Caller(grantOf(response));
    callers.set(response, caller);
    if (caller.may(access)) next();
    else sendRefusal(response, refuse("not_permitted", { field: "permissions" }));
  };
}

/** Lets the console pass as a back end of the app that it names; whoever else comes is left to the next guard. */
function byConsole(options: GuardOptions): RequestHandler {
  return (request, response, next) => {
    if (!hasSession(request, options)) {
      next();
      return;
    }
    const [app = "", ...others] = request.headersDistinct[APP_HEADER] ?? [];
    if (others.length > 0 || options.apps.app(app) === null) {
      const problem = app === "" ? "is needed with a session of the console" : "must be the id of an app";
      sendRefusal(response, refuse("invalid_parameter", { field: APP_HEADER, details: { problem } }));
      return;
    }
    response.set("Cache-Control", "no-store");
    callers.set(response, new Caller({ ...NOBODY, app, key: "console" }, "console"));
    next();
  };
}

function unlessKnown(guardOfOthers: RequestHandler): RequestHandler {
  return (request, response, next) =>
    callers.has(response) ? next() : guardOfOthers(request, response, next);
}

/** Whether a request shows a session of the console, and nothing else. */
function hasSession(request: Request, { consoleSessions, publicUrl }: GuardOptions): boolean {
  if (consoleSessions === null || request.headersDistinct["authorization"] !== undefined) return false;
  const { consoleCookies } = readVisit(request, publicUrl);
  return consoleCookies.some((value) => consoleSessions.endOf(value) !== null);
}

/** A caller, or a refusal with the challenge that goes with it (RFC 7235 section 4.1); null where nothing that is shown would help. */
type Admission =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly refusal: Refusal; readonly authenticate: string | null };

function guard(check: (request: Request) => Admission): RequestHandler {
  return (request, response, next) => {
    const admission = check(request);
    if (!admission.ok) {
      const { refusal, authenticate } = admission;
      if (authenticate !== null) response.set("WWW-Authenticate", authenticate);
      sendRefusal(response, refusal);
      return;
    }
    callers.set(response, admission.caller);
    next();
  };
}

function admin(request: Request, options: GuardOptions): Admission {
  const { adminToken } = options;
  if (adminToken === null) return no(refuse("admin_disabled"), null);
  if (hasSession(request, options)) return { ok: true, caller: new Caller({ ...NOBODY, key: "admin" }) };
  const found = readCredential(request);
  if (found.kind === "none") return no(refuse("token_missing"), "Bearer");
  if (found.kind === "unreadable")
    return no(refuse("invalid_parameter", { field: "authorization" }), challenge("invalid_request"));
  if (!isSameSecret(found.token, adminToken))
    return no(refuse("admin_token_invalid"), challenge("invalid_token"));
  return { ok: true, caller: new Caller({ ...NOBODY, key: "admin" }) };
}

function credentials(request: Request, { apps, now }: GuardOptions): Admission {
  const verdicts = readBasic(request).map((shown) => checkCredentials(apps, shown, now()));
  const known = verdicts.find((verdict) => verdict.ok || verdict.reason !== "credentials_invalid");
  if (known?.ok === true) return { ok: true, caller: backEnd(known.key.app.id, known.key.apiKey) };
  return no(
    refuse(known?.reason ?? "credentials_invalid", { field: "authorization" }),
    'Basic realm="admitone", charset="UTF-8"',
  );
}

function apiToken(request: Request, scope: ApiScope, { office }: GuardOptions): Admission {
  const found = readCredential(request);
  if (found.kind === "none") return no(refuse("token_missing"), "Bearer");
  if (found.kind === "unreadable")
    return no(refuse("invalid_parameter", { field: "authorization" }), challenge("invalid_request"));
  const read = office.readApiToken(found.token);
  if (!read.ok) return no(read.refusal, challenge("invalid_token"));
  const { app, apiKey, scopes, jti, expiresAt } = read.bearer;
  if (!scopes.includes(scope))
    return no(
      refuse("scope_missing", { details: { needs: scope } }),
      challenge("insufficient_scope", [scope]),
    );
  return { ok: true, caller: backEnd(app, apiKey, { jti, expiresAt }) };
}

function no(refusal: Refusal, authenticate: string | null): Admission {
  return { ok: false, refusal, authenticate };
}

function backEnd(app: string, key: string, more: Partial<Grant> = {}): Caller {
  return new Caller({ ...NOBODY, app, key, ...more });
}

const NOBODY: Grant = {
  app: "",
  fingerprint: "",
  kind: "customer",
  key: "",
  secretId: null,
  jti: null,
  issuedAt: null,
  permissions: [],
  roles: [],
  roomId: null,
  participantId: null,
  expiresAt: null,
  expiryPolicy: "stay",
  oneTime: false,
  scopes: null,
  name: null,
};
