import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const runFolder = fileURLToPath(new URL("../../.cache/redis-run/", import.meta.url));

/** A server that a test run started. */
export interface StartedServer {
  readonly pid: number;
  readonly port: number;
  /** The process that started it and will end it. */
  readonly owner: number;
  /** Its own folder. */
  readonly folder: string;
}

/** Notes a server, so that a later run can end it if this one crashes. */
export async function noteServer(server: StartedServer): Promise<void> {
  await mkdir(runFolder, { recursive: true });
  await writeFile(noteOf(server.pid), JSON.stringify(server));
}

/** Undoes `noteServer`. */
export async function dropNote(pid: number): Promise<void> {
  await rm(noteOf(pid), { force: true });
}

/** Ends the servers, by pid, whose owners are gone, and removes their folders. Leaves processes alone that are no such servers. */
export async function endLeftovers(): Promise<void> {
  for (const name of await readdir(runFolder).catch(() => [])) {
    const file = path.join(runFolder, name);
    const server = decode(await readFile(file, "utf8").catch(() => ""));
    if (server !== null && isAlive(server.owner)) continue;
    if (server !== null) {
      // The pid may be somebody else's by now: our server shows its port in its title.
      const { stdout } = await run("ps", ["-o", "args=", "-p", String(server.pid)]).catch(() => ({
        stdout: "",
      }));
      if (stdout.includes(`:${server.port}`)) process.kill(server.pid, "SIGKILL");
      await rm(server.folder, { recursive: true, force: true });
    }
    await rm(file, { force: true });
  }
}

function noteOf(pid: number): string {
  return path.join(runFolder, `${pid}.json`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function decode(text: string): StartedServer | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const { pid, port, owner, folder }: Record<string, unknown> = { ...value };
    if (typeof pid !== "number" || typeof port !== "number" || typeof owner !== "number") return null;
    return typeof folder === "string" ? { pid, port, owner, folder } : null;
  } catch {
    return null;
  }
}
