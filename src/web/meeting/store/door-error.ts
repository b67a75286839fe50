/** From whatever a join rejected with to what the page shows. */
import { MeetingError } from "../../../client/index.js";
import type { DoorError } from "../model/outcome.js";

/** The members of a `MeetingError`; anything else is a fault of this page, and is shown as one. */
export function doorErrorOf(error: unknown): DoorError {
  if (error instanceof MeetingError) {
    const { reason, message, field, details } = error;
    return { reason, message, field, details };
  }
  const message = error instanceof Error ? error.message : "Something went wrong in this page.";
  return { reason: "page_error", message };
}
