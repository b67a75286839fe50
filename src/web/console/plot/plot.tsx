/** Small plots of the last minutes. */
import { When } from "../parts/basics.js";
import type { Point } from "./paths.js";
import { areaPath, dotsPath, linePath, niceTop, type Frame } from "./paths.js";

/** A line of a plot. */
export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** How many colours there are; further lines begin again with the first. */
export const COLOURS = 6;

const WIDTH = 300;
const HEIGHT = 90;

/** A plot of one figure, a line for each node. What it shows is also said in a sentence below it. */
export function Plot(props: {
  readonly title: string;
  readonly series: readonly Series[];
  /** Epoch milliseconds at the left and right edge. */
  readonly from: number;
  readonly to: number;
  /** A value as people read it. */
  readonly show: (value: number) => string;
  /** The upper edge; without it, a round number above what there is. */
  readonly top?: number;
  /** The sentence below: what the plot says. */
  readonly summary: string;
}) {
  const { title, series, from, to, show, summary } = props;
  const top = props.top ?? niceTop(series.flatMap(({ points }) => points.map(({ value }) => value)));
  const frame: Frame = { width: WIDTH, height: HEIGHT, from, to, top };
  return (
    <figure class="plot">
      <figcaption>
        <strong>{title}</strong>
        <span class="small muted tabular">{summary}</span>
      </figcaption>
      <div class="plot-area">
        <span class="plot-top small muted tabular" aria-hidden="true">
          {show(top)}
        </span>
        <svg
          viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}: ${summary}`}
        >
          {[0, 0.5, 1].map((part) => (
            <line key={part} class="grid" x1={0} x2={WIDTH} y1={part * HEIGHT} y2={part * HEIGHT} />
          ))}
          {series.map(({ name, points }, index) => (
            <g key={name} class={`series s${index % COLOURS}`}>
              {series.length === 1 && <path class="area" d={areaPath(points, frame)} />}
              <path class="line" d={linePath(points, frame)} vector-effect="non-scaling-stroke" />
              <path class="line dots" d={dotsPath(points, frame)} vector-effect="non-scaling-stroke" />
            </g>
          ))}
        </svg>
      </div>
      <div class="plot-ends small muted" aria-hidden="true">
        <When at={from} />
        <When at={to} />
      </div>
    </figure>
  );
}
