/** The geometry of plots: from numbers to what an SVG path holds. */

/** A point of a series; `value` null: there is none at that time. */
export interface Point {
  readonly at: number;
  readonly value: number | null;
}

/** The area that is drawn on, in SVG units, and what its edges stand for. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Time at the left and right edge, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Value at the upper edge; the lower one is 0. */
  readonly top: number;
}

/** Where an instant lies, from 0 to `width`. */
export function across({ from, to, width }: Pick<Frame, "from" | "to" | "width">, at: number): number {
  const part = to <= from ? 0 : (at - from) / (to - from);
  return round(Math.min(1, Math.max(0, part)) * width);
}

/** How deep a value lies, from 0 (top) to `height`. */
export function down({ top, height }: Pick<Frame, "top" | "height">, value: number): number {
  const part = top <= 0 ? 0 : Math.min(1, Math.max(0, value / top));
  return round(height - part * height);
}

/** A line through the points; where a value is missing it breaks. */
export function linePath(points: readonly Point[], frame: Frame): string {
  return runsOf(points)
    .filter((run) => run.length > 1)
    .map((run) => `M${run.map((point) => place(frame, point)).join("L")}`)
    .join("");
}

/** The points that stand alone, and so are on no line: strokes of no length, which round ends make dots. */
export function dotsPath(points: readonly Point[], frame: Frame): string {
  return runsOf(points)
    .flatMap((run) => (run.length === 1 ? run : []))
    .map((point) => `M${place(frame, point)}h0`)
    .join("");
}

/** The area below the line. */
export function areaPath(points: readonly Point[], frame: Frame): string {
  return runsOf(points)
    .filter((run) => run.length > 1)
    .map((run) => {
      const line = run.map(({ at, value }) => `L${across(frame, at)} ${down(frame, value)}`).join("");
      const [first, last] = [run[0], run.at(-1)];
      return `M${across(frame, first?.at ?? 0)} ${frame.height}${line}L${across(frame, last?.at ?? 0)} ${frame.height}Z`;
    })
    .join("");
}

/** A round number above the highest value, for the upper edge: the line stays below it. 2 at least. */
export function niceTop(values: readonly (number | null)[]): number {
  const highest = values.reduce<number>((top, value) => Math.max(top, value ?? 0), 0);
  if (highest < 2) return 2;
  const size = 10 ** Math.floor(Math.log10(highest));
  const step = [2, 4, 6, 8, 10].find((one) => one * size > highest) ?? 20;
  return step * size;
}

/** Instants at round times between two others, for marks on an axis: at most `most` of them. */
export function ticks(from: number, to: number, most: number): readonly number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200];
  const length = (to - from) / 1_000;
  const seconds = steps.find((step) => length / step <= most) ?? 86_400 * Math.ceil(length / 86_400 / most);
  const step = seconds * 1_000;
  const found: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to && found.length < most; at += step) found.push(at);
  return found;
}

type Known = { readonly at: number; readonly value: number };

function runsOf(points: readonly Point[]): readonly (readonly Known[])[] {
  const runs: Known[][] = [];
  let run: Known[] = [];
  for (const { at, value } of points) {
    if (value !== null) run.push({ at, value });
    else if (run.length > 0) {
      runs.push(run);
      run = [];
    }
  }
  return run.length > 0 ? [...runs, run] : runs;
}

function place(frame: Frame, { at, value }: Known): string {
  return `${across(frame, at)} ${down(frame, value)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
