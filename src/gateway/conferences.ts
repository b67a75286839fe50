/**
 * Conferences: rooms that are opened for one meeting, and found by an alias that the next one takes over
 * (`reference/dolby.md` section 3, `docs/rules.md` K).
 */
import type { RoomDirectory } from "../log/port.js";
import type { RoomSettings } from "../protocol/events.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import { conferenceOf } from "../room/conference.js";
import { NO_BACK_OFFICE } from "../room/events.js";
import type { RoomState } from "../room/state.js";
import type { Environment } from "./environment.js";
import { RoomFault } from "./room-fault.js";
import type { ServedRooms } from "./served-rooms.js";

/** The longest that a conference lasts once somebody has come into it while it was empty, milliseconds (`reference/dolby.md` section 3). */
export const LONGEST_CONFERENCE_MS = 3 * 3_600_000;

/** An alias that leads to no room after so long leads to one that is forgotten, and not to one that is being made, milliseconds. */
const MAKING_MS = 600_000;

/** What a conference is to be. */
export interface ConferenceOrder {
  readonly app: string;
  /** Null: it is found by its id alone. */
  readonly alias: string | null;
  /** The participant id of its owner; null: nobody. */
  readonly ownerId: string | null;
  readonly isProtected: boolean;
  /** How long it goes on empty, milliseconds; 0: it ends with the last to leave. */
  readonly emptyTtlMs: number;
  readonly pincode: string | null;
}

/** A conference that goes on: a new one, or the one that has the alias, as it is; or `room_exists`. */
export type Opened =
  | { readonly ok: true; readonly roomId: string; readonly state: RoomState; readonly created: boolean }
  | { readonly ok: false; readonly refusal: Refusal };

/** What conferences need of their node. */
export interface ConferencesHost {
  readonly rooms: Pick<ServedRooms, "ask" | "get">;
  readonly names: RoomDirectory;
  /** A room as the log has it now. Rejects with a fault. */
  readonly peek: (app: string, roomId: string) => Promise<RoomState>;
  readonly environment: Pick<Environment, "randomBytes">;
  /** Epoch milliseconds by the store's clock. */
  readonly now: () => number;
  readonly roomDefaults: RoomSettings;
}

/** The conferences of a node. */
export class Conferences {
  constructor(private readonly host: ConferencesHost) {}

  /**
   * Opens a conference, unless one with this alias goes on: then that one is answered, as it is. However many ask at once, on any
   * node, an alias leads to one conference. `room_exists`: the alias is a plain room's id or custom id. Rejects with a fault.
   */
  async open(order: ConferenceOrder): Promise<Opened> {
    const { app, alias } = order;
    if (alias === null) return this.make(order, this.freshId());
    const taken = { ok: false, refusal: refuse("room_exists", { field: "alias" }) } as const;
    if ((await this.host.peek(app, alias)).room !== null) return taken;
    // Each round but the last, somebody else has taken the alias over meanwhile.
    for (;;) {
      const { roomId, state } = await this.boundTo(app, alias);
      if (state.room === null) {
        if (timeOf(roomId) === null) return taken;
        const made = await this.make(order, roomId);
        if (!isOver(made.state) && (await this.host.names.named(app, alias)) === roomId) return made;
        // A node that was frozen before it made the room has lost the alias; nobody knows of this room yet.
        if (made.created) await this.end(app, roomId);
      } else if (conferenceOf(state) === null) return taken;
      else if (!isOver(state)) return { ok: true, roomId, state, created: false };
    }
  }

  /** The conference of this id or alias, also one that is over (`isOver`); null: there is none. Rejects with a fault. */
  async find(app: string, idOrAlias: string): Promise<RoomState | null> {
    const state = await this.host.peek(app, idOrAlias);
    if (conferenceOf(state) !== null) return state;
    const roomId = await this.host.names.named(app, idOrAlias);
    if (roomId === null) return null;
    const named = await this.host.peek(app, roomId);
    return conferenceOf(named) === null ? null : named;
  }

  /** A `jti` for a conference access token: 16 random bytes, base64url. */
  freshPassId(): string {
    return this.host.environment.randomBytes(16).toString("base64url");
  }

  /** What the alias leads to, after it was taken over from a conference that is over or forgotten: a room, or one to be made. */
  private async boundTo(app: string, alias: string): Promise<{ roomId: string; state: RoomState }> {
    const { names, peek } = this.host;
    const fresh = this.freshId();
    const bound = await names.name(app, alias, fresh);
    const state = await peek(app, bound);
    const isGone = state.room === null ? !this.maybeInTheMaking(bound) : isOver(state);
    if (!isGone) return { roomId: bound, state };
    const roomId = await names.rename(app, alias, bound, fresh);
    return { roomId, state: await peek(app, roomId) };
  }

  /** Somebody who has bound an alias makes the room next; whoever comes in between makes it as well, and the log keeps it single. */
  private maybeInTheMaking(roomId: string): boolean {
    const time = timeOf(roomId);
    return time === null || this.host.now() - time < MAKING_MS;
  }

  private async make(
    { app, alias, ownerId, isProtected, emptyTtlMs, pincode }: ConferenceOrder,
    roomId: string,
  ): Promise<Extract<Opened, { ok: true }>> {
    const { rooms, roomDefaults } = this.host;
    const key = { app, room: roomId };
    const outcome = await rooms.ask(key, {
      by: { kind: "api" },
      action: {
        type: "create",
        roomId,
        customRoomId: alias,
        settings: {
          ...roomDefaults,
          autoClose: { type: "session-end-and-deactivate", afterMs: LONGEST_CONFERENCE_MS },
        },
        backOffice: { ...NO_BACK_OFFICE, conference: { ownerId, isProtected, emptyTtlMs, pincode } },
        permanent: false,
      },
    });
    if (!outcome.ok && outcome.refusal.reason !== "room_exists") throw new RoomFault(outcome.refusal);
    const room = rooms.get(key);
    await room.follower.catchUp();
    return { ok: true, roomId, state: await room.read(), created: outcome.ok };
  }

  private async end(app: string, room: string): Promise<void> {
    const action = { type: "set-status", status: "deactivated" } as const;
    const outcome = await this.host.rooms.ask({ app, room }, { by: { kind: "api" }, action });
    if (!outcome.ok) throw new RoomFault(outcome.refusal);
  }

  private freshId(): string {
    return conferenceId(this.host.now(), this.host.environment.randomBytes(10));
  }
}

/** Whether this conference is over. It never goes on again. */
export function isOver({ room }: RoomState): boolean {
  return room?.status === "deactivated";
}

/** A UUID of version 7 (RFC 9562 section 5.7): the time in it tells a room in the making from one that is forgotten. */
function conferenceId(now: number, random: Buffer): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.floor(now), 0, 6);
  random.copy(bytes, 6, 0, 10);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** When a conference's id was made, epoch milliseconds; null: it is none. */
function timeOf(roomId: string): number | null {
  const time = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(roomId);
  return time === null ? null : Number.parseInt(`${time[1] ?? ""}${time[2] ?? ""}`, 16);
}
