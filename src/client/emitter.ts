/** Events by name, each with its own type of body. A listener that throws or rejects breaks nothing (`reference/style.md` section 6). */

/** Hears one kind of event. May be async; what it answers is not waited for. */
export type Listener<Body> = (body: Body) => unknown;

type Listeners<Events> = { [K in keyof Events]?: Set<Listener<Events[K]>> };

/** Tells listeners, in the order in which they came. */
export class Emitter<Events> {
  private readonly listeners: Listeners<Events> = {};

  constructor(private readonly onFault: (event: keyof Events, error: unknown) => void) {}

  /** Adds a listener; the answer takes it away again. */
  on<K extends keyof Events>(event: K, listener: Listener<Events[K]>): () => void {
    // Wrapped, so that the same function added twice is two listeners, each with its own undo.
    const own: Listener<Events[K]> = (body) => listener(body);
    const set = (this.listeners[event] ??= new Set());
    set.add(own);
    return () => set.delete(own);
  }

  /** Calls every listener that there is at this moment. Never throws. */
  emit<K extends keyof Events>(event: K, body: Events[K]): void {
    for (const listener of [...(this.listeners[event] ?? [])])
      callListener(listener, body, (error) => this.onFault(event, error));
  }
}

/** Calls one listener. Never throws; what the listener threw, or rejected with, goes to `onFault`. */
export function callListener<Body>(
  listener: Listener<Body>,
  body: Body,
  onFault: (error: unknown) => void,
): void {
  try {
    const answer = listener(body);
    if (isThenable(answer)) Promise.resolve(answer).catch(onFault);
  } catch (error) {
    onFault(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
