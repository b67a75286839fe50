/** A decision in the making: the events so far, and the state as it is after them. */
import type { ActorView } from "../protocol/events.js";
import type { Refusal } from "../protocol/refusals.js";
import type { Action, Actor, Result } from "./commands.js";
import type { CommandMark, NewEvent, RoomEvent } from "./events.js";
import { evolve } from "./evolve.js";
import type { RoomState } from "./state.js";

/** Collects the events of one command. Local to one call of `decide`, which stays pure. */
export class Draft {
  readonly events: RoomEvent[] = [];
  result: Result = {};

  constructor(
    public state: RoomState,
    /** Epoch milliseconds, given by the caller of `decide`. */
    readonly now: number,
    private readonly cmd: CommandMark | null,
  ) {}

  /** Puts one more event behind the others. */
  push(event: NewEvent): void {
    const whole: RoomEvent = { ...event, at: this.now, cmd: this.cmd };
    this.repeat(whole);
  }

  /** Puts an event behind the others as it is: its time and its command stay those of its first life. */
  repeat(event: RoomEvent): void {
    this.events.push(event);
    this.state = evolve(this.state, event);
  }
}

/** What a rule is told beside the draft: who asks. */
export interface Asker {
  readonly actor: Actor;
  readonly view: ActorView;
  /** The participant or knocker who asks; null for the API and the gateway. */
  readonly participantId: string | null;
  /** The command's id. */
  readonly id: string;
  /** An id for whatever the command starts. */
  readonly freshId: string;
}

/** A rule: writes its events to the draft, or refuses and leaves it as it was. */
export type Rule<A extends Action> = (draft: Draft, action: A, asker: Asker) => Refusal | null;

/** An action by its name. */
export type ActionOf<T extends Action["type"]> = Extract<Action, { type: T }>;
