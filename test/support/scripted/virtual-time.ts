/** Time that moves only when it is told to: the client's timers and the world's stand in one line. */
import type { StartTimer } from "../../../src/client/surroundings.js";

/** Whose a timer is: only the client's may not be left over. */
export type Owner = "client" | "world";

interface Entry {
  readonly at: number;
  readonly owner: Owner;
  readonly run: () => void;
}

/** Turns of the promise queue that any chain of promises in a client needs, with room to spare. */
const TURNS = 12;

/** Lets everything happen that waits only for promises. The same number of turns everywhere: runs must be alike in every engine. */
export async function settle(turns = TURNS): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
}

/** The clock of one run, milliseconds from its beginning. */
export class VirtualTime {
  now = 0;
  /** Sorted; of two at the same time the older one comes first. */
  private entries: Entry[] = [];
  private stirred = false;

  /** A timer in the manner of the client's `startTimer`. */
  timerFor(owner: Owner): StartTimer {
    return (run, milliseconds) => {
      const entry: Entry = { at: this.now + Math.max(0, milliseconds), owner, run };
      let index = this.entries.length;
      while (index > 0 && (this.entries[index - 1]?.at ?? 0) > entry.at) index -= 1;
      this.entries.splice(index, 0, entry);
      return () => {
        const found = this.entries.indexOf(entry);
        if (found >= 0) this.entries.splice(found, 1);
      };
    };
  }

  /** How many timers of an owner run. */
  pending(owner: Owner): number {
    return this.entries.filter((entry) => entry.owner === owner).length;
  }

  /** Says that the client was touched, so that its promises get their turns before time goes on. */
  stir(): void {
    this.stirred = true;
  }

  /** Moves on until this time, or until `isDone`; what falls due on the way happens, in its order. */
  async runUntil(until: number, isDone: () => boolean = () => false): Promise<void> {
    for (;;) {
      if (this.stirred) {
        this.stirred = false;
        await settle();
        continue;
      }
      const first = this.entries[0];
      if (isDone()) return;
      if (first === undefined || first.at > until) break;
      this.entries.shift();
      this.now = first.at;
      if (first.owner === "client") this.stirred = true;
      first.run();
    }
    this.now = Math.max(this.now, until);
  }
}
