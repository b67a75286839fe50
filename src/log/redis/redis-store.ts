import type { Store } from "../port.js";
import { Channels } from "./channels.js";
import { createRedisNodeDirectory, createRedisRoomDirectory } from "./directories.js";
import { createKeys, type Keys } from "./keys.js";
import { Link } from "./link.js";
import { createRedisRecords } from "./records.js";
import { resolverFor } from "./resolver.js";
import { RedisLog } from "./room-log.js";

/** How to reach Redis. */
export interface RedisStoreOptions {
  /** `redis://`, `rediss://` or `redis+sentinel://`, see `resolverFor`. */
  readonly url: string;
  /** Begins every key and channel; keeps stores on one server apart. No braces. */
  readonly prefix: string;
  /** Hears why a connection was lost or cannot be made again, once per reason and outage. Never called with secrets. */
  readonly onError?: (error: Error) => void;
  /** How long a command may take, in ms. Default: 2,000. */
  readonly commandTimeoutMs?: number;
}

const DEFAULT_COMMAND_TIMEOUT_MS = 2_000;
const HEALTH_LIMIT_MS = 1_000;

/** Sharded pub/sub came with it. */
const OLDEST_MAJOR = 7;

/**
 * Connects to Redis: one connection for commands, one that listens. Rejects with a `LogFault` if that fails now (call again),
 * and with an `Error` that says why if this server can never serve. Once connected, the store reconnects by itself for good.
 */
export async function connectRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { url, prefix, onError = () => undefined, commandTimeoutMs = DEFAULT_COMMAND_TIMEOUT_MS } = options;
  const keys = createKeys(prefix);
  const resolver = resolverFor(url, commandTimeoutMs);
  const regained = new Set<() => void>();
  const onRegained = (): void => {
    for (const listener of [...regained]) {
      try {
        listener();
      } catch (error) {
        onError(new Error("a listener for reconnections threw", { cause: error }));
      }
    }
  };
  const shared = { resolver, commandTimeoutMs, onError };
  let subscriber: Link | undefined;
  const commands = await Link.open({
    ...shared,
    onRegained: () => {
      // Publications of the new master are not heard at the old one.
      subscriber?.follow(commands.address);
      onRegained();
    },
  });
  const channels = new Channels(commandTimeoutMs, onError);
  try {
    await requireServer(commands);
    subscriber = await Link.open({
      ...shared,
      prepare: (client) => channels.restore(client),
      onRegained: () => {
        if (subscriber !== undefined) commands.follow(subscriber.address);
        channels.settle();
        onRegained();
      },
    });
    subscriber.follow(commands.address);
  } catch (error) {
    commands.close();
    throw error;
  }
  return storeOf(commands, subscriber, channels, keys, regained);
}

function storeOf(
  commands: Link,
  subscriber: Link,
  channels: Channels,
  keys: Keys,
  regained: Set<() => void>,
): Store {
  channels.attach(subscriber);
  let closed: Promise<void> | undefined;
  return {
    kind: "redis",
    log: new RedisLog(commands, channels, keys, (listener) => {
      // A function of its own per registration, so that the same listener may register twice.
      const entry = (): void => listener();
      regained.add(entry);
      return () => void regained.delete(entry);
    }),
    rooms: createRedisRoomDirectory(commands, keys),
    nodes: createRedisNodeDirectory(commands, keys),
    records: createRedisRecords(commands, keys),
    async healthy() {
      const answers = await Promise.all([
        commands.answers(HEALTH_LIMIT_MS),
        subscriber.answers(HEALTH_LIMIT_MS),
      ]);
      return answers.every(Boolean);
    },
    close() {
      subscriber.close();
      commands.close();
      closed ??= Promise.resolve();
      return closed;
    },
  };
}

/** Rejects with an `Error` if the server is too old, or a node of a cluster, which this client would be sent around in. */
async function requireServer(link: Link): Promise<void> {
  const info = await link.run((client) => client.info("server"));
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? "of unknown version";
  if (!(Number.parseInt(version, 10) >= OLDEST_MAJOR)) {
    throw new Error(
      `Redis ${OLDEST_MAJOR}.0 or newer is needed (sharded pub/sub); this server is ${version}`,
    );
  }
  if (/^redis_mode:cluster/m.test(info)) {
    throw new Error("this server is a node of a Redis Cluster, which the redis:// scheme does not cover");
  }
}
