/** Rooms and sessions over REST. */
import type { Attendance, DeactivatedRoom, LiveRoom, Room, Session, SessionInside } from "./answers.js";
import type { NewRoom, RoomChanges, SessionFilter, WhichSession } from "./bodies.js";
import type { Call, CallOptions } from "./caller.js";
import { listingOf, type Listing } from "./listing.js";
import { OPERATIONS } from "./operations.js";
import { RestError } from "./rest-error.js";

/** How a list is read. */
export interface ListOptions {
  /** Entries in one page, 100 at most; that many unless said. */
  readonly perPage?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As many as the gateway gives: fewer requests for the same list. */
export const PER_PAGE = 100;

/** Rooms. Rooms are named by id or custom room id, unless said. Methods reject with a `RestError`. */
export class RoomsApi {
  constructor(private readonly call: Call) {}

  /**
   * Makes a room; with a `customRoomId` that is known, answers with the room that has it. Not sent again by itself where an answer is
   * lost: without a `customRoomId` there might be two rooms then.
   */
  create(room: NewRoom = {}, options?: CallOptions): Promise<Room> {
    return this.call(OPERATIONS.createRoom, { body: room }, options);
  }

  get(id: string, options?: CallOptions): Promise<Room> {
    return this.call(OPERATIONS.getRoom, { params: { id } }, options);
  }

  /** All rooms, newest first; with `query` only the room with exactly this id or custom room id. */
  list({
    query,
    perPage = PER_PAGE,
    signal,
  }: ListOptions & { readonly query?: string | undefined } = {}): Listing<Room> {
    return listingOf((page) =>
      this.call(OPERATIONS.listRooms, { query: { query, page, perPage } }, { signal }),
    );
  }

  /** The room, if it can be joined; else rejects with `room_unknown` or `room_disabled`. */
  validate(id: string, options?: CallOptions): Promise<Room> {
    return this.call(OPERATIONS.validateRoom, { params: { id } }, options);
  }

  /** Enables or disables it, or changes its settings. Disabling ends what goes on in it. */
  change(id: string, changes: RoomChanges, options?: CallOptions): Promise<Room> {
    return this.call(OPERATIONS.changeRoom, { params: { id }, body: changes }, options);
  }

  /** Closes it for good. Takes the room id only. */
  deactivate(roomId: string, options?: CallOptions): Promise<DeactivatedRoom> {
    return this.call(OPERATIONS.deactivateRoom, { body: { roomId } }, options);
  }

  /** The room as it is now: who is in, who waits, what is locked. */
  live(id: string, options?: CallOptions): Promise<LiveRoom> {
    return this.call(OPERATIONS.live, { params: { id } }, options);
  }
}

/** Sessions: what went on in rooms, and who attended. Methods reject with a `RestError`. */
export class SessionsApi {
  constructor(private readonly call: Call) {}

  /** Newest first. */
  list({ perPage = PER_PAGE, signal, ...filter }: SessionFilter & ListOptions = {}): Listing<Session> {
    return listingOf((page) =>
      this.call(OPERATIONS.listSessions, { query: { ...filter, page, perPage } }, { signal }),
    );
  }

  get(sessionId: string, options?: CallOptions): Promise<Session> {
    return this.call(OPERATIONS.getSession, { params: { sessionId } }, options);
  }

  /** Ends the session that goes on in a room, for all; answers it as it ended. */
  end(which: WhichSession, options?: CallOptions): Promise<Session> {
    return this.call(OPERATIONS.endSession, { body: which }, options);
  }

  /** Everybody who attended, in the order of their first joining. */
  participants(
    sessionId: string,
    { perPage = PER_PAGE, signal }: ListOptions = {},
  ): Listing<Session["participants"][number]> {
    return listingOf(async (page) => {
      const parts = { params: { sessionId }, query: { page, perPage } };
      const { pageInfo, data } = await this.call(OPERATIONS.listAttendees, parts, { signal });
      return { pageInfo, data: data.participants };
    });
  }

  /** Who is inside, with what they had turned on; nobody, where the session is over. */
  inside(
    sessionId: string,
    { perPage = PER_PAGE, signal }: ListOptions = {},
  ): Listing<SessionInside["participants"][number]> {
    return listingOf(async (page) => {
      const parts = { params: { sessionId }, query: { page, perPage } };
      try {
        const { pageInfo, data } = await this.call(OPERATIONS.listInside, parts, { signal });
        return { pageInfo, data: data.flatMap(({ participants }) => participants) };
      } catch (error) {
        // So the API says that nobody is there.
        if (!(error instanceof RestError) || error.code !== "participant_unknown") throw error;
        return { pageInfo: { currentPage: page, perPage, lastPage: page, total: 0 }, data: [] };
      }
    });
  }

  /** Somebody who attended, with what they had turned on. */
  participant(sessionId: string, participantId: string, options?: CallOptions): Promise<Attendance> {
    return this.call(OPERATIONS.getAttendance, { params: { sessionId, participantId } }, options);
  }

  /** Puts somebody out of the session that goes on. Their token does not open it again. */
  remove(participantId: string, which: WhichSession, options?: CallOptions): Promise<Session> {
    return this.call(OPERATIONS.removeFromSession, { body: { ...which, participantId } }, options);
  }
}
