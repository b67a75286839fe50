/**
 * Messages to one other, in order: the next leaves when the one before was taken. What cannot be delivered now (their line is lost, the
 * gateway cannot say, the token has run out) waits, and is tried again.
 */
import { MeetingError } from "../meeting-error.js";
import type { StartTimer } from "../surroundings.js";
import type { MessageBody } from "./messages.js";

/** Who posts. */
export interface PostOwner {
  /** Hands one over; rejects with a `MeetingError`. */
  deliver(body: MessageBody): Promise<void>;
  readonly startTimer: StartTimer;
  /** What waited will not be delivered: the other is gone, or one is out oneself. */
  returned(error: unknown): void;
}

/** Refusals that end by themselves. */
const PASSING: readonly string[] = ["participant_offline", "token_expired"];
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** The post to one other; `clear` ends it. */
export class Post {
  private waiting: readonly MessageBody[] = [];
  /** The one that is on its way; another object after `clear`, which nobody waits for any more. */
  private sending: object | null = null;
  private pauseMs = FIRST_PAUSE_MS;
  private wakeUp: (() => void) | null = null;

  constructor(private readonly owner: PostOwner) {}

  /** Sends when it is its turn. Ways to be reached that wait behind each other leave together. */
  send(body: MessageBody): void {
    const last = this.waiting.at(-1);
    if (body.type === "hello" && last?.type === "hello") return;
    if (body.type === "candidates" && last?.type === "candidates") {
      const candidates = [...last.candidates, ...body.candidates];
      this.waiting = [...this.waiting.slice(0, -1), { type: "candidates", candidates }];
    } else {
      this.waiting = [...this.waiting, body];
    }
    void this.pump();
  }

  /** What waits for better times is tried now: their line, or one's own, is back. */
  wake(): void {
    this.wakeUp?.();
    this.wakeUp = null;
    this.pauseMs = FIRST_PAUSE_MS;
    void this.pump();
  }

  /** Nothing that waits is sent any more. */
  clear(): void {
    this.waiting = [];
    this.sending = null;
    this.wakeUp?.();
    this.wakeUp = null;
  }

  private async pump(): Promise<void> {
    const [body, ...rest] = this.waiting;
    if (body === undefined || this.sending !== null || this.wakeUp !== null) return;
    const ticket = {};
    this.sending = ticket;
    this.waiting = rest;
    try {
      await this.owner.deliver(body);
      if (this.sending !== ticket) return;
      this.pauseMs = FIRST_PAUSE_MS;
      this.sending = null;
    } catch (error) {
      if (this.sending !== ticket) return;
      this.sending = null;
      if (!isPassing(error)) {
        this.clear();
        this.owner.returned(error);
        return;
      }
      this.waiting = [body, ...this.waiting];
      this.wakeUp = this.owner.startTimer(() => {
        this.wakeUp = null;
        void this.pump();
      }, this.pauseMs);
      this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2);
      return;
    }
    await this.pump();
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof MeetingError && (error.retryable || PASSING.includes(error.reason));
}
