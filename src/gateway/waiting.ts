/** Commands that wait for their outcome: each hears one, once, within its time-out. */
import { refuse } from "../protocol/refusals.js";
import type { Command } from "../room/commands.js";
import type { Outcome } from "./batch.js";

/** Told once, in the same synchronous step in which the replica takes the command's events. */
export type Settle = (outcome: Outcome) => void;

/** A command on its way to an outcome. */
export interface Waiting {
  readonly command: Command;
  readonly settle: Settle;
  /** Whether somebody still waits for it. */
  readonly isWanted: () => boolean;
  readonly timer: NodeJS.Timeout;
  settled: boolean;
}

/** Takes a command in; after `timeoutMs` without an outcome it is `unavailable`. */
export function waitFor(
  command: Command,
  settle: Settle,
  isWanted: () => boolean,
  timeoutMs: number,
): Waiting {
  const waiting: Waiting = {
    command,
    settle,
    isWanted,
    settled: false,
    timer: setTimeout(() => finish(waiting, { ok: false, refusal: refuse("unavailable") }), timeoutMs),
  };
  return waiting;
}

/** Tells the outcome, once. */
export function finish(waiting: Waiting, outcome: Outcome): void {
  if (waiting.settled) return;
  waiting.settled = true;
  clearTimeout(waiting.timer);
  waiting.settle(outcome);
}

/** Whether a command is still to be decided; one whose sender is gone is let go, and not decided late. */
export function stillOpen(waiting: Waiting): boolean {
  if (!waiting.settled && !waiting.isWanted()) finish(waiting, { ok: false, refusal: refuse("unavailable") });
  return !waiting.settled;
}

/** Tells every command of a batch its outcome. */
export function settleAll(batch: readonly Waiting[], outcomes: readonly Outcome[]): void {
  batch.forEach((waiting, index) => {
    const outcome = outcomes[index];
    if (outcome !== undefined) finish(waiting, outcome);
  });
}
