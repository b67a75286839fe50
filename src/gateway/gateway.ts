/** One node: the rooms that it serves, the doors into them, and its part in watching over them. */
import type { RoomKey, Store } from "../log/port.js";
import type { RoomSettings } from "../protocol/events.js";
import type { OfficeAction, RoomAction } from "../room/commands.js";
import { NO_BACK_OFFICE, type BackOffice } from "../room/events.js";
import { NO_ROOM, type RoomState } from "../room/state.js";
import type { Outcome } from "./batch.js";
import { ConferenceDoor } from "./conference-door.js";
import { Conferences } from "./conferences.js";
import { Doors } from "./doors.js";
import type { Collect } from "./following.js";
import { readHistory, type HistoryRead, type Position } from "./history.js";
import type { Standing } from "../tokens/standing.js";
import { stateOf } from "./recovery.js";
import { freshId, freshRoomId, type Environment } from "./environment.js";
import type { Metrics } from "./metrics.js";
import { occupiedRooms } from "./occupied.js";
import { Presence } from "./presence.js";
import { rehearse, type RehearsedJoin } from "./rehearsal.js";
import { RoomFault } from "./room-fault.js";
import { ServedRooms } from "./served-rooms.js";
import { tellText } from "./tell.js";

/** What a node is made of. */
export interface GatewayOptions {
  readonly store: Store;
  readonly environment: Environment;
  readonly metrics: Metrics;
  /** Settings of rooms whose creator says nothing else. */
  readonly roomDefaults: RoomSettings;
  readonly commandTimeoutMs: number;
  readonly idleRoomTtlMs: number;
  /** What follows the rooms' logs. */
  readonly collect: Collect;
  /** Which tokens count no more. */
  readonly standing: Standing;
  /** Whether joining a conference of this app takes a conference access token. */
  readonly isProtected: (app: string) => boolean;
}

/** How often a node looks for what is due, milliseconds. */
const SWEEP_MS = 200;

/** A node of the gateway. `createGateway` starts it. */
export class Gateway {
  /** This node's name among the others. */
  readonly node: string;
  /** The ways in. */
  readonly doors: Doors;
  /** Rooms that are opened for one meeting each. */
  readonly conferences: Conferences;
  private readonly rooms: ServedRooms;
  private readonly presence: Presence;
  private sweeper: NodeJS.Timeout | null = null;
  private up = true;
  private draining = false;
  private closing: Promise<void> | null = null;
  private readonly offReconnect: () => void;

  constructor(private readonly options: GatewayOptions) {
    const { store, environment, metrics } = options;
    this.node = freshId(environment);
    this.presence = new Presence({
      node: this.node,
      nodes: store.nodes,
      environment,
      onOrphan: (room, dead) => this.adopt(room, dead),
      onForgotten: () => this.rooms.verifyAll(),
      onStore: (up) => {
        this.up = up;
        metrics.storeUp(up);
      },
    });
    const { commandTimeoutMs, idleRoomTtlMs, collect, standing } = options;
    const now = (): number => this.presence.now();
    this.rooms = new ServedRooms({
      node: this.node,
      store,
      environment,
      metrics,
      now,
      commandTimeoutMs,
      idleRoomTtlMs,
      collect,
      standing,
    });
    const { roomDefaults, isProtected } = options;
    this.conferences = new Conferences({
      ...{ rooms: this.rooms, names: store.rooms, environment, now, roomDefaults },
      peek: (app, roomId) => this.peek(app, roomId),
    });
    this.doors = new Doors({
      ...{ node: this.node, rooms: this.rooms, environment, metrics, roomDefaults },
      conferences: new ConferenceDoor({ conferences: this.conferences, rooms: this.rooms, isProtected }),
    });
    this.offReconnect = store.log.onReconnect(() => this.rooms.verifyAll());
  }

