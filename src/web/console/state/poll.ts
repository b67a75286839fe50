/** Asking again and again for what is on the screen, and only while somebody can see it. */
import { faultOf, type Fault } from "../api/fault.js";
import type { End, Surroundings } from "./surroundings.js";

/** What is known so far. What was known stays while the next answer is awaited, and when it does not come. */
export interface Polled<T> {
  /** Null: no answer yet. */
  readonly data: T | null;
  /** Null: the last answer was a good one. */
  readonly fault: Fault | null;
  /** When the data came, epoch milliseconds. */
  readonly updatedAt: number | null;
}

/** What to ask for, and whom to tell. */
export interface Polling<T> {
  readonly load: (signal: AbortSignal) => Promise<T>;
  /** Pause between an answer and the next question, milliseconds; null: asked once, and again only on demand. */
  readonly everyMs: number | null;
  readonly surroundings: Pick<Surroundings, "now" | "after" | "isVisible" | "onVisibility">;
  readonly tell: (state: Polled<T>) => void;
}

/** Something that goes on until it is ended. */
export interface Poller {
  /** Asks now, without waiting for the next turn. */
  readonly again: () => void;
  readonly end: End;
}

/** While nobody answers the pause grows up to this, milliseconds. */
const LONGEST_PAUSE_MS = 8_000;

/** Begins to ask. Whoever begins it ends it. */
export function startPolling<T>({ load, everyMs, surroundings, tell }: Polling<T>): Poller {
  const controller = new AbortController();
  const { signal } = controller;
  let state: Polled<T> = { data: null, fault: null, updatedAt: null };
  let unschedule: End | null = null;
  let isAsking = false;
  let isAskedAgain = false;
  let failures = 0;

  const set = (next: Polled<T>): void => {
    state = next;
    tell(state);
  };

  const ask = async (): Promise<void> => {
    unschedule?.();
    unschedule = null;
    isAsking = true;
    isAskedAgain = false;
    try {
      const data = await load(signal);
      if (signal.aborted) return;
      failures = 0;
      set({ data, fault: null, updatedAt: surroundings.now() });
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      set({ ...state, fault: faultOf(error) });
    } finally {
      isAsking = false;
      if (!signal.aborted) next();
    }
  };

  const next = (): void => {
    if (isAskedAgain) void ask();
    else if (surroundings.isVisible() && (everyMs !== null || state.fault?.kind === "away"))
      unschedule = surroundings.after(pauseOf(everyMs ?? 1_000, failures), () => void ask());
  };

  const again = (): void => {
    if (signal.aborted) return;
    if (isAsking) isAskedAgain = true;
    else void ask();
  };

  const unwatch = surroundings.onVisibility(() => {
    if (!surroundings.isVisible()) {
      unschedule?.();
      unschedule = null;
    } else if (everyMs !== null && !isAsking) void ask();
  });
  void ask();
  return {
    again,
    end: () => {
      controller.abort();
      unschedule?.();
      unwatch();
    },
  };
}

/** The pause after so many failures in a row, milliseconds. */
export function pauseOf(everyMs: number, failures: number): number {
  return Math.max(everyMs, Math.min(LONGEST_PAUSE_MS, everyMs * 2 ** Math.min(failures, 8)));
}
