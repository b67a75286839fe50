/** What outlives the page: how to come back to the seat, or the place in the lobby, without knocking again. */
import { fit, nullable, object, text, whole } from "./shape.js";

/**
 * Where a page keeps it, such as an entry of `sessionStorage`. What is kept opens the seat as a token would: it belongs to one
 * tab, and into no log. Both may throw; the meeting then goes on without.
 */
export interface KeepStore {
  load(): string | null;
  /** Null: nothing is to be kept any more. */
  save(text: string | null): void;
}

/** A way back. `id` is that of the join or resume that is under way: only the very same one may be sent again. */
export interface Kept {
  /** Null where not even the join was answered. */
  readonly secret: string | null;
  readonly id: string | null;
  readonly roomId: string | null;
  readonly participantId: string | null;
  /** Lines that were opened for this place until now. */
  readonly attempt: number;
}

/** Whom the page wants to be, and where; null where that is left open. */
export type Wanted = Pick<Kept, "roomId" | "participantId">;

/** Reads and writes it. Neither throws. */
export interface Keep {
  /** The way back, where there is one to the room and the person that are wanted. */
  read(): Kept | null;
  /** Keeps it. */
  write(kept: Kept): void;
  /** Forgets what was kept here. */
  forget(): void;
  /** Keeps the way to a join that is not answered yet. */
  writeJoin(id: string, attempt: number): void;
}

const keptShape = object<Kept>({
  secret: nullable(text),
  id: nullable(text),
  roomId: nullable(text),
  participantId: nullable(text),
  attempt: whole(),
});

/** Keeps in a store, for whom the page wants to be. `onFault` hears what the store threw. */
export function keepIn(store: KeepStore, wanted: () => Wanted, onFault: (error: unknown) => void): Keep {
  const safely = <T>(run: () => T): T | null => {
    try {
      return run();
    } catch (error) {
      onFault(error);
      return null;
    }
  };
  let mine: string | null = null;
  const write = (kept: Kept): void => {
    const text = JSON.stringify(kept);
    mine = text;
    safely(() => store.save(text));
  };
  return {
    read() {
      const kept = parse(safely(() => store.load()));
      const { roomId, participantId } = wanted();
      const isOther = (one: string | null, two: string | null): boolean =>
        one !== null && two !== null && one !== two;
      if (kept === null || isOther(kept.roomId, roomId)) return null;
      return isOther(kept.participantId, participantId) ? null : kept;
    },
    write,
    forget() {
      // Another page may have taken the place over: what is kept by now is its way back.
      if (safely(() => store.load()) === mine) safely(() => store.save(null));
    },
    writeJoin: (id, attempt) => write({ secret: null, id, ...wanted(), attempt }),
  };
}

function parse(kept: string | null): Kept | null {
  try {
    return fit(keptShape, JSON.parse(kept ?? "null"));
  } catch {
    // Not ours, or cut off: as good as nothing.
    return null;
  }
}
