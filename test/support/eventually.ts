import { setTimeout as pause } from "node:timers/promises";

/** How long to wait for something, and how often to look. */
export interface EventuallyOptions {
  /** When to give up, in ms from now. Default: 10,000; a bound for broken code, never an assertion about speed. */
  readonly deadlineMs?: number;
}

/**
 * Repeats `look` until it neither throws nor rejects, and answers what it answered. At the deadline it rejects with the last
 * error, so that the message is the one of the assertion that never came true.
 */
export async function eventually<T>(
  look: () => T | Promise<T>,
  { deadlineMs = 10_000 }: EventuallyOptions = {},
): Promise<T> {
  const begin = performance.now();
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() >= begin + deadlineMs) throw error;
    }
    // Short enough not to be noticed, long enough to leave the processor to those who are waited for.
    await pause(Math.min(100, Math.max(5, (performance.now() - begin) / 10)));
  }
}
