/** The place that the model room keeps for the client's participant: who may take it, for how long, and which commands it had. */
import type { Chance } from "./chance.js";
import type { JoinMessage, ResumeMessage } from "../../../src/protocol/commands.js";
import type { Reason } from "../../../src/protocol/refusals.js";
import { PLACE_LOST, REPLACED } from "./gateway-frames.js";
import type { Seat } from "./gateway-seat.js";
import type { RoomLog } from "./room-log.js";
import { coming, going, knocking, type RuleContext } from "./room-happenings.js";
import { holds, knockIn, personIn, type Happening, type ModelEvent } from "./room-state.js";
import type { VirtualTime } from "./virtual-time.js";
import type { Accuse } from "./violation.js";

/** How the client's participant comes in. */
export interface Door {
  /** Whether the token enters, with these rights, or only knocks. */
  readonly rights: readonly ("allow_join" | "allow_mod")[] | "knocks";
  /** Whether the token names the participant: then every join with it proves the place (E6). */
  readonly namesParticipant: boolean;
  readonly resumeWindowMs: number;
  readonly knockTimeoutMs: number;
}

/** A door like some that there are. */
export function anyDoor(chance: Chance): Door {
  const rights = chance.pick([["allow_join", "allow_mod"], ["allow_join"], "knocks"] as const) ?? "knocks";
  return {
    rights,
    namesParticipant: chance.yes(0.5),
    resumeWindowMs: chance.whole(10_000, 60_000),
    knockTimeoutMs: chance.whole(20_000, 300_000),
  };
}

/** What a place works with. */
export interface PlaceParts {
  readonly time: VirtualTime;
  readonly log: RoomLog;
  readonly viewer: string;
  readonly door: Door;
  readonly accuse: Accuse;
  readonly happen: (...events: Happening[]) => void;
  readonly context: () => RuleContext;
}

interface Effect {
  readonly type: string;
  readonly seq: number;
}

interface Person {
  joinId: string;
  secret: string;
  spent: { readonly secret: string; readonly id: string } | null;
}

/** An entry that was taken, with the secret for the next one, or why not. */
export type Entered =
  { readonly ok: true; readonly secret: string } | { readonly ok: false; readonly reason: Reason };

/** Ids that are remembered for each participant. */
const REMEMBERED = 32;
const RULE = { kind: "rule" } as const;

/** The place itself. */
export class Place {
  /** Whose line it is; null while it is lost. */
  seat: Seat | null = null;
  lastSeat: Seat | null = null;
  private person: Person | null = null;
  private readonly ids = new Map<string, Effect>();
  /** Why secrets of places that are gone do not count. */
  private readonly departed = new Map<string, Reason>();
  private mayKnockAt = 0;
  private secrets = 0;
  private cancelWindow: () => void = () => undefined;

  constructor(private readonly parts: PlaceParts) {}

  /** Somebody shows a token. */
  join({ id }: JoinMessage, seat: Seat): Entered {
    const { log, viewer, door, happen, context, time } = this.parts;
    const { state } = log;
    if (this.person !== null) {
      if (this.person.joinId !== id && !door.namesParticipant)
        return { ok: false, reason: "participant_id_taken" };
      this.person.joinId = id;
      return this.take(seat, this.person, null);
    }
    if (state.bans.includes(viewer)) return { ok: false, reason: "banned" };
    const isModerator = door.rights !== "knocks" && door.rights.includes("allow_mod");
    if (state.locked && !isModerator) return { ok: false, reason: "room_locked" };
    if (time.now < this.mayKnockAt) return { ok: false, reason: "cooling_down" };
    const person: Person = { joinId: id, secret: this.freshSecret(), spent: null };
    this.person = person;
    this.sit(seat);
    if (door.rights === "knocks") happen(knocking(viewer, false, true, context()));
    else happen(...coming(state, viewer, door.rights, true, context()));
    return { ok: true, secret: person.secret };
  }

  /** Somebody shows a secret: the present one, or the one before with the very resume that used it up. */
  resume({ id, secret }: ResumeMessage, seat: Seat): Entered {
    const { person } = this;
    const isSame = person?.spent?.secret === secret && person.spent.id === id;
    if (person === null) return { ok: false, reason: this.departed.get(secret) ?? "resume_invalid" };
    if (person.secret !== secret && !isSame) {
      this.parts.accuse("protocol", "a resume with a secret that was used up, under another id");
      return { ok: false, reason: "resume_invalid" };
    }
    return this.take(seat, person, { secret, id });
  }

