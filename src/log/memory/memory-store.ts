import { LogFault, type Store } from "../port.js";
import { createMemoryNodeDirectory, createMemoryRoomDirectory } from "./memory-directories.js";
import { MemoryLog } from "./memory-log.js";
import { createMemoryRecords } from "./memory-records.js";

/**
 * A store in the memory of this process: nothing survives it. Several nodes of one process may share it; whoever made it
 * closes it, after the last of them. `now` answers epoch milliseconds: it decides what has expired and which nodes are silent.
 */
export function createMemoryStore({ now }: { readonly now: () => number }): Store {
  let closed: Promise<void> | undefined;
  const guard = (): void => {
    if (closed !== undefined) throw new LogFault("the store is closed");
  };
  const log = new MemoryLog(now, guard);
  return {
    kind: "memory",
    log,
    rooms: createMemoryRoomDirectory(guard),
    nodes: createMemoryNodeDirectory(now, guard),
    records: createMemoryRecords(now, guard),
    healthy: () => Promise.resolve(closed === undefined),
    close: () => {
      log.close();
      closed ??= Promise.resolve();
      return closed;
    },
  };
}
