import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/*
 * Nothing of ours is imported here: global set-up runs outside jest's module mapping.
 */

/** A Chromium that can be started. */
export interface ChromiumBinary {
  readonly path: string;
  /** Where it came from, for people. */
  readonly origin: string;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const ELSEWHERE = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const HELP =
  "Browser tests need Chromium: install it (apt install chromium), or set CHROMIUM_PATH to the path of a Chromium or Chrome.";
const LISTS_LIMIT_MS = 120_000;
const INSTALL_LIMIT_MS = 400_000;

/**
 * Finds a Chromium: the one that CHROMIUM_PATH names, one on PATH, one in its usual place; or (with `install`, as root on Debian and its kin) installs
 * Debian's. Rejects with one line that says how to get one.
 */
export async function findChromium({ install }: { readonly install: boolean }): Promise<ChromiumBinary> {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") {
    if (!(await isExecutable(named))) throw new Error(`CHROMIUM_PATH names no program. ${HELP}`);
    return { path: named, origin: "CHROMIUM_PATH" };
  }
  const found = await search();
  if (found !== null) return { path: found, origin: found };
  if (!install) throw new Error(HELP);
  try {
    await installDebians();
  } catch (error) {
    throw new Error(HELP, { cause: error });
  }
  const installed = await search();
  if (installed === null) throw new Error(HELP);
  return { path: installed, origin: `${installed}, installed now` };
}

async function search(): Promise<string | null> {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const candidates = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  for (const candidate of [...candidates, ...ELSEWHERE]) if (await isExecutable(candidate)) return candidate;
  return null;
}

async function installDebians(): Promise<void> {
  process.stderr.write("Chromium for tests: installing Debian's, this takes a minute\n");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const get = (args: readonly string[], timeout: number) =>
    run("apt-get", [...args], { env, timeout, maxBuffer: 1 << 26 });
  const packages = ["install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"];
  // A bare container has no package lists, an old one has stale ones.
  await get(packages, INSTALL_LIMIT_MS).catch(async () => {
    await get(["update"], LISTS_LIMIT_MS);
    await get(packages, INSTALL_LIMIT_MS);
  });
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
