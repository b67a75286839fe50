/**
 * How often a test repeats itself. `npm test` has to end while somebody waits for it; `npm run test:long` repeats as often as the
 * project promises (`docs/long-runs.md` has the results).
 */

/** The number for this run. Both are counts of the same thing; what is asserted is the same either way. */
export function runs({ usual, long }: { readonly usual: number; readonly long: number }): number {
  return process.env["LONG_RUNS"] === "1" ? long : usual;
}
