/** Keys made from an app's secrets, each for one purpose: nothing to store, and they rotate with the app's keys. */
import { hkdfSync } from "node:crypto";
import { usableSecrets, type AppKeys, type SigningSecret } from "./app.js";

/** Purposes are part of the key, so that one cannot stand in for another (RFC 5869 section 3.2). */
export type Purpose =
  "webhook signatures" | "knock links" | "API tokens" | "client access tokens" | "conference access tokens";

/** The derived keys of an app, one for each of its usable secrets, in their order; 32 bytes each. None for an app that is not known. */
export interface DerivedKeys {
  of(app: string, purpose: Purpose): readonly Buffer[];
}

/** Derives a key from one secret of an app. */
export function deriveKey({ key }: Pick<SigningSecret, "key">, app: string, purpose: Purpose): Buffer {
  return Buffer.from(hkdfSync("sha256", key, app, `admitone ${purpose}`, 32));
}

/** Derives keys from what a key ring holds when they are asked for. `now`: epoch milliseconds. */
export function createDerivedKeys(apps: Pick<AppKeys, "keysOf">, now: () => number): DerivedKeys {
  return {
    of: (app, purpose) =>
      apps
        .keysOf(app)
        .flatMap((key) => usableSecrets(key, now()))
        .map((secret) => deriveKey(secret, app, purpose)),
  };
}

/** Secrets in the Standard Webhooks form: `whsec_` and base64. */
export function webhookSecrets(keys: DerivedKeys, app: string): readonly string[] {
  return keys.of(app, "webhook signatures").map((key) => `whsec_${key.toString("base64")}`);
}
