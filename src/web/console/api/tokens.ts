/** Test tokens, and what a token would do. */
import { pathOf, type Ask } from "./client.js";
import type { Reader } from "./reader.js";

/** What a token may permit. */
export const PERMISSIONS = ["allow_join", "ask_join", "allow_mod"] as const;
/** What a token may permit. */
export type Permission = (typeof PERMISSIONS)[number];
/** Which doors a token may be for. */
export const ROLES = ["rtc", "crawler"] as const;
/** Which doors a token may be for. */
export type Role = (typeof ROLES)[number];

/** The longest life of a test token, seconds. */
export const LONGEST_TOKEN_SECONDS = 43_200;

/** What to put into a test token. */
export interface TokenOrder {
  readonly permissions: readonly Permission[];
  readonly roles?: readonly Role[];
  readonly roomId?: string;
  readonly participantId?: string;
  /** Used up by the first admission; needs a room. */
  readonly oneTime?: true;
  readonly ttlSeconds: number;
}

/** A test token. `expiresAt` is epoch milliseconds. */
export interface MintedToken {
  readonly token: string;
  readonly apiKey: string;
  readonly expiresAt: number;
}

/** Signs a token with an active key of the app. */
export function mintTestToken(app: string, body: TokenOrder): Ask<MintedToken> {
  return {
    method: "POST",
    path: pathOf`/v2/admin/apps/${app}/tokens`,
    body,
    read: (made) => ({
      token: made.text("token"),
      apiKey: made.text("apiKey"),
      expiresAt: made.instant("expiresAt"),
    }),
  };
}

/** The two doors of a gateway. */
export const DOORS = ["meeting", "rest"] as const;
/** The two doors of a gateway. */
export type Door = (typeof DOORS)[number];

/** What becomes of a token at a door. `hold`: waits, and no host is there. */
export type Outcome = "enter" | "knock" | "hold" | "refuse";

/** A claim in words. `value` is what the token says, of whatever kind. */
export interface ExplainedClaim {
  readonly name: string;
  readonly value: unknown;
  readonly sentence: string;
}

/** What a door makes of a token. */
export interface ExplainedToken {
  readonly door: Door;
  readonly outcome: Outcome;
  readonly sentence: string;
  readonly rule: { readonly id: string; readonly sentence: string };
  readonly key: { readonly verified: boolean; readonly app: string | null; readonly sentence: string };
  /** Null where it could not be read. */
  readonly header: readonly (readonly [string, unknown])[] | null;
  readonly claims: readonly ExplainedClaim[];
  readonly roomId: string | null;
  readonly participantId: string | null;
  readonly refusal: { readonly code: string; readonly number: number; readonly error: string } | null;
}

/** A question about a token. */
export interface ExplainOrder {
  readonly token: string;
  readonly door: Door;
  readonly roomId?: string;
  readonly participantId?: string;
}

/** Says what any token of any app would do at a door, without doing it. */
export function explainToken(body: ExplainOrder): Ask<ExplainedToken> {
  return { method: "POST", path: "/v2/admin/tokens/explain", body, read: readExplained };
}

/** Reads what a door makes of a token. */
export function readExplained(said: Reader): ExplainedToken {
  const [rule, key, refusal] = [said.inside("rule"), said.inside("key"), said.insideOrNull("refusal")];
  return {
    door: said.oneOf("door", DOORS),
    outcome: said.oneOf("outcome", ["enter", "knock", "hold", "refuse"]),
    sentence: said.text("sentence"),
    rule: { id: rule.text("id"), sentence: rule.text("sentence") },
    key: { verified: key.flag("verified"), app: key.textOrNull("app"), sentence: key.text("sentence") },
    header: said.insideOrNull("header")?.entries() ?? null,
    claims: said.list("claims", (claim) => ({
      name: claim.text("name"),
      value: claim.any("value"),
      sentence: claim.text("sentence"),
    })),
    roomId: said.textOrNull("roomId"),
    participantId: said.textOrNull("participantId"),
    refusal:
      refusal === null
        ? null
        : { code: refusal.text("code"), number: refusal.number("number"), error: refusal.text("error") },
  };
}
