/** A room as one node serves it: the replica, the committer, the connections, and what keeps them together. */
import type { Publication, RoomKey, Store } from "../log/port.js";
import type { Command, GatewayAction } from "../room/commands.js";
import type { RoomState } from "../room/state.js";
import type { Attempt } from "./batch.js";
import { Deadlines } from "./deadlines.js";
import { Committer } from "./committer.js";
import { freshId, type Environment } from "./environment.js";
import { FanOut } from "./fan-out.js";
import type { Standing } from "../tokens/standing.js";
import type { Metrics } from "./metrics.js";
import { Follower } from "./follower.js";
import type { Collect } from "./following.js";
import { Opening } from "./opening.js";
import { Recovery } from "./recovery.js";
import { Replica } from "./replica.js";
import { SignalRelay } from "./signals.js";
import { Snapshots } from "./snapshots.js";
import { RoomLife } from "./room-life.js";
import { hearTold } from "./tell.js";
import { TokenMarks } from "./token-marks.js";
import { TurnOut } from "./turn-out.js";
import type { Settle } from "./waiting.js";

/** What a live room takes from its node. */
export interface LiveRoomOptions {
  readonly key: RoomKey;
  readonly node: string;
  readonly store: Store;
  readonly environment: Environment;
  readonly metrics: Metrics;
  /** Epoch milliseconds by the store's clock. */
  readonly now: () => number;
  readonly commandTimeoutMs: number;
  /** Life of rooms that were opened by a join, milliseconds from their last use. */
  readonly idleRoomTtlMs: number;
  /** What follows the room's log. */
  readonly collect: Collect;
  /** Which tokens count no more. */
  readonly standing: Standing;
}

/** One room on one node. */
export class LiveRoom {
  readonly key: RoomKey;
  readonly replica: Replica;
  readonly fanOut: FanOut;
  readonly signals: SignalRelay;
  readonly follower: Follower;
  private readonly watchers = new Set<() => void>();
  private readonly committer: Committer;
  private readonly recovery: Recovery;
  private readonly life: RoomLife;
  private readonly snapshots: Snapshots;
  private readonly tokenMarks: TokenMarks;
  private readonly deadlines: Deadlines;
  private readonly turnOut: TurnOut;
  private readonly opening: Opening;
  private stale = false;
  private verifying = 0;
  private closed = false;
  private usedAt = performance.now();

  constructor(private readonly options: LiveRoomOptions) {
    const { key, node, store, metrics } = options;
    this.key = key;
    this.replica = new Replica((taken) => {
      this.fanOut.take(taken);
      this.follower.taken(false);
      this.life.heed();
      this.turnOut.heard(taken);
      this.tokenMarks.heard(taken);
      for (const watcher of this.watchers) watcher();
    });
    this.fanOut = new FanOut(
      this.replica,
      () => this.committer.busy,
      (events, members) => metrics.flushed(events, members),
    );
    const shared = {
      key,
      node,
      log: store.log,
      replica: this.replica,
      freshId: () => freshId(options.environment),
      ttlFor: (state: RoomState) => this.life.ttlFor(state),
    };
    this.opening = new Opening({
      ...{ key, node, store },
      load: () => this.recovery.run(),
      loaded: () => this.loaded(),
      opened: () => {
        this.turnOut.checkAll();
        this.follower.taken(false);
      },
      hear: (publication) => this.hear(publication),
      relayed: (text) => this.relayed(text),
    });
    this.life = new RoomLife({
      ...{ key, log: store.log, idleRoomTtlMs: options.idleRoomTtlMs, now: options.now },
      state: () => this.replica.state,
      follower: () => this.follower,
    });
    this.turnOut = new TurnOut({
      ...{ key, standing: options.standing, state: () => this.replica.state },
      ask: (action, again) =>
        this.committer.submitFirst(this.own(action), (outcome) => {
          if (!outcome.ok && outcome.refusal.reason === "unavailable" && !this.closed) again();
        }),
    });
    this.deadlines = new Deadlines(
      () => this.replica.state,
      (done) => this.committer.submit(this.own({ type: "tick" }), done),
    );
    this.tokenMarks = new TokenMarks({ replica: this.replica, fanOut: this.fanOut });
    this.snapshots = new Snapshots(key, store.log, this.replica);
    this.recovery = new Recovery({
      ...shared,
      onNewHistory: () => {
        this.turnOut.checkAll();
        this.fanOut.resync();
        for (const watcher of this.watchers) watcher();
      },
      onFork: (events) => this.assertAgain(events.length, { type: "recover", events }),
      onEpoch: (epoch, why) => {
        metrics.epochOpened();
        // The customer's name for the room may be lost with the room.
        const customRoomId = this.replica.state.room?.customRoomId ?? null;
        if (customRoomId !== null)
          void store.rooms.name(key.app, customRoomId, key.room).catch(() => undefined);
        options.environment.logger.warn({ ...key, epoch, why }, "opened a new epoch");
      },
    });
    this.committer = new Committer(
      {
        ...shared,
        now: options.now,
        ready: () => this.open(),
        reload: () => this.recovery.run(),
        onCommit: (attempt, tries) => this.committed(attempt, tries),
        onBug: (error) => this.bug(error),
      },
      options.commandTimeoutMs,
    );
    this.follower = new Follower({
      ...shared,
      records: store.records,
      collect: options.collect,
      ttlMs: () => this.life.ttlFor(this.replica.state),
      onBug: (error) => this.bug(error),
    });
    this.signals = new SignalRelay({ key, log: store.log, replica: this.replica, fanOut: this.fanOut });
  }

