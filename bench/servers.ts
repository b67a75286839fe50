/** The processes that are measured: Redis, the floor and our node, each on a free port of 127.0.0.1. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createClient } from "redis";
import { findRedis } from "../test/support/redis-binary.js";
import { startRedis, type RedisServer } from "../test/support/redis-server.js";
import type { Question, Report, Usage } from "./meter.js";

/** The app whose tokens both servers take. */
export const APP = { apiKey: "bench-key", secret: "a-secret-of-the-bench-0123456789-abcd" } as const;

/** A server under test. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Starts a bundle; resolves when it listens. */
  static async start(
    name: "floor" | "ours",
    extra: Readonly<Record<string, string>>,
  ): Promise<ServerProcess> {
    const file = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
    const env = { PATH: process.env["PATH"], NODE_ENV: "production", ...extra };
    const child = fork(file, { env, execArgv: ["--expose-gc"] });
    const report = await answer(child);
    if (!("port" in report)) throw new Error(`${name} did not start`);
    return new ServerProcess(child, report.port);
  }

  /** What it has used so far. */
  async usage(question: Partial<Question> = {}): Promise<Usage> {
    const told = answer(this.child);
    this.child.send({ collect: false, ...question });
    const report = await told;
    if (!("usage" in report)) throw new Error("not a usage");
    return report.usage;
  }

  /** Ends it; it ends by itself when the bench is gone. */
  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.disconnect();
    const late = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
  }
}

async function answer(child: ChildProcess): Promise<Report> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a server ended with code ${code ?? "-"}`));
    child.once("exit", ended);
    child.once("message", (report: Report) => {
      child.off("exit", ended);
      resolve(report);
    });
  });
}

/** Redis, and what it takes to start servers on it. */
export class House {
  private readonly servers = new Set<ServerProcess>();

  private constructor(
    private readonly redis: RedisServer,
    private readonly client: ReturnType<typeof clientOf>,
  ) {}

  /** Starts a Redis of the bench's own. */
  static async open(): Promise<House> {
    await findRedis({ fetch: true });
    const redis = await startRedis();
    const client = clientOf(redis.url);
    await client.connect();
    return new House(redis, client);
  }

  /** Starts the floor. */
  floor(): Promise<ServerProcess> {
    return this.start("floor", { FLOOR_REDIS: this.redis.url, FLOOR_SECRET: APP.secret });
  }

  /** Starts a node of ours. The rooms are large enough and open by themselves; all else is as shipped. */
  ours(): Promise<ServerProcess> {
    const env = {
      REDIS_URL: this.redis.url,
      ADMITONE_PORT: "0",
      ADMITONE_API_KEY: APP.apiKey,
      ADMITONE_API_SECRET: APP.secret,
      ADMITONE_OPEN_ROOMS: "true",
      ADMITONE_MAX_PARTICIPANTS: "10000",
      ADMITONE_LOG_LEVEL: "warn",
    };
    return this.start("ours", env);
  }

  /** How often something was published so far: once for each stored change, whoever stored it. */
  async publications(): Promise<number> {
    const text = await this.client.info("commandstats");
    return Number(/cmdstat_spublish:calls=(\d+)/.exec(text)?.[1] ?? 0);
  }

  /** The version of Redis. */
  async version(): Promise<string> {
    return /redis_version:(\S+)/.exec(await this.client.info("server"))?.[1] ?? "unknown";
  }

  /** Ends one server. */
  async stop(server: ServerProcess): Promise<void> {
    this.servers.delete(server);
    await server.stop();
  }

  /** Ends everything that was started. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.servers].map((server) => server.stop()));
    this.client.destroy();
    await this.redis.stop();
  }

  private async start(name: "floor" | "ours", env: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const server = await ServerProcess.start(name, env);
    this.servers.add(server);
    return server;
  }
}

function clientOf(url: string) {
  return createClient({ url });
}
