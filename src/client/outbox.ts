/**
 * Commands that wait for their answers. Each is sent again under the same id until it is answered: on every new line, and after a
 * pause where the gateway cannot say whether it took effect (`docs/protocol.md` section 15).
 */
import type { ClientAction } from "./client-action.js";
import { UNANSWERED_COMMANDS } from "./constants.js";
import type { AcceptedFrame, RefusedFrame } from "./frame-types.js";
import { MeetingError } from "./meeting-error.js";
import { refusedHere } from "./refusals.js";
import { defer, type Deferred, type StartTimer } from "./surroundings.js";

/** The accepting answer to a command. */
export interface Accepted {
  /** The number in the room that holds the effect; null where it has none. */
  readonly seq: number | null;
  /** The command had its effect before, and was only asked again. */
  readonly repeated: boolean;
  /** What the answer says beside, such as `turnedOff` or `admitted`. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** One place below the gateway's limit is left for the heartbeat. */
const AT_ONCE = UNANSWERED_COMMANDS - 1;
/** Commands that may wait here, so that a line that is lost for long does not fill the memory. */
const LONGEST_QUEUE = 256;
/** For so long after a first `unavailable` a command is asked again, milliseconds. */
const PATIENCE_MS = 10_000;
/** The pause before that, on average; milliseconds. It is a random part between half of it and one and a half. */
const REST_MS = 1_000;

/** These change nothing in the room: a store that is away need not hold them up. */
const PASSING: readonly string[] = ["signal", "ice-servers"];
/** These undo nothing that went before: the next one need not wait for the answer. */
const BESIDE: readonly string[] = [...PASSING, "publish", "refresh-token", "leave", "withdraw"];

interface Waiting {
  readonly text: string;
  /** Of those with the same one, the next is sent when the one before was answered. */
  readonly turn: string;
  readonly answer: Deferred<Accepted>;
  isPassing: boolean;
  isSent: boolean;
  /** Its time is over: another `unavailable` is the answer. */
  isLate: boolean;
  /** Ends the timer of `isLate`; null where there was no `unavailable` yet. */
  cancel: (() => void) | null;
}

/** Keeps order, and no more than the gateway takes at once. */
export interface Outbox {
  /**
   * Sends a command, of which `text` is the message, as soon as there is a line and its turn has come. An id that waits already is
   * the same command: it is answered once, for both. Rejects with a `MeetingError`.
   */
  add(id: string, action: ClientAction, text: string): Promise<Accepted>;
  /** Takes an answer; one to nothing that waits here is passed over. */
  answered(frame: AcceptedFrame | RefusedFrame): void;
  /** There is a line: everything that waits goes out on it, in its order. */
  attach(send: (text: string) => void): void;
  /** The line is lost: whatever was not answered goes out again on the next. */
  detach(): void;
  /** The stay is over: nothing that waits will be answered. */
  failAll(error: MeetingError): void;
}

/** Makes one that is empty. `random` is from 0 up to but not including 1. */
export function createOutbox(startTimer: StartTimer, random: () => number): Outbox {
  const waiting = new Map<string, Waiting>();
  let send: ((text: string) => void) | null = null;
  let inFlight = 0;
  /** Ends the pause after an `unavailable`; null where there is none. */
  let cancelRest: (() => void) | null = null;

  const endRest = (): void => {
    cancelRest?.();
    cancelRest = null;
  };
  const pump = (): void => {
    const taken = new Set<string>();
    for (const one of waiting.values()) {
      if (send === null || inFlight >= AT_ONCE) return;
      const isDue = one.isPassing || cancelRest === null;
      if (isDue && !one.isSent && !taken.has(one.turn)) {
        one.isSent = true;
        inFlight += 1;
        send(one.text);
      }
      taken.add(one.turn);
    }
  };
  /** Whether it took effect is not known: it keeps its place, and until it is sent again nothing that changes the room is sent. */
  const rest = (one: Waiting): void => {
    one.isPassing = false;
    one.cancel ??= startTimer(() => (one.isLate = true), PATIENCE_MS);
    const pause = REST_MS * (0.5 + random());
    cancelRest ??= startTimer(() => {
      endRest();
      pump();
    }, pause);
  };
  const detach = (): void => {
    send = null;
    inFlight = 0;
    endRest();
    for (const one of waiting.values()) one.isSent = false;
  };

  return {
    add(id, action, text) {
      const known = waiting.get(id);
      if (known !== undefined) return known.answer.promise;
      if (waiting.size >= LONGEST_QUEUE) return Promise.reject(refusedHere("too_many_commands"));
      const answer = defer<Accepted>();
      const { type } = action;
      // A microphone that is turned on and off again must not end on, because the first command had to be sent once more.
      const turn = BESIDE.includes(type) ? id : "kind" in action ? action.kind : "";
      const isPassing = PASSING.includes(type);
      waiting.set(id, { text, turn, answer, isPassing, isSent: false, isLate: false, cancel: null });
      pump();
      return answer.promise;
    },
    answered(frame) {
      const { id } = frame;
      const one = id === null ? undefined : waiting.get(id);
      if (id === null || one === undefined) return;
      if (one.isSent) inFlight -= 1;
      one.isSent = false;
      if (!frame.ok && frame.error.reason === "unavailable" && !one.isLate) rest(one);
      else {
        waiting.delete(id);
        one.cancel?.();
        if (frame.ok) one.answer.resolve(acceptedOf(frame));
        else one.answer.reject(new MeetingError(frame.error));
      }
      pump();
    },
    attach(to) {
      send = to;
      pump();
    },
    detach,
    failAll(error) {
      detach();
      const all = [...waiting.values()];
      waiting.clear();
      for (const { answer, cancel } of all) {
        cancel?.();
        answer.reject(error);
      }
    },
  };
}

/** Reads an accepting answer. */
function acceptedOf({ type: _type, id: _id, ok: _ok, seq, repeated, ...facts }: AcceptedFrame): Accepted {
  return { seq: seq ?? null, repeated: repeated ?? false, facts };
}
