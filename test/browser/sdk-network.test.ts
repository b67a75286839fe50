import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { z } from "zod";
import { launchBrowser, visit } from "../support/browser.js";
import { playPortions, RUNS, SUBJECTS, type SubjectName } from "../support/scripted/parts.js";
import { play } from "../support/scripted/run.js";
import { describeFailures, type SuiteReport } from "../support/scripted/suite.js";
import { runs } from "../support/runs.js";

/** As in `test/fault/sdk-network.test.ts`: the same seeds, and the same way to play one of them again. */
const FIRST = Number(process.env["SDK_SEED"] ?? 1);
const COUNT = Number(process.env["SDK_RUNS"] ?? runs({ usual: RUNS / 10, long: RUNS }));
const DEADLINE_MS = 600_000;
const NAMES: readonly SubjectName[] = ["engine", "meeting"];
/** Where the page keeps the runs. */
const GLOBAL = "sdkNetwork";

const reportSchema = z.object({
  runs: z.number(),
  failures: z.array(
    z.object({
      seed: z.number(),
      property: z.string(),
      detail: z.string(),
      script: z.array(z.string()),
    }),
  ),
  counts: z.record(z.string(), z.number()),
  pauses: z.object({ count: z.number(), mean: z.number(), tenths: z.array(z.number()) }),
});

describe("on a bad network, in a real browser", () => {
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    const bundle = await build({
      entryPoints: [fileURLToPath(new URL("../support/scripted/page.ts", import.meta.url))],
      ...{ bundle: true, write: false, platform: "browser", format: "iife", target: "es2022" },
      globalName: GLOBAL,
    });
    browser = await launchBrowser();
    ({ page, complaints } = await visit(browser));
    await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? "" });
  });
  afterAll(() => browser.close());

  const playThere = async (name: SubjectName, first: number, runs: number): Promise<SuiteReport> => {
    const report: unknown = await page.evaluate(`${GLOBAL}.playHere("${name}", ${first}, ${runs})`);
    return reportSchema.parse(report);
  };

  test.each(NAMES)(
    "the %s keeps every promise in every run, as in Node",
    async (name) => {
      const report = await playPortions(FIRST, COUNT, (first, runs) => playThere(name, first, runs));
      expect(describeFailures(report.failures)).toBe("");
      expect(report.runs).toBe(COUNT);
      expect(complaints).toEqual([]);
    },
    DEADLINE_MS,
  );

  test.each(NAMES)("a seed is the same run of the %s here as in Node, line by line", async (name) => {
    const here: string[] = [];
    await play({ seed: FIRST + 2, subject: SUBJECTS[name], onLine: (line) => here.push(line) });
    const there: unknown = await page.evaluate(`${GLOBAL}.tellHere("${name}", ${FIRST + 2})`);
    expect(here.length).toBeGreaterThan(20);
    expect(there).toEqual(here);
  });
});
