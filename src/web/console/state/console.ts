/** What every part of the console can reach: the gateway, the browser, the page that is shown, the app that is looked at. */
import { createContext } from "preact";
import { useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { App } from "../api/apps.js";
import { keyOf, type Api, type Ask } from "../api/client.js";
import { faultOf, type Fault } from "../api/fault.js";
import type { Place } from "../api/live.js";
import { followRoom, type Followed } from "./follow.js";
import { startPolling, type Polled, type Poller } from "./poll.js";
import type { Route } from "./router.js";
import type { Surroundings } from "./surroundings.js";

/** What every part of the console can reach. */
export interface Console {
  readonly api: Api;
  readonly surroundings: Surroundings;
  readonly route: Route;
  /** The app that is looked at; "" where there is none. */
  readonly app: string;
  /** All apps; null: not known yet. */
  readonly apps: readonly App[] | null;
  /** Asks for the apps again, after a change. */
  readonly refreshApps: () => void;
  /** The address of a page, for links. */
  readonly linkTo: (route: Route) => string;
  /** Shows a page. */
  readonly go: (route: Route) => void;
  /** Chooses the app that is looked at. */
  readonly chooseApp: (id: string) => void;
  /** Says something that has happened, for a moment. */
  readonly say: (text: string) => void;
}

const Context = createContext<Console | null>(null);

/** Gives the console to all parts inside. */
export const ConsoleProvider = Context.Provider;

/** The console around this part. */
export function useConsole(): Console {
  const found = useContext(Context);
  if (found === null) throw new Error("a part of the console stands outside of it");
  return found;
}

/** What is asked for, as it is now, and a way to ask at once. */
export interface Live<T> extends Polled<T> {
  readonly again: () => void;
}

const NOTHING = { data: null, fault: null, updatedAt: null } as const;

/**
 * Keeps asking while this part is shown. When the question changes, what was known of the old one is dropped.
 *
 * @param ask null: there is nothing to ask for now
 * @param everyMs null: once
 */
export function useLive<T>(ask: Ask<T> | null, everyMs: number | null): Live<T> {
  const { api, surroundings } = useConsole();
  const key = ask === null ? "" : keyOf(ask);
  const [known, setKnown] = useState<{ readonly key: string; readonly state: Polled<T> }>({
    key: "",
    state: NOTHING,
  });
  const poller = useRef<Poller | null>(null);
  useEffect(() => {
    if (ask === null) return undefined;
    const started = startPolling<T>({
      load: (signal) => api.call(ask, signal),
      everyMs,
      surroundings,
      tell: (state) => setKnown({ key, state }),
    });
    poller.current = started;
    return started.end;
    // `ask` is made anew with each drawing; its key says whether it is another one.
  }, [api, surroundings, key, everyMs]);
  const again = useMemo(() => () => poller.current?.again(), []);
  return { ...(known.key === key ? known.state : NOTHING), again };
}

/** The log of a room as it is written, while this part is shown. */
export function useRoomLog({ app, roomId }: Place): Followed {
  const { api, surroundings } = useConsole();
  const [state, setState] = useState<Followed>({ events: [], isCut: false, fault: null, isLoaded: false });
  useEffect(
    () => followRoom({ api, surroundings, place: { app, roomId }, tell: setState }),
    [api, surroundings, app, roomId],
  );
  return state;
}

/** Something that a person can start, one at a time. */
export interface Action<T> {
  /** Answers what came of it; null where it failed (the fault is then here). */
  readonly run: (ask: Ask<T>) => Promise<{ readonly value: T } | null>;
  readonly isBusy: boolean;
  /** Why the last one failed; null: it did not. */
  readonly fault: Fault | null;
  readonly clear: () => void;
}

/** Runs commands for a form or a button. */
export function useAction<T>(): Action<T> {
  const { api } = useConsole();
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly fault: Fault | null }>({
    isBusy: false,
    fault: null,
  });
  return useMemo(
    () => ({
      ...state,
      clear: () => setState({ isBusy: false, fault: null }),
      run: async (ask: Ask<T>) => {
        setState({ isBusy: true, fault: null });
        try {
          const value = await api.call(ask);
          setState({ isBusy: false, fault: null });
          return { value };
        } catch (error) {
          setState({ isBusy: false, fault: faultOf(error) });
          return null;
        }
      },
    }),
    [api, state],
  );
}
