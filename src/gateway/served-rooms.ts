/** The rooms that one node serves: opened when somebody needs them, swept while they live, let go when nobody does. */
import type { RoomKey } from "../log/port.js";
import type { Command } from "../room/commands.js";
import type { Outcome } from "./batch.js";
import { freshId } from "./environment.js";
import { LiveRoom, type LiveRoomOptions } from "./live-room.js";

/** What the rooms of a node take from it: what each one takes, but its key. */
export type ServedRoomsOptions = Omit<LiveRoomOptions, "key">;

/** A room that nobody needs here is kept for so long, for the next read or join, milliseconds. */
const LINGER_MS = 5_000;
/** How often the life of a room that is forgotten when unused is renewed (`log.md` rule 9). */
const TOUCH_EVERY_MS = 60_000;

/** The rooms of one node. */
export class ServedRooms {
  private readonly rooms = new Map<string, LiveRoom>();
  private touchedAt = performance.now();

  constructor(private readonly options: ServedRoomsOptions) {}

  /** The room of this key, opened if it is not served yet. */
  get(key: RoomKey): LiveRoom {
    const name = nameOf(key);
    let room = this.rooms.get(name);
    if (room === undefined) {
      room = new LiveRoom({ ...this.options, key });
      this.rooms.set(name, room);
      this.options.metrics.roomsServed(this.rooms.size);
    }
    return room;
  }

  /** The room of this key, if it is served. */
  served(key: RoomKey): LiveRoom | null {
    return this.rooms.get(nameOf(key)) ?? null;
  }

  /** Asks a room as the gateway or a back end would. `id`: the same one, one effect; not given, a fresh one. */
  ask(key: RoomKey, { by, action }: Pick<Command, "by" | "action">, id?: string): Promise<Outcome> {
    const fresh = freshId(this.options.environment);
    return new Promise((resolve) =>
      this.get(key).submit({ id: id ?? fresh, freshId: fresh, by, action }, resolve),
    );
  }

  /** Follows every log up to where it is here now. Rejects with a fault. */
  async catchUp(): Promise<void> {
    const behind = [...this.rooms.values()].filter(({ follower }) => follower.behind);
    await Promise.all(behind.map(({ follower }) => follower.catchUp()));
  }

  /** Makes due what is due at `now` (null: nothing may fall due at the moment), and lets go what nobody needs. */
  sweep(now: number | null): void {
    const touching = performance.now() - this.touchedAt > TOUCH_EVERY_MS;
    if (touching) this.touchedAt = performance.now();
    for (const [name, room] of this.rooms) {
      room.sweep(now);
      if (touching) void room.touch().catch(() => undefined);
      if (!room.isIdle(LINGER_MS)) continue;
      this.rooms.delete(name);
      void this.letGo(room);
    }
    this.options.metrics.roomsServed(this.rooms.size);
  }

  /** After anything that may have hidden a publication: every room proves itself, spread over a second (`log.md` rule 16). */
  verifyAll(): void {
    const { store, node } = this.options;
    const rooms = [...this.rooms.values()];
    rooms.forEach((room, index) => {
      const prove = (): void => {
        void store.nodes.serve(node, room.key).catch(() => undefined);
        void room.verify().catch(() => undefined);
      };
      setTimeout(prove, (index / rooms.length) * 1_000).unref();
    });
  }

  /** Something was revoked: every room looks at its people. */
  recheck(): void {
    for (const room of this.rooms.values()) room.recheck();
  }

  /** Stops as a crash would: nothing is committed any more. */
  abandon(): void {
    for (const room of this.rooms.values()) room.abandon();
  }

  /** Finishes what is under way and stops listening. */
  async close(): Promise<void> {
    await Promise.all([...this.rooms.values()].map((room) => room.close()));
  }

  private async letGo(room: LiveRoom): Promise<void> {
    const { store, node } = this.options;
    await room.touch().catch(() => undefined);
    await room.close();
    // Somebody may have needed it again meanwhile.
    if (!this.rooms.has(nameOf(room.key))) await store.nodes.release(node, room.key).catch(() => undefined);
  }
}

function nameOf({ app, room }: RoomKey): string {
  return JSON.stringify([app, room]);
}
