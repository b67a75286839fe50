/**
 * Writes `docs/openapi.json` as a node serves it at `/openapi.json`; with `--check` it writes nothing, and fails where the file
 * is stale.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { format, resolveConfig } from "prettier";

const root = new URL("../", import.meta.url).pathname;
const file = `${root}docs/openapi.json`;
// Beside `node_modules`, which the bundle leaves outside.
const bundle = `${root}.cache/openapi-${process.pid}.mjs`;

await build({
  stdin: {
    contents: `export { readConfig } from "./src/config.ts"; export { startNode } from "./src/server.ts";`,
    resolveDir: root,
    loader: "ts",
  },
  outfile: bundle,
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  loader: { ".lua": "text" },
  logLevel: "warning",
});
const { readConfig, startNode } = await import(bundle).finally(() => rm(bundle));
const read = readConfig({
  ADMITONE_PORT: "0",
  ADMITONE_API_KEY: "key-of-the-document",
  ADMITONE_API_SECRET: "a-secret-that-signs-nothing-0123456789",
  ADMITONE_LOG_LEVEL: "error",
});
if (!read.ok) throw new Error(read.problems.join("\n"));
const node = await startNode(read.config);
const served = await globalThis
  .fetch(`http://127.0.0.1:${node.port}/openapi.json`)
  .then((response) => response.json());
await node.close();

const options = await resolveConfig(file);
const text = await format(JSON.stringify(served, null, 2), { ...options, parser: "json" });
if (!process.argv.includes("--check")) await writeFile(file, text);
else if ((await readFile(file, "utf8").catch(() => "")) !== text) {
  console.error("docs/openapi.json is stale: run `npm run openapi`");
  process.exit(1);
}
