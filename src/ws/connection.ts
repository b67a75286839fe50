/**
 * One connection, from a stranger to somebody with a seat. It hears messages, has the token checked, asks the gateway, and sends
 * what comes back; no rule is decided here (`design.md` section 2).
 */
import type { RawData, WebSocket } from "ws";
import { refusedFrame } from "../gateway/frames.js";
import type { Doors, Entry } from "../gateway/doors.js";
import type { Seat } from "../gateway/seat.js";
import type { ClientMessage, JoinMessage, ResumeMessage } from "../protocol/commands.js";
import { decodeClientMessage } from "../protocol/decode.js";
import { CLOSE_CODES } from "../protocol/leaving.js";
import { LIMITS } from "../protocol/limits.js";
import { REFUSALS, refuse, type Refusal } from "../protocol/refusals.js";
import type { TokenVerifier } from "../tokens/verify.js";
import type { SocketRecipient } from "./recipient.js";

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly recipient: SocketRecipient;
  readonly doors: Doors;
  readonly verifier: TokenVerifier;
  /** Whether an app lets tokens that name a room open it. */
  readonly opensRooms: (app: string) => boolean;
  /** The token of the upgrade request, where it came there. */
  readonly token: string | null;
  /** Time to join, milliseconds. */
  readonly joinDeadlineMs: number;
}

/** Where a connection stands. */
type State =
  | { readonly is: "stranger"; readonly deadline: NodeJS.Timeout; mistakes: number }
  | { readonly is: "entering" }
  | { readonly is: "seated"; readonly seat: Seat; unanswered: number }
  | { readonly is: "closed" };

/** Messages that are none of the protocol's, from a stranger, before the connection is closed. */
const MISTAKES = 3;

/** Serves one socket until it closes. */
export class Connection {
  private state: State;

  constructor(private readonly options: ConnectionOptions) {
    const deadline = setTimeout(() => {
      options.recipient.close(CLOSE_CODES.joinDeadline, "join_deadline");
    }, options.joinDeadlineMs);
    this.state = { is: "stranger", deadline, mistakes: 0 };
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
    if (state.is === "seated") state.seat.lost();
  }

  private take(message: ClientMessage): void {
    const { recipient } = this.options;
    switch (this.state.is) {
      case "stranger":
        if (message.type === "join") this.join(message);
        else if (message.type === "resume") this.resume(message);
        else if (message.type === "ping") this.answer(message.id);
        else recipient.send(refusedFrame(message.id, refuse("not_joined"), message.type));
        return;
      case "entering":
        if (message.type === "ping") {
          this.answer(message.id);
          return;
        }
        recipient.send(
          refusedFrame(message.id, refuse(isEntry(message) ? "already_joined" : "not_joined"), message.type),
        );
        return;
      case "seated":
        this.command(message, this.state);
        return;
      case "closed":
    }
  }

  private mistake(id: string | null, refusal: Refusal): void {
    const { recipient } = this.options;
    recipient.send(refusedFrame(id, refusal));
    if (this.state.is !== "stranger") return;
    this.state.mistakes += 1;
    if (this.state.mistakes >= MISTAKES) recipient.close(CLOSE_CODES.badMessage, "too_many_mistakes");
  }

  private join(message: JoinMessage): void {
    const { doors, verifier, opensRooms, recipient } = this.options;
    const token = message.token ?? this.options.token;
    const { roomId: asked, participantId } = message;
    const verdict = verifier.verify(token, { door: "meeting", roomId: asked, participantId });
    if (!verdict.ok) {
      this.refuse(message, verdict.refusal);
      return;
    }
    const { grant } = verdict;
    const roomId = asked ?? grant.roomId;
    if (roomId === null) {
      this.mistake(
        message.id,
        refuse("invalid_parameter", {
          field: "roomId",
          details: { problem: "is needed: the token names none" },
        }),
      );
      return;
    }
    const mayOpen = opensRooms(grant.app) && grant.roomId === roomId;
    this.enter(message, (entry) => doors.join({ grant, roomId, mayOpen, message, recipient }, entry));
  }

  private resume(message: ResumeMessage): void {
    const { doors, recipient } = this.options;
    this.enter(message, (entry) => doors.resume(message, recipient, entry));
  }

  private enter(message: JoinMessage | ResumeMessage, ask: (entry: Entry) => void): void {
    if (this.state.is === "stranger") clearTimeout(this.state.deadline);
    this.state = { is: "entering" };
    ask({
      entered: (seat) => {
        // The line may be gone before the answer; then the seat is kept for the resume window as any other.
        if (this.state.is === "closed") seat.lost();
        else this.state = { is: "seated", seat, unanswered: 0 };
      },
      refused: (refusal) => this.refuse(message, refusal),
    });
  }

  private refuse(message: JoinMessage | ResumeMessage, refusal: Refusal): void {
    const { recipient } = this.options;
    const { code } = REFUSALS[refusal.reason];
    recipient.send(refusedFrame(message.id, refusal, message.type));
    recipient.close(refusal.reason === "internal_error" ? CLOSE_CODES.internalError : code, refusal.reason);
  }

  private command(message: ClientMessage, state: Extract<State, { is: "seated" }>): void {
    const { recipient, verifier } = this.options;
    const { seat } = state;
    if (state.unanswered >= LIMITS.unansweredCommands) {
      recipient.send(refusedFrame(message.id, refuse("too_many_commands"), message.type));
      return;
    }
    state.unanswered += 1;
    const answer = (frame: string): void => {
      state.unanswered -= 1;
      recipient.send(frame);
    };
    switch (message.type) {
      case "join":
      case "resume":
        answer(refusedFrame(message.id, refuse("already_joined"), message.type));
        return;
      case "ping":
        answer(JSON.stringify({ type: "reply", id: message.id, ok: true }));
        return;
      case "signal":
        seat.signal(message, answer);
        return;
      case "refresh-token": {
        const { roomId, participantId, app } = seat;
        const verdict = verifier.verify(message.token, { door: "meeting", roomId, participantId });
        if (!verdict.ok) answer(refusedFrame(message.id, verdict.refusal, message.type));
        else if (verdict.grant.app !== app)
          answer(refusedFrame(message.id, refuse("room_mismatch", { field: "token" })));
        else seat.refresh(message.id, verdict.grant, answer);
        return;
      }
      default:
        seat.command(message, answer);
    }
  }

  private answer(id: string): void {
    this.options.recipient.send(JSON.stringify({ type: "reply", id, ok: true }));
  }
}

function isEntry(message: ClientMessage): boolean {
  return message.type === "join" || message.type === "resume";
}
