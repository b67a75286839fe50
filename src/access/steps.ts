/** What changed in the access table between two revisions. */
import { decodeStep, stepName, type Head } from "./stored.js";

/** Steps that are kept. A node that is farther behind reads everything. */
export const KEPT_STEPS = 500;

/**
 * The names of the entries that changed from `seen` to `head`. Null: the steps do not lead from one to the other, because the store
 * has lost data and went another way from there, or because too many were made.
 */
export async function namesSince(
  seen: Head,
  head: Head,
  read: (fields: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<ReadonlySet<string> | null> {
  const count = head.revision - seen.revision;
  if (count >= KEPT_STEPS) return null;
  const fields = Array.from({ length: count + 1 }, (_, index) => stepName(seen.revision + index));
  const texts = await read(fields);
  const [first, ...rest] = fields.map((field) => decodeStep(texts.get(field)));
  if (first?.mark !== seen.mark) return null;
  const names = new Set<string>();
  for (const step of rest) {
    if (step === null) return null;
    for (const name of step.names) names.add(name);
  }
  return names;
}
