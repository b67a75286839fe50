import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { build } from "esbuild";

const ROOT = new URL("../../../../", import.meta.url).pathname;
const BUDGET = 60_000;

test("The page with its scripts and styles is under 60 kB, as it goes over the line", async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${ROOT}src/web/meeting/main.tsx`],
    outdir: `${ROOT}dist/web`,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: ["es2022"],
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  const html = gzipSync(readFileSync(`${ROOT}src/web/meeting/meeting.html`)).length;
  const rest = outputFiles.map(({ contents }) => gzipSync(contents).length);
  expect(outputFiles).toHaveLength(2);
  expect(rest.reduce((sum, size) => sum + size, html)).toBeLessThan(BUDGET);
  const foreign = Object.keys(metafile.inputs).filter((path) => /node_modules\/(?!preact\/)/.test(path));
  expect(foreign).toEqual([]);
});
