/** The headers that prove a message: Standard Webhooks' three and VideoSDK's one (`docs/rules.md` N3). */
import { createHmac, sign, type KeyObject } from "node:crypto";

/** What signs an app's messages. */
export interface Signers {
  /** `whsec_` and the base64 of the key; each makes a signature. */
  readonly secrets: readonly string[];
  readonly rsaKey: KeyObject;
}

/** The headers of one attempt; `at` is its time, epoch milliseconds. */
export function signatureHeaders(
  { secrets, rsaKey }: Signers,
  { id, body, at }: { readonly id: string; readonly body: string; readonly at: number },
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const signed = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    ...(signed.length === 0 ? {} : { "webhook-signature": signed.join(" ") }),
    "videosdk-signature": sign("RSA-SHA256", Buffer.from(body), rsaKey).toString("base64"),
  };
}
