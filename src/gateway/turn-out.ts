/**
 * Tokens that count no more reach those who stand on them: revoked, their key deactivated, their app deleted (`design.md` promise
 * 5). Whoever shows a token is looked at when the room takes it, everybody when something was revoked or a room is loaded; so
 * nobody comes back, on any node, by a resume that the room would not have let stay.
 */
import type { RoomKey } from "../log/port.js";
import type { ActionOf } from "../room/draft.js";
import type { Person, RoomEvent } from "../room/events.js";
import type { RoomState } from "../room/state.js";
import type { Standing, StandingReason } from "../tokens/standing.js";
import type { Taken } from "./replica.js";

/** What it needs of its room. */
export interface TurnOutHost {
  readonly key: RoomKey;
  readonly standing: Standing;
  readonly state: () => RoomState;
  /** Asks the room before all that waits. `again`: the store was away, and who is meant may have changed. */
  readonly ask: (action: ActionOf<"turn-out">, again: () => void) => void;
}

/** Finds them in one room, and has the room put them out. */
export class TurnOut {
  constructor(private readonly host: TurnOutHost) {}

  /** Looks at everybody in room and lobby. */
  checkAll(): void {
    const { participants, knocks } = this.host.state();
    this.check([...participants.keys(), ...knocks.keys()]);
  }

  /** Looks at those who have just shown a token: it may have been revoked after the door had checked it. */
  heard(taken: readonly Taken[]): void {
    const ids = taken.flatMap(({ event }) => bearerOf(event) ?? []);
    if (ids.length > 0) this.check(ids);
  }

  private check(ids: readonly string[]): void {
    const { ask } = this.host;
    const found = new Map<StandingReason, { participantId: string; fingerprint: string }[]>();
    for (const participantId of ids) {
      const reason = this.objectionTo(participantId);
      if (reason === null) continue;
      const { fingerprint } = reason.person.token;
      found.set(reason.why, [...(found.get(reason.why) ?? []), { participantId, fingerprint }]);
    }
    for (const [reason, people] of found) {
      ask({ type: "turn-out", people, reason }, () => this.check(people.map((one) => one.participantId)));
    }
  }

  private objectionTo(participantId: string): { why: StandingReason; person: Person } | null {
    const { key, standing, state } = this.host;
    const { participants, knocks } = state();
    const person = (participants.get(participantId) ?? knocks.get(participantId))?.person;
    if (person === undefined) return null;
    const why = standing.objection(person.token, { app: key.app, roomId: key.room, participantId });
    return why === null ? null : { why, person };
  }
}

/** Who shows a token in this event. */
function bearerOf(event: RoomEvent): string | null {
  switch (event.type) {
    case "participant-joined":
      return event.body.participant.participantId;
    case "entry-requested":
      return event.body.knock.participantId;
    case "token-refreshed":
      return event.body.participantId;
    case "participant-resumed":
    case "entry-resumed":
      return event.hidden.credentials === null ? null : event.body.participantId;
    default:
      return null;
  }
}