  /** The line is gone: the place is kept for the window. Says nothing of a line that was replaced. */
  lost(seat: Seat): void {
    const { log, viewer, happen, context, door } = this.parts;
    if (this.seat !== seat) return;
    this.seat = null;
    const until = context().now + door.resumeWindowMs;
    if (personIn(log.state, viewer) !== undefined)
      happen({ type: "participant-disconnected", participantId: viewer, until });
    else if (knockIn(log.state, viewer) !== undefined)
      happen({ type: "entry-disconnected", participantId: viewer, until });
    this.openWindow();
  }

  /** The place is over; why counts for those who come with its secret. */
  vacate(reason: Reason): void {
    const { time } = this.parts;
    if (this.person === null) return;
    this.departed.set(this.person.secret, reason);
    if (reason === "entry_denied") this.mayKnockAt = time.now + 30_000;
    this.person = null;
    this.seat = null;
    this.ids.clear();
    this.cancelWindow();
  }

  /** Takes note of an event of the room. */
  follow(event: ModelEvent): void {
    const { viewer, time, happen, log } = this.parts;
    if (event.type === "entry-requested" && event.knock.participantId === viewer) {
      const { since, expiresAt } = event.knock;
      time.timerFor("world")(() => {
        if (knockIn(log.state, viewer)?.since === since)
          happen({ type: "entry-withdrawn", participantId: viewer, cause: "timed-out" });
      }, expiresAt - event.at);
    }
    // Admitted with a lost line: a whole window to take the seat (L4).
    if (
      event.type === "participant-joined" &&
      event.participant.participantId === viewer &&
      this.seat === null
    )
      this.openWindow();
  }

  /** Takes note of an effect; the oldest goes when there are more than are remembered. */
  remember(id: string, effect: Effect): void {
    this.ids.set(id, effect);
    const [oldest] = this.ids.keys();
    if (this.ids.size > REMEMBERED && oldest !== undefined) this.ids.delete(oldest);
  }

  /** The effect that an id had. */
  idsOf(id: string): Effect | undefined {
    return this.ids.get(id);
  }

  /** The effect of an id was lost with its data. */
  forgetId(id: string): void {
    this.ids.delete(id);
  }

  /** After a loss of data: what the room says of the place is made true again, or the place is gone. */
  mend(): void {
    const { log, viewer, happen, context, door } = this.parts;
    if (this.person === null) {
      // What the loss brought back is nobody's any more.
      if (personIn(log.state, viewer) !== undefined)
        happen(...going(log.state, viewer, "WEBSOCKET_DISCONNECTED", RULE));
      else if (knockIn(log.state, viewer) !== undefined)
        happen({ type: "entry-withdrawn", participantId: viewer, cause: "disconnected" });
      return;
    }
    const person = personIn(log.state, viewer);
    const there = person ?? knockIn(log.state, viewer);
    if (there === undefined) {
      const { seat } = this;
      this.vacate("resume_invalid");
      seat?.end(PLACE_LOST);
      return;
    }
    const isUp = this.seat !== null;
    if (there.online === isUp) return;
    const until = context().now + door.resumeWindowMs;
    if (isUp)
      happen({ type: person === undefined ? "entry-resumed" : "participant-resumed", participantId: viewer });
    else if (person === undefined) happen({ type: "entry-disconnected", participantId: viewer, until });
    else happen({ type: "participant-disconnected", participantId: viewer, until });
  }

  /** Whether the client's participant answers knocks. */
  get isHost(): boolean {
    return holds(this.parts.log.state, this.parts.viewer, "allow_join");
  }

  private take(seat: Seat, person: Person, spent: Person["spent"]): Entered {
    const { log, viewer, happen } = this.parts;
    const older = this.seat;
    person.secret = this.freshSecret();
    person.spent = spent;
    this.sit(seat);
    older?.end(REPLACED);
    const isInRoom = personIn(log.state, viewer) !== undefined;
    happen({ type: isInRoom ? "participant-resumed" : "entry-resumed", participantId: viewer });
    return { ok: true, secret: person.secret };
  }

  private sit(seat: Seat): void {
    this.cancelWindow();
    this.seat = this.lastSeat = seat;
  }

  private openWindow(): void {
    const { log, viewer, happen, time, door } = this.parts;
    this.cancelWindow();
    this.cancelWindow = time.timerFor("world")(() => {
      if (this.seat !== null) return;
      if (personIn(log.state, viewer) !== undefined)
        happen(...going(log.state, viewer, "WEBSOCKET_DISCONNECTED", RULE));
      else if (knockIn(log.state, viewer) !== undefined)
        happen({ type: "entry-withdrawn", participantId: viewer, cause: "disconnected" });
    }, door.resumeWindowMs);
  }

  private freshSecret(): string {
    return `secret-${(this.secrets += 1)}`;
  }
}
