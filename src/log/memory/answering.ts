/** Does some work at once and promises its result. */
export type Answer = <T>(work: () => T) => Promise<T>;

/** Makes every method of a store answer the same way: what `guard` (is the store closed?) or the work throws is a rejection. */
export function answering(guard: () => void): Answer {
  return (work) =>
    new Promise((resolve) => {
      guard();
      resolve(work());
    });
}
