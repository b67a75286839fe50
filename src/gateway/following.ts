/** What follows the rooms' logs: every event, once, in order, turned into records in the same step that moves the cursor. */
import type { RoomKey } from "../log/port.js";
import type { Change } from "../log/records.js";
import type { RoomEvent } from "../room/events.js";
import type { RoomState } from "../room/state.js";

/** The next events of one room, in order, none left out. */
export interface Followed {
  readonly room: RoomKey;
  readonly epoch: string;
  readonly events: readonly { readonly seq: number; readonly event: RoomEvent }[];
  /** The room as this node knows it: at the last of the events, or later. */
  readonly state: RoomState;
  /**
   * True where events before these are lost for good: the log does not keep them any more, or lost its data. Then `events` is
   * empty, and `state` is all there is to go on from.
   */
  readonly gap: boolean;
  /** The number that the cursor moves to. */
  readonly upTo: number;
}

/** What comes of a step. */
export interface Collected {
  readonly changes: readonly Change[];
  /** Called once the changes are stored, by the node that stored them; not where another node was first. */
  readonly stored?: () => void;
}

/**
 * Turns events into changes of records. Called again with the same events where the step did not come about (another node did
 * it, or the store was away); so it may read records, but writes nothing by itself. A rejection is tried again later.
 */
export type Collect = (followed: Followed) => Promise<Collected>;
