/** What the admin does to tokens: revokes them, lists what is revoked, takes it back. */
import type { AppTable } from "./app-table.js";
import { answered, refused } from "./admin.js";
import { GONE_MS, type Ledger } from "./ledger.js";
import type { AccessAdmin, Answer, Revocation } from "./port.js";
import { joined, type EndRules, type RevocationTable } from "./revocations.js";
import { revocationId, revocationName, type StoredRevocation } from "./stored.js";
import { viewRevocation } from "./views.js";

/** What revoking works with. */
export interface RevokingHost {
  readonly ledger: Ledger;
  readonly apps: AppTable;
  readonly revocations: RevocationTable;
  readonly now: () => number;
  readonly rulesFor: (app: string) => EndRules;
  /** When a revocation is over; null: never. */
  readonly endOf: (revocation: StoredRevocation) => number | null;
}

/** The half of the admin that is about tokens. */
export type RevokingAdmin = Pick<AccessAdmin, "revoke" | "revocations" | "lift">;

/** Makes it. */
export function createRevokingAdmin(host: RevokingHost): RevokingAdmin {
  const { ledger, apps, revocations, now, rulesFor, endOf } = host;
  const counts = (revocation: StoredRevocation): boolean => {
    const end = endOf(revocation);
    return end === null || now() < end;
  };
  const find = (app: string, id: string): StoredRevocation | null => {
    const found = revocations.get(app, id);
    return found !== null && counts(found) ? found : null;
  };
  const shown = (revocation: StoredRevocation): Revocation => viewRevocation(revocation, endOf(revocation));

  return {
    revoke: (app, revoked, { expiresAt, by, note }) =>
      ledger.change<Answer<Revocation>>(() => {
        if (apps.app(app) === null) return refused("app_unknown");
        const id = revocationId(revoked);
        const older = find(app, id);
        const newer = { id, app, revoked, at: now(), expiresAt, reckoned: expiresAt === null, by, note };
        const revocation = older === null ? newer : joined(older, newer, rulesFor(app));
        const answer = (): Answer<Revocation> => ({ ok: true, value: shown(revocation) });
        if (revocation === older) return answered(answer());
        return { puts: new Map([[revocationName(app, id), { type: "revocation", revocation }]]), answer };
      }),

    revocations: (app) => revocations.of(app).filter(counts).map(shown),

    lift: (app, id) =>
      ledger.change<Answer<null>>(() => {
        const found = find(app, id);
        if (found === null) return refused("revocation_unknown");
        // Nobody puts back what is over anyway.
        const until = Math.min(now() + GONE_MS, endOf(found) ?? Infinity);
        return {
          puts: new Map([[revocationName(app, id), { type: "gone", until }]]),
          answer: () => ({ ok: true, value: null }),
        };
      }),
  };
}
