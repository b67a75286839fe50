import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A redis-server that can be started. */
export interface RedisBinary {
  readonly path: string;
  /** What its process needs in the environment beside ours. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it came from, for people. */
  readonly origin: string;
}

/** The project's own folder for what tests fetch. */
const cacheFolder = fileURLToPath(new URL("../../.cache/", import.meta.url));

/** What to do when there is no server to be had. */
const HELP =
  "Tests need a redis-server 7.0 or newer: install one (apt install redis-server, brew install redis), or set ADMITONE_TEST_REDIS_SERVER to its path.";

const NAMES = ["redis-server", "valkey-server"];
const UPDATE_LIMIT_MS = 60_000;
const HOMEBREW = ["/opt/homebrew/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin"];

/*
 * Nothing of ours is imported here, nor in `redis-leftovers.ts`: global set-up runs outside jest's module mapping.
 */

/**
 * Finds a redis-server: the one that ADMITONE_TEST_REDIS_SERVER names, one on PATH or of Homebrew, a copy fetched before, or
 * (with `fetch`, on Debian and its kin) packages unpacked into the project's cache; nothing is installed. Rejects with one
 * line that says how to get one. Global set-up calls it with `fetch` once, so that parallel workers only find.
 */
export async function findRedis({ fetch }: { readonly fetch: boolean }): Promise<RedisBinary> {
  const named = process.env["ADMITONE_TEST_REDIS_SERVER"];
  if (named !== undefined && named !== "") {
    if (!(await isExecutable(named))) throw new Error(`ADMITONE_TEST_REDIS_SERVER names no program. ${HELP}`);
    return { path: named, env: {}, origin: "ADMITONE_TEST_REDIS_SERVER" };
  }
  for (const folder of [...(process.env["PATH"] ?? "").split(path.delimiter), ...HOMEBREW]) {
    for (const name of NAMES) {
      const candidate = path.join(folder, name);
      if (folder !== "" && (await isExecutable(candidate)))
        return { path: candidate, env: {}, origin: candidate };
    }
  }
  const cached = await findUnpacked();
  if (cached !== null) return cached;
  if (!fetch) throw new Error(HELP);
  try {
    await unpackPackages();
  } catch (error) {
    throw new Error(HELP, { cause: error });
  }
  const fetched = await findUnpacked();
  if (fetched === null) throw new Error(HELP);
  return fetched;
}

const unpackedFolder = path.join(cacheFolder, "redis");

async function findUnpacked(): Promise<RedisBinary | null> {
  const program = path.join(unpackedFolder, "usr/bin/redis-server");
  if (!(await isExecutable(program))) return null;
  const folders: string[] = [];
  for (const base of ["usr/lib", "lib"]) {
    const entries = await readdir(path.join(unpackedFolder, base), { withFileTypes: true }).catch(() => []);
    for (const entry of entries)
      if (entry.isDirectory()) folders.push(path.join(unpackedFolder, base, entry.name));
  }
  return { path: program, env: { LD_LIBRARY_PATH: folders.join(":") }, origin: "a copy in .cache/redis" };
}

/** Fetches the server and the libraries that it names, and puts them in place in one step: other runs may do the same now. */
async function unpackPackages(): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const work = await mkdtemp(path.join(cacheFolder, "redis-fetch-"));
  try {
    await download(work).catch(async () => {
      // A bare container has no package lists.
      await updateLists();
      await download(work);
    });
    const tree = path.join(work, "tree");
    for (const name of await readdir(work)) {
      if (name.endsWith(".deb")) await run("dpkg", ["-x", path.join(work, name), tree]);
    }
    await rename(tree, unpackedFolder).catch(async (error: unknown) => {
      if ((await findUnpacked()) === null) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Another run may be at it, and apt does not wait for its lock; any other failure is final. */
async function updateLists(): Promise<void> {
  for (const deadline = performance.now() + UPDATE_LIMIT_MS; ;) {
    try {
      await run("apt-get", ["update"]);
      return;
    } catch (error) {
      if (!String(error).includes("Could not get lock") || performance.now() > deadline) throw error;
    }
    await pause(200);
  }
}

async function download(folder: string): Promise<void> {
  const { stdout } = await run("apt-cache", ["depends", "redis-server", "redis-tools"]);
  const needed = [...stdout.matchAll(/^ {2}Depends: (\S+)$/gm)]
    .map(([, name]) => name ?? "")
    .filter((name) => /^(lib|lua-)/.test(name) && name !== "libc6");
  await run("apt-get", ["download", "redis-server", "redis-tools", ...new Set(needed)], { cwd: folder });
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
