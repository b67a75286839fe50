/**
 * One participant's stay, from the first knock to the last word: which line it goes over, what the gateway said on it, and what
 * that means. `meeting-client.ts` is its outside.
 */
import { mayComeBack } from "../protocol/leaving.js";
import { SUBPROTOCOL } from "../protocol/limits.js";
import type { Dialler } from "./dialler.js";
import { tellAside } from "./asides.js";
import { INTERNAL_ERROR, NORMAL } from "./constants.js";
import type { Emitter } from "./emitter.js";
import { ended, EXHAUSTED, ownWish, told } from "./endings.js";
import type { Entrance } from "./entrance.js";
import type { AcceptedFrame, EventsFrame, RefusedFrame, ServerFrame } from "./frame-types.js";
import type { LineEnd } from "./line.js";
import { errorOfClose, localError, MeetingError } from "./meeting-error.js";
import type { Joined, Left, MeetingEvents, MeetingState } from "./meeting-events.js";
import type { Outbox } from "./outbox.js";
import type { RoomCopy } from "./room-copy.js";
import { defer, type Deferred } from "./surroundings.js";

/** What a stay works with. Attempts are lines in a row that may fail. */
export interface StayParts {
  readonly emitter: Emitter<MeetingEvents>;
  readonly room: RoomCopy;
  readonly outbox: Outbox;
  readonly entrance: Entrance;
  readonly dialler: Dialler;
  readonly joinAttempts: number;
  readonly reconnectAttempts: number;
}

/** How long the gateway gets to close the line after the last word, milliseconds. */
const PARTING_MS = 2_000;
/** A frame that did not continue the copy ends the line: the resume brings what is missing. */
const GAP: LineEnd = { kind: "closed", code: 4500, text: "gap" };

/** The stay itself. `hear` and `lose` are the line's, the rest is the client's. */
export class Stay {
  private now: MeetingState = "idle";
  private place: "nowhere" | "lobby" | "room" = "nowhere";
  private joining: Deferred<Joined> | null = null;
  private leaving: Deferred<undefined> | null = null;
  private lastWords: Pick<Left, "reason" | "note"> | null = null;
  /** The gateway's latest "no" on the way in that left hope. */
  private complaint: MeetingError | null = null;
  private heartbeatMs = 0;
  /** A resume was answered, and what was missed cannot be told: a snapshot is about to come. */
  private returning = false;

  constructor(private readonly parts: StayParts) {}

  /** Where the stay stands. */
  get state(): MeetingState {
    return this.now;
  }

  /** Begins; a second call shares the first one's outcome. */
  begin(): Promise<Joined> {
    if (this.joining !== null) return this.joining.promise;
    const joining = defer<Joined>();
    this.joining = joining;
    this.move("joining");
    this.parts.entrance.begin();
    this.parts.dialler.begin();
    return joining.promise;
  }

  /** Ends it by one's own wish; `say` tells the gateway, first with the word that fits the place, then with the other. */
  leave(say: (word: "leave" | "withdraw") => Promise<unknown>): Promise<undefined> {
    if (this.leaving !== null) return this.leaving.promise;
    const leaving = defer<undefined>();
    if (this.now === "waiting" || this.now === "joined") {
      this.leaving = leaving;
      this.parts.dialler.line?.expectEnd(PARTING_MS);
      // A host may have answered the knock, or a moderator sent one back, in this very moment: hence the other word.
      const [first, second] =
        this.now === "waiting" ? (["withdraw", "leave"] as const) : (["leave", "withdraw"] as const);
      say(first)
        .catch(() => say(second))
        .catch(() => {
          if (this.leaving === leaving) this.finish(ownWish());
        });
      return leaving.promise;
    }
    if (this.now === "joining" || this.now === "reconnecting")
      this.finish(ownWish(), localError("cancelled"));
    return Promise.resolve(undefined);
  }

  /** Takes a frame. */
  hear(frame: ServerFrame): void {
    const { emitter, room, entrance, dialler } = this.parts;
    switch (frame.type) {
      case "hello":
        this.heartbeatMs = frame.heartbeatMs;
        if (frame.protocol === SUBPROTOCOL) dialler.line?.send(entrance.knock(room));
        else this.finish(ended(NORMAL, "wrong_protocol"), localError("wrong_protocol"));
        return;
      case "reply":
        this.hearReply(frame);
        return;
      case "snapshot":
        room.lay(frame.room, frame.epoch, frame.seq, frame.self);
        room.participantId = frame.participantId;
        this.arrive("room", frame.cause);
        return;
      case "lobby": {
        const { cause, participantId, since, expiresAt, hostPresent } = frame;
        const { roomId } = entrance;
        room.clear();
        room.wait = { participantId, since, expiresAt, hostPresent };
        this.arrive("lobby", cause);
        emitter.emit("waiting", { participantId, roomId, cause, since, expiresAt, hostPresent });
        return;
      }
      case "events":
        this.hearEvents(frame);
        return;
      case "entry-responded": {
        const { type: _, participantId: _id, decision, ...denied } = frame;
        if (decision === "allowed") return;
        this.hearLastWords({ reason: null, note: denied.note });
        emitter.emit("denied", denied);
        return;
      }
      case "meeting-left":
        this.hearLastWords({ reason: frame.reason, note: frame.note });
        return;
      case "conference-token":
        entrance.renewConferenceToken(frame.token);
        tellAside(frame, emitter);
        return;
      case "signal":
      case "token-refresh":
      case "notification":
        tellAside(frame, emitter);
    }
  }

