import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "@jest/globals";

const MOST_BYTES = 11_264;

test("the entry is small, needs no package, and makes no code from text", async () => {
  const folder = new URL("../../../src/client/", import.meta.url).pathname;
  const { outputFiles, metafile } = await build({
    entryPoints: { index: `${folder}index.ts`, media: `${folder}media/index.ts` },
    ...{ outdir: "out", bundle: true, write: false, minify: true, splitting: true, metafile: true },
    ...{ format: "esm", platform: "browser", target: "es2022", logLevel: "silent" },
  });
  const media = outputFiles.find(({ path }) => path.endsWith("/media.js"));
  if (media === undefined) throw new Error("nothing was built");
  // What the core has loaded already is not counted.
  expect(gzipSync(media.contents, { level: 9 }).length).toBeLessThan(MOST_BYTES);
  expect(Object.keys(metafile.inputs).filter((name) => name.includes("node_modules"))).toEqual([]);
  expect(media.text).not.toMatch(/\beval\(|new Function/);
});
