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
  /** Stands in place of `write` of records; `next` is the real one. */
  write: (next: () => Promise<boolean>) => Promise<boolean>;
  /** Called before every other call to the store, with its first argument; what it throws, the call rejects with. */
  before: (call: string, subject: unknown) => void | Promise<void>;
  /** Whether a publication reaches the node. */
  hears: (publication: Publication) => boolean;
}

/** A store that can be broken. */
export interface FaultyStore extends Store {
  readonly faults: Faults;
  /** From now on every call is a fault at once, as while Redis cannot be reached. */
  cutOff(): void;
  /** From now on nothing is broken. */
  mend(): void;
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
  const whole: Faults = {
    append: (_request, next) => next(),
    write: (next) => next(),
    before: () => undefined,
    hears: () => true,
  };
  const faults: Faults = { ...whole };
  const { log, rooms, nodes, records } = real;
  const through = async <T>(call: string, subject: unknown, next: () => Promise<T>): Promise<T> => {
    await faults.before(call, subject);
    return next();
  };
  return {
    faults,
    mend: () => void Object.assign(faults, whole),
    cutOff() {
      faults.append = () => Promise.reject(away());
      faults.write = () => Promise.reject(away());
      faults.before = () => {
        throw away();
      };
      faults.hears = () => false;
    },
    kind: real.kind,
    log: {
      load: (room) => through("load", room, () => log.load(room)),
      append: (room: RoomKey, request: AppendRequest) =>
        faults.append(request, () => log.append(room, request)),
      read: (...args) => through("read", args[0], () => log.read(...args)),
      storeSnapshot: (...args) => through("storeSnapshot", args[0], () => log.storeSnapshot(...args)),
      subscribe: (room, listener) =>
        through("subscribe", room, () =>
          log.subscribe(room, {
            publication: (publication) => {
              if (faults.hears(publication)) listener.publication(publication);
            },
            relay: (text) => listener.relay(text),
          }),
        ),
      relay: (...args) => through("relay", args[0], () => log.relay(...args)),
      touch: (...args) => through("touch", args[0], () => log.touch(...args)),
      onReconnect: (listener) => log.onReconnect(listener),
    },
    rooms: {
      name: (...args) => through("name", args[0], () => rooms.name(...args)),
      rename: (...args) => through("rename", args[0], () => rooms.rename(...args)),
      named: (...args) => through("named", args[0], () => rooms.named(...args)),
    },
    nodes: {
      beat: (...args) => through("beat", args[0], () => nodes.beat(...args)),
      serve: (...args) => through("serve", args[0], () => nodes.serve(...args)),
      release: (...args) => through("release", args[0], () => nodes.release(...args)),
      served: (...args) => through("served", args[0], () => nodes.served(...args)),
      forget: (...args) => through("forget", args[0], () => nodes.forget(...args)),
    },
    records: {
      fields: (...args) => through("fields", args[0], () => records.fields(...args)),
      range: (...args) => through("range", args[0], () => records.range(...args)),
      count: (...args) => through("count", args[0], () => records.count(...args)),
      scores: (...args) => through("scores", args[0], () => records.scores(...args)),
      write: (...args) => faults.write(() => records.write(...args)),
    },
    healthy: () => real.healthy(),
    close: () => real.close(),
  };
}
