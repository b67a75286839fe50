import { createClient } from "redis";

/** Looks at a test's Redis from outside, beside the store that is tested. */
export interface RedisAdmin {
  /** All keys, sorted. */
  keys(): Promise<readonly string[]>;
  /** The life of a key in ms; -1: for ever, -2: there is none. */
  life(key: string): Promise<number>;
  /** Any command. */
  send(...command: readonly string[]): Promise<unknown>;
  /** Ends the connection. */
  close(): void;
}

/** Connects to a Redis, again when the line is lost. */
export async function connectAdmin(url: string): Promise<RedisAdmin> {
  const client = createClient({ url, socket: { reconnectStrategy: 20 } });
  client.on("error", () => undefined);
  await client.connect();
  return {
    keys: async () => (await client.keys("*")).sort(),
    life: (key) => client.pTTL(key),
    send: (...command) => client.sendCommand([...command]),
    close: () => client.destroy(),
  };
}

/** Throws away all that a Redis holds. */
export async function flushAll({ url }: { readonly url: string }): Promise<void> {
  const admin = await connectAdmin(url);
  await admin.send("FLUSHALL");
  admin.close();
}
