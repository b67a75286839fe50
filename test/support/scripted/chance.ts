/** The luck of one run: everything that happens by chance comes from one seed, so that a run can be had again. */

/** A stream of numbers from a seed (mulberry32). */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** From 0 up to but not including 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** True with this probability. */
  yes(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both ends included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** One of a list; undefined where there is none. */
  pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.next() * list.length)];
  }

  /** One of a table, by weight. At least one weight must be above zero. */
  weigh<K extends string>(weights: Readonly<Record<K, number>>): K {
    const rows = Object.entries<number>(weights);
    let left = this.next() * rows.reduce((sum, [, weight]) => sum + weight, 0);
    for (const name in weights) {
      left -= weights[name];
      if (left < 0) return name;
    }
    throw new RangeError("nothing to choose from");
  }

  /** A stream of its own: what draws from it leaves this one as it is. */
  fork(): Chance {
    return new Chance(Math.floor(this.next() * 4_294_967_296));
  }
}
