/**
 * Makes `dist/`: the command line and the entry for other people's back ends, with the Lua scripts inside; the SDK; the pages; the
 * types. Dependencies of the server stay outside, `npm ci` brings them; the SDK and the pages are whole.
 */
import { execFile } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
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
const common = { bundle: true, format: "esm", sourcemap: true, logLevel: "warning" };
const browser = { ...common, platform: "browser", target: ["es2022"], minify: true };
await Promise.all([
  build({
    ...common,
    entryPoints: { main: `${root}src/main.ts`, kit: `${root}src/kit/kit.ts` },
    outdir: `${root}dist`,
    packages: "external",
    platform: "node",
    target: "node20",
    loader: { ".lua": "text" },
  }),
  build({
    ...browser,
    entryPoints: { index: `${root}src/client/index.ts`, media: `${root}src/client/media/index.ts` },
    outdir: `${root}dist/client`,
    // What the two entries share is there once, so that an error of one is an error of the other.
    splitting: true,
  }),
  build({
    ...browser,
    entryPoints: { meeting: `${root}src/web/meeting/main.tsx`, console: `${root}src/web/console/main.tsx` },
    outdir: `${root}dist/web`,
    jsx: "automatic",
    jsxImportSource: "preact",
  }),
]);
for (const name of ["meeting", "console"])
  cpSync(`${root}src/web/${name}/${name}.html`, `${root}dist/web/${name}.html`);
await types.catch((error) => {
  console.error(error.stdout);
  process.exit(1);
});
console.log(`built dist/ in ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