  /** Takes up its work. Rejects with a fault where the store cannot be reached. */
  async start(): Promise<void> {
    await this.presence.start();
    this.options.metrics.storeUp(true);
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS);
  }

  /** Epoch milliseconds by the store's clock. */
  now(): number {
    return this.presence.now();
  }

  /** The store's kind, and whether it answers. */
  async health(): Promise<{ store: Store["kind"]; up: boolean }> {
    const { store } = this.options;
    return { store: store.kind, up: !this.draining && this.up && (await store.healthy()) };
  }

  /**
   * Makes a room, or finds the one that the customer's name is bound to. Rejects with a fault. Any back end of the app may call.
   */
  async createRoom(
    app: string,
    customRoomId: string | null,
    settings: Partial<RoomSettings>,
    backOffice: Partial<BackOffice> = {},
  ): Promise<{ roomId: string; state: RoomState }> {
    const { store, environment, roomDefaults } = this.options;
    const fresh = freshRoomId(environment);
    const roomId = customRoomId === null ? fresh : await store.rooms.name(app, customRoomId, fresh);
    const action = {
      type: "create",
      roomId,
      customRoomId,
      settings: { ...roomDefaults, ...settings },
      backOffice: { ...NO_BACK_OFFICE, ...backOffice },
      permanent: (backOffice.conference ?? null) === null,
    } as const;
    const outcome = await this.rooms.ask({ app, room: roomId }, { by: { kind: "api" }, action });
    if (!outcome.ok && outcome.refusal.reason !== "room_exists") throw new RoomFault(outcome.refusal);
    const room = this.rooms.get({ app, room: roomId });
    await room.follower.catchUp();
    return { roomId, state: await room.read() };
  }

  /**
   * What a back end asks of a room. `id`: the same one has one effect; `name`: for whom it speaks. Its outcome is in the records
   * when this resolves. Rejects with a fault.
   */
  async command(
    app: string,
    roomId: string,
    action: RoomAction | OfficeAction,
    { id, name }: { readonly id?: string | undefined; readonly name?: string | undefined } = {},
  ): Promise<Outcome> {
    const key = { app, room: roomId };
    const by = { kind: "api", ...(name === undefined ? {} : { name }) } as const;
    const outcome = await this.rooms.ask(key, { by, action }, id);
    if (outcome.ok) await this.rooms.get(key).follower.catchUp();
    return outcome;
  }

  /** What would become of a join that is not made; see `rehearse`. Rejects with a fault. */
  async rehearse(
    app: string,
    roomId: string,
    asked: RehearsedJoin,
  ): Promise<{ readonly outcome: Outcome; readonly state: RoomState }> {
    const { environment, roomDefaults } = this.options;
    const state = await this.rooms.get({ app, room: roomId }).read();
    const { node } = this;
    return rehearse(state, asked, { roomId, roomDefaults, node, id: freshId(environment), now: this.now() });
  }

  /**
   * Hands a frame to somebody's socket, in the room or in the lobby, on whatever node it is: at most once, and not kept for who is
   * not there now. Rejects with a fault.
   */
  async tell(
    app: string,
    roomId: string,
    participantId: string,
    frame: Readonly<Record<string, unknown>> & { readonly type: string },
  ): Promise<void> {
    const key = { app, room: roomId };
    if (this.rooms.served(key)?.fanOut.tell(participantId, JSON.stringify(frame)) === true) return;
    await this.options.store.log.relay(key, tellText(participantId, frame));
  }

  /** A room as the log has it now, without serving it: for lists. `NO_ROOM` where there is none. Rejects with a fault. */
  async peek(app: string, roomId: string): Promise<RoomState> {
    const key = { app, room: roomId };
    const served = this.rooms.served(key);
    if (served !== null) return served.read();
    const loaded = await this.options.store.log.load(key);
    return loaded === null ? NO_ROOM : stateOf(loaded);
  }

  /** Rooms of an app with somebody in them or in their lobby, which this node or one of `others` serves; see `occupiedRooms`. */
  occupied(app: string, others: readonly string[]): Promise<readonly RoomState[]> {
    const { store, environment } = this.options;
    const served = (key: RoomKey) => this.rooms.served(key);
    const nodes = [...new Set([this.node, ...others])];
    return occupiedRooms({ store, logger: environment.logger, served }, app, nodes);
  }

  /** Where a room's log is; null: there is no such room. Rejects with a fault. */
  async position(app: string, roomId: string): Promise<Position | null> {
    const room = this.rooms.get({ app, room: roomId });
    await room.read();
    const { head } = room.replica;
    return head === null ? null : { epoch: head.epoch, seq: head.seq };
  }

  /** What happened in a room after a position; see `readHistory`. */
  history(
    app: string,
    roomId: string,
    asked: Parameters<typeof readHistory>[2],
  ): Promise<HistoryRead | null> {
    return readHistory(this.rooms.get({ app, room: roomId }), this.options.store.log, asked);
  }

  /** Resolves once the records hold what this node knows of its rooms. Rejects with a fault. */
  catchUp(): Promise<void> {
    return this.rooms.catchUp();
  }

  /** A room's state by its id or the customer's name; null: there is none. Rejects with a fault. */
  async findRoom(app: string, idOrName: string): Promise<RoomState | null> {
    const state = await this.rooms.get({ app, room: idOrName }).read();
    if (state.room !== null) return state;
    const roomId = await this.options.store.rooms.named(app, idOrName);
    if (roomId === null) return null;
    const named = await this.rooms.get({ app, room: roomId }).read();
    return named.room === null ? null : named;
  }

  /** Something was revoked: whoever stands on it, in a room that is served here, is out. */
  recheck(): void {
    this.rooms.recheck();
  }

  /** Says from now on that this node is not ready: it is about to leave. */
  drain(): void {
    this.draining = true;
  }

  /** Stops as a crash would: nothing is committed, told or cleaned up any more. */
  abandon(): void {
    this.draining = true;
    this.closing ??= Promise.resolve();
    this.offReconnect();
    if (this.sweeper !== null) clearInterval(this.sweeper);
    this.presence.abandon();
    this.rooms.abandon();
  }

  /** Leaves in order: no more sweeps, every room let go, this node's traces gone. The store stays open. */
  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    this.offReconnect();
    if (this.sweeper !== null) clearInterval(this.sweeper);
    await this.rooms.close();
    await this.presence.stop();
  }

  /** Takes over a room of a dead node: its lines are lost, and this node keeps the room until nothing is pending in it. */
  private async adopt(key: RoomKey, dead: string): Promise<void> {
    const outcome = await this.rooms.ask(key, {
      by: { kind: "gateway" },
      action: { type: "nodes-lost", nodes: [dead] },
    });
    if (!outcome.ok) throw new RoomFault(outcome.refusal);
  }

  private sweep(): void {
    const { holdsUntil, silentFor } = this.presence;
    const now = this.presence.now();
    this.rooms.sweep(now >= holdsUntil && silentFor === 0 ? now : null);
  }
}
