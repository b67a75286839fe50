import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { eventually } from "./eventually.js";
import { findRedis } from "./redis-binary.js";
import { dropNote, noteServer } from "./redis-leftovers.js";

/** How to start a Redis. */
export interface RedisOptions {
  /** Append-only file, synced at every write: what was acknowledged survives `kill`. Default: nothing survives. */
  readonly aof?: boolean;
  /** Further arguments, such as `["--maxmemory", "10mb"]`. */
  readonly args?: readonly string[];
  /** Makes it a sentinel, configured by these lines. */
  readonly sentinel?: readonly string[];
}

/** A Redis of one test's own, on loopback. Ends with the process that started it, however that ends. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Of the running process, or of the last one. */
  readonly pid: number;
  /** Ends it and removes its folder. Repeated calls do nothing. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL, in the middle of whatever it does; its folder stays. */
  kill(): Promise<void>;
  /** Starts it again after `kill` (or kills it first), same port and folder; resolves when it answers. */
  restart(): Promise<void>;
  /** Freezes it: lines stay open and nothing is answered. */
  pause(): void;
  /** Ends a `pause`. */
  resume(): void;
}

const ATTEMPTS = 5;

/** Starts a Redis on a port that the system chooses; resolves when it answers. Rejects with what its log says. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(path.join(tmpdir(), "admitone-redis-"));
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      const running = await launch(folder, port, options);
      return serverOf(folder, port, options, running);
    } catch (error) {
      // Somebody may have taken the port since it was free.
      if (error instanceof EndedEarly && attempt < ATTEMPTS) continue;
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

function serverOf(folder: string, port: number, options: RedisOptions, first: Running): RedisServer {
  let running = first;
  let alive = true;
  const kill = async (): Promise<void> => {
    if (!alive) return;
    alive = false;
    await end(running);
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return running.pid;
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
    kill,
    async restart() {
      await kill();
      running = await launch(folder, port, options);
      alive = true;
    },
    pause: () => void process.kill(running.pid, "SIGSTOP"),
    resume: () => void process.kill(running.pid, "SIGCONT"),
  };
}

class EndedEarly extends Error {
  override readonly name = "EndedEarly";
}

interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly guardian: ChildProcess;
}

async function launch(folder: string, port: number, options: RedisOptions): Promise<Running> {
  const binary = await findRedis({ fetch: false });
  const logFile = path.join(folder, "redis.log");
  const configFile = path.join(folder, "redis.conf");
  // A sentinel writes to its configuration, so there is one; a restart keeps what it wrote.
  await writeFile(configFile, (options.sentinel ?? []).join("\n"), { flag: "a" });
  const child = spawn(
    binary.path,
    [
      configFile,
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--logfile", logFile],
      ...(options.sentinel === undefined ? ["--save", ""] : ["--sentinel"]),
      ...(options.aof === true ? ["--appendonly", "yes", "--appendfsync", "always"] : []),
      ...(options.args ?? []),
    ],
    { env: { ...process.env, ...binary.env }, stdio: "ignore" },
  );
  const { pid } = child;
  if (pid === undefined) throw new Error(`redis-server does not start: ${binary.path}`);
  child.unref();
  const running = { pid, child, guardian: guard(pid) };
  await noteServer({ pid, port, owner: process.pid, folder });
  try {
    await eventually(async () => {
      if (hasEnded(child)) return;
      if (!(await answers(port))) throw new Error("redis-server does not answer");
    });
    if (!hasEnded(child)) return running;
    throw new EndedEarly(`redis-server ended: ${await readFile(logFile, "utf8").catch(() => "no log")}`);
  } catch (error) {
    await end(running);
    throw error;
  }
}

/** Test runners end workers without a word, and give no exit event; the end of a pipe nobody can forget. */
function guard(pid: number): ChildProcess {
  const guardian = spawn("sh", ["-c", 'read -r _; kill -9 "$1"', "sh", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  guardian.unref();
  return guardian;
}

async function end({ pid, child, guardian }: Running): Promise<void> {
  guardian.kill("SIGKILL");
  if (!hasEnded(child)) {
    const exit = once(child, "exit");
    child.ref();
    child.kill("SIGKILL");
    await exit;
  }
  await dropNote(pid);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const reply: readonly unknown[] = await once(socket, "data");
    return /^(\+PONG|-NOAUTH)/.test(String(reply[0]));
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
