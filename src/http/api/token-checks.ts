/** Looking at tokens on behalf of an app, whose own keys are all that counts there. */
import { explainToken, type ExplainOptions, type Explanation } from "../../tokens/explain.js";
import { onlyApp } from "../../tokens/one-app.js";
import type { VerifierOptions } from "../../tokens/verify.js";

/** What routes ask about tokens. */
export interface TokenChecks {
  /**
   * What the doors make of a token, seen by one app: the keys of the others are not known. `app` null: seen by the admin, who knows
   * those of all apps. Never rejects for a bad token.
   */
  explain(
    app: string | null,
    token: string,
    asked: Pick<ExplainOptions, "door" | "roomId" | "participantId">,
  ): Promise<Explanation>;
  /** Whether an app lets tokens that name a room open it. */
  opensRooms(app: string): boolean;
}

/** Makes the checks over what the doors themselves stand on. */
export function createTokenChecks(options: VerifierOptions): TokenChecks {
  const { apps } = options;
  return {
    explain: (app, token, asked) =>
      explainToken(token, { ...options, ...asked, apps: app === null ? apps : onlyApp(apps, app) }),
    opensRooms: (app) => apps.app(app)?.openRooms === true,
  };
}
