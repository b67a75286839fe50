import { createRequire } from "node:module";

/** Jest maps no imports in this file, and Node resolves none from `.js` to `.ts`; `require` goes through jest's transform. */
const load: (path: string) => unknown = createRequire(import.meta.url);

/** Called by jest once before all workers: finds or fetches a Redis and says which, and ends what a crashed run left. */
export default async function setup(): Promise<void> {
  const binary = await call("./redis-binary.ts", "findRedis", { fetch: true });
  const origin: unknown =
    typeof binary === "object" && binary !== null && "origin" in binary ? binary.origin : "?";
  process.stderr.write(`Redis for tests: ${String(origin)}\n`);
  await call("./redis-leftovers.ts", "endLeftovers");
}

async function call(file: string, name: string, ...args: readonly unknown[]): Promise<unknown> {
  const module = load(file);
  const entry: unknown =
    typeof module === "object" && module !== null ? Reflect.get(module, name) : undefined;
  if (typeof entry !== "function") throw new Error(`${file} has no ${name}`);
  const answer: unknown = Reflect.apply(entry, undefined, [...args]);
  return await answer;
}
