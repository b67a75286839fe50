/** The apps that may sign tokens, and their keys: the only table in which a key is ever looked up. */
import { createSecretKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { z } from "zod";
import type { ExpiryPolicy } from "../room/grant.js";

/** The shortest secret in bytes: an HMAC key no shorter than its hash (RFC 7518 section 3.2). */
export const MIN_SECRET_BYTES = 32;

/** A pair that a customer's back end signs with. `apiKey` is public, `secret` (UTF-8, at least 32 bytes) is not. */
export interface AppKey {
  readonly apiKey: string;
  readonly secret: string;
}

/** What is known of an app besides its keys. */
export interface AppInfo {
  /** Letters, digits, `.`, `_`, `-`; part of the names under which rooms are stored. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Whether the first join of a token that names a room opens that room. */
  readonly openRooms: boolean;
  /** Whether tokens without `exp` are taken. */
  readonly allowNoExpiry: boolean;
  /** What happens to a participant whose token expires in the meeting. */
  readonly expiryPolicy: ExpiryPolicy;
}

/** An app with its keys: at least one, and several while a key is replaced by the next. */
export interface App extends AppInfo {
  readonly keys: readonly AppKey[];
}

/** A key ready for use. The secret cannot be read from it by accident: a `KeyObject` prints without its bytes. */
export interface SigningKey {
  readonly apiKey: string;
  readonly app: AppInfo;
  readonly key: KeyObject;
}

/** The key ring of a node. */
export interface AppKeys {
  /** The key that an `apikey` claim names, or null. */
  find(apiKey: string): SigningKey | null;
}

const AppFile = z.array(
  z.strictObject({
    id: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be 1 to 64 letters, digits, '.', '_' or '-'"),
    name: z.string().trim().min(1).max(100).optional(),
    openRooms: z.boolean().default(false),
    allowNoExpiry: z.boolean().default(false),
    expiryPolicy: z.enum(["stay", "restrict", "leave"]).default("stay"),
    keys: z
      .array(
        z.strictObject({
          apiKey: z
            .string()
            .regex(/^[\x21-\x7e]{1,128}$/, "must be 1 to 128 printable ASCII characters without spaces"),
          secret: z
            .string()
            .refine((text) => Buffer.byteLength(text) >= MIN_SECRET_BYTES && text.trim() !== "", {
              error: `must be at least ${MIN_SECRET_BYTES} bytes and not blank`,
            }),
        }),
      )
      .min(1, "must hold at least one key"),
  }),
);

/** As much of an apps file as can be read whatever else is wrong with it, so that repeated ids show in the same report. */
const Names = z
  .array(
    z
      .object({
        id: z.string().nullable().catch(null),
        keys: z
          .array(z.object({ apiKey: z.string().nullable().catch(null) }).catch({ apiKey: null }))
          .catch([]),
      })
      .catch({ id: null, keys: [] }),
  )
  .catch([]);

/**
 * Decodes the list of apps, as it stands in the apps file. `name` defaults to the id, the switches to false,
 * `expiryPolicy` to `stay`. Every problem is reported, each with its path and, for a key, its `apiKey`; never a secret.
 */
export function decodeApps(
  input: unknown,
): { ok: true; apps: readonly App[] } | { ok: false; problems: readonly string[] } {
  const names = Names.parse(input);
  const parsed = AppFile.safeParse(input);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${showPath(path)}${showKey(names, path)}: ${message}`);
  const problems = [...faults, ...findRepeated(names)];
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, apps: parsed.data.map((app) => ({ ...app, name: app.name ?? app.id })) };
}

function showPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : `${text}.${String(step)}`),
    "apps",
  );
}

function showKey(names: z.output<typeof Names>, [app, member, key]: readonly PropertyKey[]): string {
  if (typeof app !== "number" || member !== "keys" || typeof key !== "number") return "";
  const apiKey = names[app]?.keys[key]?.apiKey ?? null;
  return apiKey === null ? "" : ` (apiKey ${JSON.stringify(apiKey)})`;
}

function findRepeated(apps: z.output<typeof Names>): string[] {
  const seen = new Map<string, string>();
  const problems: string[] = [];
  const note = (kind: string, value: string | null, at: string): void => {
    if (value === null) return;
    const first = seen.get(`${kind} ${value}`);
    if (first === undefined) seen.set(`${kind} ${value}`, at);
    else problems.push(`${at}: ${kind} ${JSON.stringify(value)} is already used at ${first}`);
  };
  for (const [i, app] of apps.entries()) {
    note("id", app.id, `apps[${i}].id`);
    for (const [j, key] of app.keys.entries()) note("apiKey", key.apiKey, `apps[${i}].keys[${j}].apiKey`);
  }
  return problems;
}

/**
 * Builds the key ring; the keys are prepared once, here.
 *
 * @throws Error listing the problems, where the apps would not pass `decodeApps`
 */
export function createAppKeys(apps: readonly App[]): AppKeys {
  const checked = decodeApps(apps);
  if (!checked.ok) throw new Error(`The apps cannot be used: ${checked.problems.join("; ")}`);
  // A Map, not an object: `apikey: "__proto__"` or "constructor" must find nothing.
  const table = new Map<string, SigningKey>();
  for (const { keys, ...app } of checked.apps) {
    for (const { apiKey, secret } of keys) {
      table.set(apiKey, { apiKey, app, key: createSecretKey(secret, "utf8") });
    }
  }
  return { find: (apiKey) => table.get(apiKey) ?? null };
}
