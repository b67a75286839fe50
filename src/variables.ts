/** Every variable of the environment: what it takes, its default, its meaning. The README's table is held to it by a test. */
import { z } from "zod";

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
export const VARIABLES = {
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
  ADMITONE_CLIENT_TOKEN_EXPIRY: variable(
    z.enum(["stay", "restrict", "leave"]),
    "restrict",
    "The one app: the same for client access tokens",
  ),
  ADMITONE_MAX_TOKEN_SECONDS: variable(
    integer(1, 315_360_000),
    null,
    "The one app: longest life of a customer's token; without it, any",
  ),
  ADMITONE_PROTECTED_CONFERENCES: variable(
    flag,
    "false",
    "The one app: joining a conference takes a conference access token",
  ),
  ADMITONE_ADMIN_TOKEN: variable(
    text.regex(
      /^[\x21-\x2b\x2d-\x7e]{32,256}$/,
      "must be 32 to 256 printable ASCII characters without spaces and commas",
    ),
    null,
    "What the admin shows to manage apps, keys and revocations; without it, nobody can",
  ),
  ADMITONE_ENCRYPTION_KEYS: variable(
    text.min(1),
    null,
    "Comma-separated keys, 32 bytes in base64 each, under which secrets are kept in the store: the first seals, all open",
  ),
  ADMITONE_ADMISSION_RETENTION_DAYS: variable(
    integer(1, 3_650),
    "90",
    "How long the record of who was admitted is kept",
  ),
  ADMITONE_CLOCK_TOLERANCE_SECONDS: variable(
    integer(0, 300),
    "0",
    "How long after `exp` a token still counts",
  ),
  ADMITONE_ALLOWED_ORIGINS: variable(
    text.min(1),
    null,
    "Comma-separated origins whose pages may open a meeting beside the gateway's own; without it, any",
  ),
  ADMITONE_FRAME_ANCESTORS: variable(
    text.min(1),
    null,
    "Comma-separated origins whose pages may show the meeting page in a frame; without it, only the gateway's own",
  ),
  ADMITONE_ICE_URLS: variable(
    text.min(1),
    null,
    "Comma-separated `stun:`, `turn:` and `turns:` addresses for participants; without it, only people on one network see each other",
  ),
  ADMITONE_TURN_SECRET: variable(
    text.min(16, "must be at least 16 characters"),
    null,
    "Secret shared with the TURN server (coturn: `static-auth-secret`); needed with a `turn:` or `turns:` address",
  ),
  ADMITONE_TURN_TTL_SECONDS: variable(integer(60, 86_400), "14400", "How long a TURN credential is good"),
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
  ADMITONE_SESSION_RETENTION_DAYS: variable(
    integer(1, 3_650),
    "30",
    "How long ended sessions and their attendance are kept",
  ),
  ADMITONE_WEBHOOK_TIMEOUT_MS: variable(
    integer(500, 30_000),
    "10000",
    "Time for a webhook receiver to answer",
  ),
  ADMITONE_WEBHOOK_RETRY_HOURS: variable(
    integer(1, 168),
    "24",
    "How long a webhook message is tried again before it is kept as failed",
  ),
  ADMITONE_WEBHOOK_NETWORKS: variable(
    text.min(1),
    null,
    "Comma-separated networks (CIDR) that webhooks may be sent to beside public addresses; without it, loopback if the gateway itself listens on loopback",
  ),
  ADMITONE_WEBHOOK_RSA_KEY_FILE: variable(
    text.min(1),
    null,
    "PEM file with the RSA key of `videosdk-signature`; without it, one is made once and kept in the store",
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
export type Values = { readonly [K in keyof typeof VARIABLES]: Value<(typeof VARIABLES)[K]> };

/** The variables, for people. */
export function listVariables(): Variable[] {
  return Object.entries(VARIABLES).map(([name, { fallback, meaning }]) => ({
    name,
    default: fallback ?? "",
    meaning,
  }));
}
