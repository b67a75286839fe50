/**
 * Records: what the gateway keeps beside the rooms' logs, such as sessions and deliveries. Maps of text by field, and indexes of
 * members by score; they change by compare-and-write only, so that of two nodes that do the same work one has an effect
 * (`docs/decisions/0007`). Names are opaque to the store; whoever makes up a name starts it with a word of their own.
 *
 * Every method may reject with a `LogFault`; a rejected `write` may have been stored. A name is a map or an index for as long as
 * it holds anything: using it as the other is a `TypeError`, and so is using it as both in one write. Numbers that no store could
 * keep (NaN, infinite scores, counts that are not whole) are a `RangeError`. Both are bugs of the caller, and nothing is written.
 */

/** What must hold for a write to happen. `is: null`: there is no such field or member. */
export type Condition =
  | { readonly map: string; readonly field: string; readonly is: string | null }
  | { readonly index: string; readonly member: string; readonly is: number | null };

/** One change. Changes of a write happen in their order, all or none. */
export type Change =
  /** Sets a field of a map. */
  | { readonly put: string; readonly field: string; readonly text: string }
  /** Takes a field out of a map. */
  | { readonly drop: string; readonly field: string }
  /** Sets a member's score in an index: a finite number. */
  | { readonly rank: string; readonly member: string; readonly score: number }
  /** Takes a member out of an index. */
  | { readonly unrank: string; readonly member: string }
  /** Keeps only the `keep` members with the highest scores of an index. */
  | { readonly cap: string; readonly keep: number }
  /** Removes a whole map or index. */
  | { readonly clear: string }
  /** Sets how long a map or index lives from now, milliseconds; null: for ever. Does nothing to one that does not exist. */
  | { readonly expire: string; readonly ttlMs: number | null };

/** Which members of an index to read. Bounds are inclusive; members of equal score come in the order of their text. */
export interface RangeQuery {
  readonly min?: number;
  readonly max?: number;
  /** Highest score first (and then the greatest text first). */
  readonly descending?: boolean;
  readonly offset?: number;
  /** Not given: all. */
  readonly limit?: number;
}

/** A member of an index. */
export interface Ranked {
  readonly member: string;
  readonly score: number;
}

/** The records of one store. */
export interface Records {
  /** The fields of a map, all or those named; what is not there is left out. */
  fields(map: string, names?: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Members of an index by score. */
  range(index: string, query?: RangeQuery): Promise<readonly Ranked[]>;
  /** How many members have a score within the bounds. */
  count(index: string, bounds?: Pick<RangeQuery, "min" | "max">): Promise<number>;
  /** The scores of members, in their order; null: not in the index. */
  scores(index: string, members: readonly string[]): Promise<readonly (number | null)[]>;
  /** Makes all changes in one step if every condition holds; answers whether they did. */
  write(changes: readonly Change[], conditions?: readonly Condition[]): Promise<boolean>;
}
