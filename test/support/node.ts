/** Nodes for tests: real ones, on ports of their own, several in one process. */
import { pino } from "pino";
import { readConfig, type Config } from "../../src/config.js";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import type { Store } from "../../src/log/port.js";
import { startNode, type Overrides, type RunningNode } from "../../src/server.js";
import { mintToken, type MintOptions } from "../../src/tokens/mint.js";
import { realEnvironment } from "../../src/gateway/environment.js";
import { startRedis, type RedisServer } from "./redis-server.js";

/** The app of the tests. */
export const APP = { apiKey: "test-key", secret: "a-secret-of-the-tests-0123456789-abc" } as const;

/** A configuration for tests: any free port, this app, and whatever a test sets beside. */
export function testConfig(extra: Readonly<Record<string, string>> = {}): Config {
  const read = readConfig({
    ADMITONE_PORT: "0",
    ADMITONE_API_KEY: APP.apiKey,
    ADMITONE_API_SECRET: APP.secret,
    ADMITONE_LOG_LEVEL: "error",
    ADMITONE_DRAIN_TIMEOUT_MS: "500",
    ...extra,
  });
  if (!read.ok) throw new Error(read.problems.join("\n"));
  return read.config;
}

/** Starts a node for a test. */
export function startTestNode(
  extra: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
): Promise<RunningNode> {
  const config = testConfig(extra);
  const environment = realEnvironment(pino({ level: config.logLevel }));
  return startNode(config, { environment, ...overrides });
}

/** A token of the test app. */
export function token(options: Partial<MintOptions> & Pick<MintOptions, "permissions">): string {
  return mintToken({ ...APP, ttlSeconds: 3_600, now: Date.now, ...options });
}

/** The ways in which a gateway is run: the same scenario has to hold on each. */
export const TOPOLOGIES = ["embedded", "Redis, one node", "Redis, two nodes"] as const;
/** One of them. */
export type Topology = (typeof TOPOLOGIES)[number];

/** A running gateway of one or two nodes. */
export interface TestGateway {
  /** Where hosts connect. */
  readonly first: RunningNode;
  /** Where guests connect; the same node where there is one only. */
  readonly second: RunningNode;
  close(): Promise<void>;
}

/** Starts a gateway in one of the topologies. Whoever starts it closes it. */
export async function startGateway(
  topology: Topology,
  extra: Readonly<Record<string, string>> = {},
): Promise<TestGateway> {
  if (topology === "embedded") {
    const store: Store = createMemoryStore({ now: Date.now });
    const node = await startTestNode(extra, { store });
    return { first: node, second: node, close: () => node.close().then(() => store.close()) };
  }
  const redis: RedisServer = await startRedis();
  const settings = { REDIS_URL: redis.url, ...extra };
  const first = await startTestNode(settings);
  const second = topology === "Redis, one node" ? first : await startTestNode(settings);
  return {
    first,
    second,
    close: async () => {
      await Promise.all([first.close(), second.close()]);
      await redis.stop();
    },
  };
}
