/** What outlives the page: how to come back to the seat, or the place in the lobby, without knocking again. */
import { fit, nullable, object, text } from "./shape.js";

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
}

/** Whom the page wants to be, and where; null where that is left open. */
export type Wanted = Pick<Kept, "roomId" | "participantId">;

const keptShape = object<Kept>({
  secret: nullable(text),
  id: nullable(text),
  roomId: nullable(text),
  participantId: nullable(text),
});

/** Reads and writes it. Never throws. */
export class Keep {
  constructor(
    private readonly store: KeepStore,
    private readonly wanted: () => Wanted,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** The way back, where there is one to the room and the person that are wanted. */
  read(): Kept | null {
    const kept = this.parse();
    if (kept === null) return null;
    const { roomId, participantId } = this.wanted();
    const other = (one: string | null, two: string | null): boolean =>
      one !== null && two !== null && one !== two;
    return other(kept.roomId, roomId) || other(kept.participantId, participantId) ? null : kept;
  }

  /** Keeps it; null forgets. */
  write(kept: Kept | null): void {
    try {
      this.store.save(kept === null ? null : JSON.stringify(kept));
    } catch (error) {
      this.onFault(error);
    }
  }

  /** Keeps the way to a join that is not answered yet. */
  writeJoin(id: string): void {
    this.write({ secret: null, id, ...this.wanted() });
  }

  private parse(): Kept | null {
    let kept: string | null = null;
    try {
      kept = this.store.load();
    } catch (error) {
      this.onFault(error);
    }
    if (kept === null) return null;
    try {
      return fit(keptShape, JSON.parse(kept));
    } catch {
      // Not ours, or cut off: as good as nothing.
      return null;
    }
  }
}
