/**
 * How apps, keys and revocations lie in the records (`docs/decisions/0009`): one map, so that it is lost as a whole or not at all.
 * It holds the entries by name, the head, and the last steps, which say what changed from one revision to the next.
 */
import { hash } from "node:crypto";
import { z } from "zod";
import type { AppInfo, Issuer } from "../tokens/app.js";
import { apiKeySchema, appIdSchema, appSettingsShape } from "../tokens/apps.js";
import type { Revoked } from "../tokens/standing.js";

/** The map. */
export const TABLE = "access:table";
/** Its field with the head. */
export const HEAD = "head";

/** A secret, sealed. Times are epoch milliseconds. */
export interface StoredSecret {
  readonly id: string;
  readonly sealed: string;
  readonly createdAt: number;
  readonly retiresAt: number | null;
}

/** A key with its secrets, the newest first. */
export interface StoredKey {
  readonly apiKey: string;
  readonly active: boolean;
  readonly createdAt: number;
  readonly secrets: readonly StoredSecret[];
}

/** An app that the admin made. */
export interface StoredApp extends AppInfo {
  readonly createdAt: number;
  readonly issuers: readonly Issuer[];
  readonly keys: readonly StoredKey[];
}

/** A revocation. How long it counts is reckoned from it when that is asked: see `endOf`. */
export interface StoredRevocation {
  readonly id: string;
  readonly app: string;
  readonly revoked: Revoked;
  readonly at: number;
  /** When the last token that it concerns expires, as far as that was said; null: it never was. */
  readonly expiresAt: number | null;
  /** Whether it was revoked without saying that, so that the end has to be reckoned from the app's settings. */
  readonly reckoned: boolean;
  readonly by: string;
  readonly note: string | null;
}

/** What an entry says. `gone`: there was one, and it was taken away; that is remembered until `until`. */
export type Body =
  | { readonly type: "app"; readonly app: StoredApp }
  | { readonly type: "revocation"; readonly revocation: StoredRevocation }
  | { readonly type: "gone"; readonly until: number };

/** An entry. `at`: when it was written, epoch milliseconds; within one history no two writes have the same. */
export type Entry = Body & { readonly at: number };

/** An entry with its text, which is what it is compared by. */
export interface Known {
  readonly text: string;
  readonly entry: Entry;
}

/** Where the table stands. `mark` is random: it proves that two histories are equal up to this revision (`log.md` rule 1). */
export interface Head {
  readonly revision: number;
  readonly mark: string;
  /** No entry was written later. */
  readonly at: number;
}

/** What the change to a revision changed. */
export interface Step {
  readonly mark: string;
  /** Of entries. */
  readonly names: readonly string[];
}

/** The name of an app's entry. */
export function appName(id: string): string {
  return `app:${id}`;
}

/** The name of a revocation's entry. */
export function revocationName(app: string, id: string): string {
  return `revocation:${app}:${id}`;
}

/** The field of the step to a revision. */
export function stepName(revision: number): string {
  return `step:${revision}`;
}

/** Whether a field of the map holds an entry. */
export function isEntry(field: string): boolean {
  return field !== HEAD && !field.startsWith("step:");
}

/**
 * The id of a revocation, made from what is revoked, so that the same thing revoked twice is one. Times are not part of it: of two
 * revocations that differ in `before` alone, the later one covers the other.
 */
export function revocationId(revoked: Revoked): string {
  return hash("sha256", JSON.stringify(identityOf(revoked)), "base64url").slice(0, 22);
}

function identityOf(revoked: Revoked): readonly (string | null)[] {
  switch (revoked.kind) {
    case "token":
      return [revoked.kind, revoked.jti];
    case "participant":
      return [revoked.kind, revoked.participantId, revoked.roomId];
    case "key":
      return [revoked.kind, revoked.key];
    case "all":
      return [revoked.kind];
  }
}

const secretSchema = z.object({
  id: z.string().min(1),
  sealed: z.string(),
  createdAt: z.number(),
  retiresAt: z.number().nullable(),
});
const appSchema = z.object({
  id: appIdSchema,
  ...appSettingsShape,
  name: z.string(),
  createdAt: z.number(),
  keys: z.array(
    z.object({
      apiKey: apiKeySchema,
      active: z.boolean(),
      createdAt: z.number(),
      secrets: z.array(secretSchema),
    }),
  ),
});
const before = z.number();
const revokedSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("token"), jti: z.string() }),
  z.object({
    kind: z.literal("participant"),
    participantId: z.string(),
    roomId: z.string().nullable(),
    before,
  }),
  z.object({ kind: z.literal("key"), key: z.string(), before }),
  z.object({ kind: z.literal("all"), before }),
]);
const revocationSchema = z.object({
  id: z.string(),
  app: appIdSchema,
  revoked: revokedSchema,
  at: z.number(),
  expiresAt: z.number().nullable(),
  reckoned: z.boolean(),
  by: z.string(),
  note: z.string().nullable(),
});
const at = z.number();
const entrySchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("app"), at, app: appSchema }),
  z.object({ type: z.literal("revocation"), at, revocation: revocationSchema }),
  z.object({ type: z.literal("gone"), at, until: z.number() }),
]);
const headSchema = z.object({ revision: z.int().min(1), mark: z.string().min(1), at: z.number() });
const stepSchema = z.object({ mark: z.string(), names: z.array(z.string()) });

/** An entry as text. */
export function encode(value: Entry | Head | Step): string {
  return JSON.stringify(value);
}

/** Reads what `encode` wrote under this name; null: it is something else. */
export function decodeEntry(name: string, text: string): Entry | null {
  const entry = decode(entrySchema, text);
  if (entry === null) return null;
  switch (entry.type) {
    case "app":
      return appName(entry.app.id) === name ? entry : null;
    case "revocation":
      return revocationName(entry.revocation.app, entry.revocation.id) === name ? entry : null;
    case "gone":
      return entry;
  }
}

/**
 * Reads a head.
 *
 * @throws Error where it is none: somebody else wrote it
 */
export function decodeHead(text: string): Head {
  const head = decode(headSchema, text);
  if (head === null) throw new Error("the head of the access table cannot be read");
  return head;
}

/** Reads a step; null: there is none any more, or it is none. */
export function decodeStep(text: string | undefined): Step | null {
  return text === undefined ? null : decode(stepSchema, text);
}

function decode<S extends z.ZodType>(schema: S, text: string): z.output<S> | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // Not passed on: the error of the JSON parser repeats a part of the text.
    return null;
  }
}
