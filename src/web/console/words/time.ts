/** Times in words, in the language and zone of whoever reads them. All instants are epoch milliseconds. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
  ["second", SECOND],
] as const;

/** A length of time in its largest whole unit: "3 minutes". */
export function lengthInWords(ms: number): string {
  const length = Math.abs(ms);
  const [name, size] = UNITS.find(([, unit]) => length >= unit) ?? ["second", SECOND];
  const count = Math.floor(length / size);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** How far an instant is from now: "3 minutes ago", "in 2 hours", "just now". */
export function distanceInWords(at: number, now: number): string {
  if (Math.abs(at - now) < SECOND) return "just now";
  return at < now ? `${lengthInWords(now - at)} ago` : `in ${lengthInWords(at - now)}`;
}

/** A length as a clock shows it: "4:07", "1:02:09". */
export function lengthOnClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const two = (value: number): string => String(value).padStart(2, "0");
  const rest = two(seconds % 60);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${two(minutes)}:${rest}`;
}

/** The exact instant, the same for everybody. */
export function exact(at: number): string {
  return new Date(at).toISOString();
}

/** How an instant is written: the clock time, with the day in front where it is not today. `zone`: null for the reader's own. */
export function localTime(at: number, now: number, zone: string | null = null): string {
  const where = zone === null ? {} : { timeZone: zone };
  const day = new Intl.DateTimeFormat("en-GB", { ...where, day: "2-digit", month: "short", year: "numeric" });
  const clock = new Intl.DateTimeFormat("en-GB", { ...where, timeStyle: "medium" }).format(at);
  return day.format(at) === day.format(now) ? clock : `${day.format(at)}, ${clock}`;
}

/** Seconds as people say them: "10 min", "90 s", "12 h". */
export function secondsInWords(seconds: number): string {
  if (seconds % 86_400 === 0 && seconds >= 86_400) return `${seconds / 86_400} d`;
  if (seconds % 3_600 === 0 && seconds >= 3_600) return `${seconds / 3_600} h`;
  if (seconds % 60 === 0 && seconds >= 120) return `${seconds / 60} min`;
  return `${seconds} s`;
}

/** The instant that an `<input type="datetime-local">` holds; null: it holds none. */
export function fromInput(text: string): number | null {
  const at = text === "" ? Number.NaN : new Date(text).getTime();
  return Number.isFinite(at) ? at : null;
}
