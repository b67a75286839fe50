/** Every "no" that the client hands on: the gateway's own, and those that it finds by itself. */
import { REFUSALS, type Reason } from "../protocol/refusals.js";

/** What an error says; over the wire these are the members of `error` in a `reply`. */
export interface MeetingErrorBody {
  /** VideoSDK's number where it has one, ours from 4400 on. */
  readonly code: number;
  /** Constant-style name of the number. */
  readonly name: string;
  /** Stable word for programs; more precise than the number. A newer gateway may know more of them than this client. */
  readonly reason: string;
  /** Text for people. */
  readonly message: string;
  /** Whether the same may succeed later, unchanged. */
  readonly retryable: boolean;
  /** The member of the input at fault. */
  readonly field?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** A join, a command or a stay that failed. */
export class MeetingError extends Error implements MeetingErrorBody {
  override readonly name: string;
  readonly code: number;
  readonly reason: string;
  readonly retryable: boolean;
  readonly field: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor({ code, name, reason, message, retryable, field, details }: MeetingErrorBody) {
    super(message);
    this.name = name;
    this.code = code;
    this.reason = reason;
    this.retryable = retryable;
    this.field = field;
    this.details = details;
  }
}

/** What the client finds by itself. Numbers are VideoSDK's. */
const LOCAL = {
  unreachable: {
    code: 3047,
    name: "ERROR_UNABLE_TO_JOIN_MEETING",
    message: "The gateway cannot be reached",
    retryable: true,
  },
  wrong_protocol: {
    code: 3047,
    name: "ERROR_UNABLE_TO_JOIN_MEETING",
    message: "What answers there does not speak this client's protocol",
    retryable: false,
  },
  cancelled: {
    code: 3047,
    name: "ERROR_UNABLE_TO_JOIN_MEETING",
    message: "The join was given up",
    retryable: false,
  },
  unanswered: {
    code: 3079,
    name: "ERROR_OPERATION_TIMED_OUT",
    message: "The stay ended before this was answered; whether it had an effect is not known",
    retryable: false,
  },
} as const;

/** A reason that only the client gives. */
export type LocalReason = keyof typeof LOCAL;

/** An error that the client found by itself. */
export function localError(reason: LocalReason, details?: Readonly<Record<string, unknown>>): MeetingError {
  return new MeetingError({ reason, ...LOCAL[reason], details });
}

/** An error of the protocol's table, given by the client before the gateway had to. */
export function refusedHere(reason: Reason, field?: string): MeetingError {
  const { code, name, message, retryable } = REFUSALS[reason];
  return new MeetingError({ code, name, reason, message, retryable, field });
}

/** What a close code and its text say; the text is a refusal's reason where the gateway closed because of one. */
export function errorOfClose(code: number, text: string): MeetingError {
  if (isReason(text)) return refusedHere(text);
  return new MeetingError({
    code,
    name: "CONNECTION_CLOSED",
    reason: text === "" ? "connection_closed" : text,
    message: "The gateway closed the connection",
    retryable: false,
  });
}

function isReason(text: string): text is Reason {
  return Object.hasOwn(REFUSALS, text);
}
