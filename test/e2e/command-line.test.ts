/** What was built, as people use it: the start, its end, and the entry for other people's back ends. */
import { describe, expect, test } from "@jest/globals";
import { AT_ANY_PORT, useCommands } from "../support/command.js";
import { asJson } from "../support/peer.js";

const run = useCommands();

describe("the start", () => {
  test("without any setting: loopback, the embedded log, and it says so", async () => {
    const node = run([], AT_ANY_PORT);
    const [, url] = await node.shows(/serves on (http:\/\/127\.0\.0\.1:\d+)/);
    await node.shows(/log\s+embedded: one process, and nothing survives it/);
    const ready = await fetch(`${String(url)}/readyz`);
    expect(asJson(await ready.json())).toEqual({ status: "ready", store: "memory", durable: false });
    node.signal("SIGTERM");
    expect(await node.ended()).toBe(0);
  });

  test("all problems of a configuration at once, exit code 2", async () => {
    const node = run([], { ADMITONE_PORT: "no", ADMITONE_HOST_ABSENT: "no", REDIS_URL: "no" });
    expect(await node.ended()).toBe(2);
    for (const name of ["ADMITONE_PORT", "ADMITONE_HOST_ABSENT", "REDIS_URL"])
      expect(node.stderr).toContain(name);
  });

  test("a Redis that is not there: it says so, exit code 1", async () => {
    const node = run([], { ...AT_ANY_PORT, REDIS_URL: "redis://127.0.0.1:1" });
    expect(await node.ended()).toBe(1);
    expect(node.stderr).toContain("Admit One cannot start");
  });
});

describe("the entry for other people's back ends", () => {
  test("the built package exports the token check", async () => {
    const kit: unknown = await import(new URL("../../dist/kit.js", import.meta.url).href);
    const { requireToken, grantOf } = asJson({ ...asJsonModule(kit) });
    expect([typeof requireToken, typeof grantOf]).toEqual(["function", "function"]);
  });
});

function asJsonModule(module: unknown): Record<string, unknown> {
  if (typeof module !== "object" || module === null) throw new Error("not a module");
  return Object.fromEntries(Object.entries(module));
}
