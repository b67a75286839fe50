import { transformSync } from "esbuild";

/** Turns one source into an ES module: `.ts` and `.tsx` by esbuild, `.lua` into its text, as the build does. */
export default {
  process(source, filename) {
    if (filename.endsWith(".lua")) return { code: `export default ${JSON.stringify(source)};` };
    const { code, map } = transformSync(source, {
      loader: filename.endsWith("x") ? "tsx" : "ts",
      jsx: "automatic",
      jsxImportSource: "preact",
      format: "esm",
      target: "node20",
      sourcemap: "external",
      sourcefile: filename,
    });
    return { code, map };
  },
};
