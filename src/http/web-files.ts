/** The built pages and the SDK, read once: what is served is one build, also while the next one is being made. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { ServedFile } from "./served-file.js";

/** Files by the names under which they are asked for. Empty where nothing was built. */
export interface WebFiles {
  /** `meeting` and `console`. */
  readonly pages: ReadonlyMap<string, ServedFile>;
  /** What the pages load. */
  readonly assets: ReadonlyMap<string, ServedFile>;
  /** The SDK: `client.js`, `media.js`, and what they share. */
  readonly sdk: ReadonlyMap<string, ServedFile>;
}

type Files = Map<string, ServedFile>;

/**
 * Reads the first of these folders that holds pages; the SDK lies in the folder `client` beside it. Rejects where a file that is
 * there cannot be read.
 */
export async function readWebFiles(roots: readonly string[]): Promise<WebFiles> {
  for (const root of roots) {
    const web = await readFolder(root);
    if (!web.has("meeting.html")) continue;
    const pages: Files = new Map();
    const assets: Files = new Map();
    for (const [name, file] of web) if (!name.endsWith(".html")) assets.set(name, file);
    for (const [name, file] of web) {
      if (name.endsWith(".html")) pages.set(name.slice(0, -".html".length), withDigests(name, file, assets));
    }
    const sdk = await readFolder(path.join(root, "..", "client"));
    const entry = sdk.get("index.js");
    if (entry !== undefined) sdk.set("client.js", entry);
    return { pages, assets, sdk };
  }
  return { pages: new Map(), assets: new Map(), sdk: new Map() };
}

async function readFolder(folder: string): Promise<Files> {
  const files: Files = new Map();
  for (const name of await namesIn(folder)) {
    const file = ServedFile.of(name, await readFile(path.join(folder, name)));
    if (file !== null) files.set(name, file);
  }
  return files;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** A page that asks for its files by their digests, so that they are asked for once, and never those of another build. */
function withDigests(name: string, page: ServedFile, assets: Files): ServedFile {
  const text = page.text.replaceAll(/ (href|src)="\/assets\/([\w.-]+)"/g, (whole, attribute, asset) => {
    const file = assets.get(String(asset));
    return file === undefined ? whole : ` ${String(attribute)}="/assets/${String(asset)}?v=${file.digest}"`;
  });
  return ServedFile.of(name, Buffer.from(text)) ?? page;
}
