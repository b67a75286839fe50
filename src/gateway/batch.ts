/** Commands decided together, one over the tentative state of the other, into one append (`log.md` rules 5, 10). */
import type { AppendRequest } from "../log/port.js";
import type { Refusal } from "../protocol/refusals.js";
import type { Command, Result } from "../room/commands.js";
import { decide } from "../room/decide.js";
import { encodeEvent, type RoomEvent } from "../room/events.js";
import type { RoomState } from "../room/state.js";
import type { Replica } from "./replica.js";

/** What became of a command. */
export type Outcome =
  | { readonly ok: true; readonly seq: number; readonly result: Result; readonly repeated: boolean }
  | { readonly ok: false; readonly refusal: Refusal };

/** A batch, decided: what to append, and what each command is told once it is stored. */
export interface Attempt {
  readonly request: AppendRequest;
  readonly events: readonly RoomEvent[];
  readonly state: RoomState;
  /** In the order of the commands. A refusal may rest on a tentative event before it, so it waits for the append too. */
  readonly outcomes: readonly Outcome[];
  /** How long each knock had waited that the batch answers, milliseconds. */
  readonly waitsMs: readonly number[];
}

/** What deciding takes from outside. */
export interface DecideWith {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly freshId: () => string;
  /** Life of a room that this batch opens; null: for ever. */
  readonly ttlFor: (state: RoomState) => number | null;
  /** The round trip of somebody who keeps losing, or null (`log.md` rule 11). */
  readonly roundTripMs: number | null;
}

/** Decides a batch against a replica as it is now. The replica stays as it is. */
export function decideBatch(
  { head, state: from }: Replica,
  commands: readonly Command[],
  given: DecideWith,
): Attempt {
  const events: RoomEvent[] = [];
  const waitsMs: number[] = [];
  let state = from;
  const outcomes = commands.map((command): Outcome => {
    const decision = decide(state, command, given.now);
    if (!decision.ok) return decision;
    waitsMs.push(...waitsEndedBy(decision.events, state));
    state = decision.state;
    events.push(...decision.events);
    return { ok: true, seq: decision.seq, result: decision.result, repeated: decision.repeated };
  });
  const request: AppendRequest = {
    expect: head,
    commit: given.freshId(),
    events: events.map(encodeEvent),
    ...(head === null
      ? { open: { epoch: given.freshId(), base: 0, snapshot: null, ttlMs: given.ttlFor(state) } }
      : {}),
    ...(given.roundTripMs === null ? {} : { roundTripMs: given.roundTripMs }),
  };
  return { request, events, state, outcomes, waitsMs };
}

function waitsEndedBy(events: readonly RoomEvent[], { knocks }: RoomState): number[] {
  return events.flatMap((event) => {
    const knock = event.type === "entry-responded" ? knocks.get(event.body.participantId) : undefined;
    return knock === undefined ? [] : [event.at - knock.view.since];
  });
}
