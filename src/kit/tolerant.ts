/**
 * Decoding answers of a gateway that may be newer than this kit: what is missing or of another kind is a fault, members that are not
 * known are left out.
 */
import type { z } from "zod";

/** The value as the shape says it, or null where it is not of that shape. */
export function decodeTolerantly<T>(shape: z.ZodType<T>, value: unknown): { readonly value: T } | null {
  let left = value;
  for (;;) {
    const parsed = shape.safeParse(left);
    if (parsed.success) return { value: parsed.data };
    const extras = parsed.error.issues.map(extrasOf);
    if (!extras.every((one) => one !== null)) return null;
    // Each turn takes members away, so there is an end.
    for (const { path, keys } of extras.flat()) left = without(left, path, keys);
  }
}

/** Members that are not known, and where they are. */
interface Extra {
  readonly path: readonly PropertyKey[];
  readonly keys: readonly string[];
}

/** What a problem names that can be left out; null where it is another problem. */
function extrasOf(issue: z.core.$ZodIssue): readonly Extra[] | null {
  if (issue.code === "unrecognized_keys") return [{ path: issue.path, keys: issue.keys }];
  if (issue.code !== "invalid_union") return null;
  // The first of the forms that the value would have, were it not for what is not known.
  for (const problems of issue.errors) {
    const extras = problems.map(extrasOf);
    if (problems.length > 0 && extras.every((one) => one !== null))
      return extras.flat().map(({ path, keys }) => ({ path: [...issue.path, ...path], keys }));
  }
  return null;
}

function without(value: unknown, [step, ...rest]: readonly PropertyKey[], keys: readonly string[]): unknown {
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return list.map((one, index) => (index === step ? without(one, rest, keys) : one));
  }
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  return Object.fromEntries(
    step === undefined
      ? members.filter(([name]) => !keys.includes(name))
      : members.map(([name, one]) => [name, name === step ? without(one, rest, keys) : one]),
  );
}
