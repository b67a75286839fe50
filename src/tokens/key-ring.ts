/** A key ring over apps that do not change. */
import { createSecretKey } from "node:crypto";
import type { App, AppKeys, Issuer, AppInfo, SigningKey } from "./app.js";
import { findProblems } from "./apps.js";

/**
 * Builds the key ring; the keys are prepared once, here.
 *
 * @throws Error listing the problems, where the apps could not stand in an apps file together
 */
export function createAppKeys(apps: readonly App[]): AppKeys {
  const problems = findProblems(apps);
  if (problems.length > 0) throw new Error(`The apps cannot be used: ${problems.join("; ")}`);
  // Maps, not objects: `apikey: "__proto__"` or "constructor" must find nothing.
  const keys = new Map<string, SigningKey>();
  const infos = new Map<string, AppInfo>();
  const keysOf = new Map<string, SigningKey[]>();
  const issuers = new Map<string, { app: AppInfo; issuer: Issuer }[]>();
  for (const { keys: appKeys, issuers: appIssuers, ...app } of apps) {
    infos.set(app.id, app);
    const own = appKeys.map(({ apiKey, active, secrets }): SigningKey => ({
      apiKey,
      app,
      active,
      secrets: secrets.map(({ id, secret, retiresAt }) => ({
        id,
        key: createSecretKey(secret, "utf8"),
        retiresAt,
      })),
    }));
    keysOf.set(app.id, own);
    for (const key of own) keys.set(key.apiKey, key);
    for (const issuer of appIssuers) {
      issuers.set(issuer.issuer, [...(issuers.get(issuer.issuer) ?? []), { app, issuer }]);
    }
  }
  const list = [...infos.values()];
  return {
    find: (apiKey) => keys.get(apiKey) ?? null,
    app: (id) => infos.get(id) ?? null,
    apps: () => list,
    keysOf: (app) => keysOf.get(app) ?? [],
    issuers: (issuer) => issuers.get(issuer) ?? [],
  };
}
