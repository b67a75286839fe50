/**
 * Who speaks, from how loud everybody is. Slow to change its mind: a cough takes the floor from nobody, and a pause between two
 * sentences does not give it up.
 */

/** Below this it is taken for silence; about -34 dB. */
const AUDIBLE = 0.02;
/** How much louder another has to be than who speaks now. */
const LOUDER = 1.5;
/** For how many looks in a row another has to be the loudest. */
const INSISTENCE = 3;
/** For how many looks in a row who speaks has to be silent to give up the floor. */
const PATIENCE = 8;
/** How much of the level before stays in the next: evens out syllables. */
const INERTIA = 0.5;

/** Judges a look at a time; `LOOK_MS` apart. */
export class SpeakerWatch {
  speakerId: string | null = null;
  private levels: ReadonlyMap<string, number> = new Map();
  private challenger: { readonly id: string; readonly looks: number } | null = null;
  private silentLooks = 0;

  /** How loud somebody is, evened out: 0 to 1. */
  level(id: string): number {
    return this.levels.get(id) ?? 0;
  }

  /** Takes how loud everybody is now; who is not in it is gone, or off. Answers whether another speaks. */
  look(now: ReadonlyMap<string, number>): boolean {
    this.levels = new Map(
      [...now].map(([id, level]) => [id, Math.max(level, this.level(id) * INERTIA)] as const),
    );
    const before = this.speakerId;
    if (before !== null && !this.levels.has(before)) this.speakerId = null;
    this.silentLooks = this.currentLevel() < AUDIBLE ? this.silentLooks + 1 : 0;
    this.challenge();
    if (this.silentLooks >= PATIENCE) this.speakerId = null;
    return this.speakerId !== before;
  }

  private challenge(): void {
    const [loudest] = [...this.levels].sort(([, a], [, b]) => b - a);
    const bar = this.speakerId === null ? AUDIBLE : Math.max(AUDIBLE, this.currentLevel() * LOUDER);
    if (loudest === undefined || loudest[0] === this.speakerId || loudest[1] < bar) {
      this.challenger = null;
      return;
    }
    const [id] = loudest;
    const looks = this.challenger?.id === id ? this.challenger.looks + 1 : 1;
    this.challenger = { id, looks };
    // Nobody is interrupted where nobody speaks.
    if (looks < (this.speakerId === null ? INSISTENCE - 1 : INSISTENCE)) return;
    this.speakerId = id;
    this.silentLooks = 0;
    this.challenger = null;
  }

  private currentLevel(): number {
    return this.speakerId === null ? 0 : this.level(this.speakerId);
  }
}

/** Milliseconds between two looks. */
export const LOOK_MS = 200;
