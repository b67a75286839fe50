/** Following a room's log as it is written, over long polling. */
import type { Api } from "../api/client.js";
import { before, followEvents, type RoomEvent, type RoomEvents } from "../api/events.js";
import { faultOf, type Fault } from "../api/fault.js";
import { getLiveRoom, type Place } from "../api/live.js";
import { pauseOf } from "./poll.js";
import type { End, Surroundings } from "./surroundings.js";

/** What is known of a room's log, newest event last. */
export interface Followed {
  readonly events: readonly RoomEvent[];
  /** The events before these are not kept any more, or the log began anew after a loss of data. */
  readonly isCut: boolean;
  /** Null: all is well. */
  readonly fault: Fault | null;
  /** False until the first answer. */
  readonly isLoaded: boolean;
}

/** Whom to follow, and whom to tell. */
export interface Following {
  readonly api: Api;
  readonly place: Place;
  readonly surroundings: Pick<Surroundings, "after" | "isVisible" | "onVisibility">;
  readonly tell: (state: Followed) => void;
}

/** How many events before the first one are shown, and how many are kept in all. */
const EARLIER = 200;
const MOST = 600;

/** Begins to follow a room. Whoever begins it ends it. A hidden tab does not ask; it goes on where it was. */
export function followRoom({ api, place, surroundings, tell }: Following): End {
  const ended = new AbortController();
  let state: Followed = { events: [], isCut: false, fault: null, isLoaded: false };
  const set = (change: Partial<Followed>): void => {
    state = { ...state, ...change };
    if (!ended.signal.aborted) tell(state);
  };

  // Asked anew each time: while something is awaited it may come true.
  const isEnded = (): boolean => ended.signal.aborted;

  const run = async (): Promise<void> => {
    let since: string | null = null;
    let failures = 0;
    while (!isEnded()) {
      await visible(surroundings, ended.signal);
      try {
        since ??= before(
          (await api.call(getLiveRoom(place.app, place.roomId), ended.signal)).position,
          EARLIER,
        );
        const { events, next } = await askWhileVisible(since);
        since = next;
        failures = 0;
        set({ events: [...state.events, ...events].slice(-MOST), fault: null, isLoaded: true });
      } catch (error) {
        if (isEnded()) return;
        const fault = faultOf(error);
        const at = fault.kind === "refused" && fault.code === "history_gone" ? fault.details["at"] : null;
        if (typeof at === "string" && at !== since) {
          since = at;
          set({ isCut: true, isLoaded: true, fault: null });
        } else if (surroundings.isVisible()) {
          failures += 1;
          set({ fault });
          await pause(surroundings, pauseOf(1_000, failures), ended.signal);
        }
      }
    }
  };

  const askWhileVisible = async (since: string): Promise<RoomEvents> => {
    const hidden = new AbortController();
    const stop = (): void => hidden.abort();
    ended.signal.addEventListener("abort", stop);
    const unwatch = surroundings.onVisibility(() => {
      if (!surroundings.isVisible()) stop();
    });
    try {
      return await api.call(followEvents(place, since), hidden.signal);
    } finally {
      unwatch();
      ended.signal.removeEventListener("abort", stop);
    }
  };

  void run();
  return () => ended.abort();
}

function visible({ isVisible, onVisibility }: Following["surroundings"], signal: AbortSignal): Promise<void> {
  if (isVisible()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      if (!isVisible() && !signal.aborted) return;
      unwatch();
      resolve();
    };
    const unwatch = onVisibility(done);
    signal.addEventListener("abort", done);
  });
}

function pause({ after }: Following["surroundings"], ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = after(ms, resolve);
    signal.addEventListener("abort", () => {
      end();
      resolve();
    });
  });
}
