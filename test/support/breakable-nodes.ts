/** Several nodes on one Redis, each with a store that a test may break. */
import { connectRedisStore } from "../../src/log/redis/redis-store.js";
import type { RunningNode } from "../../src/server.js";
import { breakable, type FaultyStore } from "./faulty-store.js";
import { startTestNode } from "./node.js";
import { startRedis, type RedisServer } from "./redis-server.js";

/** A node and its store. */
export interface BreakableNode {
  readonly node: RunningNode;
  readonly store: FaultyStore;
}

/** A Redis that keeps what it was told, and the nodes that were started on it. */
export class BreakableNodes {
  private readonly opened: BreakableNode[] = [];

  private constructor(readonly redis: RedisServer) {}

  static async on(): Promise<BreakableNodes> {
    return new BreakableNodes(await startRedis({ aof: true }));
  }

  /** One more node. */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<BreakableNode> {
    const store = breakable(await connectRedisStore({ url: this.redis.url, prefix: "admitone" }));
    const one = { node: await startTestNode(settings, { store }), store };
    this.opened.push(one);
    return one;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    for (const { store } of this.opened) store.mend();
    await Promise.all(this.opened.map(({ node, store }) => node.close().then(() => store.close())));
    await this.redis.stop();
  }
}
