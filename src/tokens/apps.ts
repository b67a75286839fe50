/** Apps as they are written down: in the apps file, and in requests of the admin. Decoded here, trusted behind. */
import { z } from "zod";
import type { Permission } from "../room/grant.js";
import { ISSUER_ALGORITHMS, type App } from "./app.js";
import { signatureKeyFrom } from "./jwk.js";

/** The shortest secret in bytes: an HMAC key no shorter than its hash (RFC 7518 section 3.2). */
export const MIN_SECRET_BYTES = 32;

/** A pair that a customer's back end signs with. `apiKey` is public, `secret` (UTF-8, at least 32 bytes) is not. */
export interface Credentials {
  readonly apiKey: string;
  readonly secret: string;
}

/** A pair with which tokens of an app can be signed now: its first active key, and the newest secret of it. Null: there is none. */
export function credentialsOf(app: App | undefined): Credentials | null {
  const key = app?.keys.find(({ active }) => active);
  const newest = key?.secrets.find(({ retiresAt }) => retiresAt === null);
  return key === undefined || newest === undefined ? null : { apiKey: key.apiKey, secret: newest.secret };
}

/** The id of an app. */
export const appIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be 1 to 64 letters, digits, '.', '_' or '-'");
/** The public name of a key. */
export const apiKeySchema = z
  .string()
  .regex(
    /^[\x21-\x39\x3b-\x7e]{1,128}$/,
    "must be 1 to 128 printable ASCII characters without spaces and ':'",
  );
/** A secret, as somebody chose it. */
export const secretSchema = z
  .string()
  .refine((text) => Buffer.byteLength(text) >= MIN_SECRET_BYTES && text.trim() !== "", {
    error: `must be at least ${MIN_SECRET_BYTES} bytes and not blank`,
  });

const permissions = z.array(z.enum(["allow_join", "ask_join", "allow_mod"])).max(3);
const policy = z.enum(["stay", "restrict", "leave"]);
const claim = z.string().min(1).max(200);
const NOTHING: readonly Permission[] = [];

const webAddress = z.string().refine((text) => isFetchable(text), {
  error: "must be an https URL (http on loopback) without credentials",
});

function isFetchable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  // Nothing is fetched from such an address, and it would end up in the log.
  if (username !== "" || password !== "") return false;
  const loopback = hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return protocol === "https:" || (protocol === "http:" && loopback);
}

/** An identity provider. */
export const issuerSchema = z
  .strictObject({
    issuer: z.string().min(1).max(500),
    audience: z.string().min(1).max(500),
    algorithms: z
      .array(z.enum(ISSUER_ALGORITHMS))
      .min(1)
      .default([...ISSUER_ALGORITHMS]),
    jwksUrl: webAddress.nullable().default(null),
    keys: z
      .array(z.looseObject({ kty: z.enum(["RSA", "EC", "OKP"]) }))
      .max(20)
      .default([]),
    claims: z
      .strictObject({
        permissions: z
          .strictObject({
            claim: claim.nullable().default(null),
            values: z.record(z.string(), permissions).default({}),
            otherwise: permissions.default([...NOTHING]),
          })
          .prefault({}),
        participantId: claim.default("sub"),
        roomId: claim.nullable().default(null),
        name: claim.nullable().default(null),
      })
      .prefault({}),
  })
  .refine(({ jwksUrl, keys }) => (jwksUrl === null) !== (keys.length === 0), {
    error: "needs either jwksUrl or keys",
    path: ["jwksUrl"],
  })
  .refine(({ keys }) => keys.every((key) => signatureKeyFrom(key) !== null), {
    error: "must be public keys for signatures: RSA of 2048 bits or more, P-256, or Ed25519",
    path: ["keys"],
  });

