/** What falls due in a room: asked for by a tick, one at a time (`design.md` section 1, "Time is an event source too"). */
import { nextDeadline } from "../room/rules/time.js";
import type { RoomState } from "../room/state.js";

/** The deadlines of one room on one node. */
export class Deadlines {
  private ticking = false;
  private next: { readonly of: RoomState; readonly at: number } | null = null;

  /** @param tick asks the room to make due what is due; calls back when it has answered */
  constructor(
    private readonly state: () => RoomState,
    private readonly tick: (done: () => void) => void,
  ) {}

  /** Whether anything will fall due by itself. */
  get pending(): boolean {
    return this.earliest() !== Infinity;
  }

  /** Makes due what is due at `now`, epoch milliseconds by the store's clock. */
  sweep(now: number): void {
    if (this.ticking || this.earliest() > now) return;
    this.ticking = true;
    this.tick(() => {
      this.ticking = false;
    });
  }

  private earliest(): number {
    const state = this.state();
    if (this.next?.of !== state) this.next = { of: state, at: nextDeadline(state) };
    return this.next.at;
  }
}
