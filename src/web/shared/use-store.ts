/** From a store to a component. */
import { useEffect, useState } from "preact/hooks";

/** Something with a value that changes. `subscribe` answers how to undo it. */
export interface Readable<T> {
  readonly view: T;
  subscribe(listener: () => void): () => void;
}

/** The value of a store; the component is drawn anew with each change. */
export function useStore<T>(store: Readable<T>): T {
  const [, redraw] = useState(0);
  useEffect(() => {
    const undo = store.subscribe(() => redraw((times) => times + 1));
    // Whatever changed between the drawing and now.
    redraw((times) => times + 1);
    return undo;
  }, [store]);
  return store.view;
}

/** The time, read again every so many milliseconds while the component is drawn. */
export function useNow(now: () => number, everyMs = 1_000): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), everyMs);
    return () => clearInterval(timer);
  }, [now, everyMs]);
  return time;
}
