/** A refusal as a fault, for those who ask a room and expect a yes. */
import type { Refusal } from "../protocol/refusals.js";

/** A refusal that the caller could not have caused: the store was away, or a bug. */
export class RoomFault extends Error {
  override readonly name = "RoomFault";
  constructor(readonly refusal: Refusal) {
    super(refusal.reason);
  }
}
