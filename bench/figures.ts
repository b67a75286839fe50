/** The figures of the bench, what they are made of, and how they are shown. */

/** One line of the table. */
export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly better: "more" | "less";
  /** Of our node. */
  readonly ours: string;
  /** Of the floor; the name is the same unless it is the floor that also lists who is there. */
  readonly floor: "floor" | "listing";
}

/** A line with its results. `ratio` is ours over the floor's, as measured. */
export interface Row extends Figure {
  readonly oursValue: number;
  readonly floorValue: number;
  readonly ratio: number;
}

const figure = (
  title: string,
  unit: string,
  better: Figure["better"],
  ours: string,
  floor: Figure["floor"] = "floor",
): Figure => ({ title, unit, better, ours, floor });

/** All figures, in the order of the table. */
export const FIGURES: readonly Figure[] = [
  figure("joins in rooms of 10, 32 in flight", "joins/s", "more", "joins.rate"),
  figure("  against a floor that lists who is there", "joins/s", "more", "joins.rate", "listing"),
  figure("  server CPU per join", "µs", "less", "joins.cpu"),
  figure("  changes published per 1,000 joins", "", "less", "joins.commits"),
  figure("connect and join, rooms of 10, 32 in flight", "joins/s", "more", "arrivals.rate"),
  figure("  server CPU per join", "µs", "less", "arrivals.cpu"),
  figure("250 joins/s, latency p50", "ms", "less", "paced.p50"),
  figure("  p99", "ms", "less", "paced.p99"),
  figure("  server CPU per join", "µs", "less", "paced.cpu"),
  figure("storm into one room of 1,000, 32 in flight", "joins/s", "more", "storm.rate"),
  figure("  against a floor that lists who is there", "joins/s", "more", "storm.rate", "listing"),
  figure("  server CPU per join", "µs", "less", "storm.cpu"),
  figure("  changes published per 1,000 joins", "", "less", "storm.commits"),
  figure("fan-out to 1,000, 1 in flight", "events/s", "more", "fan.1.rate"),
  figure("  server CPU per event", "µs", "less", "fan.1.cpu"),
  figure("fan-out to 1,000, 16 in flight", "events/s", "more", "fan.16.rate"),
  figure("  server CPU per event", "µs", "less", "fan.16.cpu"),
  figure("a single event to the last of 1,000", "ms", "less", "fan.isolated"),
  figure("knock, admit, in; 32 in flight", "entries/s", "more", "knock.rate"),
  figure("  p50", "ms", "less", "knock.p50"),
  figure("  server CPU per entry", "µs", "less", "knock.cpu"),
  figure("memory per idle connection", "KiB", "less", "memory.each"),
];

/** Results by server and name: one value for each leg. */
export class Results {
  private readonly values = new Map<string, number[]>();

  /** Takes the figures of a leg. */
  add(server: string, figures: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(figures)) {
      const key = `${server}/${name}`;
      this.values.set(key, [...(this.values.get(key) ?? []), value]);
    }
  }

  /** The lines for which both servers have results. */
  rows(): Row[] {
    return FIGURES.flatMap((one) => {
      const oursValue = median(this.values.get(`ours/${one.ours}`) ?? []);
      const floorValue = median(this.values.get(`${one.floor}/${one.ours}`) ?? []);
      if (oursValue === null || floorValue === null) return [];
      return [{ ...one, oursValue, floorValue, ratio: oursValue / floorValue }];
    });
  }

  /** Every leg's values, by server and name. */
  legs(): Record<string, readonly number[]> {
    return Object.fromEntries(this.values);
  }
}

/** The middle of some values; null: there are none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

/** The table, in Markdown, which people can read as it is. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ title, unit, better, oursValue, floorValue, ratio }) => [
    title,
    unit,
    digits(oursValue),
    digits(floorValue),
    `${ratio.toFixed(2)} x`,
    better,
  ]);
  const head = ["figure (medians)", "unit", "ours", "floor", "x floor", "better"];
  const widths = head.map((text, at) => Math.max(text.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, at) => (at >= 2 && at <= 4 ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, at) =>
    at >= 2 && at <= 4 ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  return [line(head), `| ${rule.join(" | ")} |`, ...cells.map(line)].join("\n");
}

function digits(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : 2);
}
