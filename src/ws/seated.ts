/** A connection with a place in a room: its messages go to its seat, in their order. */
import { refusedFrame } from "../gateway/frames.js";
import type { Recipient } from "../gateway/recipient.js";
import type { Seat } from "../gateway/seat.js";
import type { ClientMessage } from "../protocol/commands.js";
import { refuse } from "../protocol/refusals.js";
import type { IceSource } from "../tokens/turn.js";
import type { TokenVerifier } from "../tokens/verify.js";
import { InOrder } from "./in-order.js";
import { plainAnswer, Unanswered, type AnswerTo, type Inside } from "./inside.js";

/** What it is made of. */
export interface SeatedOptions {
  readonly seat: Seat;
  readonly recipient: Recipient;
  readonly verifier: TokenVerifier;
  /** Makes what the person needs to reach others. */
  readonly ice: IceSource;
  /** Hears what should not have happened. */
  readonly onBug: (error: unknown) => void;
}

/** Somebody in a room, or in its lobby. */
export class Seated implements Inside {
  private readonly order = new InOrder();
  private readonly unanswered: Unanswered;
  private gone = false;

  constructor(private readonly options: SeatedOptions) {
    this.unanswered = new Unanswered((frame) => options.recipient.send(frame));
  }

  hear(message: ClientMessage): void {
    const { seat } = this.options;
    const answer = this.unanswered.take(message);
    if (answer === null) return;
    switch (message.type) {
      case "join":
      case "resume":
      case "subscribe":
        answer(refusedFrame(message.id, refuse("already_joined"), message.type));
        return;
      case "ping":
        answer(plainAnswer(message.id));
        return;
      case "signal":
        this.order.pass(() => seat.signal(message, answer));
        return;
      case "ice-servers":
        this.order.pass(() => seat.iceServers(message.id, this.options.ice, answer));
        return;
      case "refresh-token":
        // What is sent behind it may rest on it: whoever is restricted is not after a refresh.
        this.order.hold(() => this.refresh(message, answer));
        return;
      default:
        this.order.pass(() => seat.command(message, answer));
    }
  }

  closed(): void {
    this.gone = true;
    // Not after the check of a token, which may take seconds: a node that goes down must have told the room of its lines by then.
    this.order.letGo();
    this.options.seat.lost();
  }

  private async refresh(
    { id, type, token }: Extract<ClientMessage, { type: "refresh-token" }>,
    answer: AnswerTo,
  ): Promise<void> {
    const { seat, verifier, onBug } = this.options;
    const { roomId, participantId, app } = seat;
    try {
      const verdict = await verifier.verify(token, { door: "meeting", roomId, participantId });
      if (this.gone) return;
      if (!verdict.ok) answer(refusedFrame(id, verdict.refusal, type));
      else if (verdict.grant.app !== app)
        answer(refusedFrame(id, refuse("room_mismatch", { field: "token" })));
      else seat.refresh(id, verdict.grant, answer);
    } catch (error) {
      onBug(error);
      answer(refusedFrame(id, refuse("internal_error"), type));
    }
  }
}
