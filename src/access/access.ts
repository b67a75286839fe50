/** The access table of a node: apps, keys and revocations from memory, and the same on all nodes (`docs/decisions/0009`). */
import { setTimeout as pause } from "node:timers/promises";
import { LogFault } from "../log/port.js";
import type { Records } from "../log/records.js";
import type { StandingReason } from "../tokens/standing.js";
import { createAppsAdmin, answered } from "./admin.js";
import { AppTable } from "./app-table.js";
import { Ledger, type AccessLog, type Changed } from "./ledger.js";
import type { Access, FixedApps } from "./port.js";
import { createRevokingAdmin } from "./revoking.js";
import { endOf, RevocationTable, type EndRules } from "./revocations.js";
import type { Sealer } from "./sealing.js";
import { isOutdated, resealed } from "./secrets.js";
import { appName, type Body, type Entry, type StoredRevocation } from "./stored.js";

/** What an access table is made of. */
export interface AccessOptions {
  readonly records: Pick<Records, "fields" | "write">;
  /** The apps of the settings: known as they are, and changed nowhere else. */
  readonly fixed: FixedApps;
  /** Null: no encryption key was given. Then apps of the store cannot be made, and not be used either. */
  readonly sealer: Sealer | null;
  /** Epoch milliseconds, by the store's clock where that is known. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Buffer;
  readonly logger: AccessLog;
  /** Between two looks at the store, milliseconds: for so long a change on another node may go unnoticed. */
  readonly pollMs: number;
  /** How long `settle` waits, milliseconds: some looks; 0 where there are no other nodes. */
  readonly settleMs: number;
  /** How long after its `exp` a token still counts. */
  readonly toleranceSeconds: number;
}

/**
 * Makes an access table. The apps of the settings are known at once, the rest from `start` on.
 *
 * @throws Error listing the problems, where the apps of the settings could not stand in an apps file together
 */
export function createAccess(options: AccessOptions): Access {
  const { records, fixed, sealer, now, randomBytes, logger: log, pollMs, toleranceSeconds } = options;
  const apps = new AppTable(fixed, sealer, log);
  const revocations = new RevocationTable();
  const listeners = new Set<() => void>();

  const rulesFor = (app: string): EndRules => ({ app: apps.app(app), toleranceSeconds });
  const endOfRevocation = (one: StoredRevocation): number | null => endOf(one, rulesFor(one.app));
  const endOfEntry = (entry: Entry): number | null => {
    switch (entry.type) {
      case "app":
        return null;
      case "revocation":
        return endOfRevocation(entry.revocation);
      case "gone":
        return entry.until;
    }
  };
  const alarm = (): void => {
    for (const listener of listeners)
      try {
        listener();
      } catch (error) {
        log.error({ err: error }, "a bug in who listens to changes of access");
      }
  };
  const tell = (changes: readonly Changed[]): void => {
    let isLess = false;
    for (const { before, after } of changes) {
      if (before?.type === "app" && after?.type !== "app") apps.drop(before.app.id);
      if (before?.type === "revocation") revocations.remove(before.revocation);
      if (after?.type === "app") apps.put(after.app);
      if (after?.type === "revocation") {
        revocations.add(after.revocation);
        isLess = true;
      }
    }
    if (changes.some(({ before, after }) => before?.type === "app" || after?.type === "app"))
      isLess = apps.rebuild() || isLess;
    if (isLess) alarm();
  };
  const ledger = new Ledger({ records, now, randomBytes, log, endOf: endOfEntry, tell });

  const reseal = (): Promise<void> =>
    ledger.change(() => {
      const puts = new Map<string, Body>();
      for (const app of apps.allStored())
        if (sealer !== null && isOutdated(app, sealer))
          puts.set(appName(app.id), { type: "app", app: resealed(app, sealer) });
      return puts.size === 0 ? answered(undefined) : { puts, answer: () => undefined };
    });
  let stop = (): void => undefined;

  return {
    find: (apiKey) => apps.find(apiKey),
    app: (id) => apps.app(id),
    apps: () => apps.apps(),
    keysOf: (app) => apps.keysOf(app),
    issuers: (issuer) => apps.issuers(issuer),
    objection(mark, bearer): StandingReason | null {
      const wrong = apps.objection(mark, bearer.app);
      if (wrong !== null) return wrong;
      for (const revocation of revocations.concerning(mark, bearer)) {
        const end = endOfRevocation(revocation);
        if (end === null || now() < end) return "token_revoked";
      }
      return null;
    },
    admin: {
      ...createAppsAdmin({ ledger, apps, sealer, now, randomBytes }),
      ...createRevokingAdmin({ ledger, apps, revocations, now, rulesFor, endOf: endOfRevocation }),
    },
    async start() {
      await ledger.look();
      const shut = apps.shut();
      if (shut.length > 0) throw new Error(shutProblem(shut, sealer === null));
      await reseal();
      stop();
      stop = repeat(() => ledger.look(), pollMs, log);
    },
    close() {
      stop();
      listeners.clear();
    },
    refresh: () => ledger.look(),
    settle: () => (options.settleMs === 0 ? Promise.resolve() : pause(options.settleMs)),
    onChange(listener) {
      // Wrapped, so that the same function may listen twice.
      const own = (): void => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}

function shutProblem(
  shut: readonly { readonly app: string; readonly apiKey: string }[],
  isKeyless: boolean,
): string {
  const names = shut.map(({ app, apiKey }) => `${app} (${apiKey})`).join(", ");
  const why = isKeyless ? "there is no encryption key" : "none of the encryption keys opens them";
  return `The secrets of these apps and keys cannot be read, since ${why}: ${names}`;
}

/** Does something again and again, one at a time, until the function returned is called. Faults are tried again. */
function repeat(look: () => Promise<void>, everyMs: number, log: AccessLog): () => void {
  let isBusy = false;
  const once = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      await look();
    } catch (error) {
      if (error instanceof LogFault)
        log.debug({ err: error.message }, "cannot look for changes of access now");
      else log.error({ err: error }, "a bug while looking for changes of access");
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void once(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
