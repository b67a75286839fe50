/** At the end of a run: what was asked for against what the room's history says was done. */
import type { Answer } from "./gateway-orders.js";
import type { RoomLog } from "./room-log.js";
import type { Wish } from "./user.js";
import type { Accuse } from "./violation.js";

/** Reasons that leave open whether there was an effect. */
const OPEN = new Set(["unavailable", "unanswered", "not_joined", "in_lobby"]);

/** What a client does by itself, under ids of its own: it goes where the user wishes so, and shows its token again. */
const BY_ITSELF = new Set<string>([
  "participant-left",
  "entry-withdrawn",
  "session-ended",
  "token-refreshed",
]);

/** What the accounts are made from. */
export interface AccountParts {
  readonly wishes: readonly Wish[];
  readonly log: RoomLog;
  /** What the gateway answered, by the id of the command. */
  readonly answers: ReadonlyMap<string, readonly Answer[]>;
  readonly accuse: Accuse;
}

/** Checks every wish, and that nothing was done that nobody wished. */
export function checkAccounts({ wishes, log, answers, accuse }: AccountParts): void {
  const effects = effectsIn(log);
  checkOrder(wishes, log, accuse);
  const wished = new Set(wishes.map(({ id }) => id));
  for (const id of effects.keys()) if (!wished.has(id)) accuse("one effect", `${id} was never asked for`);
  for (const { id, action, outcomes, asked } of wishes) {
    const commits = effects.get(id) ?? [];
    const what = `${action.type} ${id}`;
    const allowed = 1 + (log.takenBack.get(id) ?? 0);
    if (commits.length > allowed) accuse("one effect", `${what} took effect at ${commits.join(" and ")}`);
    if (outcomes.length !== asked)
      accuse("liveness", `${what} was asked ${asked} times, answered ${outcomes.length}`);
    const given = answers.get(id) ?? [];
    for (const outcome of outcomes) {
      if (outcome.ok) {
        const { answer } = outcome;
        const isGiven = given.some(
          (one) =>
            one.ok && (answer === null || (one.seq === answer.seq && one.repeated === answer.repeated)),
        );
        if (!isGiven) accuse("answers", `${what} resolved, which nobody answered: ${JSON.stringify(answer)}`);
        if (action.type === "publish" && commits.length === 0)
          accuse("one effect", `${what} was answered, but is not in the history`);
      } else if (!OPEN.has(outcome.reason)) {
        const isGiven = given.some((one) => !one.ok && one.reason === outcome.reason);
        // The client's own: its queue is full, or the request was answered already.
        const isLocal = outcome.reason === "too_many_commands" || outcome.reason === "request_unknown";
        if (asked === 1 && commits.length > 0 && !log.takenBack.has(id))
          accuse(
            "one effect",
            `${what} was refused with ${outcome.reason}, and took effect at ${commits.join(" and ")}`,
          );
        if (!isGiven && !isLocal)
          accuse("answers", `${what} rejected with ${outcome.reason}, which nobody answered`);
      }
    }
  }
}

/**
 * What was asked for once was done in that order: of what turns a microphone, a webcam, or anything else in the room. Messages may
 * change places while the store is unsure.
 */
function checkOrder(wishes: readonly Wish[], log: RoomLog, accuse: Accuse): void {
  const done = [...new Set(log.epochs.flatMap(({ entries }) => entries.map(({ command }) => command)))];
  const places = new Map(done.map((id, index) => [id, index]));
  const latest = new Map<string, { readonly id: string; readonly place: number }>();
  for (const { id, action, asked } of wishes) {
    const place = places.get(id);
    if (place === undefined || asked > 1 || action.type === "publish" || log.takenBack.has(id)) continue;
    const about = "kind" in action ? action.kind : "room";
    const before = latest.get(about);
    if (before !== undefined && before.place > place) accuse("order", `${id} was done before ${before.id}`);
    latest.set(about, { id, place });
  }
}

/** Commits by the id of their command, over all epochs; what was lost with an epoch counts there. */
function effectsIn(log: RoomLog): Map<string, string[]> {
  const effects = new Map<string, string[]>();
  const last = new Map<string, number>();
  for (const { name, entries } of log.epochs) {
    last.clear();
    for (const { command, seq, known } of entries) {
      if (command === null || BY_ITSELF.has(known?.type ?? "")) continue;
      // The events of one commit follow each other.
      const isSameCommit = last.get(command) === seq - 1;
      last.set(command, seq);
      if (!isSameCommit) effects.set(command, [...(effects.get(command) ?? []), `${name} ${seq}`]);
    }
  }
  return effects;
}
