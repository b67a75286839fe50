/** What the plots of the nodes show: lines and sentences made of the nodes' samples. */
import type { NodeState, Sample } from "../api/nodes.js";
import type { Point } from "./paths.js";

/** How far back the plots reach at most, and at least, milliseconds. */
const LONGEST_MS = 600_000;
const SHORTEST_MS = 60_000;

/**
 * From when to when the plots go: to the newest sample of any node, from the oldest one. Both are the gateway's clock; where there
 * is no sample yet, `now` takes its place.
 */
export function spanOf(
  nodes: readonly NodeState[],
  now: number,
): { readonly from: number; readonly to: number } {
  const instants = samples(nodes).map(({ at }) => at);
  const to = instants.length === 0 ? now : instants.reduce((latest, at) => Math.max(latest, at));
  const oldest = instants.reduce((first, at) => Math.min(first, at), to);
  return { from: Math.min(to - SHORTEST_MS, Math.max(to - LONGEST_MS, oldest)), to };
}

/** A figure of each sample; null: the sample has none. */
export type Figure = (sample: Sample) => number | null;

/** Of the lines that came back, the part that got their seat again, in percent; null: none tried. */
export const resumeSuccess: Figure = ({ resumes, resumesFailed }) => {
  const tried = resumes + resumesFailed;
  return tried === 0 ? null : Math.round((resumes / tried) * 100);
};

/** The line of one node. */
export function pointsOf({ series }: NodeState, figure: Figure): readonly Point[] {
  return series.map((sample) => ({ at: sample.at, value: figure(sample) }));
}

/** All samples of all nodes. */
function samples(nodes: readonly NodeState[]): readonly Sample[] {
  return nodes.flatMap(({ series }) => series);
}

/** A figure added up over all nodes and samples. */
export function total(nodes: readonly NodeState[], figure: (sample: Sample) => number): number {
  return samples(nodes).reduce((sum, sample) => sum + figure(sample), 0);
}

/** The highest value of a figure in any sample; null: there is none. */
export function highest(nodes: readonly NodeState[], figure: Figure): number | null {
  return samples(nodes).reduce<number | null>((top, sample) => {
    const value = figure(sample);
    return value === null ? top : Math.max(top ?? value, value);
  }, null);
}

/** Milliseconds as people read them: "80 ms", "2.4 s", "3 min". */
export function waitInWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
  return `${Math.round(ms / 60_000)} min`;
}
