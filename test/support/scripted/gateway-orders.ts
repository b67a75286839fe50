/** How the model gateway carries out commands: in their order, each id once, and now and then without knowing whether it did. */
import type { ClientMessage } from "../../../src/protocol/commands.js";
import type { Reason } from "../../../src/protocol/refusals.js";
import type { Chance } from "./chance.js";
import { acceptedFrame, refusedFrame } from "./gateway-frames.js";
import type { Place } from "./gateway-place.js";
import type { Quirks, Seat } from "./gateway-seat.js";
import type { Wire } from "./line-fate.js";
import type { RuleContext } from "./room-happenings.js";
import type { RoomLog } from "./room-log.js";
import { decide } from "./room-rules.js";
import type { Happening } from "./room-state.js";
import type { VirtualTime } from "./virtual-time.js";
import type { Accuse } from "./violation.js";

/** What was answered to a command. */
export type Answer =
  | { readonly ok: true; readonly seq: number; readonly repeated: boolean }
  | { readonly ok: false; readonly reason: Reason };

/** One line, as the gateway knows it. */
export interface Connection {
  readonly wire: Wire;
  phase: "new" | "entering" | "in";
  unanswered: number;
  /** Commands are decided in the order in which they came. */
  freeAt: number;
  seat: Seat | null;
}

/** The most messages of a connection that may be without a reply. */
const UNANSWERED = 16;

/** What carrying out commands needs of its gateway. */
export interface OrderParts {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly log: RoomLog;
  readonly viewer: string;
  readonly quirks: Quirks;
  readonly accuse: Accuse;
  readonly onAnswer: (id: string, answer: Answer) => void;
  readonly place: () => Place;
  /** The store cannot be reached. */
  readonly isAway: () => boolean;
  readonly context: () => RuleContext;
  readonly commit: (events: readonly Happening[], command: string) => void;
  readonly publish: () => void;
}

/** Takes the commands of the client. */
export class Orders {
  constructor(private readonly parts: OrderParts) {}

  /** A command came. */
  take(connection: Connection, message: ClientMessage): void {
    const { accuse, chance, time } = this.parts;
    connection.unanswered += 1;
    if (connection.unanswered > UNANSWERED) {
      accuse("protocol", "more than 16 messages of one line are without a reply");
      this.answer(connection, message.id, { ok: false, reason: "too_many_commands" }, {});
      return;
    }
    const workMs = chance.yes(0.05) ? chance.whole(300, 3_000) : chance.whole(0, 40);
    connection.freeAt = Math.max(connection.freeAt, time.now) + workMs;
    this.later(connection.freeAt - time.now, () => this.obey(connection, message));
  }

  private obey(connection: Connection, { id, ...action }: ClientMessage): void {
    const { chance, log, viewer, quirks, isAway: isAwayNow } = this.parts;
    const place = this.parts.place();
    const isHere = connection.seat !== null && place.seat === connection.seat && !connection.seat.isOver;
    // The line may go between the arrival of a command and its effect: then nobody hears the answer.
    const isJustGone = connection.seat !== null && place.lastSeat === connection.seat && place.seat === null;
    const isAway = isAwayNow();
    if (!isHere && !(isJustGone && chance.yes(0.5))) {
      this.answer(connection, id, { ok: false, reason: "not_joined" }, {});
      return;
    }
    // Away: whether it was stored nobody knows, and nobody says.
    if (isAway && chance.yes(0.7)) {
      this.answer(connection, id, { ok: false, reason: "unavailable" }, {});
      return;
    }
    const known = place.idsOf(id);
    if (known !== undefined && quirks.forgetsIds !== true) {
      const isSame = known.type === action.type;
      if (isAway) this.answer(connection, id, { ok: false, reason: "unavailable" }, {});
      else if (isSame) this.answer(connection, id, { ok: true, seq: known.seq, repeated: true }, {});
      else this.answer(connection, id, { ok: false, reason: "command_id_reused" }, {});
      return;
    }
    const decision = decide(log.state, viewer, action, this.parts.context());
    if (!decision.ok) {
      this.answer(connection, id, { ok: false, reason: isAway ? "unavailable" : decision.reason }, {});
      return;
    }
    const events = quirks.answersOnly === true && action.type === "publish" ? [] : decision.events;
    if (events.length > 0) {
      // Before the effect: what puts people out forgets their ids with them.
      place.remember(id, { type: action.type, seq: log.seq + events.length });
      this.parts.commit(events, id);
    }
    const answer: Answer = isAway
      ? { ok: false, reason: "unavailable" }
      : { ok: true, seq: log.seq, repeated: false };
    this.answer(connection, id, answer, decision.facts ?? {});
    this.parts.publish();
  }

  /** Answers may come in another order than the messages, and before or after the events. */
  private answer(
    connection: Connection,
    id: string,
    answer: Answer,
    facts: Readonly<Record<string, unknown>>,
  ): void {
    const { chance, onAnswer, quirks } = this.parts;
    const frame = answer.ok
      ? acceptedFrame(id, { seq: answer.seq, ...(answer.repeated ? { repeated: true } : facts) })
      : refusedFrame(id, answer.reason);
    const say = (): void => {
      connection.unanswered -= 1;
      onAnswer(id, answer);
      const said = quirks.frame === undefined ? frame : quirks.frame(frame);
      if (said !== null) connection.wire.send(said);
    };
    if (chance.yes(0.7)) say();
    else this.later(chance.whole(1, 60), say);
  }

  private later(milliseconds: number, run: () => void): void {
    this.parts.time.timerFor("world")(run, milliseconds);
  }
}