  /** The line came to its end: out, or back by another one. */
  lose(end: LineEnd): void {
    const { outbox, room, dialler, emitter } = this.parts;
    const { code, text } = told(end);
    outbox.detach();
    this.returning = false;
    if (end.kind === "garbled") room.forget();
    const out = this.isOver(code, text);
    if (out !== null) {
      if (!mayComeBack(code) && this.joinInstead()) return;
      this.finish(out.left, out.error);
      return;
    }
    const delayMs = dialler.again();
    if (this.joining !== null) return;
    this.move("reconnecting");
    // A listener may have left on hearing this.
    if (this.state !== "reconnecting") return;
    const { failures: attempt, url } = dialler;
    emitter.emit("reconnecting", { attempt, delayMs, url, code, why: text });
  }

  /** How the stay ends with this line; null where another line may go on with it. */
  private isOver(code: number, text: string): { left: Left; error?: MeetingError } | null {
    const { dialler, joinAttempts, reconnectAttempts } = this.parts;
    if (this.lastWords !== null) return { left: ended(code, text, this.lastWords) };
    if (this.leaving !== null) return { left: ownWish() };
    if (!mayComeBack(code)) return { left: ended(code, text) };
    if (dialler.failures + 1 < (this.joining === null ? reconnectAttempts : joinAttempts)) return null;
    const error = this.complaint ?? localError("unreachable", { url: dialler.url, problem: text });
    return { left: ended(code, "unreachable", { reason: EXHAUSTED }), error };
  }

  private hearReply(frame: AcceptedFrame | RefusedFrame): void {
    const { entrance, outbox } = this.parts;
    if (!entrance.waitsFor(frame.id)) {
      if (!frame.ok && frame.id === null) this.complaint = new MeetingError(frame.error);
      outbox.answered(frame);
    } else if (frame.ok) this.enter(frame);
    else this.turnAway(new MeetingError(frame.error));
  }

  private enter(frame: AcceptedFrame): void {
    const { entrance, dialler, outbox, emitter } = this.parts;
    const answer = entrance.accepted(frame);
    if (answer === null) {
      this.lose({ kind: "garbled", problem: "the answer to the join" });
      return;
    }
    const { line } = dialler;
    this.complaint = null;
    this.returning = this.now === "reconnecting" && !answer.recovered;
    dialler.answered();
    line?.watch(this.heartbeatMs);
    outbox.attach((text) => line?.send(text));
    if (!answer.recovered) return;
    this.move("joined");
    emitter.emit("recovered", { recovered: true });
  }

  private turnAway(error: MeetingError): void {
    const { code, reason } = error;
    if (mayComeBack(code) || reason === "internal_error") {
      this.complaint = error;
      this.lose({ kind: "closed", code: INTERNAL_ERROR, text: reason });
      return;
    }
    if (this.joinInstead()) return;
    this.parts.entrance.reset();
    this.finish(ended(code, reason, { text: error.message }), error);
  }

  /** What an earlier page had kept does not open the room any more: true, and a join is under way. */
  private joinInstead(): boolean {
    const { entrance, dialler } = this.parts;
    if (this.joining === null || !entrance.dropKept()) return false;
    dialler.begin();
    return true;
  }

  private hearEvents({ epoch, seq, count, events }: EventsFrame): void {
    const { room, dialler, emitter } = this.parts;
    const fit = room.fit(epoch, seq, count);
    if (fit === "known") return;
    if (fit === "gap") {
      this.lose(GAP);
      return;
    }
    const { line } = dialler;
    for (const event of events) {
      if (event.seq <= room.seq) continue;
      room.apply(event);
      emitter.emit(event.type, event);
      // A listener may have dropped the line or left: what it did not hear comes again, or is no more its business.
      if (dialler.line !== line) return;
    }
    room.seq = seq + count - 1;
  }

  private arrive(place: "lobby" | "room", cause: string): void {
    const { emitter, entrance, room } = this.parts;
    const { participantId, roomId } = entrance;
    const joined: Joined = { state: place === "room" ? "joined" : "waiting", participantId, roomId };
    const { place: before, returning, joining } = this;
    this.place = place;
    this.returning = false;
    this.joining = null;
    room.participantId = participantId;
    this.move(joined.state);
    if (place === "room") emitter.emit("snapshot", { cause });
    if (returning || cause === "recovered") emitter.emit("recovered", { recovered: false });
    if (place === "room" && before === "lobby") emitter.emit("admitted", joined);
    if (place === "room" && before !== "room") emitter.emit("joined", joined);
    joining?.resolve(joined);
  }

  private hearLastWords(words: Pick<Left, "reason" | "note">): void {
    this.lastWords = words;
    this.parts.dialler.line?.expectEnd(PARTING_MS);
  }

  private finish(left: Left, error?: MeetingError): void {
    const { dialler, outbox, room, entrance, emitter } = this.parts;
    const { joining, leaving } = this;
    dialler.stop(false);
    // A join that was given up keeps its id: the next try may find the seat that this one has taken.
    const givenUp = error?.reason === "unreachable" || error?.reason === "cancelled";
    if (joining === null || !givenUp) entrance.reset();
    this.joining = this.leaving = this.lastWords = null;
    this.returning = false;
    this.place = "nowhere";
    room.clear();
    this.move(joining === null ? "left" : "idle");
    outbox.failAll(localError("unanswered"));
    joining?.reject(error ?? this.complaint ?? errorOfClose(left.code, left.why));
    this.complaint = null;
    if (joining === null) emitter.emit("left", left);
    leaving?.resolve(undefined);
  }

  private move(state: MeetingState): void {
    const before = this.now;
    if (before === state) return;
    this.now = state;
    this.parts.emitter.emit("state", { state, before });
  }
}
