/** Looking at tokens on behalf of an app, whose own keys are all that counts there. */
import { createAppKeys, type App, type AppKeys } from "../../tokens/apps.js";
import { explainToken, type ExplainOptions, type Explanation } from "../../tokens/explain.js";

/** What routes ask about tokens. */
export interface TokenChecks {
  /** What the doors make of a token, seen by one app: the keys of the others are not known. Never throws for a bad token. */
  explain(
    app: string,
    token: string,
    asked: Pick<ExplainOptions, "door" | "roomId" | "participantId">,
  ): Explanation;
  /** Whether an app lets tokens that name a room open it. */
  opensRooms(app: string): boolean;
}

/** What the checks stand on, as the doors do. */
export interface TokenChecksOptions {
  readonly apps: readonly App[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly toleranceSeconds: number;
}

const NO_KEYS: AppKeys = { find: () => null };

/** Makes the checks; each app gets a key ring of its own, once. */
export function createTokenChecks({ apps, now, toleranceSeconds }: TokenChecksOptions): TokenChecks {
  const rings = new Map(apps.map((app) => [app.id, createAppKeys([app])]));
  const opening = new Set(apps.filter(({ openRooms }) => openRooms).map(({ id }) => id));
  return {
    explain: (app, token, asked) =>
      explainToken(token, { apps: rings.get(app) ?? NO_KEYS, now, toleranceSeconds, ...asked }),
    opensRooms: (app) => opening.has(app),
  };
}
