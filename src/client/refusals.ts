/** The errors that the client finds by itself, without the gateway or before it. */
import type { Reason, RefusalRow } from "../protocol/refusals.js";
import { textOfEnd } from "./ending-texts.js";
import { MeetingError } from "./meeting-error.js";

type Row = Omit<RefusalRow, "http">;
const row = (code: number, name: string, message: string, retryable = false): Row => {
  return { code, name, message, retryable };
};
const noWayIn = (message: string, retryable = false): Row =>
  row(3047, "ERROR_UNABLE_TO_JOIN_MEETING", message, retryable);

/** What the client finds by itself. Numbers are VideoSDK's. */
const LOCAL = {
  unreachable: noWayIn("The gateway cannot be reached", true),
  wrong_protocol: noWayIn("What answers there does not speak this client's protocol"),
  cancelled: noWayIn("The join was given up"),
  unanswered: row(
    3079,
    "ERROR_OPERATION_TIMED_OUT",
    "The stay ended before this was answered; whether it had an effect is not known",
  ),
} as const;

/** A reason that only the client gives. */
export type LocalReason = keyof typeof LOCAL;

/** An error that the client found by itself. */
export function localError(reason: LocalReason, details?: Readonly<Record<string, unknown>>): MeetingError {
  return new MeetingError({ reason, ...LOCAL[reason], details });
}

/** Rows of the protocol's table that the client gives by itself, before the gateway had to. The whole table would be a page's load. */
const HERE = {
  already_joined: row(4410, "ALREADY_JOINED", "This connection has joined already"),
  not_joined: row(3035, "ERROR_ACTION_PERFORMED_BEFORE_MEETING_JOINED", "Join the room first"),
  request_unknown: row(4421, "REQUEST_UNKNOWN", "There is no open request to answer"),
  invalid_parameter: row(3073, "INVALID_PARAMETER", "A field is missing or not valid"),
  payload_too_large: row(3072, "ERROR_PAYLOAD_TOO_LARGE", "The message is too large"),
  too_many_commands: row(4425, "TOO_MANY_COMMANDS", "Too many commands wait for an answer", true),
} as const satisfies Partial<Record<Reason, Row>>;

/** A reason of the protocol that the client gives by itself as well. */
export type HereReason = keyof typeof HERE;

/** An error of the protocol's table, given by the client before the gateway had to. */
export function refusedHere(reason: HereReason, field?: string): MeetingError {
  return new MeetingError({ reason, ...HERE[reason], field });
}

/** Something that the client does by itself, beside the meeting, has failed; the stay goes on. VideoSDK's 5000. */
export function mishap(reason: string, message: string, error: unknown): MeetingError {
  const details = { problem: error instanceof Error ? error.message : String(error) };
  return new MeetingError({ reason, ...row(5000, "SOMETHING_WENT_WRONG", message, true), details });
}

/** What a close code and its text say, where no answer came before; the text is a refusal's reason where the gateway closed because of one. */
export function errorOfClose(code: number, text: string): MeetingError {
  return new MeetingError({
    code,
    name: "CONNECTION_CLOSED",
    reason: text === "" ? "connection_closed" : text,
    message: textOfEnd(code, text, null),
    retryable: false,
  });
}
