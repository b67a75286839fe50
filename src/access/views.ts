/** Apps and revocations as their admin sees them: without secrets. */
import type { App } from "../tokens/app.js";
import { infoOf } from "./app-table.js";
import type { AppView, Revocation, SecretView } from "./port.js";
import { signs } from "./secrets.js";
import type { StoredApp, StoredRevocation } from "./stored.js";

/** An app of the settings. */
export function viewFixed(app: App, now: number): AppView {
  return {
    ...infoOf(app),
    source: "settings",
    createdAt: null,
    issuers: app.issuers,
    keys: app.keys.map(({ apiKey, active, secrets }) => ({
      apiKey,
      active,
      createdAt: null,
      secrets: secrets.map((secret) => viewSecret({ ...secret, createdAt: null }, now)),
    })),
  };
}

/** An app of the store. */
export function viewStored(app: StoredApp, now: number): AppView {
  return {
    ...infoOf(app),
    source: "store",
    createdAt: app.createdAt,
    issuers: app.issuers,
    keys: app.keys.map(({ apiKey, active, createdAt, secrets }) => ({
      apiKey,
      active,
      createdAt,
      secrets: secrets.map((secret) => viewSecret(secret, now)),
    })),
  };
}

function viewSecret(
  { id, createdAt, retiresAt }: Pick<SecretView, "id" | "createdAt" | "retiresAt">,
  now: number,
): SecretView {
  const status = retiresAt === null ? "active" : signs({ retiresAt }, now) ? "retiring" : "retired";
  return { id, status, createdAt, retiresAt };
}

/** A revocation, with the time until which it is kept. */
export function viewRevocation(revocation: StoredRevocation, until: number | null): Revocation {
  const { id, app, revoked, at, by, note } = revocation;
  return { id, app, revoked, at, until, by, note };
}
