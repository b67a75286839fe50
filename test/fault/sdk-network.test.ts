import { describe, expect, test } from "@jest/globals";
import { MUTANTS } from "../support/scripted/mutants.js";
import { playPart, playPortions, RUNS, SUBJECTS, type SubjectName } from "../support/scripted/parts.js";
import { play } from "../support/scripted/run.js";
import { describeFailures, playAll } from "../support/scripted/suite.js";
import { runs } from "../support/runs.js";

/** `SDK_SEED=17 SDK_RUNS=1` plays one run again; the script of a run that fails is in the message. */
const FIRST = Number(process.env["SDK_SEED"] ?? 1);
const COUNT = Number(process.env["SDK_RUNS"] ?? runs({ usual: RUNS / 20, long: RUNS }));
const IS_WHOLE = COUNT >= RUNS;
/** For a machine that does ten other things; never an assertion about speed. */
const DEADLINE_MS = 600_000;

const NAMES: readonly SubjectName[] = ["engine", "meeting"];

/** What must have happened in the runs of each, so that they are about something: how often at least. */
const HAPPENED: Readonly<Record<string, number>> = {
  "line: good": 1_000,
  "line: refused": 500,
  "line: mute": 200,
  "line: cut": 500,
  "line: dead": 500,
  "line: closed": 500,
  "delivered: garbled": 100,
  "delivered: end 1001": 100,
  "delivered: end 1006": 500,
  "delivered: end 1012": 100,
  "delivered: end 4501": 50,
  "node: restart": 500,
  "node: loss": 500,
  "node: trim": 500,
  "node: away": 500,
  "recovered: true": 1_000,
  "recovered: false": 1_000,
  "answer: ok": 10_000,
  "answer: repeated": 500,
  "answer: unavailable": 500,
  "quiet: joined": 1_000,
  "quiet: left": 200,
  "left: 1000 left": 500,
  "left: 1000 withdrawn": 20,
  "left: 4402 removed": 200,
  "left: 4404 entry_denied": 20,
  "left: 4405 knock_timed_out": 20,
  "left: 4412 resume_window_over": 20,
  "left: 4413 session_ended": 200,
  "left: 4428 place_lost": 10,
  commands: 20_000,
};

describe("on a bad network, with lines that break, die and lie, and nodes that restart and forget", () => {
  test.each(NAMES)(
    "the %s tells everything once and in order, gives each command one effect, and ends when it is over",
    async (name) => {
      const report = await playPortions(FIRST, COUNT, (first, runs) => playPart(name, first, runs));
      expect(describeFailures(report.failures)).toBe("");
      expect(report.runs).toBe(COUNT);
      if (!IS_WHOLE) return;
      const rare = Object.entries(HAPPENED).filter(([what, least]) => (report.counts[what] ?? 0) < least);
      expect(rare.map(([what]) => [what, report.counts[what] ?? 0])).toEqual([]);
      // Full jitter: anything from nothing to the longest, all of it alike.
      const { count, mean, tenths } = report.pauses;
      expect(mean).toBeGreaterThan(0.45);
      expect(mean).toBeLessThan(0.55);
      for (const tenth of tenths) expect(tenth / count).toBeGreaterThan(0.07);
    },
    DEADLINE_MS,
  );

  /** Runs that failed once, by what went wrong in them. */
  test.each([
    [
      "whoever was put out and let in again while away hears what became of their microphone",
      "meeting",
      3127,
    ],
    ["the same, where only the microphone had been on", "meeting", 3747],
    ["the same, where it was turned on in between", "meeting", 3955],
    ["knocks stand in the room's order, also where a loss of data has brought one back", "meeting", 7884],
  ] as const)("%s (the %s, seed %i)", async (_, name, seed) => {
    const { failures, runs } = await playAll({
      ...{ subject: SUBJECTS[name], first: seed, runs: 1, stopAfter: 1 },
    });
    expect(describeFailures(failures)).toBe("");
    expect(runs).toBe(1);
  });

  test("the same seed is the same run", async () => {
    const lines = async (): Promise<string[]> => {
      const script: string[] = [];
      await play({ seed: 7, subject: SUBJECTS.engine, onLine: (line) => script.push(line) });
      return script;
    };
    const script = await lines();
    expect(script.length).toBeGreaterThan(50);
    expect(await lines()).toEqual(script);
  });
});

describe("the runs find what is broken", () => {
  /** Far more runs than any of them needs. */
  const PLENTY = 400;

  /** The engine is in both; by itself it takes as long again. */
  const names = NAMES.slice(-runs({ usual: 1, long: NAMES.length }));
  const table = MUTANTS.flatMap((mutant) => names.map((name) => [mutant.name, name, mutant] as const));
  test.each(table)(
    "%s, under the %s",
    async (_, name, { options, breaks }) => {
      const given = options(SUBJECTS[name]);
      const { failures } = await playAll({ ...given, first: 1, runs: PLENTY, stopAfter: 1 });
      expect(breaks).toContain(failures[0]?.property);
      expect(failures[0]?.script.at(-1)).toContain("NOT KEPT");
    },
    DEADLINE_MS,
  );

  test("a client that comes back at once, each time, shows in the spread of the pauses", async () => {
    const { pauses } = await playAll({
      ...{ subject: SUBJECTS.engine, first: 1, runs: 50, stopAfter: 1 },
      twist: (given) => ({ ...given, random: () => 0 }),
    });
    expect(pauses.mean).toBe(0);
  });
});
