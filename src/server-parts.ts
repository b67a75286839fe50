/** The parts of a node that follow from its settings alone; `server.ts` puts them together with everything else. */
import type { Server } from "node:http";
import { pino } from "pino";
import type { Config } from "./config.js";
import { isLoopback } from "./config-addresses.js";
import type { Environment } from "./gateway/environment.js";
import type { Gateway } from "./gateway/gateway.js";
import { createMemoryStore } from "./log/memory/memory-store.js";
import { LogFault, type Store } from "./log/port.js";
import { connectRedisStore } from "./log/redis/redis-store.js";
import { credentialsOf } from "./tokens/apps.js";
import type { PolicyDecision } from "./webhooks/knock-policy.js";

/** The customer's name of the room that a start in development makes. */
export const FIRST_MEETING = "first-meeting";

/** Where this node can be reached as far as it knows; null where only whoever set it up knows. */
export function ownUrl(host: string, port: number): string | null {
  return isLoopback(host) ? `http://${host.includes(":") ? `[${host}]` : host}:${port}` : null;
}

/** The development app as far as the pages need it. Off loopback there is none (`docs/security.md`). */
export function developmentApp({ development, host, apps: [app] }: Config) {
  const credentials = credentialsOf(app);
  if (!development || !isLoopback(host) || app === undefined || credentials === null) return null;
  return { id: app.id, ...credentials, firstMeeting: FIRST_MEETING };
}

/** Where nothing survives the process, a key that does not either is good enough. */
export function encryptionKeys(
  { encryptionKeys: given }: Config,
  { kind }: Store,
  randomBytes: (count: number) => Buffer,
): readonly Buffer[] {
  return given.length === 0 && kind === "memory" ? [randomBytes(32)] : given;
}

/** Answers a knock as the policy hook decided. Rejects with a fault where the room cannot be reached: the decision is tried again. */
export async function answerKnock(
  gateway: Gateway,
  app: string,
  roomId: string,
  { participantId, since, decision, note }: PolicyDecision,
) {
  const action =
    decision === "allow"
      ? ({ type: "admit", participantId, since } as const)
      : ({ type: "deny", participantId, since, note, ban: false } as const);
  const outcome = await gateway.command(app, roomId, action, { name: "knock policy" });
  if (!outcome.ok && outcome.refusal.reason === "unavailable")
    throw new LogFault("the room cannot be reached");
  return outcome;
}

/** Opens the store that the settings name. Rejects where it cannot be reached. */
export async function openStore(config: Config, environment: Environment): Promise<Store> {
  const { redisUrl: url, redisPrefix: prefix } = config;
  if (url === null) return createMemoryStore({ now: environment.now });
  return connectRedisStore({
    url,
    prefix,
    onError: (error) => environment.logger.warn({ err: error.message }, "Redis"),
  });
}

/** Makes the log of a process. */
export function createLogger({ logLevel }: Config) {
  // A second net under the rule that secrets, tokens and message bodies are never logged.
  return pino({
    level: logLevel,
    redact: ["token", "secret", "*.token", "*.secret", "authorization", "*.authorization"],
  });
}

/** Listens; resolves with the port, which the system chose where the settings say 0. Rejects where the address is taken. */
export function listen(server: Server, { host, port }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
