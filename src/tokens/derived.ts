/** Keys made from an app's secrets, each for one purpose: nothing to store, and they rotate with the app's keys. */
import { hkdfSync } from "node:crypto";
import type { App } from "./apps.js";

/** Purposes are part of the key, so that one cannot stand in for another (RFC 5869 section 3.2). */
type Purpose = "webhook signatures" | "knock links";

/** The derived keys of an app, one for each of its keys, in their order; 32 bytes each. None for an app that is not known. */
export interface DerivedKeys {
  of(app: string, purpose: Purpose): readonly Buffer[];
}

/** Derives keys for these apps, when they are asked for. */
export function createDerivedKeys(apps: readonly App[]): DerivedKeys {
  const secrets = new Map(apps.map(({ id, keys }) => [id, keys.map(({ secret }) => secret)]));
  return {
    of: (app, purpose) =>
      (secrets.get(app) ?? []).map((secret) =>
        Buffer.from(hkdfSync("sha256", secret, app, `admitone ${purpose}`, 32)),
      ),
  };
}

/** Secrets in the Standard Webhooks form: `whsec_` and base64. */
export function webhookSecrets(keys: DerivedKeys, app: string): readonly string[] {
  return keys.of(app, "webhook signatures").map((key) => `whsec_${key.toString("base64")}`);
}
