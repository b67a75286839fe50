/** A connection's place in a room: what a transport talks to once somebody was let in, or into the lobby. */
import type { ClientMessage, RoomCommand } from "../protocol/commands.js";
import type { Grant } from "../room/grant.js";
import type { RoomAction, RefreshAction } from "../room/commands.js";
import { mayReachOthers } from "../room/rules/messages.js";
import type { IceSource } from "../tokens/turn.js";
import type { Outcome } from "./batch.js";
import { acceptedFrame, refusedFrame } from "./frames.js";
import type { LiveRoom } from "./live-room.js";
import type { Metrics } from "./metrics.js";
import { tokenNews } from "./token-marks.js";

/** What a seat is made of. */
export interface SeatOptions {
  readonly room: LiveRoom;
  readonly participantId: string;
  readonly connection: string;
  readonly metrics: Metrics;
  readonly freshId: () => string;
}

/** A place in a room, as one connection holds it. */
export class Seat {
  constructor(private readonly options: SeatOptions) {}

  /** The room's id, which a refreshed token has to allow. */
  get roomId(): string {
    return this.options.room.key.room;
  }

  /** The app's id; a refreshed token has to be of the same one. */
  get app(): string {
    return this.options.room.key.app;
  }

  /** The participant's id. */
  get participantId(): string {
    return this.options.participantId;
  }

  /** Sends a command of the person into the room; `answer` gets the frame to send back. */
  command({ id, ...action }: RoomCommand, answer: (frame: string) => void): void {
    const kind = "kind" in action ? `:${action.kind}` : "";
    this.send(id, action, `${action.type}${kind}`, answer);
  }

  /** Shows a newer token, checked already. */
  refresh(id: string, grant: Grant, answer: (frame: string) => void): void {
    const { room, participantId } = this.options;
    const token = (): object => ({ token: tokenNews(room.replica.state, participantId) });
    this.send(id, { type: "refresh-token", grant }, "refresh-token", answer, token);
  }

  /** Sends a signal to somebody else in the room. */
  signal(message: Extract<ClientMessage, { type: "signal" }>, answer: (frame: string) => void): void {
    const { room, participantId, connection, metrics } = this.options;
    const { id } = message;
    void room.signals.send({ kind: "participant", participantId, connection }, message).then((refusal) => {
      metrics.answered("signal", refusal?.reason ?? "ok");
      answer(
        refusal === null
          ? acceptedFrame(id, room.replica.state.seq, {})
          : refusedFrame(id, refusal, "signal"),
      );
    });
  }

  /** Answers with what `ice` makes for this person, once the room says that they may have it. */
  iceServers(id: string, ice: IceSource, answer: (frame: string) => void): void {
    const { room, participantId, connection, metrics } = this.options;
    const { state } = room.replica;
    const refusal = mayReachOthers(state, { kind: "participant", participantId, connection });
    metrics.answered("ice-servers", refusal?.reason ?? "ok");
    if (refusal !== null) answer(refusedFrame(id, refusal, "ice-servers"));
    else
      answer(acceptedFrame(id, state.seq, { ...ice({ app: this.app, roomId: this.roomId, participantId }) }));
  }

  /** The connection is gone. The seat is kept for the resume window; nothing happens where it was given up before. */
  lost(): void {
    const { room, connection } = this.options;
    room.fanOut.drop(connection);
    this.reportLoss();
  }

  /** Nobody else knows of this line while its node lives: if the store is away, the room is told when it is back. */
  private reportLoss(): void {
    const { room, participantId, connection, freshId } = this.options;
    const id = freshId();
    const action = { type: "line-lost", participantId, connection } as const;
    room.submit({ id, freshId: id, by: { kind: "gateway" }, action }, (outcome) => {
      if (!outcome.ok && outcome.refusal.reason === "unavailable" && !room.isClosed) this.reportLoss();
    });
  }

  private send(
    id: string,
    action: RoomAction | RefreshAction,
    name: string,
    answer: (frame: string) => void,
    /** What the answer says beside the result, as it is then. */
    beside: () => object = () => ({}),
  ): void {
    const { room, participantId, connection, metrics, freshId } = this.options;
    const by = { kind: "participant", participantId, connection } as const;
    room.submit({ id, by, action, freshId: freshId() }, (outcome: Outcome) => {
      metrics.answered(name, outcome.ok ? "ok" : outcome.refusal.reason);
      answer(outcome.ok ? accepted(id, outcome, beside()) : refusedFrame(id, outcome.refusal, name));
    });
  }
}

function accepted(
  id: string,
  { seq, result, repeated }: Extract<Outcome, { ok: true }>,
  beside: object,
): string {
  return acceptedFrame(id, seq, { ...result, ...(repeated ? { repeated } : {}), ...beside });
}
