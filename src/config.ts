/** The environment as one frozen object, or every problem with it at once. The only reader of `process.env`. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { roomSettingsSchema, type RoomSettings } from "./protocol/events.js";
import { decodeApps, MIN_SECRET_BYTES, type App } from "./tokens/apps.js";

/** Everything that a node is told from outside. Times in milliseconds, sizes in bytes. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  /** Null: the embedded log. */
  readonly redisUrl: string | null;
  readonly redisPrefix: string;
  readonly apps: readonly App[];
  /** True where no app was named: the development app, on loopback only. */
  readonly development: boolean;
  readonly clockToleranceSeconds: number;
  readonly allowedOrigins: readonly string[] | null;
  readonly roomDefaults: RoomSettings;
  readonly idleRoomTtlMs: number;
  readonly joinDeadlineMs: number;
  readonly heartbeatMs: number;
  readonly commandTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly maxQueuedBytes: number;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
}

/** One variable, for the README and its test. */
export interface Variable {
  readonly name: string;
  /** As it would be written; empty: not set. */
  readonly default: string;
  readonly meaning: string;
}

const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(least).max(most));
const flag = z.enum(["true", "false"]).transform((text) => text === "true");
const text = z.string();
const url = (...protocols: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that begins with ${protocols.map((one) => `${one}//`).join(" or ")}`,
  });

const variable = <S extends z.ZodType, F extends string | null>(schema: S, fallback: F, meaning: string) => ({
  schema,
  fallback,
  meaning,
});

/** Every variable, with what it takes, its default and its meaning. `REDIS_URL` alone has no prefix: hosts set it. */
const VARIABLES = {
  ADMITONE_HOST: variable(text.min(1), "127.0.0.1", "Address to listen on"),
  ADMITONE_PORT: variable(integer(0, 65_535), "8080", "Port to listen on; 0 takes a free one"),
  ADMITONE_PUBLIC_URL: variable(
    url("http:", "https:"),
    null,
    "What links in answers begin with, behind a proxy",
  ),
  REDIS_URL: variable(
    url("redis:", "rediss:", "redis+sentinel:"),
    null,
    "Redis 7 or newer; without it the log is embedded and nothing survives the process",
  ),
  ADMITONE_REDIS_PREFIX: variable(
    text.regex(/^[A-Za-z0-9_.-]+$/, "takes letters, digits, '_', '.', '-'"),
    "admitone",
    "Begins every key in Redis",
  ),
  ADMITONE_API_KEY: variable(text.min(1), null, "Key of the one app"),
  ADMITONE_API_SECRET: variable(text, null, "Secret of the one app, 32 bytes or more"),
  ADMITONE_APPS_FILE: variable(text.min(1), null, "JSON file with several apps, instead of the two above"),
  ADMITONE_OPEN_ROOMS: variable(
    flag,
    "false",
    "The one app: a token that names a room opens it at the first join",
  ),
  ADMITONE_ALLOW_NO_EXPIRY: variable(flag, "false", "The one app: tokens without `exp` are taken"),
  ADMITONE_TOKEN_EXPIRY: variable(
    z.enum(["stay", "restrict", "leave"]),
    "stay",
    "The one app: what happens to a participant whose token expires in the meeting",
  ),
  ADMITONE_CLOCK_TOLERANCE_SECONDS: variable(
    integer(0, 300),
    "0",
    "How long after `exp` a token still counts",
  ),
  ADMITONE_ALLOWED_ORIGINS: variable(
    text.min(1),
    null,
    "Comma-separated origins whose pages may open a meeting; without it, any",
  ),
  ADMITONE_MAX_PARTICIPANTS: variable(
    integer(1, 10_000),
    "50",
    "Seats of a room, unless it was made with another number",
  ),
  ADMITONE_HOST_ABSENT: variable(
    z.enum(["hold", "refuse"]),
    "hold",
    "What a knock meets while no host is in the room",
  ),
  ADMITONE_KNOCK_TIMEOUT_SECONDS: variable(
    integer(10, 86_400),
    "600",
    "How long a knock waits for an answer",
  ),
  ADMITONE_RESUME_WINDOW_SECONDS: variable(
    integer(1, 3_600),
    "30",
    "How long a seat is kept for a lost line",
  ),
  ADMITONE_IDLE_ROOM_TTL_HOURS: variable(
    integer(1, 8_760),
    "24",
    "When a room that a join opened is forgotten, after its last use",
  ),
  ADMITONE_JOIN_DEADLINE_MS: variable(integer(500, 60_000), "10000", "Time for a new connection to join"),
  ADMITONE_HEARTBEAT_SECONDS: variable(
    integer(1, 300),
    "15",
    "Between two pings; a connection that missed one is closed",
  ),
  ADMITONE_COMMAND_TIMEOUT_MS: variable(
    integer(500, 30_000),
    "3000",
    "When a command that the store does not answer is `unavailable`",
  ),
  ADMITONE_DRAIN_TIMEOUT_MS: variable(
    integer(0, 300_000),
    "10000",
    "Time for connections to move elsewhere at shutdown",
  ),
  ADMITONE_MAX_QUEUED_BYTES: variable(
    integer(65_536, 67_108_864),
    "1048576",
    "Bytes that may wait for a slow connection before it is closed",
  ),
  ADMITONE_LOG_LEVEL: variable(
    z.enum(["debug", "info", "warn", "error", "silent"]),
    "info",
    "Least severe line that is logged",
  ),
} as const;

type Value<V> = V extends { readonly schema: z.ZodType<infer T>; readonly fallback: infer F }
  ? T | (F extends null ? null : never)
  : never;
/** What was read. Only worth trusting where reading it brought no problem. */
type Values = { readonly [K in keyof typeof VARIABLES]: Value<(typeof VARIABLES)[K]> };

/** The variables, for people. */
export function listVariables(): Variable[] {
  return Object.entries(VARIABLES).map(([name, { fallback, meaning }]) => ({
    name,
    default: fallback ?? "",
    meaning,
  }));
}

/** The development app: known to everybody, so it serves loopback only. */
export const DEVELOPMENT_APP: App = {
  id: "development",
  name: "Development",
  openRooms: false,
  allowNoExpiry: false,
  expiryPolicy: "stay",
  keys: [{ apiKey: "development", secret: "development-only-never-off-loopback" }],
};

/** Reads a configuration; `problems` lists all that is wrong, and never repeats a secret. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string = (path) => readFileSync(path, "utf8"),
): { ok: true; config: Config } | { ok: false; problems: string[] } {
  const problems: string[] = [];
  for (const name of Object.keys(environment)) {
    if (name.startsWith("ADMITONE_") && !name.startsWith("ADMITONE_TEST_") && !(name in VARIABLES)) {
      problems.push(`${name} is not a variable of Admit One`);
    }
  }
  const values = readValues(environment, problems);
  const apps = readApps(values, readFile, problems);
  if (problems.length > 0) return { ok: false, problems };
  const host = values.ADMITONE_HOST;
  if (apps.length === 0 && !isLoopback(host)) {
    problems.push(
      "ADMITONE_API_KEY and ADMITONE_API_SECRET, or ADMITONE_APPS_FILE, are needed: the development app serves loopback only",
    );
  }
  const knownSecret = DEVELOPMENT_APP.keys[0]?.secret;
  if (!isLoopback(host) && apps.some(({ keys }) => keys.some(({ secret }) => secret === knownSecret))) {
    problems.push("ADMITONE_API_SECRET is the development app's, which everybody knows");
  }
  if (problems.length > 0) return { ok: false, problems };
  const development = apps.length === 0;
  return {
    ok: true,
    config: Object.freeze(build(values, development ? [DEVELOPMENT_APP] : apps, development)),
  };
}

function readValues(environment: Readonly<Record<string, string | undefined>>, problems: string[]): Values {
  const read = (
    name: string,
    { schema, fallback }: { schema: z.ZodType; fallback: string | null },
  ): unknown => {
    const given = environment[name];
    // An empty value is what compose files leave where nothing was set.
    const value = given === undefined || given === "" ? fallback : given;
    if (value === null) return null;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    problems.push(`${name} ${parsed.error.issues[0]?.message ?? "is not valid"}`);
    return null;
  };
  const entries = Object.entries(VARIABLES).map(([name, one]) => [name, read(name, one)]);
  return valuesSchema.parse(Object.fromEntries(entries));
}

/** The values were read by their own schemas; this only gives the object its type back. */
const valuesSchema = z.custom<Values>((value) => typeof value === "object" && value !== null);

function readApps(values: Values, readFile: (path: string) => string, problems: string[]): readonly App[] {
  const { ADMITONE_API_KEY: apiKey, ADMITONE_API_SECRET: secret, ADMITONE_APPS_FILE: file } = values;
  if (file !== null) {
    if (apiKey !== null || secret !== null)
      problems.push(
        "ADMITONE_APPS_FILE stands instead of ADMITONE_API_KEY and ADMITONE_API_SECRET: set one or the other",
      );
    return readAppsFile(file, readFile, problems);
  }
  if (apiKey === null && secret === null) return [];
  if (apiKey === null) problems.push("ADMITONE_API_KEY is missing beside ADMITONE_API_SECRET");
  if (secret === null) problems.push("ADMITONE_API_SECRET is missing beside ADMITONE_API_KEY");
  else if (Buffer.byteLength(secret) < MIN_SECRET_BYTES)
    problems.push(`ADMITONE_API_SECRET must be at least ${MIN_SECRET_BYTES} bytes`);
  if (apiKey === null || secret === null || problems.length > 0) return [];
  const decoded = decodeApps([
    {
      id: "default",
      openRooms: values.ADMITONE_OPEN_ROOMS,
      allowNoExpiry: values.ADMITONE_ALLOW_NO_EXPIRY,
      expiryPolicy: values.ADMITONE_TOKEN_EXPIRY,
      keys: [{ apiKey, secret }],
    },
  ]);
  if (decoded.ok) return decoded.apps;
  problems.push(...decoded.problems.map((problem) => `ADMITONE_API_KEY: ${problem}`));
  return [];
}

function readAppsFile(file: string, readFile: (path: string) => string, problems: string[]): readonly App[] {
  let input: unknown;
  try {
    input = JSON.parse(readFile(file));
  } catch (error) {
    // The text of a JSON error may hold a piece of the file, and so of a secret.
    const why = error instanceof SyntaxError ? "is not JSON" : "cannot be read";
    problems.push(`ADMITONE_APPS_FILE ${why}`);
    return [];
  }
  const decoded = decodeApps(input);
  if (decoded.ok && decoded.apps.length > 0) return decoded.apps;
  problems.push(
    ...(decoded.ok ? ["names no app"] : decoded.problems).map((problem) => `ADMITONE_APPS_FILE: ${problem}`),
  );
  return [];
}

function build(values: Values, apps: readonly App[], development: boolean): Config {
  return {
    host: values.ADMITONE_HOST,
    port: values.ADMITONE_PORT,
    publicUrl: values.ADMITONE_PUBLIC_URL?.replace(/\/+$/, "") ?? null,
    redisUrl: values.REDIS_URL,
    redisPrefix: values.ADMITONE_REDIS_PREFIX,
    apps,
    development,
    clockToleranceSeconds: values.ADMITONE_CLOCK_TOLERANCE_SECONDS,
    allowedOrigins: values.ADMITONE_ALLOWED_ORIGINS?.split(",").map((one) => one.trim()) ?? null,
    roomDefaults: roomSettingsSchema.parse({
      maxParticipants: values.ADMITONE_MAX_PARTICIPANTS,
      hostAbsent: values.ADMITONE_HOST_ABSENT,
      knockTimeoutMs: values.ADMITONE_KNOCK_TIMEOUT_SECONDS * 1_000,
      resumeWindowMs: values.ADMITONE_RESUME_WINDOW_SECONDS * 1_000,
      tokenExpiry: null,
    }),
    idleRoomTtlMs: values.ADMITONE_IDLE_ROOM_TTL_HOURS * 3_600_000,
    joinDeadlineMs: values.ADMITONE_JOIN_DEADLINE_MS,
    heartbeatMs: values.ADMITONE_HEARTBEAT_SECONDS * 1_000,
    commandTimeoutMs: values.ADMITONE_COMMAND_TIMEOUT_MS,
    drainTimeoutMs: values.ADMITONE_DRAIN_TIMEOUT_MS,
    maxQueuedBytes: values.ADMITONE_MAX_QUEUED_BYTES,
    logLevel: values.ADMITONE_LOG_LEVEL,
  };
}

/** Whether an address is this machine's own. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Reads the environment of this process. */
export function readProcessConfig(): ReturnType<typeof readConfig> {
  return readConfig(process.env);
}