/** What an app is set to, beside its id and keys. Every member may be left out. */
export const appSettingsShape = {
  name: z.string().trim().min(1).max(100).optional(),
  openRooms: z.boolean().default(false),
  allowNoExpiry: z.boolean().default(false),
  expiryPolicy: policy.default("stay"),
  clientExpiryPolicy: policy.default("restrict"),
  maxTokenSeconds: z.int().min(1).max(315_360_000).nullable().default(null),
  protectedConferences: z.boolean().default(false),
  issuers: z.array(issuerSchema).max(10).default([]),
} as const;

/** An app that is set to nothing but what is given: the same defaults as in an apps file, `name` being the id, and no keys. */
export function appWith(given: Pick<App, "id"> & Partial<App>): App {
  return { ...z.object(appSettingsShape).parse({}), name: given.id, keys: [], ...given };
}

const time = z.union([z.number(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]);
const secretEntry = z.strictObject({
  id: z.string().min(1).max(64).optional(),
  secret: secretSchema,
  retiresAt: time.nullable().default(null),
});
const keyEntry = z
  .strictObject({
    apiKey: apiKeySchema,
    active: z.boolean().default(true),
    secret: secretSchema.optional(),
    secrets: z.array(secretEntry).min(1).optional(),
  })
  .refine(({ secret, secrets }) => (secret === undefined) !== (secrets === undefined), {
    error: "needs either secret or secrets",
    path: ["secret"],
  })
  .transform(({ apiKey, active, secret, secrets = [] }) => ({
    apiKey,
    active,
    secrets: [...(secret === undefined ? [] : [{ secret, retiresAt: null }]), ...secrets].map(
      (one, index) => ({
        ...one,
        id: ("id" in one ? one.id : undefined) ?? String(index + 1),
      }),
    ),
  }))
  .refine(({ secrets }) => new Set(secrets.map(({ id }) => id)).size === secrets.length, {
    error: "names a secret twice",
    path: ["secrets"],
  });

const AppFile = z.array(
  z.strictObject({
    id: appIdSchema,
    ...appSettingsShape,
    keys: z.array(keyEntry).min(1, "must hold at least one key"),
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
        issuers: z
          .array(z.object({ issuer: z.string(), audience: z.string() }).nullable().catch(null))
          .catch([]),
      })
      .catch({ id: null, keys: [], issuers: [] }),
  )
  .catch([]);

/**
 * Decodes the list of apps, as it stands in the apps file. `name` defaults to the id, the switches to false, `expiryPolicy` to
 * `stay`, `clientExpiryPolicy` to `restrict`. Every problem is reported, each with its path and, for a key, its `apiKey`; never a
 * secret.
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

/** What keeps these apps from standing together: ids, keys or issuers that are named twice, secrets that are too short. */
export function findProblems(apps: readonly App[]): readonly string[] {
  const short = apps.flatMap(({ keys }, i) =>
    keys.flatMap(({ apiKey, secrets }, j) =>
      secrets.flatMap(({ secret }, k) => {
        const parsed = secretSchema.safeParse(secret);
        return parsed.success
          ? []
          : [
              `apps[${i}].keys[${j}].secrets[${k}].secret${showApiKey(apiKey)}: ${parsed.error.issues[0]?.message ?? ""}`,
            ];
      }),
    ),
  );
  return [...short, ...findRepeated(apps)];
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
  return apiKey === null ? "" : showApiKey(apiKey);
}

function showApiKey(apiKey: string): string {
  return ` (apiKey ${JSON.stringify(apiKey)})`;
}

interface Named {
  readonly id: string | null;
  readonly keys: readonly { readonly apiKey: string | null }[];
  readonly issuers: readonly ({ readonly issuer: string; readonly audience: string } | null)[];
}

function findRepeated(apps: readonly Named[]): string[] {
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
    for (const [j, one] of app.issuers.entries())
      note(
        "issuer and audience",
        one === null ? null : `${one.issuer} for ${one.audience}`,
        `apps[${i}].issuers[${j}]`,
      );
  }
  return problems;
}
