/** Apps and their keys (`/v2/admin/apps`). */
import { pathOf, type Ask } from "./client.js";
import { readNothing } from "./paging.js";
import type { Reader } from "./reader.js";

/** What becomes of somebody whose token expires in a meeting. */
export const EXPIRY_POLICIES = ["stay", "restrict", "leave"] as const;
/** What becomes of somebody whose token expires in a meeting. */
export type ExpiryPolicy = (typeof EXPIRY_POLICIES)[number];

/** A secret of a key, without the secret. Times are epoch milliseconds. */
export interface KeySecret {
  readonly id: string;
  /** `retiring`: good until `retiresAt`; `retired`: not any more. */
  readonly status: "active" | "retiring" | "retired";
  readonly createdAt: number | null;
  readonly retiresAt: number | null;
}

/** A key of an app. */
export interface AppKey {
  readonly apiKey: string;
  readonly active: boolean;
  readonly createdAt: number | null;
  readonly secrets: readonly KeySecret[];
}

/** What can be changed about an app. */
export interface AppSettings {
  readonly name: string;
  readonly openRooms: boolean;
  readonly allowNoExpiry: boolean;
  readonly expiryPolicy: ExpiryPolicy;
  readonly clientExpiryPolicy: ExpiryPolicy;
  /** Null: tokens may live for ever. */
  readonly maxTokenSeconds: number | null;
  readonly protectedConferences: boolean;
}

/** An app. */
export interface App extends AppSettings {
  readonly id: string;
  /** `settings`: from the environment or a file; such an app cannot be changed here. */
  readonly source: "settings" | "store";
  readonly createdAt: number | null;
  /** Identity providers whose tokens it takes, by their URLs. */
  readonly issuers: readonly string[];
  readonly keys: readonly AppKey[];
}

/** A key with its secret, which no later answer repeats. */
export interface NewSecret {
  readonly apiKey: string;
  readonly secretId: string;
  readonly secret: string;
}

/** All apps, by id. */
export function listApps(): Ask<readonly App[]> {
  return { method: "GET", path: "/v2/admin/apps", read: (answer) => answer.list("data", readApp) };
}

/** Makes an app, and its first key. */
export function createApp(body: { readonly id: string; readonly name?: string }): Ask<NewSecret> {
  return {
    method: "POST",
    path: "/v2/admin/apps",
    body,
    read: (answer) => readNewSecret(answer.inside("credentials")),
  };
}

/** Changes what is given. */
export function changeApp(app: string, body: Partial<AppSettings>): Ask<App> {
  return { method: "POST", path: pathOf`/v2/admin/apps/${app}`, body, read: readApp };
}

/** Deletes an app with its keys; everybody inside its rooms is out. */
export function deleteApp(app: string): Ask<null> {
  return { method: "DELETE", path: pathOf`/v2/admin/apps/${app}`, read: readNothing };
}

/** Makes a further key. */
export function addKey(app: string): Ask<NewSecret> {
  return { method: "POST", path: pathOf`/v2/admin/apps/${app}/keys`, body: {}, read: readNewSecret };
}

/** Makes the next secret of a key; the old one is good for `overlapSeconds` more. */
export function rotateKey(app: string, apiKey: string, overlapSeconds: number): Ask<NewSecret> {
  const path = pathOf`/v2/admin/apps/${app}/keys/${apiKey}/rotate`;
  return { method: "POST", path, body: { overlapSeconds }, read: readNewSecret };
}

/** Switches a key off, or on again. */
export function setKeyActive(app: string, apiKey: string, active: boolean): Ask<App> {
  return {
    method: "POST",
    path: pathOf`/v2/admin/apps/${app}/keys/${apiKey}`,
    body: { active },
    read: readApp,
  };
}

/** Deletes a key with its secrets. */
export function deleteKey(app: string, apiKey: string): Ask<App> {
  return { method: "DELETE", path: pathOf`/v2/admin/apps/${app}/keys/${apiKey}`, read: readApp };
}

/** Revokes one secret of a key at once. Refused for the last one. */
export function revokeSecret(app: string, apiKey: string, secretId: string): Ask<App> {
  const path = pathOf`/v2/admin/apps/${app}/keys/${apiKey}/secrets/${secretId}`;
  return { method: "DELETE", path, read: readApp };
}

/** Reads an app. */
export function readApp(app: Reader): App {
  return {
    id: app.text("id"),
    name: app.text("name"),
    source: app.oneOf("source", ["settings", "store"]),
    createdAt: app.instantOrNull("createdAt"),
    openRooms: app.flag("openRooms"),
    allowNoExpiry: app.flag("allowNoExpiry"),
    expiryPolicy: app.oneOf("expiryPolicy", EXPIRY_POLICIES),
    clientExpiryPolicy: app.oneOf("clientExpiryPolicy", EXPIRY_POLICIES),
    maxTokenSeconds: app.numberOrNull("maxTokenSeconds"),
    protectedConferences: app.flag("protectedConferences"),
    issuers: app.list("issuers", (issuer) => issuer.text("issuer")),
    keys: app.list("keys", readKey),
  };
}

function readKey(key: Reader): AppKey {
  return {
    apiKey: key.text("apiKey"),
    active: key.flag("active"),
    createdAt: key.instantOrNull("createdAt"),
    secrets: key.list("secrets", (secret) => ({
      id: secret.text("id"),
      status: secret.oneOf("status", ["active", "retiring", "retired"]),
      createdAt: secret.instantOrNull("createdAt"),
      retiresAt: secret.instantOrNull("retiresAt"),
    })),
  };
}

function readNewSecret(made: Reader): NewSecret {
  return { apiKey: made.text("apiKey"), secretId: made.text("secretId"), secret: made.text("secret") };
}
