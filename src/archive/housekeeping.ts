/** Forgets, from time to time, what the archive need not keep any more. */
import { LogFault } from "../log/port.js";
import type { Archive } from "./archive.js";

/** How often, milliseconds. */
const EVERY_MS = 60_000;

/**
 * Begins; every node may do this, since forgetting twice is forgetting once. `now` answers epoch milliseconds by the store's
 * clock. The function returned ends it, and resolves when nothing is under way any more.
 */
export function keepHouse(
  archive: Archive,
  apps: readonly string[],
  now: () => number,
  onBug: (error: unknown) => void,
): () => Promise<void> {
  let round: Promise<void> = Promise.resolve();
  const purge = async (): Promise<void> => {
    for (const app of apps) await archive.purge(app, now());
  };
  const timer = setInterval(() => {
    round = round.then(purge).catch((error: unknown) => {
      // While the store is away nothing is forgotten; the next round does it.
      if (!(error instanceof LogFault)) onBug(error);
    });
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    return round;
  };
}
