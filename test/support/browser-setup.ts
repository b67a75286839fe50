import { createRequire } from "node:module";

/** As in `global-setup.ts`, for what needs a browser too. */
const load: (path: string) => unknown = createRequire(import.meta.url);

/** Called by jest once before the browser tests: a Redis, and a Chromium, found or fetched; says which. */
export default async function setup(): Promise<void> {
  await call(load("./global-setup.ts"), "default");
  const binary = await call(load("./chromium-binary.ts"), "findChromium", { install: true });
  const origin: unknown =
    typeof binary === "object" && binary !== null && "origin" in binary ? binary.origin : "?";
  process.stderr.write(`Chromium for tests: ${String(origin)}\n`);
}

async function call(module: unknown, name: string, ...args: readonly unknown[]): Promise<unknown> {
  const entry: unknown =
    typeof module === "object" && module !== null ? Reflect.get(module, name) : undefined;
  if (typeof entry !== "function") throw new Error(`no ${name}`);
  const answer: unknown = Reflect.apply(entry, undefined, [...args]);
  return await answer;
}
