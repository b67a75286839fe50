/**
 * One connection, from a stranger to somebody with a place. It hears messages, has the token checked, asks the gateway, and sends
 * what comes back; no rule is decided here (`design.md` section 2).
 */
import type { RawData } from "ws";
import { refusedFrame } from "../gateway/frames.js";
import type { Doors, Entry } from "../gateway/doors.js";
import type { Notifications } from "../gateway/notifications.js";
import type { IceSource } from "../tokens/turn.js";
import type { ClientMessage, JoinMessage, ResumeMessage, SubscribeMessage } from "../protocol/commands.js";
import { decodeClientMessage } from "../protocol/decode.js";
import { CLOSE_CODES } from "../protocol/leaving.js";
import { LIMITS } from "../protocol/limits.js";
import { REFUSALS, refuse, type Refusal } from "../protocol/refusals.js";
import { plainAnswer, type Inside } from "./inside.js";
import { checkJoin, type Checks } from "./newcomer.js";
import type { SocketRecipient } from "./recipient.js";
import { Seated } from "./seated.js";
import { Subscribed } from "./subscribed.js";

/** What a connection is made of. */
export interface ConnectionOptions extends Checks {
  readonly recipient: SocketRecipient;
  readonly doors: Doors;
  readonly notifications: Notifications;
  /** Makes what somebody in a room needs to reach others. */
  readonly ice: IceSource;
  /** The token of the upgrade request, where it came there. */
  readonly token: string | null;
  /** Time to join, milliseconds. */
  readonly joinDeadlineMs: number;
  /** Hears what should not have happened. */
  readonly onBug: (error: unknown) => void;
}

/** Where a connection stands. */
type State =
  | { readonly is: "stranger"; readonly deadline: NodeJS.Timeout }
  /** The token is looked at, or the room is asked. `closed`: for a socket that goes meanwhile. */
  | { readonly is: "entering"; readonly closed: () => void }
  | { readonly is: "inside"; readonly inside: Inside }
  | { readonly is: "closed" };

type Opening = JoinMessage | ResumeMessage | SubscribeMessage;

/** Messages that are none of the protocol's, from a stranger, before the connection is closed. */
const MISTAKES = 3;

/** Serves one socket until it closes. */
export class Connection {
  private state: State;
  private mistakes = 0;
  private readonly enterBy: number;

  constructor(private readonly options: ConnectionOptions) {
    this.enterBy = performance.now() + options.joinDeadlineMs;
    this.state = this.stranger();
  }

  /** Hears one message. */
  hear(data: RawData, isBinary: boolean): void {
    const { recipient } = this.options;
    // The far end may have sent more before it hears that it was closed; a refused one must not get in by that.
    if (recipient.isEnded) return;
    if (isBinary || !Buffer.isBuffer(data)) {
      recipient.close(CLOSE_CODES.badMessage, "text_only");
      return;
    }
    if (this.state.is === "stranger" && data.length > LIMITS.firstMessageBytes) {
      recipient.send(refusedFrame(null, refuse("payload_too_large")));
      recipient.close(CLOSE_CODES.badMessage, "payload_too_large");
      return;
    }
    const decoded = decodeClientMessage(data.toString("utf8"));
    if (decoded.ok) this.take(decoded.value);
    else this.mistake(decoded.id, decoded.refusal);
  }

  /** The socket is gone. */
  closed(): void {
    const { state } = this;
    this.state = { is: "closed" };
    if (state.is === "stranger") clearTimeout(state.deadline);
    if (state.is === "entering") state.closed();
    if (state.is === "inside") state.inside.closed();
  }

  private stranger(): State {
    const deadline = setTimeout(
      () => this.options.recipient.close(CLOSE_CODES.joinDeadline, "join_deadline"),
      this.enterBy - performance.now(),
    );
    return { is: "stranger", deadline };
  }

  private take(message: ClientMessage): void {
    const { recipient } = this.options;
    switch (this.state.is) {
      case "inside":
        this.state.inside.hear(message);
        return;
      case "closed":
        return;
      case "stranger":
        if (message.type === "join") this.join(message);
        else if (message.type === "resume") this.resume(message);
        else if (message.type === "subscribe") this.subscribe(message);
        else if (message.type === "ping") recipient.send(plainAnswer(message.id));
        else recipient.send(refusedFrame(message.id, refuse("not_joined"), message.type));
        return;
      case "entering": {
        const reason = opens(message) ? "already_joined" : "not_joined";
        const isPing = message.type === "ping";
        recipient.send(
          isPing ? plainAnswer(message.id) : refusedFrame(message.id, refuse(reason), message.type),
        );
      }
    }
  }

  private join(message: JoinMessage): void {
    const { doors, recipient, token, onBug } = this.options;
    this.enter();
    checkJoin(message, token, this.options)
      .then((checked) => {
        // R7: the line may be gone or going, or was told to go, while the token was looked at.
        if (this.state.is !== "entering" || !recipient.isOpen) return;
        if (checked.ok) doors.join({ ...checked.request, recipient }, this.entryOf(message));
        else this.refuse(message, checked.refusal);
      })
      .catch((error: unknown) => {
        onBug(error);
        this.refuse(message, refuse("internal_error"));
      });
  }

  private resume(message: ResumeMessage): void {
    const { doors, recipient } = this.options;
    this.enter();
    doors.resume(message, recipient, this.entryOf(message));
  }

  private subscribe(message: SubscribeMessage): void {
    const { recipient, verifier, notifications, onBug, token } = this.options;
    const subscribed = new Subscribed({ recipient, verifier, notifications, onBug });
    this.enter(() => subscribed.closed());
    void subscribed.begin(message, message.token ?? token).then((refusal) => {
      if (this.state.is !== "entering") return;
      if (refusal !== null) {
        this.refuse(message, refusal);
        return;
      }
      this.state = { is: "inside", inside: subscribed };
      recipient.send(plainAnswer(message.id));
    });
  }

  private enter(closed: () => void = () => undefined): void {
    if (this.state.is === "stranger") clearTimeout(this.state.deadline);
    this.state = { is: "entering", closed };
  }

  private entryOf(message: JoinMessage | ResumeMessage): Entry {
    const { recipient, verifier, ice, onBug } = this.options;
    return {
      entered: (seat) => {
        // The line may be gone before the answer; then the seat is kept for the resume window as any other.
        if (this.state.is === "closed") seat.lost();
        else this.state = { is: "inside", inside: new Seated({ seat, recipient, verifier, ice, onBug }) };
      },
      refused: (refusal) => this.refuse(message, refusal),
    };
  }

  /** Ends the connection, unless the message was not valid: that may be put right. */
  private refuse(message: Opening, refusal: Refusal): void {
    if (this.state.is === "closed") return;
    const { recipient } = this.options;
    const { reason } = refusal;
    if (reason === "invalid_parameter" && this.state.is === "entering") {
      this.state = this.stranger();
      this.mistake(message.id, refusal, message.type);
      return;
    }
    recipient.send(refusedFrame(message.id, refusal, message.type));
    recipient.close(reason === "internal_error" ? CLOSE_CODES.internalError : REFUSALS[reason].code, reason);
  }

  private mistake(id: string | null, refusal: Refusal, command?: string): void {
    const { recipient } = this.options;
    recipient.send(refusedFrame(id, refusal, command));
    if (this.state.is !== "stranger") return;
    this.mistakes += 1;
    if (this.mistakes >= MISTAKES) recipient.close(CLOSE_CODES.badMessage, "too_many_mistakes");
  }
}

function opens({ type }: ClientMessage): boolean {
  return type === "join" || type === "resume" || type === "subscribe";
}
