/** What a connection is once it is somebody: it hears messages, answers each once, and ends. */
import { refusedFrame } from "../gateway/frames.js";
import type { ClientMessage } from "../protocol/commands.js";
import { LIMITS } from "../protocol/limits.js";
import { refuse } from "../protocol/refusals.js";

/** A connection that was let in. */
export interface Inside {
  /** Hears a message. */
  hear(message: ClientMessage): void;
  /** The socket is gone. */
  closed(): void;
}

/** Sends the one answer to a message. */
export type AnswerTo = (frame: string) => void;

/** Counts the messages of a connection that have no answer yet (`log.md` rule 5). */
export class Unanswered {
  private count = 0;

  constructor(private readonly send: (frame: string) => void) {}

  /** The way to answer this message; null: too many wait already, and it was answered so. */
  take({ id, type }: Pick<ClientMessage, "id" | "type">): AnswerTo | null {
    if (this.count >= LIMITS.unansweredCommands) {
      this.send(refusedFrame(id, refuse("too_many_commands"), type));
      return null;
    }
    this.count += 1;
    return (frame) => {
      this.count -= 1;
      this.send(frame);
    };
  }
}

/** The answer to a `ping`, or to whatever else has no number. */
export function plainAnswer(id: string): string {
  return JSON.stringify({ type: "reply", id, ok: true });
}
