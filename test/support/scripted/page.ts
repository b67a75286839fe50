/** The runs in a page: what the browser test calls there. */
import { play } from "./run.js";
import { playPart, SUBJECTS, type SubjectName } from "./parts.js";
import type { SuiteReport } from "./suite.js";

/** Plays some runs of one subject. */
export function playHere(name: SubjectName, first: number, runs: number): Promise<SuiteReport> {
  return playPart(name, first, runs);
}

/** One run, line by line. */
export async function tellHere(name: SubjectName, seed: number): Promise<readonly string[]> {
  const script: string[] = [];
  await play({ seed, subject: SUBJECTS[name], onLine: (line) => script.push(line) });
  return script;
}
