/** The environment as one frozen object, or every problem with it at once. The only reader of `process.env`. */
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { roomSettingsSchema, type RoomSettings } from "./protocol/events.js";
import { DEVELOPMENT_APP, hasKnownSecret, readApps } from "./config-apps.js";
import type { App } from "./tokens/app.js";
import { allowedOrigins, isLoopback, readFrameAncestors, readIce, readNetworks } from "./config-addresses.js";
import type { IceSettings } from "./tokens/turn.js";
import { VARIABLES, type Values } from "./variables.js";

/** Everything that a node is told from outside. Times in milliseconds, sizes in bytes. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  /** Null: the embedded log. */
  readonly redisUrl: string | null;
  readonly redisPrefix: string;
  readonly apps: readonly App[];
  /** What the admin shows; null: there is no admin. */
  readonly adminToken: string | null;
  /** 32 bytes each; the first seals, all open. Empty: secrets cannot be kept in the store. */
  readonly encryptionKeys: readonly Buffer[];
  readonly admissionRetentionMs: number;
  /** True where no app was named: the development app, on loopback only. */
  readonly development: boolean;
  readonly clockToleranceSeconds: number;
  /** Origins whose pages may open a meeting, beside the one that a request was sent to; null: any. */
  readonly allowedOrigins: readonly string[] | null;
  /** Origins whose pages may show a meeting in a frame, beside the gateway's own. */
  readonly frameAncestors: readonly string[];
  /** STUN and TURN. */
  readonly ice: IceSettings;
  readonly roomDefaults: RoomSettings;
  readonly idleRoomTtlMs: number;
  readonly sessionRetentionMs: number;
  readonly webhookTimeoutMs: number;
  readonly webhookRetryMs: number;
  /** Networks (CIDR) that webhooks may be sent to beside public addresses. */
  readonly webhookNetworks: readonly string[];
  /** PEM of the RSA key of `videosdk-signature`; null: the store has one. */
  readonly webhookRsaKey: string | null;
  readonly joinDeadlineMs: number;
  readonly heartbeatMs: number;
  readonly commandTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly maxQueuedBytes: number;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
}

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
  const webhookNetworks = readNetworks(values, problems);
  const webhookRsaKey = readRsaKey(values, readFile, problems);
  const encryptionKeys = readEncryptionKeys(values, problems);
  const ice = readIce(values, problems);
  const frameAncestors = readFrameAncestors(values, problems);
  if (problems.length > 0) return { ok: false, problems };
  const host = values.ADMITONE_HOST;
  if (apps.length === 0 && !isLoopback(host) && values.ADMITONE_ADMIN_TOKEN === null) {
    problems.push(
      "ADMITONE_API_KEY and ADMITONE_API_SECRET, or ADMITONE_APPS_FILE, or ADMITONE_ADMIN_TOKEN to make apps with, are needed: " +
        "the development app serves loopback only",
    );
  }
  if (!isLoopback(host) && apps.some(hasKnownSecret)) {
    problems.push("ADMITONE_API_SECRET is the development app's, which everybody knows");
  }
  if (problems.length > 0) return { ok: false, problems };
  const development = apps.length === 0 && isLoopback(host);
  return {
    ok: true,
    config: Object.freeze({
      ...build(values),
      apps: development ? [DEVELOPMENT_APP] : apps,
      development,
      encryptionKeys,
      frameAncestors,
      ice,
      webhookNetworks,
      webhookRsaKey,
    }),
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

function readEncryptionKeys(
  { ADMITONE_ENCRYPTION_KEYS: list }: Values,
  problems: string[],
): readonly Buffer[] {
  const texts = list === null ? [] : list.split(",").map((one) => one.trim());
  const keys = texts.map((text) => Buffer.from(text, "base64"));
  // Node skips what is not base64.
  if (keys.some((key, index) => key.length !== 32 || key.toString("base64") !== texts[index]))
    problems.push("ADMITONE_ENCRYPTION_KEYS must be keys of 32 bytes in base64, separated by commas");
  return keys;
}

function readRsaKey(
  { ADMITONE_WEBHOOK_RSA_KEY_FILE: file }: Values,
  readFile: (path: string) => string,
  problems: string[],
): string | null {
  if (file === null) return null;
  try {
    const pem = readFile(file);
    if (createPrivateKey(pem).asymmetricKeyType === "rsa") return pem;
    problems.push("ADMITONE_WEBHOOK_RSA_KEY_FILE does not hold an RSA key");
  } catch {
    problems.push("ADMITONE_WEBHOOK_RSA_KEY_FILE cannot be read as a private key in PEM form");
  }
  return null;
}

type Rest = Omit<
  Config,
  "apps" | "development" | "encryptionKeys" | "frameAncestors" | "ice" | "webhookNetworks" | "webhookRsaKey"
>;

function build(values: Values): Rest {
  return {
    host: values.ADMITONE_HOST,
    port: values.ADMITONE_PORT,
    publicUrl: values.ADMITONE_PUBLIC_URL?.replace(/\/+$/, "") ?? null,
    redisUrl: values.REDIS_URL,
    redisPrefix: values.ADMITONE_REDIS_PREFIX,
    clockToleranceSeconds: values.ADMITONE_CLOCK_TOLERANCE_SECONDS,
    allowedOrigins: allowedOrigins(values),
    roomDefaults: roomSettingsSchema.parse({
      maxParticipants: values.ADMITONE_MAX_PARTICIPANTS,
      hostAbsent: values.ADMITONE_HOST_ABSENT,
      knockTimeoutMs: values.ADMITONE_KNOCK_TIMEOUT_SECONDS * 1_000,
      resumeWindowMs: values.ADMITONE_RESUME_WINDOW_SECONDS * 1_000,
      tokenExpiry: null,
      lobbyForAll: false,
      autoClose: null,
    }),
    adminToken: values.ADMITONE_ADMIN_TOKEN,
    admissionRetentionMs: values.ADMITONE_ADMISSION_RETENTION_DAYS * 86_400_000,
    idleRoomTtlMs: values.ADMITONE_IDLE_ROOM_TTL_HOURS * 3_600_000,
    sessionRetentionMs: values.ADMITONE_SESSION_RETENTION_DAYS * 86_400_000,
    webhookTimeoutMs: values.ADMITONE_WEBHOOK_TIMEOUT_MS,
    webhookRetryMs: values.ADMITONE_WEBHOOK_RETRY_HOURS * 3_600_000,
    joinDeadlineMs: values.ADMITONE_JOIN_DEADLINE_MS,
    heartbeatMs: values.ADMITONE_HEARTBEAT_SECONDS * 1_000,
    commandTimeoutMs: values.ADMITONE_COMMAND_TIMEOUT_MS,
    drainTimeoutMs: values.ADMITONE_DRAIN_TIMEOUT_MS,
    maxQueuedBytes: values.ADMITONE_MAX_QUEUED_BYTES,
    logLevel: values.ADMITONE_LOG_LEVEL,
  };
}

/** Reads the environment of this process. */
export function readProcessConfig(): ReturnType<typeof readConfig> {
  return readConfig(process.env);
}
