/** Commands that wait for their answers. Each is sent again on every new line, under the same id, until it is answered. */
import { UNANSWERED_COMMANDS } from "./constants.js";
import type { AcceptedFrame, RefusedFrame } from "./frame-types.js";
import { MeetingError } from "./meeting-error.js";
import { refusedHere } from "./refusals.js";
import { defer, type Deferred } from "./surroundings.js";

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

interface Waiting {
  readonly text: string;
  readonly answer: Deferred<Accepted>;
  sent: boolean;
}

/** Keeps order, and no more than the gateway takes at once. */
export class Outbox {
  private readonly waiting = new Map<string, Waiting>();
  private send: ((text: string) => void) | null = null;
  private inFlight = 0;

  /** Sends a message as soon as there is a line. Rejects with a `MeetingError`. */
  add(id: string, text: string): Promise<Accepted> {
    if (this.waiting.size >= LONGEST_QUEUE) return Promise.reject(refusedHere("too_many_commands"));
    const answer = defer<Accepted>();
    this.waiting.set(id, { text, answer, sent: false });
    this.pump();
    return answer.promise;
  }

  /** Takes an answer; one to nothing that waits here is passed over. */
  answered(frame: AcceptedFrame | RefusedFrame): void {
    const one = frame.id === null ? undefined : this.waiting.get(frame.id);
    if (frame.id === null || one === undefined) return;
    this.waiting.delete(frame.id);
    if (one.sent) this.inFlight -= 1;
    if (frame.ok) one.answer.resolve(acceptedOf(frame));
    else one.answer.reject(new MeetingError(frame.error));
    this.pump();
  }

  /** There is a line: everything that waits goes out on it, in its order. */
  attach(send: (text: string) => void): void {
    this.send = send;
    this.pump();
  }

  /** The line is lost: whatever was not answered goes out again on the next. */
  detach(): void {
    this.send = null;
    this.inFlight = 0;
    for (const one of this.waiting.values()) one.sent = false;
  }

  /** The stay is over: nothing that waits will be answered. */
  failAll(error: MeetingError): void {
    this.detach();
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { answer } of all) answer.reject(error);
  }

  private pump(): void {
    for (const one of this.waiting.values()) {
      if (this.send === null || this.inFlight >= AT_ONCE) return;
      if (one.sent) continue;
      one.sent = true;
      this.inFlight += 1;
      this.send(one.text);
    }
  }
}

/** Reads an accepting answer. */
function acceptedOf({ type: _type, id: _id, ok: _ok, seq, repeated, ...facts }: AcceptedFrame): Accepted {
  return { seq: seq ?? null, repeated: repeated ?? false, facts };
}
