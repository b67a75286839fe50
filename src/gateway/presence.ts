/** How nodes know of each other: each says that it lives, and takes over the rooms of those that stopped saying it. */
import { setTimeout as pause } from "node:timers/promises";
import type { NodeDirectory, RoomKey } from "../log/port.js";
import type { Environment } from "./environment.js";

/** What presence needs of its node. */
export interface PresenceHost {
  readonly node: string;
  readonly nodes: NodeDirectory;
  readonly environment: Environment;
  /** A node died while serving this room: its lines are lost, and somebody has to watch over what is pending. */
  onOrphan(room: RoomKey, dead: string): Promise<void>;
  /** The store has forgotten this node: it lost data, or others took this node for dead. */
  onForgotten(): void;
  /** The store answers again (true), or does not (false). */
  onStore(up: boolean): void;
}

/** Between two signs of life, milliseconds. */
const BEAT_MS = 1_000;
/** A node is dead after so much silence, milliseconds. */
const SILENCE_MS = 5_000;

/** One node's sign of life, and the store's clock. */
export class Presence {
  private offsetMs = 0;
  private lastBeat: number | null = null;
  private outageMs = 0;
  private holdUntil = 0;
  private timer: NodeJS.Timeout | null = null;
  private beating: Promise<void> = Promise.resolve();
  private readonly takeOvers = new Map<string, Promise<void>>();
  private stopped = false;

  constructor(private readonly host: PresenceHost) {}

  /** Epoch milliseconds by the store's clock, so that a node with a wrong clock ends nothing early. */
  now(): number {
    return Math.round(this.host.environment.now() + this.offsetMs);
  }

  /** Until when nothing may fall due: after an outage everybody gets as long again to come back as it lasted. */
  get holdsUntil(): number {
    return this.holdUntil;
  }

  /** How long the store has been silent, milliseconds; 0 while it answers. */
  get silentFor(): number {
    return this.lastBeat === null ? 0 : Math.max(0, performance.now() - this.lastBeat - 2 * BEAT_MS);
  }

  /** Begins; resolves after the first sign of life. Rejects with a fault where the store does not take it. */
  async start(): Promise<void> {
    await this.beat();
    this.schedule();
  }

  /** Ends, and leaves no trace in the store. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.beating.catch(() => undefined);
    await Promise.all(this.takeOvers.values());
    await this.host.nodes.forget(this.host.node).catch(() => undefined);
  }

  /** Ends without a word, as a crash would. */
  abandon(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.beating = this.beat().then(
        () => this.host.onStore(true),
        () => this.host.onStore(false),
      );
      void this.beating.finally(() => {
        if (!this.stopped) this.schedule();
      });
    }, BEAT_MS);
  }

  private async beat(): Promise<void> {
    const { node, nodes, environment } = this.host;
    const begin = environment.now();
    const { now, dead, known } = await nodes.beat(node, SILENCE_MS);
    const end = environment.now();
    this.offsetMs = now - (begin + end) / 2;
    const silence = this.lastBeat === null ? 0 : performance.now() - this.lastBeat;
    const first = this.lastBeat === null;
    this.lastBeat = performance.now();
    if (silence > SILENCE_MS / 2) {
      // Nobody could say that they live while the store was away: judging the others by it would be wrong. Half the time, since
      // the others' last sign of life may have come a beat before ours, and theirs now may come a reconnection later.
      this.outageMs = silence;
      this.holdUntil = this.now() + Math.min(silence, 60_000);
    }
    if (!known && !first) this.host.onForgotten();
    if (this.now() < this.holdUntil && this.outageMs > 0) return;
    for (const one of dead) this.beginTakeOver(one);
  }

  /** Beside the beats, not between them: over many rooms this node must not fall silent, and be taken for dead itself. */
  private beginTakeOver(dead: string): void {
    if (this.takeOvers.has(dead)) return;
    const takeOver = this.takeOver(dead)
      .catch((error: unknown) => {
        // It stays among the dead, so the next beat comes back to it.
        this.host.environment.logger.warn({ dead, err: error }, "could not take over yet; trying again");
      })
      .finally(() => this.takeOvers.delete(dead));
    this.takeOvers.set(dead, takeOver);
  }

  private async takeOver(dead: string): Promise<void> {
    const { nodes, environment } = this.host;
    const rooms = await nodes.served(dead);
    environment.logger.warn({ dead, rooms: rooms.length }, "a node died; taking over its rooms");
    for (const [index, room] of rooms.entries()) {
      if (this.stopped) return;
      await this.host.onOrphan(room, dead);
      // Many rooms at once would hold up everybody else's commands.
      if (index % 50 === 49) await pause(10);
    }
    await nodes.forget(dead);
  }
}
