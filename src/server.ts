/** A running node from a configuration: the only file that knows every room of the house. */
import { createServer, type Server } from "node:http";
import { pino } from "pino";
import type { Config } from "./config.js";
import { realEnvironment, type Environment } from "./gateway/environment.js";
import { Gateway } from "./gateway/gateway.js";
import { createMetrics } from "./gateway/metrics.js";
import { createHttpApp } from "./http/app.js";
import { createMemoryStore } from "./log/memory/memory-store.js";
import type { Store } from "./log/port.js";
import { connectRedisStore } from "./log/redis/redis-store.js";
import { createAppKeys } from "./tokens/apps.js";
import { createVerifier } from "./tokens/verify.js";
import { openMeetingDoor } from "./ws/meeting-door.js";

/** What a test, or somebody who embeds a node, may put in place of the real thing. Whoever passes a store closes it. */
export interface Overrides {
  readonly environment?: Environment;
  readonly store?: Store;
}

/** A running node. */
export interface RunningNode {
  readonly gateway: Gateway;
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
  readonly storeKind: Store["kind"];
  /** Leaves in order within the drain time; repeated calls answer the same promise. */
  close(): Promise<void>;
  /** Stops at once, as a crash would: sockets are cut, nothing is told to anybody. */
  kill(): Promise<void>;
}

/** The version that clients are told. */
export const VERSION = "0.1.0";

/** Starts a node. Rejects where the address is taken or Redis cannot be reached. */
export async function startNode(config: Config, overrides: Overrides = {}): Promise<RunningNode> {
  const environment = overrides.environment ?? realEnvironment(createLogger(config));
  const store = overrides.store ?? (await openStore(config, environment));
  const closeStore = (): Promise<void> => (overrides.store === undefined ? store.close() : Promise.resolve());
  const apps = new Map(config.apps.map((app) => [app.id, app]));
  const verifier = createVerifier({
    apps: createAppKeys(config.apps),
    now: environment.now,
    toleranceSeconds: config.clockToleranceSeconds,
  });
  const metrics = createMetrics({ processMetrics: overrides.environment === undefined });
  const { roomDefaults, commandTimeoutMs, idleRoomTtlMs, publicUrl } = config;
  const gateway = new Gateway({ store, environment, metrics, roomDefaults, commandTimeoutMs, idleRoomTtlMs });
  const server = createServer(createHttpApp({ gateway, verifier, environment, metrics, publicUrl }));
  const door = openMeetingDoor(server, {
    doors: gateway.doors,
    verifier,
    environment,
    metrics,
    opensRooms: (app) => apps.get(app)?.openRooms === true,
    allowedOrigins: config.allowedOrigins,
    joinDeadlineMs: config.joinDeadlineMs,
    heartbeatMs: config.heartbeatMs,
    maxQueuedBytes: config.maxQueuedBytes,
    version: VERSION,
  });

  let port: number;
  try {
    await gateway.start();
    port = await listen(server, config);
  } catch (error) {
    await door.close(0);
    await gateway.close();
    await closeStore();
    throw error;
  }

  let closing: Promise<void> | null = null;
  const close = async (drainMs: number): Promise<void> => {
    gateway.drain();
    // Readiness says no from here on, while those who are here move elsewhere.
    await door.close(drainMs);
    await gateway.close();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    await closeStore();
  };
  return {
    gateway,
    host: config.host,
    port,
    storeKind: store.kind,
    close: () => (closing ??= close(config.drainTimeoutMs)),
    kill: () => {
      closing ??= Promise.resolve();
      gateway.abandon();
      server.close();
      server.closeAllConnections();
      door.cut();
      return closeStore();
    },
  };
}

async function openStore(config: Config, environment: Environment): Promise<Store> {
  const { redisUrl: url, redisPrefix: prefix } = config;
  if (url === null) return createMemoryStore({ now: environment.now });
  return connectRedisStore({
    url,
    prefix,
    onError: (error) => environment.logger.warn({ err: error.message }, "Redis"),
  });
}

function createLogger({ logLevel }: Config) {
  // A second net under the rule that secrets, tokens and message bodies are never logged.
  return pino({
    level: logLevel,
    redact: ["token", "secret", "*.token", "*.secret", "authorization", "*.authorization"],
  });
}

function listen(server: Server, { host, port }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
