/** Keys as one app sees them: those of the others are not known. */
import type { AppKeys } from "./app.js";

/** The same keys, but of one app only. An app that is not known has none. */
export function onlyApp(apps: AppKeys, id: string): AppKeys {
  return {
    find(apiKey) {
      const key = apps.find(apiKey);
      return key?.app.id === id ? key : null;
    },
    app: (other) => (other === id ? apps.app(id) : null),
    apps: () => apps.apps().filter((app) => app.id === id),
    keysOf: (other) => (other === id ? apps.keysOf(id) : []),
    issuers: (issuer) => apps.issuers(issuer).filter(({ app }) => app.id === id),
  };
}
