/** Text for a terminal: safe, aligned, short. */

/** Characters that could move a cursor, ring, or turn the reading direction: what others call themselves may hold them. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A text of somebody else's, made harmless. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Rows as columns, two spaces apart; the last one is as long as it is. Indented by two. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.slice(0, -1).forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join("  ")}`;
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

/** Words as people list them: `a`, `a and b`, `a, b and c`; `nothing` for none. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1);
  if (last === undefined) return "nothing";
  return words.length === 1 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

/** The time of day, `HH:MM:SS`. */
export function timeOfDay(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeStyle: "medium",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(at);
}

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Whole seconds from `90s`, `45m`, `2h` or `7d`; a minus is allowed. Null for anything else. */
export function secondsOf(text: string): number | null {
  const match = /^(-?\d{1,9})([smhd])$/.exec(text);
  if (match === null) return null;
  const [, count, unit] = match;
  return unit === "s" || unit === "m" || unit === "h" || unit === "d" ? Number(count) * UNITS[unit] : null;
}
