/** Timers for times that are far away: platforms take no more than 2^31-1 ms at once, and call at once for anything longer. */
import type { StartTimer } from "./surroundings.js";

const LONGEST_MS = 2 ** 31 - 1;

/** Calls `run` at a time by `now`, epoch milliseconds; at once-next where it is over. The answer gives it up. */
export function callAt(
  time: number,
  run: () => void,
  { now, startTimer }: { readonly now: () => number; readonly startTimer: StartTimer },
): () => void {
  const wait = (): (() => void) => {
    const left = time - now();
    if (left <= LONGEST_MS) return startTimer(run, Math.max(0, left));
    return startTimer(() => (cancel = wait()), LONGEST_MS);
  };
  let cancel = wait();
  return () => cancel();
}
