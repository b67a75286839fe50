import type { RoomListener } from "../port.js";

/** Who listens to which room in this process. Delivery is never synchronous, and keeps the order of `deliver` calls. */
export class Listeners {
  readonly #rooms = new Map<string, Set<Registration>>();

  /** Adds a listener; the same one twice hears everything twice. The function returned ends it, at once. */
  add(room: string, listener: RoomListener): () => void {
    const registration: Registration = { listener };
    const set = this.#rooms.get(room) ?? new Set();
    this.#rooms.set(room, set.add(registration));
    return () => {
      set.delete(registration);
      if (set.size === 0 && this.#rooms.get(room) === set) this.#rooms.delete(room);
    };
  }

  /** Tells those who listen now, unless they have ended by the time that it reaches them. */
  deliver(room: string, tell: (listener: RoomListener) => void): void {
    const set = this.#rooms.get(room);
    if (set === undefined) return;
    for (const registration of [...set]) {
      // One microtask each: a listener that throws against its contract takes nothing from the others.
      queueMicrotask(() => {
        if (set.has(registration)) tell(registration.listener);
      });
    }
  }

  /** Ends all. */
  clear(): void {
    for (const set of this.#rooms.values()) set.clear();
    this.#rooms.clear();
  }
}

/** Tells two subscriptions of the same listener apart. */
interface Registration {
  readonly listener: RoomListener;
}
