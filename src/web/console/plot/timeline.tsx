/** Who was in when, drawn as bars below each other. */
import type { Attendance, Span } from "../api/sessions.js";
import { exact, lengthInWords, localTime } from "../words/time.js";
import { across, ticks } from "./paths.js";

const WIDTH = 1_000;
const ROW = 26;
const HEAD = 24;
/** A stay of a moment is drawn this wide, so that it is seen. */
const LEAST = 3;

/** The stays of a session. A table beside it says the same in words. */
export function Timeline(props: {
  readonly session: Span;
  readonly people: readonly Attendance[];
  /** Epoch milliseconds. */
  readonly now: number;
}) {
  const { session, people, now } = props;
  const [from, to] = [session.start, Math.max(session.end ?? now, session.start + 1_000)];
  const frame = { width: WIDTH, from, to };
  const height = HEAD + people.length * ROW;
  const label = `Attendance of ${people.length} participant${people.length === 1 ? "" : "s"} over ${lengthInWords(to - from)}`;
  return (
    <div class="timeline">
      <ul class="timeline-names" aria-hidden="true">
        {people.map(({ participantId, name }) => (
          <li key={participantId}>
            <bdi>{name === "" ? participantId : name}</bdi>
          </li>
        ))}
      </ul>
      <div class="timeline-plot">
        <svg
          viewBox={`0 0 ${WIDTH} ${height}`}
          height={height}
          preserveAspectRatio="none"
          role="img"
          aria-label={label}
        >
          {ticks(from, to, 6).map((at) => (
            <line
              key={at}
              class="grid"
              x1={across(frame, at)}
              x2={across(frame, at)}
              y1={HEAD - 4}
              y2={height}
            />
          ))}
          {people.map(({ participantId, stays }, index) =>
            stays.map((stay) => {
              const [start, end] = [across(frame, stay.start), across(frame, stay.end ?? to)];
              return (
                <rect
                  key={`${participantId} ${stay.start}`}
                  class={stay.end === null ? "stay going" : "stay"}
                  x={start}
                  y={HEAD + index * ROW + 5}
                  width={Math.max(LEAST, end - start)}
                  height={ROW - 10}
                  rx={3}
                >
                  <title>{stayInWords(stay)}</title>
                </rect>
              );
            }),
          )}
        </svg>
        <TickLabels from={from} to={to} now={now} />
      </div>
    </div>
  );
}

/** Texts are beside the drawing, not in it: it is stretched, and they must not be. */
function TickLabels({ from, to, now }: { readonly from: number; readonly to: number; readonly now: number }) {
  return (
    <svg class="tick-labels" width="100%" height={HEAD} aria-hidden="true">
      {ticks(from, to, 4).map((at) => (
        <text
          key={at}
          x={`${across({ width: 100, from, to }, at)}%`}
          y={14}
          text-anchor={anchorOf(at, from, to)}
        >
          {localTime(at, now).split(", ").at(-1)}
        </text>
      ))}
    </svg>
  );
}

/** At the edges a text would be cut off in its middle. */
function anchorOf(at: number, from: number, to: number): "start" | "middle" | "end" {
  const part = (at - from) / (to - from);
  return part < 0.08 ? "start" : part > 0.92 ? "end" : "middle";
}

function stayInWords({ start, end }: Span): string {
  return `${exact(start)} to ${end === null ? "now" : exact(end)}`;
}
