/**
 * Makes `dist/`: the command line and the entry for other people's back ends, with the Lua scripts inside, and the types.
 * Dependencies stay outside; `npm ci` brings them.
 */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { promisify } from "node:util";
import { build } from "esbuild";

const run = promisify(execFile);
const root = new URL("../", import.meta.url).pathname;
const begin = performance.now();
rmSync(`${root}dist`, { recursive: true, force: true });

const types = run(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, ...["--project", `${root}.config/tsconfig.types.json`]],
  { cwd: root },
);
await build({
  entryPoints: { main: `${root}src/main.ts`, kit: `${root}src/http/kit.ts` },
  outdir: `${root}dist`,
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  loader: { ".lua": "text" },
  sourcemap: true,
  logLevel: "warning",
});
await types.catch((error) => {
  console.error(error.stdout);
  process.exit(1);
});
console.log(`built dist/ in ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
