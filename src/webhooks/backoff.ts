/** How long a lane waits after a failed attempt (`docs/rules.md` N5). Times are milliseconds. */

const FIRST_MS = 1_000;
/** The longest wait, whatever the receiver asks for. */
export const LONGEST_MS = 3_600_000;

/** The wait after so many failures in a row; `chance` is at random from 0 up to 1. Between half of and the whole doubled time. */
export function waitAfter(failures: number, chance: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
  return Math.round(whole / 2 + (whole / 2) * chance);
}

/** What `retry-after` asks for, seconds or a date; 0 where it says nothing that can be understood. `now` in epoch milliseconds. */
export function askedWait(retryAfter: string | null, now: number): number {
  if (retryAfter === null) return 0;
  const text = retryAfter.trim();
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(wait, 0), LONGEST_MS);
}
