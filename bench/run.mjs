/** `npm run bench`: bundles the bench, its floor and our node into `.cache/bench`, and runs it. See README.md beside this file. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const outdir = `${root}.cache/bench`;

await build({
  entryPoints: Object.fromEntries(["main", "floor", "ours"].map((name) => [name, `${root}bench/${name}.ts`])),
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  loader: { ".lua": "text" },
  logLevel: "warning",
});
const { main } = await import(pathToFileURL(`${outdir}/main.mjs`).href);
process.exitCode = await main(process.argv.slice(2));