  /** Loads the room and listens to it; repeated calls share one attempt, a failed one is tried anew. Rejects with a fault. */
  open(): Promise<void> {
    return this.opening.open();
  }

  /** Asks the room; `settle` hears the outcome. Commands of the gateway itself may be sent by it alone. */
  submit(command: Command, settle: Settle, isWanted?: () => boolean): void {
    this.usedAt = performance.now();
    this.committer.submit(command, settle, isWanted);
  }

  /** The state, current as of now. Rejects with a fault. */
  async read(): Promise<RoomState> {
    this.usedAt = performance.now();
    await this.open();
    await this.committer.ensureCurrent();
    return this.replica.state;
  }

  /** Calls `listener` after every commit that arrives here; the room is not let go until the function returned is called. */
  watch(listener: () => void): () => void {
    this.watchers.add(listener);
    return () => {
      this.usedAt = performance.now();
      this.watchers.delete(listener);
    };
  }

  /** Proves that nothing was missed, and mends it if it was. Rejects with a fault; then the room stays marked as stale. */
  async verify(): Promise<void> {
    if (!this.opening.begun) return;
    this.stale = true;
    this.verifying += 1;
    try {
      await this.open();
      await this.committer.verify();
      this.stale = false;
    } finally {
      this.verifying -= 1;
    }
  }

  /** Makes due what is due; called by the node's sweep with the store's time, or null while nothing may fall due. */
  sweep(now: number | null): void {
    if (this.stale && this.verifying === 0 && !this.closed) void this.verify().catch(() => undefined);
    if (now === null) return;
    this.tokenMarks.sweep(now);
    this.deadlines.sweep(now);
  }

  /** Whether nobody here needs the room any more: no connection, nothing pending in it, and not asked for `lingerMs`. */
  isIdle(lingerMs: number): boolean {
    const loading = this.opening.begun && !this.opening.done;
    if (this.fanOut.size > 0 || this.committer.busy || loading) return false;
    if (this.watchers.size > 0 || this.follower.behind) return false;
    // A room that does not exist is not worth waiting for: anybody can ask for any number of them.
    if (this.replica.state.room !== null && performance.now() - this.usedAt < lingerMs) return false;
    return !this.deadlines.pending;
  }

  /** Something was revoked: whoever stands on it is out. */
  recheck(): void {
    if (this.opening.done) this.turnOut.checkAll();
  }

  /** Whether this node has let the room go. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** Renews how long the store keeps the room, where that is to be renewed. Rejects with a fault. */
  touch(): Promise<void> {
    return this.life.renew();
  }

  /** Takes and commits nothing any more, as after a crash. */
  abandon(): void {
    this.closed = true;
    this.committer.abandon();
    this.follower.stop();
  }

  /** Stops listening. Connections are the caller's to close first. */
  async close(): Promise<void> {
    this.closed = true;
    await this.opening.settled();
    await this.committer.idle();
    if (this.follower.behind) await this.follower.catchUp().catch(() => undefined);
    this.follower.stop();
    await this.opening.close();
  }

  private loaded(): void {
    this.snapshots.loaded();
    this.life.loaded(this.replica.head !== null);
    if (this.replica.head === null) this.follower.beginAnew();
  }

  private hear(publication: Publication): void {
    const { replica, committer } = this;
    // The opening of an epoch that this node opened itself, or has followed already.
    if (publication.events.length === 0 && publication.epoch === replica.head?.epoch) return;
    try {
      const own = committer.own(publication.commit) ?? undefined;
      const offer = replica.offer(publication.epoch, publication, own);
      if (offer === "taken") committer.heard(publication.commit);
      else if (offer !== "known") this.verify().catch(() => undefined);
    } catch (error) {
      this.bug(error);
    }
  }

  private relayed(text: string): void {
    try {
      const message: unknown = JSON.parse(text);
      if (!this.recovery.hear(message) && !hearTold(message, this.fanOut)) this.signals.hear(message);
    } catch (error) {
      this.bug(error);
    }
  }

  /** What only this node holds goes back into the log before anybody here gets a snapshot; whoever has no place then is told. */
  private assertAgain(count: number, action: Extract<GatewayAction, { type: "recover" }>): void {
    const { environment, metrics } = this.options;
    this.fanOut.hold();
    this.committer.submitFirst(this.own(action), (outcome) => {
      // Nobody else holds it: if the store is away again, it is asserted when it is back.
      if (!outcome.ok && outcome.refusal.reason === "unavailable" && !this.closed) {
        this.assertAgain(count, action);
        return;
      }
      environment.logger.warn(
        { ...this.key, held: count, ok: outcome.ok },
        "asserted again what the log had lost",
      );
      metrics.recovered();
      this.fanOut.resync();
    });
  }

  /** A command of the gateway itself. */
  private own(action: GatewayAction): Command {
    const id = freshId(this.options.environment);
    return { id, freshId: id, by: { kind: "gateway" }, action };
  }

  private committed({ events, waitsMs }: Attempt, tries: number): void {
    const { metrics } = this.options;
    metrics.committed(events.length, tries);
    for (const waitedMs of waitsMs) metrics.knockAnswered(waitedMs);
    this.follower.taken(true);
    this.snapshots.consider(this.follower.followedTo);
  }

  private bug(error: unknown): void {
    this.options.environment.logger.error({ ...this.key, err: error }, "a bug in a room");
  }
}
