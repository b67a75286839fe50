/** Forgets, from time to time, what need not be kept any more. */
import { LogFault } from "../log/port.js";

/** How often, milliseconds. */
const EVERY_MS = 60_000;

/**
 * Begins; every node may do this, since forgetting twice is forgetting once. `forget` forgets all that is due, and may reject
 * with a fault: the next round does it then. The function returned ends it, and resolves when nothing is under way any more.
 */
export function keepHouse(forget: () => Promise<void>, onBug: (error: unknown) => void): () => Promise<void> {
  let round: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(forget).catch((error: unknown) => {
      if (!(error instanceof LogFault)) onBug(error);
    });
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    return round;
  };
}
