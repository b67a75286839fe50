/** Times as answers have them. */

/** Epoch milliseconds as ISO 8601. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** The same of a time that there may not be. */
export function isoTimeOrNull(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}
