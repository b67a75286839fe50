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
        <div class="timeline-ends small muted tabular" aria-hidden="true">
          <span>{clock(from, now)}</span>
          <span>{session.end === null ? "now" : clock(to, now)}</span>
        </div>
      </div>
    </div>
  );
}

/** Only the clock: the day stands above. */
function clock(at: number, now: number): string {
  return localTime(at, now).split(", ").at(-1) ?? "";
}

function stayInWords({ start, end }: Span): string {
  return `${exact(start)} to ${end === null ? "now" : exact(end)}`;
}
