/** What a stay is made of, and what it does. */
import type { Dialler } from "./dialler.js";
import type { Emitter } from "./emitter.js";
import type { Entrance } from "./entrance.js";
import type { ServerFrame } from "./frame-types.js";
import type { LineEnd } from "./line.js";
import type { Joined, MeetingEvents, MeetingState } from "./meeting-events.js";
import type { Outbox } from "./outbox.js";
import type { RoomCopy } from "./room-copy.js";

/** What a stay works with. Attempts are lines in a row that may fail. */
export interface StayParts {
  readonly emitter: Emitter<MeetingEvents>;
  readonly room: RoomCopy;
  readonly outbox: Outbox;
  readonly entrance: Entrance;
  readonly dialler: Dialler;
  readonly joinAttempts: number;
  readonly reconnectAttempts: number;
}

/** The stay itself. `hear` and `lose` are the line's, the rest is the client's. */
export interface Stay {
  /** Where the stay stands. */
  readonly state: MeetingState;
  /** Begins; a second call shares the first one's outcome. */
  begin(): Promise<Joined>;
  /** Ends it by one's own wish; `say` tells the gateway, first with the word that fits the place, then with the other. */
  leave(say: (word: "leave" | "withdraw") => Promise<unknown>): Promise<undefined>;
  /** Takes a frame. */
  hear(frame: ServerFrame): void;
  /** The line came to its end: out, or back by another one. */
  lose(end: LineEnd): void;
}
