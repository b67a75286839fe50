/** What a page loads with `admitone/client`. */
import { describe, expect, test } from "@jest/globals";
import { build, type BuildResult, type Metafile, type OutputFile } from "esbuild";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";

const root = new URL("../../../", import.meta.url).pathname;

/** Both entries, as the build makes them: what they share is in chunks of its own. */
function buildEntries(): Promise<BuildResult<{ metafile: true; write: false }>> {
  return build({
    entryPoints: { index: `${root}src/client/index.ts`, media: `${root}src/client/media/index.ts` },
    ...{
      bundle: true,
      format: "esm",
      platform: "browser",
      target: ["es2022"],
      minify: true,
      splitting: true,
    },
    ...{ outdir: "/dist", absWorkingDir: root, metafile: true, write: false, logLevel: "silent" },
  });
}

/** The entry, and every chunk that it loads. */
function loadedBy(entry: string, { outputs }: Metafile): string[] {
  const names = new Set<string>();
  const visit = (path: string): void => {
    if (names.has(path)) return;
    names.add(path);
    for (const { path: next } of outputs[path]?.imports ?? []) visit(next);
  };
  visit(Object.keys(outputs).find((path) => basename(path) === entry) ?? "nothing");
  return [...names];
}

async function loadIndex(): Promise<{ files: readonly OutputFile[]; inputs: readonly string[] }> {
  const { outputFiles, metafile } = await buildEntries();
  const paths = loadedBy("index.js", metafile);
  const names = paths.map((path) => basename(path));
  return {
    files: outputFiles.filter(({ path }) => names.includes(basename(path))),
    inputs: paths.flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {})),
  };
}

describe("the entry admitone/client", () => {
  test("is below 15 kB, compressed, with all that it loads", async () => {
    const { files } = await loadIndex();
    expect(files.length).toBeGreaterThan(0);
    const size = files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
    expect(size).toBeGreaterThan(5_000);
    expect(size).toBeLessThan(15_000);
  });

  test("brings nothing of other packages, and only what has to be shared of the gateway", async () => {
    const { inputs } = await loadIndex();
    expect(inputs).toContain("src/client/index.ts");
    expect(inputs.filter((path) => path.includes("node_modules"))).toEqual([]);
    expect(inputs.filter((path) => !path.startsWith("src/client/")).sort()).toEqual([
      "src/protocol/leaving.ts",
      "src/protocol/limits.ts",
    ]);
    expect(inputs.filter((path) => path.startsWith("src/client/media/"))).toEqual([]);
  });

  test("runs under a content security policy that forbids code from text", async () => {
    const { files } = await loadIndex();
    for (const { text } of files) expect(text).not.toMatch(/\beval\b|\bFunction\b|\bimportScripts\b/);
  });
});
