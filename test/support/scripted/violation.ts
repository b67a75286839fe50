/** What the runs promise. Each has a name, so that a test can say which one a broken part must break. */

/** A promise of the client, or of the model that it is tested against. */
export type Property =
  /** Every event that this participant may see is told once, in order, as it was. */
  | "events"
  /** The copy of the room is the room, after a snapshot and in the end. */
  | "copy"
  /** A command has one effect, or none where it was refused. */
  | "one effect"
  /** What could undo each other is done in the order in which it was asked for. */
  | "order"
  /** What was asked for is answered, and the answer is the gateway's. */
  | "answers"
  /** `recovered` says what is so. */
  | "recovered"
  /** A fresh snapshot is asked for only where something was unreadable or lost. */
  | "position"
  /** Where the client says that it stands is where it stands. */
  | "state"
  /** After a final end nothing is dialled, and nothing is told. */
  | "end"
  /** Pauses between lines are within full jitter's bounds. */
  | "pauses"
  /** One line at a time; sockets are used as every platform allows. */
  | "sockets"
  /** No timer is left over. */
  | "timers"
  /** Nobody waits for ever. */
  | "liveness"
  /** Every topic message that was not seen before is told once. */
  | "messages"
  /** What the gateway was sent is what the protocol allows. */
  | "protocol";

/** Takes note of a promise that was not kept; the first one of a run counts. */
export type Accuse = (property: Property, detail: string) => void;

/** Whether two values of JSON are the same, whatever the order of members; a member that is undefined is none. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const left = membersOf(one);
  const right = new Map(membersOf(other));
  return (
    left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)))
  );
}

function membersOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}
