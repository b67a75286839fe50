/** What a node takes from the world: time, randomness, a place for log lines. Passed in, so that tests own them. */
import { hash, randomBytes } from "node:crypto";

/** Where log lines go; pino satisfies it. Never given secrets, tokens or message bodies. */
export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Time, randomness, log. */
export interface Environment {
  /** Epoch milliseconds of this machine. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Buffer;
  readonly logger: Logger;
}

/** The machine's own clock and randomness. */
export function realEnvironment(logger: Logger): Environment {
  return { now: Date.now, randomBytes: pooledRandomBytes(), logger };
}

/** Random bytes drawn from the system a few thousand at a time, since each draw is a system call. None is handed out twice. */
function pooledRandomBytes(): (count: number) => Buffer {
  let pool = Buffer.alloc(0);
  let used = 0;
  return (count) => {
    if (count > 256) return randomBytes(count);
    if (used + count > pool.length) {
      pool = randomBytes(8_192);
      used = 0;
    }
    const bytes = Buffer.from(pool.subarray(used, used + count));
    pool.fill(0, used, used + count);
    used += count;
    return bytes;
  };
}

/** A fresh id of 24 hex digits, the shape that VideoSDK's documents have. */
export function freshId(environment: Environment): string {
  return environment.randomBytes(12).toString("hex");
}

/** Digest under which a secret is kept: SHA-256, base64url. */
export function digest(text: string): string {
  return hash("sha256", text, "base64url");
}

const ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Eight lower-case letters and digits made from a text: the same text, the same id (VideoSDK's generated ids look so). */
export function shortIdFrom(text: string): string {
  const bytes = hash("sha256", text, "buffer");
  return Array.from(bytes.subarray(0, 8), (byte) => ID_LETTERS[byte % ID_LETTERS.length] ?? "a").join("");
}

/** A room id in VideoSDK's form: three groups of four lower-case letters or digits. */
export function freshRoomId(environment: Environment): string {
  const letters = Array.from(
    environment.randomBytes(12),
    (byte) => ID_LETTERS[byte % ID_LETTERS.length] ?? "a",
  ).join("");
  return [letters.slice(0, 4), letters.slice(4, 8), letters.slice(8, 12)].join("-");
}
