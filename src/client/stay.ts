/**
 * One participant's stay, from the first knock to the last word: which line it goes over, what the gateway said on it, and what
 * that means. `meeting-client.ts` is its outside.
 */
import { mayComeBack } from "../protocol/leaving.js";
import { SUBPROTOCOL } from "../protocol/limits.js";
import { tellAside } from "./asides.js";
import { INTERNAL_ERROR, NORMAL } from "./constants.js";
import { ended, EXHAUSTED, ownWish, told } from "./endings.js";
import type {
  AcceptedFrame,
  EntryRespondedFrame,
  EventsFrame,
  LobbyFrame,
  ServerFrame,
} from "./frame-types.js";
import type { LineEnd } from "./line.js";
import { MeetingError } from "./meeting-error.js";
import { errorOfClose, localError } from "./refusals.js";
import type { Joined, Left, MeetingState } from "./meeting-events.js";
import type { Stay, StayParts } from "./stay-types.js";
import { defer, type Deferred } from "./surroundings.js";

/** How long the gateway gets to close the line after the last word, milliseconds. */
const PARTING_MS = 2_000;
/** A frame that did not continue the copy ends the line: the resume brings what is missing. */
const GAP: LineEnd = { kind: "closed", code: 4500, text: "gap" };

/** Makes a stay that has not begun. */
export function createStay(parts: StayParts): Stay {
  const { emitter, room, outbox, entrance, dialler, joinAttempts, reconnectAttempts } = parts;
  let state: MeetingState = "idle";
  let place: "nowhere" | "lobby" | "room" = "nowhere";
  let joining: Deferred<Joined> | null = null;
  let leaving: Deferred<undefined> | null = null;
  let lastWords: Pick<Left, "reason" | "note"> | null = null;
  /** The gateway's latest "no" on the way in that left hope. */
  let complaint: MeetingError | null = null;
  let heartbeatMs = 0;
  /** A resume was answered, and what was missed cannot be told: a snapshot is about to come. */
  let isReturning = false;

  const move = (to: MeetingState): void => {
    const before = state;
    if (before === to) return;
    state = to;
    emitter.emit("state", { state, before });
  };

  const finish = (left: Left, error?: MeetingError): void => {
    const wasJoining = joining;
    const wasLeaving = leaving;
    dialler.stop(false);
    // A join that was given up keeps its id: the next try may find the seat that this one has taken.
    const isGivenUp = error?.reason === "unreachable" || error?.reason === "cancelled";
    if (wasJoining === null || !isGivenUp) entrance.reset();
    joining = leaving = lastWords = null;
    isReturning = false;
    place = "nowhere";
    room.clear();
    move(wasJoining === null ? "left" : "idle");
    outbox.failAll(localError("unanswered"));
    wasJoining?.reject(error ?? complaint ?? errorOfClose(left.code, left.why));
    complaint = null;
    if (wasJoining === null) emitter.emit("left", left);
    wasLeaving?.resolve(undefined);
  };

  /** What an earlier page had kept does not open the room any more: true, and a join is under way. */
  const joinInstead = (): boolean => {
    if (joining === null || !entrance.dropKept()) return false;
    dialler.begin();
    return true;
  };

  /** How the stay ends with this line; null where another line may go on with it. */
  const overWith = (code: number, text: string): { left: Left; error?: MeetingError } | null => {
    if (lastWords !== null) return { left: ended(code, text, lastWords) };
    if (leaving !== null) return { left: ownWish() };
    if (!mayComeBack(code)) return { left: ended(code, text) };
    if (dialler.failures + 1 < (joining === null ? reconnectAttempts : joinAttempts)) return null;
    const error = complaint ?? localError("unreachable", { url: dialler.url, problem: text });
    return { left: ended(code, "unreachable", { reason: EXHAUSTED }), error };
  };

  const lose = (end: LineEnd): void => {
    const { code, text } = told(end);
    outbox.detach();
    isReturning = false;
    if (end.kind === "garbled") room.forget();
    const out = overWith(code, text);
    if (out !== null) {
      if (mayComeBack(code) || !joinInstead()) finish(out.left, out.error);
      return;
    }
    const delayMs = dialler.again();
    if (joining !== null) return;
    move("reconnecting");
    // A listener may have left on hearing this.
    if (state !== "reconnecting") return;
    const { failures: attempt, url } = dialler;
    emitter.emit("reconnecting", { attempt, delayMs, url, code, why: text });
  };

  const enter = (frame: AcceptedFrame): void => {
    const answer = entrance.accepted(frame);
    if (answer === null) {
      lose({ kind: "garbled", problem: "the answer to the join" });
      return;
    }
    const { line } = dialler;
    complaint = null;
    isReturning = state === "reconnecting" && answer.recovered !== true;
    dialler.answered();
    line?.watch(heartbeatMs);
    outbox.attach((text) => line?.send(text));
    if (answer.recovered !== true) return;
    move("joined");
    emitter.emit("recovered", { recovered: true });
  };

  const turnAway = (error: MeetingError): void => {
    const { code, reason } = error;
    if (mayComeBack(code) || reason === "internal_error") {
      complaint = error;
      lose({ kind: "closed", code: INTERNAL_ERROR, text: reason });
    } else if (!joinInstead()) {
      entrance.reset();
      finish(ended(code, reason, { text: error.message }), error);
    }
  };

  const arrive = (at: "lobby" | "room", cause: string): void => {
    const { participantId, roomId } = entrance;
    const joined: Joined = { state: at === "room" ? "joined" : "waiting", participantId, roomId };
    const before = place;
    const wasReturning = isReturning;
    const wasJoining = joining;
    place = at;
    isReturning = false;
    joining = null;
    room.participantId = participantId;
    move(joined.state);
    if (at === "room") emitter.emit("snapshot", { cause });
    if (wasReturning || cause === "recovered") emitter.emit("recovered", { recovered: false });
    if (at === "room" && before === "lobby") emitter.emit("admitted", joined);
    if (at === "room" && before !== "room") emitter.emit("joined", joined);
    wasJoining?.resolve(joined);
  };

  const hearEvents = ({ epoch, seq, count, events }: EventsFrame): void => {
    const fit = room.fit(epoch, seq, count);
    if (fit === "gap") lose(GAP);
    if (fit !== "next") return;
    const { line } = dialler;
    for (const event of events) {
      if (event.seq <= room.seq) continue;
      room.apply(event);
      emitter.emit(event.type, event);
      // A listener may have dropped the line or left: what it did not hear comes again, or is no more its business.
      if (dialler.line !== line) return;
    }
    room.seq = seq + count - 1;
  };

  const hearLastWords = (reason: Left["reason"], note: string | null): void => {
    lastWords = { reason, note };
    dialler.line?.expectEnd(PARTING_MS);
  };

  const hearLobby = ({ type: _, cause, ...wait }: LobbyFrame): void => {
    room.clear();
    room.wait = wait;
    arrive("lobby", cause);
    emitter.emit("waiting", { ...wait, roomId: entrance.roomId, cause });
  };

  const hearDecision = ({ type: _, participantId: _id, decision, ...denied }: EntryRespondedFrame): void => {
    if (decision === "allowed") return;
    hearLastWords(null, denied.note);
    emitter.emit("denied", denied);
  };

  const hear = (frame: ServerFrame): void => {
    switch (frame.type) {
      case "hello":
        ({ heartbeatMs } = frame);
        if (frame.protocol === SUBPROTOCOL) dialler.line?.send(entrance.knock(room));
        else finish(ended(NORMAL, "wrong_protocol"), localError("wrong_protocol"));
        return;
      case "reply":
        if (entrance.waitsFor(frame.id)) {
          if (frame.ok) enter(frame);
          else turnAway(new MeetingError(frame.error));
          return;
        }
        if (!frame.ok && frame.id === null) complaint = new MeetingError(frame.error);
        outbox.answered(frame);
        return;
      case "snapshot":
        room.lay(frame.room, frame.epoch, frame.seq, frame.self);
        room.participantId = frame.participantId;
        arrive("room", frame.cause);
        return;
      case "lobby":
        hearLobby(frame);
        return;
      case "events":
        hearEvents(frame);
        return;
      case "entry-responded":
        hearDecision(frame);
        return;
      case "meeting-left":
        hearLastWords(frame.reason, frame.note);
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
  };

  return {
    get state() {
      return state;
    },
    hear,
    lose,
    begin() {
      if (joining !== null) return joining.promise;
      const begun = defer<Joined>();
      joining = begun;
      move("joining");
      entrance.begin();
      dialler.begin();
      return begun.promise;
    },
    leave(say) {
      if (leaving !== null) return leaving.promise;
      if (state === "waiting" || state === "joined") {
        const left = defer<undefined>();
        leaving = left;
        dialler.line?.expectEnd(PARTING_MS);
        // A host may have answered the knock, or a moderator sent one back, in this very moment: hence the other word.
        const [first, second] =
          state === "waiting" ? (["withdraw", "leave"] as const) : (["leave", "withdraw"] as const);
        say(first)
          .catch(() => say(second))
          .catch(() => {
            if (leaving === left) finish(ownWish());
          });
        return left.promise;
      }
      if (state === "joining" || state === "reconnecting") finish(ownWish(), localError("cancelled"));
      return Promise.resolve(undefined);
    },
  };
}
