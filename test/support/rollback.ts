/** Old copies of a Redis: what an operator has after a crash of the machine, or puts back by mistake. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { asJson } from "./peer.js";
import { connectAdmin } from "./redis-admin.js";
import type { RedisServer } from "./redis-server.js";

/** A copy of all that a Redis had at a moment. */
export interface OldCopy {
  /** Kills Redis and starts it again with the copy. */
  putBack(): Promise<void>;
  /** Removes the copy. */
  drop(): Promise<void>;
}

/** Kills a Redis that was started with `aof`, and starts it again with nothing. */
export async function restartEmpty(redis: RedisServer): Promise<void> {
  const live = await appendOnlyFolder(redis);
  await redis.kill();
  await rm(live, { recursive: true });
  await redis.restart();
}

async function appendOnlyFolder(redis: RedisServer): Promise<string> {
  const admin = await connectAdmin(redis.url);
  const answer = await admin.send("CONFIG", "GET", "dir");
  admin.close();
  return path.join(String(asJson(answer)["dir"]), "appendonlydir");
}

/** Copies the append-only file of a Redis that was started with `aof`. Nobody may write meanwhile. */
export async function copyOf(redis: RedisServer): Promise<OldCopy> {
  const live = await appendOnlyFolder(redis);
  const copy = await mkdtemp(path.join(tmpdir(), "admitone-copy-"));
  await cp(live, copy, { recursive: true });
  return {
    async putBack() {
      await redis.kill();
      await rm(live, { recursive: true });
      await cp(copy, live, { recursive: true });
      await redis.restart();
    },
    drop: () => rm(copy, { recursive: true }),
  };
}
