/** A connection that is told of conferences and is in none (`reference/dolby.md` section 6). */
import { refusedFrame } from "../gateway/frames.js";
import type { Notifications } from "../gateway/notifications.js";
import type { Recipient } from "../gateway/recipient.js";
import type { ClientMessage, SubscribeMessage } from "../protocol/commands.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import type { Grant } from "../room/grant.js";
import type { TokenVerifier } from "../tokens/verify.js";
import { InOrder } from "./in-order.js";
import { plainAnswer, Unanswered, type AnswerTo, type Inside } from "./inside.js";

/** What it is made of. */
export interface SubscribedOptions {
  readonly recipient: Recipient;
  readonly verifier: TokenVerifier;
  readonly notifications: Notifications;
  /** Hears what should not have happened. */
  readonly onBug: (error: unknown) => void;
}

/** Somebody who follows conferences from outside. */
export class Subscribed implements Inside {
  private readonly order = new InOrder();
  private readonly unanswered: Unanswered;
  private grant: Grant | null = null;
  private gone = false;

  constructor(private readonly options: SubscribedOptions) {
    this.unanswered = new Unanswered((frame) => options.recipient.send(frame));
  }

  /** The first message, with the token that it or the upgrade request brought. Null: it follows now. Never rejects. */
  begin(message: SubscribeMessage, token: string | null): Promise<Refusal | null> {
    return this.follow({ ...message, token }, null);
  }

  hear(message: ClientMessage): void {
    const answer = this.unanswered.take(message);
    if (answer === null) return;
    switch (message.type) {
      case "subscribe":
        this.order.hold(() => this.replace(message, answer));
        return;
      case "ping":
        answer(plainAnswer(message.id));
        return;
      case "join":
      case "resume":
        answer(refusedFrame(message.id, refuse("already_joined"), message.type));
        return;
      default:
        answer(refusedFrame(message.id, refuse("not_joined"), message.type));
    }
  }

  closed(): void {
    this.gone = true;
    this.options.notifications.drop(this.options.recipient.connection);
  }

  private async replace(message: SubscribeMessage, answer: AnswerTo): Promise<void> {
    const refusal = await this.follow(message, this.grant);
    answer(refusal === null ? plainAnswer(message.id) : refusedFrame(message.id, refusal, message.type));
  }

  /** Takes a list, by a token that is shown with it or, without one, by the token of before. */
  private async follow(
    { token, notifications: list }: SubscribeMessage,
    before: Grant | null,
  ): Promise<Refusal | null> {
    const { recipient, verifier, notifications, onBug } = this.options;
    try {
      const checked = token === null && before !== null ? before : await this.check(verifier, token, before);
      if ("reason" in checked) return checked;
      if (this.gone) return null;
      const refusal = await notifications.follow(checked, recipient, list);
      if (refusal === null) this.grant = checked;
      return refusal;
    } catch (error) {
      onBug(error);
      return refuse("internal_error");
    }
  }

  /** A newer token has to be of the same app and the same person. */
  private async check(
    verifier: TokenVerifier,
    token: string | null,
    before: Grant | null,
  ): Promise<Grant | Refusal> {
    const door = { door: "meeting", roomId: null, participantId: null } as const;
    const verdict = await verifier.verify(token, door);
    if (!verdict.ok) return verdict.refusal;
    const { grant } = verdict;
    if (before === null) return grant;
    if (grant.app !== before.app) return refuse("room_mismatch", { field: "token" });
    if (grant.participantId !== before.participantId)
      return refuse("participant_mismatch", { field: "token" });
    return grant;
  }
}
