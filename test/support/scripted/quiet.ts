/** The quiet at the end of a run: nothing has gone wrong for longer than anything takes, so everything is as it should be. */
import type { Debts } from "./debts.js";
import type { Oracle } from "./oracle.js";
import type { RoomLog } from "./room-log.js";
import { knockIn, personIn } from "./room-state.js";
import type { Subject } from "./subject.js";
import type { User } from "./user.js";
import type { Accuse } from "./violation.js";

/** The id that the client goes by. */
export const ANN = "ann";

/** What is looked at. */
export interface QuietParts {
  readonly subject: Subject;
  readonly oracle: Oracle;
  readonly debts: Debts;
  readonly log: RoomLog;
  readonly user: User;
  readonly accuse: Accuse;
}

/** Looks whether client and room are of one mind, and nobody waits for anything. */
export function checkQuiet(parts: QuietParts): void {
  const { subject, oracle, debts, log, user, accuse } = parts;
  const isSeated = personIn(log.state, ANN) !== undefined;
  const isWaiting = knockIn(log.state, ANN) !== undefined;
  const { state } = subject;
  debts.check();
  switch (state) {
    case "joined":
      if (!isSeated) accuse("state", "joined, but has no seat");
      else oracle.checkCopy();
      subject.audit();
      break;
    case "waiting":
      if (!isWaiting) accuse("state", "waiting, but is not in the lobby");
      break;
    case "idle":
    case "left":
      if (isSeated || isWaiting) accuse("state", `${state}, but still has a place`);
      break;
    case "joining":
    case "reconnecting":
      accuse("liveness", `still ${state} though nothing has gone wrong for long`);
  }
  if (user.open > 0) accuse("liveness", "a join or a leave is still open");
  const unsettled = user.wishes.find(({ outcomes, asked }) => outcomes.length < asked);
  if (unsettled !== undefined) accuse("liveness", `${unsettled.id} was never answered`);
}
