/** Batches of events as frames: one encoding for hosts and one for the others, and one of their own for those who are singled out. */
import { eventsFrame, isFor } from "./frames.js";
import type { Frame } from "./recipient.js";
import type { Replica, Taken } from "./replica.js";

/** The frames of one flush; each is made when somebody needs it, and once for all who get the same (`log.md` rule 14). */
export class BatchFrames {
  private readonly singled = new Set<string>();
  private readonly shared: { host?: Buffer; other?: Buffer } = {};

  constructor(
    private readonly epoch: string,
    private readonly events: readonly Taken[],
  ) {
    for (const { audience } of events) {
      if (audience.to === "some") for (const id of audience.participantIds) this.singled.add(id);
    }
  }

  /** The batch as one participant may see it; what they may not see is left out, but counted. */
  for(participantId: string, isHost: boolean): Frame {
    if (this.singled.has(participantId)) return this.encode(participantId, isHost);
    if (isHost) return (this.shared.host ??= Buffer.from(this.encode("", true)));
    return (this.shared.other ??= Buffer.from(this.encode("", false)));
  }

  private encode(participantId: string, isHost: boolean): string {
    const texts = this.events.filter((one) => isFor(one, participantId, isHost)).map(({ text }) => text);
    return eventsFrame(this.epoch, this.events[0]?.seq ?? 0, this.events.length, texts);
  }
}

/** All that a client missed since it stood at `from`, as one frame; null where only a snapshot is honest. */
export function catchUpFrame(
  replica: Replica,
  from: { readonly epoch: string; readonly seq: number },
  participantId: string,
  isHost: boolean,
): string | null {
  const { head, state } = replica;
  if (head?.epoch !== from.epoch) return null;
  const missed = replica.since(from.seq);
  if (missed === null) return null;
  // What an event showed depended on the rights of its time; where those or the place changed, start anew.
  const changed = missed.some(
    ({ event }) =>
      concerned(event) === participantId &&
      (event.type === "permissions-changed" || event.type === "participant-joined"),
  );
  if (changed) return null;
  const texts = missed.filter((one) => isFor(one, participantId, isHost)).map(({ text }) => text);
  return eventsFrame(head.epoch, from.seq + 1, state.seq - from.seq, texts);
}

const MOVES: ReadonlySet<Taken["event"]["type"]> = new Set([
  "entry-responded",
  "entry-withdrawn",
  "entry-disconnected",
  "entry-resumed",
  "participant-left",
  "participant-disconnected",
  "participant-resumed",
  "permissions-changed",
]);

/** Whose place an event may change; null: nobody's in particular. */
export function concerned(event: Taken["event"]): string | null {
  if (event.type === "entry-requested") return event.body.knock.participantId;
  if (event.type === "participant-joined") return event.body.participant.participantId;
  return MOVES.has(event.type) && "participantId" in event.body ? event.body.participantId : null;
}
