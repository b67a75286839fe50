import { describe, expect, test } from "@jest/globals";
import { TOKEN_REASONS } from "../../../src/tokens/token-refusal.js";
import { createVerifier } from "../../../src/tokens/verify.js";
import { KEYS, NOW } from "./craft.js";
import { DOORS, hostileTokens } from "./hostile.js";

const verifier = createVerifier({ apps: KEYS, now: () => NOW, toleranceSeconds: 0 });
const table = hostileTokens(NOW);
/** Reasons that are not in the token: `standing.test.ts`, `issuer-keys.test.ts`. */
const ELSEWHERE = ["token_revoked", "unavailable"] as const;
const cases = table.flatMap((row) => row.doors.map((door) => ({ ...row, door })));

describe("hostile tokens", () => {
  test.each(cases)("$door: $name", async ({ token, reason, field, fault, door }) => {
    const verdict = await verifier.verify(token, DOORS[door]);
    expect(verdict).toMatchObject({ ok: false, refusal: { reason } });
    expect(verdict.ok ? null : verdict.refusal.field).toBe(field);
    if (fault !== undefined) expect(verdict).toMatchObject({ refusal: { details: { fault } } });
    if (typeof token === "string" && token.length > 20) expect(JSON.stringify(verdict)).not.toContain(token);
  });

  test("the table is large, its names are unique, and it reaches every reason", () => {
    expect(table.length).toBeGreaterThanOrEqual(150);
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
    const reached = [...new Set(table.map(({ reason }) => reason)), ...ELSEWHERE];
    expect(reached.sort()).toEqual([...TOKEN_REASONS].sort());
  });
});
