/** What happens in a room, done by a back end: the lobby, moderation, messages, bans, and following its events. */
import type { Permission } from "../room/grant.js";
import type { Ban, Done, KnockLink, Lobby, RoomEvents } from "./answers.js";
import type { Acting, MediaKind, NewMessage, WhichKnock, Words } from "./bodies.js";
import type { Call, CallOptions } from "./caller.js";
import { followRoom, type Followed, type FollowOptions } from "./follow.js";
import { OPERATIONS } from "./operations.js";

/** The lobby: who knocks, and the answers. Whoever answers first decides, here or on a socket. */
export class LobbyApi {
  constructor(private readonly call: Call) {}

  list(roomId: string, options?: CallOptions): Promise<Lobby> {
    return this.call(OPERATIONS.listLobby, { params: { id: roomId } }, options);
  }

  /** Rejects with `already_decided` where somebody was faster; `details` says who, and how. */
  admit(
    roomId: string,
    participantId: string,
    { since, name, ...options }: WhichKnock & Acting & CallOptions = {},
  ): Promise<Done> {
    const params = { id: roomId, participantId };
    return this.call(OPERATIONS.admit, { params, body: { since, name } }, options);
  }

  deny(
    roomId: string,
    participantId: string,
    { since, note, ban, name, ...options }: WhichKnock & Words & CallOptions = {},
  ): Promise<Done> {
    const params = { id: roomId, participantId };
    return this.call(OPERATIONS.deny, { params, body: { since, note, ban, name } }, options);
  }

  /** In the order of the knocks, while seats last. `result` has `admitted` and `waiting`. */
  admitAll(roomId: string, { name, ...options }: Acting & CallOptions = {}): Promise<Done> {
    return this.call(OPERATIONS.admitAll, { params: { id: roomId }, body: { name } }, options);
  }

  /** `result` has `denied`. */
  denyAll(roomId: string, { note, ban, name, ...options }: Words & CallOptions = {}): Promise<Done> {
    return this.call(OPERATIONS.denyAll, { params: { id: roomId }, body: { note, ban, name } }, options);
  }

  /** Makes a link that answers this knock, once. `expiresIn`: seconds. */
  link(
    roomId: string,
    participantId: string,
    { expiresIn, ...options }: CallOptions & { readonly expiresIn?: number | undefined } = {},
  ): Promise<KnockLink> {
    const params = { id: roomId, participantId };
    return this.call(OPERATIONS.makeKnockLink, { params, body: { expiresIn } }, options);
  }
}

/** Moderation. */
export class ModerationApi {
  constructor(private readonly call: Call) {}

  /** Turns somebody's microphone or webcam off, or everybody's; at once. `result` has `turnedOff`. */
  turnOff(roomId: string, kind: MediaKind, options: ToWhom = {}): Promise<Done> {
    const { participantId, name, ...rest } = options;
    const body = { kind, name };
    return participantId === undefined
      ? this.call(OPERATIONS.turnOffAll, { params: { id: roomId }, body }, rest)
      : this.call(OPERATIONS.turnOff, { params: { id: roomId, participantId }, body }, rest);
  }

  /** Locks or releases somebody's, or everybody's: locked, it cannot be turned on by its owner. */
  lockMedia(roomId: string, kind: MediaKind, locked: boolean, options: ToWhom = {}): Promise<Done> {
    const { participantId, name, ...rest } = options;
    const body = { kind, locked, name };
    return participantId === undefined
      ? this.call(OPERATIONS.lockMediaForAll, { params: { id: roomId }, body }, rest)
      : this.call(OPERATIONS.lockMedia, { params: { id: roomId, participantId }, body }, rest);
  }

  /** Asks somebody to turn it on. The answer is the event `mic-responded` or `webcam-responded`. */
  requestMedia(
    roomId: string,
    participantId: string,
    kind: MediaKind,
    { name, ...options }: Acting & CallOptions = {},
  ): Promise<Done> {
    const params = { id: roomId, participantId };
    return this.call(OPERATIONS.requestMedia, { params, body: { kind, name } }, options);
  }

