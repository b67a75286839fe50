/** The runs as Node and a page play them: the engine and the meeting, each on its share of the seeds. */
import { engine } from "./engine-subject.js";
import { meeting } from "./meeting-subject.js";
import type { MakeSubject } from "./subject.js";
import { joined, playAll, type SuiteReport } from "./suite.js";

/** What is tested, by name. */
export const SUBJECTS = { engine, meeting } as const satisfies Readonly<Record<string, MakeSubject>>;
/** Name of what is tested. */
export type SubjectName = keyof typeof SUBJECTS;

/** Runs of each in a long run. */
export const RUNS = 10_000;
/** So many runs at once; a page does nothing else meanwhile. */
export const PORTION = 250;
/** After so many failures nothing new is learnt. */
const ENOUGH_FAILURES = 3;

/** Plays some runs of one subject. */
export function playPart(name: SubjectName, first: number, runs: number): Promise<SuiteReport> {
  return playAll({ subject: SUBJECTS[name], first, runs, stopAfter: ENOUGH_FAILURES });
}

/** Plays many runs, portion by portion, until they are played or too many have failed. */
export async function playPortions(
  first: number,
  runs: number,
  playPortion: (first: number, runs: number) => Promise<SuiteReport>,
): Promise<SuiteReport> {
  let report: SuiteReport | null = null;
  for (let done = 0; done < runs; done += PORTION) {
    const part = await playPortion(first + done, Math.min(PORTION, runs - done));
    report = report === null ? part : joined(report, part);
    if (report.failures.length >= ENOUGH_FAILURES) break;
  }
  if (report === null) throw new RangeError("no runs");
  return report;
}
