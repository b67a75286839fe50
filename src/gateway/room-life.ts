/** How long the store keeps a room: for ever, or for a while after its last use (`design.md` section 3, "Which rooms exist"). */
import type { RoomKey, RoomLog } from "../log/port.js";
import type { RoomState } from "../room/state.js";
import type { Follower } from "./follower.js";

/** Doors go by clocks of their own, and may be told to take a token for some minutes after its expiry. */
const CLOCKS_APART_MS = 600_000;

/** The life of one room, as one node sees to it. */
export class RoomLife {
  /** Whether the store may still take the room for one that is forgotten when unused. */
  private mayExpire = false;

  constructor(
    private readonly host: {
      readonly key: RoomKey;
      readonly log: RoomLog;
      readonly idleRoomTtlMs: number;
      /** Epoch milliseconds by the store's clock. */
      readonly now: () => number;
      readonly state: () => RoomState;
      readonly follower: () => Follower;
    },
  ) {}

  /** Life of the room in this state from now on, milliseconds; null: for ever. No one-time token that it knows outlives it (E16). */
  ttlFor({ room, usedTokens }: RoomState): number | null {
    if (room?.permanent !== false) return null;
    const { idleRoomTtlMs, now } = this.host;
    let ttlMs = idleRoomTtlMs;
    for (const expiry of usedTokens.values()) ttlMs = Math.max(ttlMs, expiry + CLOCKS_APART_MS - now());
    return ttlMs;
  }

  /** The room was loaded. Whether the store knows that it is kept nobody can tell: the node that was to say so may have died. */
  loaded(exists: boolean): void {
    this.mayExpire = exists;
  }

  /** Something happened in the room. One that a back end has taken in hand is kept from that moment on (O4). */
  heed(): void {
    if (this.ttlFor(this.host.state()) !== null) this.mayExpire = true;
    else if (this.mayExpire) void this.renew().catch(() => undefined);
  }

  /** Renews the life of a room that is forgotten when unused, or has it kept for ever. Rejects with a fault; then try again. */
  async renew(): Promise<void> {
    const ttlMs = this.ttlFor(this.host.state());
    if (ttlMs === null && !this.mayExpire) return;
    const { key, log, follower } = this.host;
    this.mayExpire = false;
    try {
      await log.touch(key, ttlMs);
      await follower().touch();
    } catch (error) {
      this.mayExpire = true;
      throw error;
    }
  }
}
