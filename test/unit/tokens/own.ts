/** The gateway's own tokens for tests: an office, and tokens of its kinds made by hand, so that they can be wrong. */
import { createHmac, randomBytes } from "node:crypto";
import { deriveKey, type Purpose } from "../../../src/tokens/derived.js";
import { createTokenOffice, type OfficeOptions } from "../../../src/tokens/make-office.js";
import { OWN_TYPES, type OwnType } from "../../../src/tokens/precheck.js";
import { isJsonObject } from "../../../src/tokens/strict-json.js";
import { KEYS, NOW, encode, type Part } from "./craft.js";

const PURPOSES: Readonly<Record<OwnType, Purpose>> = {
  api: "API tokens",
  client: "client access tokens",
  conference: "conference access tokens",
};

/** An office over the apps of `craft.ts`, with some of it changed. */
export function officeWith(changes: Partial<OfficeOptions> = {}) {
  return createTokenOffice({ apps: KEYS, now: () => NOW, toleranceSeconds: 0, randomBytes, ...changes });
}

/** The key with which tokens of a kind are signed, by an API key and the id of its secret. */
export function ownKey(type: OwnType, apiKey = "alpha-key", secretId = "1"): Buffer {
  const key = KEYS.find(apiKey);
  const secret = key?.secrets.find(({ id }) => id === secretId);
  if (key === null || secret === undefined) throw new Error(`no secret ${secretId} of ${apiKey}`);
  return deriveKey(secret, key.app.id, PURPOSES[type]);
}

const iat = NOW / 1000;
const common = { apikey: "alpha-key", jti: "j-1", iat, exp: iat + 600 };

/** The claims of a good token of each kind. */
export const OWN_CLAIMS: Readonly<Record<OwnType, Readonly<Record<string, unknown>>>> = {
  api: { ...common, scope: "comms:conf:create comms:conf:admin" },
  client: { ...common, scope: "conf:create", sub: "ann" },
  conference: { ...common, roomId: "room-1", sub: "ann", authorities: ["JOIN", "SEND_AUDIO"] },
};

/** A token of a kind by hand. `undefined` removes a claim. */
export function craftOwn(
  type: OwnType,
  changes: Readonly<Record<string, unknown>> = {},
  { header = {}, key = ownKey(type) }: { header?: object; key?: Buffer | string } = {},
): string {
  return craftText(type, { ...OWN_CLAIMS[type], ...changes }, { header, key });
}

/** The same with any payload. */
export function craftText(
  type: OwnType,
  payload: Part,
  { header = {}, key = ownKey(type) }: { header?: object; key?: Buffer | string } = {},
): string {
  const input = `${encode({ alg: "HS256", typ: OWN_TYPES[type], ...header })}.${encode(payload)}`;
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
}

/** The payload of a token, unproved. */
export function payloadOf(token: string): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return isJsonObject(value) ? { ...value } : {};
}