  /** Puts somebody out. The tokens that they showed do not open this session again; with `ban` none does. */
  remove(
    roomId: string,
    participantId: string,
    { note, ban, name, ...options }: Words & CallOptions = {},
  ): Promise<Done> {
    const params = { id: roomId, participantId };
    return this.call(OPERATIONS.remove, { params, body: { note, ban, name } }, options);
  }

  returnToLobby(
    roomId: string,
    participantId: string,
    { name, ...options }: Acting & CallOptions = {},
  ): Promise<Done> {
    return this.call(
      OPERATIONS.returnToLobby,
      { params: { id: roomId, participantId }, body: { name } },
      options,
    );
  }

  /** Gives or takes rights, at once and for as long as the session lasts, whatever a token says. */
  setPermissions(
    roomId: string,
    participantId: string,
    { grant = [], take = [], name, ...options }: RightsChange & Acting & CallOptions,
  ): Promise<Done> {
    const parts = { params: { id: roomId, participantId }, body: { grant, take, name } };
    return this.call(OPERATIONS.setPermissions, parts, options);
  }

  /** While a room is locked, newcomers neither enter nor knock. */
  lockRoom(roomId: string, locked: boolean, { name, ...options }: Acting & CallOptions = {}): Promise<Done> {
    return this.call(OPERATIONS.lockRoom, { params: { id: roomId }, body: { locked, name } }, options);
  }

  /** Ends the session for all, in the room and in the lobby. */
  end(roomId: string, { name, ...options }: Acting & CallOptions = {}): Promise<Done> {
    return this.call(OPERATIONS.end, { params: { id: roomId }, body: { name } }, options);
  }
}

/** Who is meant; not given: everybody but moderators. */
export interface ToWhom extends Acting, CallOptions {
  readonly participantId?: string | undefined;
}

/** Rights that are given and taken; at least one. */
export interface RightsChange {
  readonly grant?: readonly Exclude<Permission, "ask_join">[] | undefined;
  readonly take?: readonly Exclude<Permission, "ask_join">[] | undefined;
}

/** Messages on topics. */
export class MessagesApi {
  constructor(private readonly call: Call) {}

  publish(roomId: string, message: NewMessage, options?: CallOptions): Promise<Done> {
    return this.call(OPERATIONS.publish, { params: { id: roomId }, body: message }, options);
  }
}

/** Bans: over all sessions of a room, until lifted. */
export class BansApi {
  constructor(private readonly call: Call) {}

  /** The oldest first. */
  async list(roomId: string, options?: CallOptions): Promise<readonly Ban[]> {
    return (await this.call(OPERATIONS.listBans, { params: { id: roomId } }, options)).bans;
  }

  /** Also somebody who is not here. Who is in the room or the lobby under this id is put out. */
  add(
    roomId: string,
    participantId: string,
    { note, name, ...options }: Pick<Words, "note" | "name"> & CallOptions = {},
  ): Promise<Done> {
    return this.call(
      OPERATIONS.ban,
      { params: { id: roomId }, body: { participantId, note, name } },
      options,
    );
  }

  lift(
    roomId: string,
    participantId: string,
    { name, ...options }: Acting & CallOptions = {},
  ): Promise<Done> {
    return this.call(OPERATIONS.liftBan, { params: { id: roomId, participantId }, query: { name } }, options);
  }
}

/** What happened in a room, and what happens. */
export class EventsApi {
  constructor(private readonly call: Call) {}

  /** The events after `since`, or all that happened in this epoch. Rejects with `history_gone` where they are not kept any more. */
  read(
    roomId: string,
    {
      since,
      limit,
      ...options
    }: CallOptions & { since?: string | undefined; limit?: number | undefined } = {},
  ): Promise<RoomEvents> {
    return this.call(OPERATIONS.events, { params: { id: roomId }, query: { since, limit } }, options);
  }

  /**
   * Follows a room: the room as it is, then each event, without a gap, over faults and broken lines. Ends with its signal, or when
   * the loop is left; rejects with a `RestError` for what no patience mends, such as `room_unknown`.
   *
   * ```ts
   * for await (const told of client.events.follow("weekly", { signal })) {
   *   if (told.kind === "event" && told.event.type === "participant-joined") greet(told.event.participant);
   * }
   * ```
   */
  follow(roomId: string, options?: FollowOptions): AsyncGenerator<Followed, void, undefined> {
    return followRoom(this.call, roomId, options);
  }
}
