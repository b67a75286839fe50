/**
 * A participant's way into a meeting and through it: joins, waits, keeps a copy of the room, comes back when the line breaks, and
 * stops where the gateway says so (`design.md` section 2). No page, no media; runs in browsers and in Node.
 */
import type { ClientAction } from "./client-action.js";
import { MESSAGE_BYTES } from "./constants.js";
import { createDialler, type Dialler } from "./dialler.js";
import { Emitter, type Listener } from "./emitter.js";
import { createEntrance, type Credentials, type Entrance } from "./entrance.js";
import type { Keep } from "./keep.js";
import { refusedHere } from "./refusals.js";
import type { Joined, MeetingEvents, MeetingState } from "./meeting-events.js";
import { createOutbox, type Accepted, type Outbox } from "./outbox.js";
import { RoomCopy, type RoomView } from "./room-copy.js";
import { openWebSocket, type OpenSocket } from "./socket.js";
import type { Stay } from "./stay-types.js";
import { createStay } from "./stay.js";
import { makeId, startTimer, type StartTimer } from "./surroundings.js";

/** What a client is made of. What is not given is the platform's own. */
export interface MeetingClientOptions {
  /** Meeting doors of the gateway's nodes, `ws:` or `wss:`; tried in turn. At least one. */
  readonly urls: readonly string[];
  readonly credentials: Credentials;
  readonly openSocket?: OpenSocket | undefined;
  /** For the pauses between attempts: from 0 up to but not including 1. */
  readonly random?: (() => number) | undefined;
  /** Makes ids of commands and joins: 16 to 64 letters, digits or `_ . : -` that nobody can guess. */
  readonly makeId?: (() => string) | undefined;
  readonly startTimer?: StartTimer | undefined;
  /** Lines in a row that may fail before `join()` gives up. Default: 5. */
  readonly joinAttempts?: number | undefined;
  /** Lines in a row that may fail before a stay is given up. Default: no limit. */
  readonly reconnectAttempts?: number | undefined;
  /** What outlives the page. Default: nothing does. */
  readonly keep?: Keep | undefined;
  /** Called with each piece of work that a frame, or the end of a line, brings; calls it once, at once. */
  readonly around?: ((work: () => void) => void) | undefined;
}

/** One participant, in one room at a time. */
export class MeetingClient {
  private readonly emitter: Emitter<MeetingEvents>;
  private readonly room = new RoomCopy();
  private readonly outbox: Outbox;
  private readonly entrance: Entrance;
  private readonly dialler: Dialler;
  private readonly stay: Stay;
  private readonly makeId: () => string;

  constructor(options: MeetingClientOptions) {
    const { urls, credentials, joinAttempts = 5, reconnectAttempts = Infinity } = options;
    this.makeId = options.makeId ?? makeId;
    const around = options.around ?? ((work) => work());
    const random = options.random ?? Math.random;
    const timer = options.startTimer ?? startTimer;
    this.outbox = createOutbox(timer, random);
    this.entrance = createEntrance(credentials, this.makeId, options.keep);
    this.emitter = new Emitter((event, error) => {
      if (event !== "listener-error") this.emitter.emit("listener-error", { event, error });
    });
    this.dialler = createDialler({
      urls,
      openSocket: options.openSocket ?? openWebSocket,
      random,
      startTimer: timer,
      makeId: this.makeId,
      onFrame: (frame) => around(() => this.stay.hear(frame)),
      onEnd: (end) => around(() => this.stay.lose(end)),
    });
    const { emitter, room, outbox, entrance, dialler } = this;
    this.stay = createStay({ emitter, room, outbox, entrance, dialler, joinAttempts, reconnectAttempts });
  }

  /** Where the client stands. */
  get state(): MeetingState {
    return this.stay.state;
  }

  /** The room as it is now; listeners hear of a change after it was made here. */
  get view(): RoomView {
    return this.room;
  }

  /** The room, as the latest answer to a join named it; empty before. */
  get roomId(): string {
    return this.entrance.roomId;
  }

  /** The id that one goes by, as the latest answer gave it; empty before. */
  get participantId(): string {
    return this.entrance.participantId;
  }

  /** The address of the present line, or of the next. */
  get url(): string {
    return this.dialler.url;
  }

  /** Hears events of one kind; the answer undoes it. A listener that throws breaks nothing: see `listener-error`. */
  on<K extends keyof MeetingEvents>(event: K, listener: Listener<MeetingEvents[K]>): () => void {
    return this.emitter.on(event, listener);
  }

  /**
   * Asks to come in. Resolves once one is in the room or in the lobby. Rejects with a `MeetingError`: the gateway's refusal, or
   * `unreachable`; after the latter another call goes on with the same join, which never takes a second seat.
   */
  join(): Promise<Joined> {
    switch (this.stay.state) {
      case "idle":
      case "joining":
      case "left":
        return this.stay.begin();
      case "waiting":
      case "joined":
      case "reconnecting":
        return Promise.reject(refusedHere("already_joined"));
    }
  }

  /**
   * Asks the room for something. Resolves with the answer, also where lines were lost meanwhile: the same id is sent again until
   * it is answered, and has one effect. An `unavailable` is asked again for some ten seconds. Rejects with a `MeetingError`; after a
   * retryable one the same `id` may be given again. An `id` that still waits is the same command, and shares its answer.
   */
  async command(action: ClientAction, id = this.makeId()): Promise<Accepted> {
    const { state } = this.stay;
    if (state === "idle" || state === "joining" || state === "left") throw refusedHere("not_joined");
    const text = JSON.stringify({ ...action, id });
    // A frame above the limit would cost the line, again and again.
    if (new TextEncoder().encode(text).length > MESSAGE_BYTES) throw refusedHere("payload_too_large");
    const accepted = await this.outbox.add(id, action, text);
    if (action.type === "refresh-token") this.entrance.renew(action.token);
    return accepted;
  }

  /** Shows this token where one has to join again. Whoever is in shows it with the command `refresh-token`. */
  renew(token: string): void {
    this.entrance.renew(token);
  }

  /** Leaves the room, or the lobby; resolves when out. With a lost line the seat falls free when its resume window is over. */
  leave(): Promise<undefined> {
    return this.stay.leave((type) => this.command({ type }));
  }

  /** Cuts the line as a bad network would; the client then comes back by itself. For tests and demonstrations. */
  drop(): void {
    this.dialler.line?.cut();
  }
}
