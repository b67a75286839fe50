/** The gateway's own tokens, made and read. */
import { refuse, type Refusal } from "../protocol/refusals.js";
import type { ApiBearer, TokenOffice } from "./office.js";
import { onlyApp } from "./one-app.js";
import { API_TOKEN, CLIENT_TOKEN, makeOwn, PASS, readOwn } from "./own-tokens.js";
import type { CommonClaims, OwnKind } from "./own-tokens.js";
import { MAX_OWN_TOKEN_LENGTH } from "./precheck.js";
import { API_SCOPES, readScopes } from "./scopes.js";
import { factsOf } from "./token-facts.js";
import type { VerifierOptions } from "./verify.js";

/** What the office stands on: what the doors stand on, and randomness for the ids of tokens. */
export interface OfficeOptions extends VerifierOptions {
  readonly randomBytes: (count: number) => Buffer;
}

/** With the `u` flag this matches only a surrogate that has no partner. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Makes the office. */
export function createTokenOffice(options: OfficeOptions): TokenOffice {
  const { apps, now } = options;

  /** Signs with a key whose holder has shown a credential of it a moment ago: where it is not there, that is a bug. */
  const make = <C extends CommonClaims>(kind: OwnKind<C>, claims: C, app: string | null): string => {
    const key = apps.find(claims.apikey);
    const token =
      key === null || (app !== null && key.app.id !== app) ? null : makeOwn(kind, key, claims, now());
    if (token === null) throw new Error("a token was ordered for a key that does not sign");
    return token;
  };
  /** The claims that every token has. Whole seconds: a token is never good for longer than was asked. */
  const common = (apiKey: string, ttlSeconds: number) => {
    const iat = seconds(now());
    const jti = options.randomBytes(16).toString("base64url");
    return { apikey: apiKey, jti, iat, exp: iat + ttlSeconds };
  };

  return {
    makeApiToken({ apiKey, scopes, ttlSeconds }) {
      return make(API_TOKEN, { ...common(apiKey, ttlSeconds), scope: scopes.join(" ") }, null);
    },

    readApiToken(token) {
      const read = readOwn(API_TOKEN, token, options);
      if (!read.ok) return read;
      const { scope, jti, exp } = read.claims;
      const { apiKey, app } = read.key;
      const scopes = readScopes(scope, API_SCOPES);
      const bearer: ApiBearer = { app: app.id, apiKey, scopes, jti, expiresAt: exp * 1000 };
      return { ok: true, bearer };
    },

    makeClientToken(order) {
      const { app, apiKey, scopes, externalId, ttlSeconds } = order;
      const sub = externalId === null || externalId === "" ? {} : { sub: externalId };
      // It could not be read again by any two readers alike, and is refused by ours.
      if (LONE_SURROGATE.test(externalId ?? "")) {
        return { ok: false, refusal: refuse("invalid_parameter", { field: "externalId" }) };
      }
      const claims = { ...common(apiKey, ttlSeconds), scope: scopes.join(" "), ...sub };
      const token = make(CLIENT_TOKEN, claims, app);
      return token.length <= MAX_OWN_TOKEN_LENGTH
        ? { ok: true, token }
        : { ok: false, refusal: tooLarge(token.length) };
    },

    makePass({ id: jti, app, apiKey, roomId, participantId: sub, permissions, expiresAt }) {
      const iat = seconds(now());
      const exp = seconds(expiresAt);
      const claims = { apikey: apiKey, jti, iat, exp, roomId, sub, authorities: [...permissions] };
      const token = make(PASS, claims, app);
      if (token.length > MAX_OWN_TOKEN_LENGTH) {
        throw new RangeError("a conference access token would be too large");
      }
      return token;
    },

    readPass(token, app) {
      const read = readOwn(PASS, token, { ...options, apps: onlyApp(apps, app) });
      if (!read.ok) return { ok: false, refusal: badPass(read.refusal) };
      const { jti, roomId, sub } = read.claims;
      return { ok: true, pass: { id: jti, roomId, participantId: sub } };
    },

    facts: (token, app, when = "now") => factsOf(token, app, options, when),
  };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** Says by how much, and what to do about it (`reference/dolby.md` section 2.1, "Size"). */
function tooLarge(bytes: number): Refusal {
  const limit = MAX_OWN_TOKEN_LENGTH;
  return refuse("token_too_large", {
    details: { bytes, limit, over: bytes - limit, shorten: "externalId" },
  });
}

/** The token beside the client's own; told apart, so that nobody refreshes the wrong one. `cause` is the reason of the check. */
function badPass({ reason }: Refusal): Refusal {
  return refuse("conference_token_invalid", { field: "conferenceToken", details: { cause: reason } });
}
