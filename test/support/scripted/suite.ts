/** Many runs, and what they came to; the same in Node and in a page. */
import { play, type RunOptions, type RunResult } from "./run.js";

/** Which runs. */
export interface SuiteOptions extends Omit<RunOptions, "seed" | "onLine"> {
  /** The first seed; the others follow it by one. */
  readonly first: number;
  readonly runs: number;
  /** After so many failures the rest is not played. */
  readonly stopAfter: number;
}

/** A run that failed, with the end of its script. */
export interface Failure {
  readonly seed: number;
  /** Which promise was not kept (`violation.ts`). */
  readonly property: string;
  readonly detail: string;
  readonly script: readonly string[];
}

/** What the runs came to. */
export interface SuiteReport {
  readonly runs: number;
  readonly failures: readonly Failure[];
  /** How often each thing happened, over all runs. */
  readonly counts: Readonly<Record<string, number>>;
  /** Pauses as parts of the longest possible: how many, their mean, and how many lie in each tenth. */
  readonly pauses: { readonly count: number; readonly mean: number; readonly tenths: readonly number[] };
}

/** How much of its script a failing run shows, lines. */
const SHOWN = 40;

/** Plays runs, one after the other. */
export async function playAll({ first, runs, stopAfter, ...options }: SuiteOptions): Promise<SuiteReport> {
  const counts = new Map<string, number>();
  const failures: Failure[] = [];
  const tenths = Array.from({ length: 10 }, () => 0);
  let sum = 0;
  let played = 0;
  for (let seed = first; seed < first + runs && failures.length < stopAfter; seed += 1) {
    const result = await play({ ...options, seed });
    played += 1;
    for (const [what, count] of Object.entries(result.counts))
      counts.set(what, (counts.get(what) ?? 0) + count);
    for (const part of result.pauses) {
      const tenth = Math.min(9, Math.floor(part * 10));
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      sum += part;
    }
    if (result.violation !== null) failures.push(await failure(seed, result.violation, options));
  }
  const count = tenths.reduce((total, one) => total + one, 0);
  const pauses = { count, mean: count === 0 ? 0 : sum / count, tenths };
  return { runs: played, failures, counts: Object.fromEntries([...counts].sort()), pauses };
}

/** Two reports as one. */
export function joined(one: SuiteReport, other: SuiteReport): SuiteReport {
  const counts = new Map(Object.entries(one.counts));
  for (const [what, count] of Object.entries(other.counts)) counts.set(what, (counts.get(what) ?? 0) + count);
  const count = one.pauses.count + other.pauses.count;
  const sum = one.pauses.mean * one.pauses.count + other.pauses.mean * other.pauses.count;
  const tenths = one.pauses.tenths.map((tenth, index) => tenth + (other.pauses.tenths[index] ?? 0));
  return {
    runs: one.runs + other.runs,
    failures: [...one.failures, ...other.failures],
    counts: Object.fromEntries([...counts].sort()),
    pauses: { count, mean: count === 0 ? 0 : sum / count, tenths },
  };
}

/** What a person reads of failures. */
export function describeFailures(failures: readonly Failure[]): string {
  return failures
    .map(({ seed, property, detail, script }) =>
      [`SDK_SEED=${seed} SDK_RUNS=1: ${property}: ${detail}`, ...script].join("\n  "),
    )
    .join("\n\n");
}

/** The run again, with its script: the end of it, up to what went wrong. */
async function failure(
  seed: number,
  violation: NonNullable<RunResult["violation"]>,
  options: Omit<RunOptions, "seed" | "onLine">,
): Promise<Failure> {
  const script: string[] = [];
  let isOver = false;
  await play({
    ...options,
    seed,
    onLine: (line) => {
      if (isOver) return;
      script.push(line.length > 600 ? `${line.slice(0, 600)}…` : line);
      if (script.length > SHOWN) script.shift();
      isOver = line.includes("NOT KEPT");
    },
  });
  return { seed, ...violation, script };
}
