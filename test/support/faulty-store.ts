/** A store between a node and the real one, which a test may break while the node runs. */
import {
  LogFault,
  type AppendOutcome,
  type AppendRequest,
  type Publication,
  type RoomKey,
  type Store,
} from "../../src/log/port.js";

/** What a test may put between a node and its log. Everything may be changed at any time. */
export interface Faults {
  /** Stands in place of `append`; `next` is the real one. */
  append: (request: AppendRequest, next: () => Promise<AppendOutcome>) => Promise<AppendOutcome>;
  /** Called before every other call to the store; what it throws, the call rejects with. */
  before: (call: string) => void | Promise<void>;
  /** Whether a publication reaches the node. */
  hears: (publication: Publication) => boolean;
}

/** A store that can be broken. */
export interface FaultyStore extends Store {
  readonly faults: Faults;
}

/** The answer that never comes. */
export function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/** A fault as the real store would have it. */
export function away(): LogFault {
  return new LogFault("the store is away, says the test");
}

/** Puts a breakable store around a real one; closing it closes that. */
export function breakable(real: Store): FaultyStore {
  const faults: Faults = {
    append: (_request, next) => next(),
    before: () => undefined,
    hears: () => true,
  };
  const { log, rooms, nodes } = real;
  const through = async <T>(call: string, next: () => Promise<T>): Promise<T> => {
    await faults.before(call);
    return next();
  };
  return {
    faults,
    kind: real.kind,
    log: {
      load: (room) => through("load", () => log.load(room)),
      append: (room: RoomKey, request: AppendRequest) =>
        faults.append(request, () => log.append(room, request)),
      read: (...args) => through("read", () => log.read(...args)),
      storeSnapshot: (...args) => through("storeSnapshot", () => log.storeSnapshot(...args)),
      subscribe: (room, listener) =>
        through("subscribe", () =>
          log.subscribe(room, {
            publication: (publication) => {
              if (faults.hears(publication)) listener.publication(publication);
            },
            relay: (text) => listener.relay(text),
          }),
        ),
      relay: (...args) => through("relay", () => log.relay(...args)),
      touch: (...args) => through("touch", () => log.touch(...args)),
      onReconnect: (listener) => log.onReconnect(listener),
    },
    rooms: {
      name: (...args) => through("name", () => rooms.name(...args)),
      named: (...args) => through("named", () => rooms.named(...args)),
    },
    nodes: {
      beat: (...args) => through("beat", () => nodes.beat(...args)),
      serve: (...args) => through("serve", () => nodes.serve(...args)),
      release: (...args) => through("release", () => nodes.release(...args)),
      served: (...args) => through("served", () => nodes.served(...args)),
      forget: (...args) => through("forget", () => nodes.forget(...args)),
    },
    healthy: () => real.healthy(),
    close: () => real.close(),
  };
}
