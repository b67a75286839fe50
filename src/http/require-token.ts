/**
 * The token check as Express middleware, for other people's back ends and for the gateway's own REST routes. Errors have
 * the body that VideoSDK's callers read (`reference/videosdk.md` section 2.4) and the headers of RFC 6750 section 3.
 */
import type { IncomingMessage } from "node:http";
import type { RequestHandler, Response } from "express";
import { REFUSALS, refuse } from "../protocol/refusals.js";
import type { Refusal } from "../protocol/refusals.js";
import type { Grant, Permission, Role } from "../room/grant.js";
import { appWith, type Credentials } from "../tokens/apps.js";
import { createAppKeys } from "../tokens/key-ring.js";
import { createVerifier } from "../tokens/verify.js";
import type { TokenVerifier } from "../tokens/verify.js";
import { challenge, readCredential } from "./credential.js";

/** What a route asks of a token. */
export interface RequireTokenOptions {
  /**
   * The keys that may sign, or a ready verifier. Secrets are UTF-8 and at least 32 bytes. Keys that are given here belong
   * to one app, named `app` in the grant.
   */
  readonly apps: readonly Credentials[] | TokenVerifier;
  /** The role that the token must have; a token without `roles` has both. Not given: any. */
  readonly role?: Role;
  /** Permissions that the token must hold, all of them. */
  readonly permissions?: readonly Permission[];
}

/** The body of a refused request. */
export interface TokenErrorBody {
  readonly statusCode: number;
  /** Text for people, the same for every bad token. */
  readonly error: string;
  /** Stable reason for programs, such as `token_expired`: a key of the table of refusals. */
  readonly code: string;
  /** The claim or header member at fault, where one is known. */
  readonly field?: string;
}

/** Kept apart from `res.locals`, which anybody may write to. */
const grants = new WeakMap<object, Grant>();

/**
 * Makes middleware that lets a request pass only with a good token, given as `Authorization: <jwt>` or
 * `Authorization: Bearer <jwt>`. The grant is then in `res.locals.grant`; `grantOf(res)` reads it with its type.
 *
 * Answers 401 without a token or with a bad one, 403 where role or permissions fall short, 400 for a header that cannot
 * be read or for two credentials in one request, 503 where the keys of an identity provider cannot be fetched. A token in the URL
 * is never taken.
 *
 * ```ts
 * import express from "express";
 * import { grantOf, requireToken } from "admitone/server";
 *
 * const app = express();
 * const apps = [{ apiKey: "my-key", secret: "a-secret-of-32-bytes-or-more-0123" }];
 * app.get("/recordings", requireToken({ apps, role: "crawler", permissions: ["allow_mod"] }), (req, res) => {
 *   res.json({ app: grantOf(res).app, room: grantOf(res).roomId });
 * });
 * ```
 *
 * @throws Error for keys that cannot be used, naming each but never its secret
 */
export function requireToken(options: RequireTokenOptions): RequestHandler {
  const { apps, role = null, permissions = [] } = options;
  const verifier = "verify" in apps ? apps : verifierOf(apps);
  const shortfall = challenge("insufficient_scope", permissions);

  const admit = async (req: IncomingMessage): Promise<Admission> => {
    const found = readCredential(req);
    switch (found.kind) {
      case "none":
        return { ok: false, refusal: refuse("token_missing"), authenticate: "Bearer" };
      case "unreadable": {
        const refusal = refuse("invalid_parameter", { field: "authorization" });
        return { ok: false, refusal, authenticate: challenge("invalid_request") };
      }
      case "token": {
        const verdict = await verifier.verify(found.token, { door: "other", role });
        if (!verdict.ok) {
          const { refusal } = verdict;
          const forbidden = REFUSALS[refusal.reason].http === 403;
          return { ok: false, refusal, authenticate: forbidden ? shortfall : challenge("invalid_token") };
        }
        const { grant } = verdict;
        if (permissions.every((permission) => grant.permissions.includes(permission))) {
          return { ok: true, grant };
        }
        const refusal = refuse("not_permitted", { field: "permissions" });
        return { ok: false, refusal, authenticate: shortfall };
      }
    }
  };

  return async (req, res, next) => {
    const admission = await admit(req);
    if (!admission.ok) {
      answer(res, admission.refusal, admission.authenticate);
      return;
    }
    grants.set(res, admission.grant);
    res.locals["grant"] = admission.grant;
    next();
  };
}

/** A decision about one request, with the challenge that goes with a refusal. */
type Admission =
  | { readonly ok: true; readonly grant: Grant }
  | { readonly ok: false; readonly refusal: Refusal; readonly authenticate: string };

/**
 * The grant of a request that passed `requireToken`.
 *
 * @throws Error on a route without that middleware: a fault of the program, never of the client
 */
export function grantOf(res: Response): Grant {
  const grant = grants.get(res);
  if (grant === undefined) throw new Error("grantOf needs requireToken before it on this route");
  return grant;
}

function verifierOf(keys: readonly Credentials[]): TokenVerifier {
  if (keys.length === 0) throw new Error("The apps cannot be used: there must be at least one key");
  const apps = createAppKeys([
    appWith({
      id: "app",
      keys: keys.map(({ apiKey, secret }) => ({
        apiKey,
        active: true,
        secrets: [{ id: "1", secret, retiresAt: null }],
      })),
    }),
  ]);
  return createVerifier({ apps, now: Date.now, toleranceSeconds: 0 });
}

function answer(res: Response, { reason, field }: Refusal, authenticate: string): void {
  const { http, message } = REFUSALS[reason];
  const body: TokenErrorBody = {
    statusCode: http,
    error: message,
    code: reason,
    ...(field === undefined ? {} : { field }),
  };
  // What is wrong is not the credential: another one would not help.
  if (http === 503) res.set("Retry-After", "1");
  else res.set("WWW-Authenticate", authenticate);
  res.status(http).json(body);
}
