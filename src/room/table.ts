/**
 * An immutable map that is cheap to change: a shared base, and a small patch that is copied on each change and folded into a
 * new base when it has grown to the square root of the size. So `evolve` can stay pure in a room of a thousand, and a
 * tentative state costs nothing to drop (`log.md` rule 10). Order of iteration is order of insertion and does not depend on
 * when a patch was folded: two replicas with the same events list the same order.
 */

interface Slot<V> {
  /** Undefined: deleted. */
  readonly value: V | undefined;
  /** Set anew after a deletion, so it stands at the end and not at its old place. */
  readonly moved: boolean;
}

/** An immutable map from ids to records. */
export class Table<V> {
  private constructor(
    private readonly base: ReadonlyMap<string, V>,
    private readonly patch: ReadonlyMap<string, Slot<V>>,
    /** Number of entries. */
    readonly size: number,
  ) {}

  /** A table of these entries, in this order. */
  static of<V>(entries: Iterable<readonly [string, V]> = []): Table<V> {
    const base = new Map(entries);
    return new Table<V>(base, new Map<string, Slot<V>>(), base.size);
  }

  get(key: string): V | undefined {
    const slot = this.patch.get(key);
    return slot === undefined ? this.base.get(key) : slot.value;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** This table with `key` set; a new key stands last. */
  set(key: string, value: V): Table<V> {
    const slot = this.patch.get(key);
    const known = slot === undefined ? this.base.has(key) : slot.value !== undefined;
    const patch = new Map(this.patch);
    if (slot !== undefined && slot.value === undefined) patch.delete(key);
    patch.set(key, { value, moved: known ? (slot?.moved ?? false) : true });
    return Table.folded(this.base, patch, known ? this.size : this.size + 1);
  }

  /** This table without `key`. */
  delete(key: string): Table<V> {
    if (!this.has(key)) return this;
    const patch = new Map(this.patch);
    patch.set(key, { value: undefined, moved: true });
    return Table.folded(this.base, patch, this.size - 1);
  }

  /** This table with `key` set and standing last, and the oldest entries gone until at most `max` are left. */
  push(key: string, value: V, max: number): Table<V> {
    const table = this.delete(key).set(key, value);
    return table.size > max ? table.dropFirst(table.size - max) : table;
  }

  *entries(): Generator<[string, V], void> {
    for (const [key, value] of this.base) {
      const slot = this.patch.get(key);
      if (slot === undefined) yield [key, value];
      else if (slot.value !== undefined && !slot.moved) yield [key, slot.value];
    }
    for (const [key, { value, moved }] of this.patch) if (moved && value !== undefined) yield [key, value];
  }

  *keys(): Generator<string, void> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<V, void> {
    for (const [, value] of this.entries()) yield value;
  }

  private dropFirst(count: number): Table<V> {
    const doomed: string[] = [];
    for (const key of this.keys()) {
      if (doomed.length === count) break;
      doomed.push(key);
    }
    return doomed.reduce<Table<V>>((table, key) => table.delete(key), this);
  }

  private static folded<V>(
    base: ReadonlyMap<string, V>,
    patch: ReadonlyMap<string, Slot<V>>,
    size: number,
  ): Table<V> {
    const table = new Table(base, patch, size);
    if (patch.size <= 16 || patch.size * patch.size <= base.size) return table;
    return Table.of(table.entries());
  }
}
