/** What a token is, for its own app: introspection (RFC 7662) and revocation (RFC 7009). */
import type { AppKeys } from "./app.js";
import type { TokenFacts } from "./office.js";
import { onlyApp } from "./one-app.js";
import { API_TOKEN, PASS, readOwn } from "./own-tokens.js";
import { precheckToken } from "./precheck.js";
import { NO_REVOCATIONS } from "./standing.js";
import type { JsonObject } from "./strict-json.js";
import { KeysUnavailable } from "./token-refusal.js";
import { traceToken, type Door, type VerifierOptions } from "./verify.js";

const EVERY_TYPE = ["plain", "access", "api", "client", "conference"] as const;
const ANYWHERE: Door = { door: "other", role: null };
const MEETING: Door = { door: "meeting", roomId: null, participantId: null };

/**
 * What a token of this app is, whatever its kind; null: it does not count, or is another app's.
 *
 * @param when `now`: if it counts now. `ever`: if it ever does or did, whatever the time and the standing of its key, for whoever
 *   revokes it: its bearer may be in a room since, or may come later
 * @throws KeysUnavailable where that cannot be told now
 */
export async function factsOf(
  token: unknown,
  app: string,
  everyone: VerifierOptions,
  when: "now" | "ever",
): Promise<TokenFacts | null> {
  const read = precheckToken(token, EVERY_TYPE);
  if (!read.ok) return null;
  const own = { ...everyone, apps: onlyApp(everyone.apps, app) };
  const options = when === "now" ? own : inItsTime(own, read.payload);
  switch (read.type) {
    case "api": {
      const own = readOwn(API_TOKEN, token, options);
      if (!own.ok) return null;
      const { scope } = own.claims;
      return { kind: "api", subject: null, scope, roomId: null, ...commonOf(own) };
    }
    case "conference": {
      const own = readOwn(PASS, token, options);
      if (!own.ok) return null;
      const { sub: subject, authorities, roomId } = own.claims;
      return { kind: "conference", subject, scope: authorities.join(" "), roomId, ...commonOf(own) };
    }
    case "client":
      return factsAt(MEETING, token, options);
    case "plain":
    case "access":
      return factsAt(ANYWHERE, token, options);
  }
}

function commonOf({
  key,
  claims,
}: {
  readonly key: { readonly apiKey: string; readonly app: { readonly id: string } };
  readonly claims: { readonly jti: string; readonly iat: number; readonly exp: number };
}): Pick<TokenFacts, "app" | "key" | "jti" | "issuedAt" | "expiresAt"> {
  const { jti, iat, exp } = claims;
  return { app: key.app.id, key: key.apiKey, jti, issuedAt: iat * 1000, expiresAt: exp * 1000 };
}

async function factsAt(door: Door, token: unknown, options: VerifierOptions): Promise<TokenFacts | null> {
  const { verdict } = await traceToken(options, token, door);
  if (!verdict.ok) {
    if (verdict.refusal.reason === "unavailable") throw new KeysUnavailable();
    return null;
  }
  const { kind, app, key, jti, issuedAt, expiresAt, roomId, participantId, scopes, permissions } =
    verdict.grant;
  const { sub } = verdict.claims;
  // An app knows the bearer of a token of ours by its own id of them.
  const subject = kind === "client" ? (typeof sub === "string" ? sub : null) : participantId;
  const scope = (scopes ?? permissions).join(" ");
  return { kind, app, key, jti, subject, scope, issuedAt, expiresAt, roomId };
}

/** As the token would be looked at in its last moment, with every key of the app good. */
function inItsTime(options: VerifierOptions, { exp, nbf }: JsonObject): VerifierOptions {
  const times = [exp, nbf].map((one) => (typeof one === "number" && Number.isSafeInteger(one) ? one : null));
  const [ends, begins] = [times[0] ?? null, times[1] ?? null];
  const moment = ends === null ? Math.max(options.now(), (begins ?? 0) * 1000) : ends * 1000 - 1;
  return {
    ...options,
    apps: allGood(options.apps),
    standing: NO_REVOCATIONS,
    now: () => moment,
    toleranceSeconds: 0,
  };
}

function allGood(apps: AppKeys): AppKeys {
  return {
    ...apps,
    find(apiKey) {
      const key = apps.find(apiKey);
      if (key === null) return null;
      return { ...key, active: true, secrets: key.secrets.map((secret) => ({ ...secret, retiresAt: null })) };
    },
  };
}
