/** How a call to the gateway fails: one error for refusals, faults and lines that do not work. */
import { z } from "zod";
import { REFUSALS } from "../protocol/refusals.js";

/** Codes of failures that the gateway did not tell. */
export type LocalCode =
  /** No answer came: no connection, or it broke. */
  | "unreachable"
  /** No answer came in time. */
  | "timed_out"
  /** What came is not what the gateway's API answers; something between may have answered. */
  | "answer_unreadable";

/** What an error knows beside its text. */
export interface RestFailure {
  /** Stable reason: one of `docs/protocol.md`, such as `room_unknown`, or a `LocalCode`. */
  readonly code: string;
  /** Of HTTP; 0 where no answer came. */
  readonly status: number;
  /** The member of the request at fault, such as `webhook.endPoint`; null where none is known. */
  readonly field: string | null;
  /** What a program can do with it, such as who answered a knock first. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;
  /** How long the gateway asks to wait before that, milliseconds; null: it does not say. */
  readonly retryAfterMs: number | null;
  /** By this the gateway's log knows the request; null where no answer came. */
  readonly requestId: string | null;
}

/** A call that failed. Neither its text nor its members hold a token or a secret. */
export class RestError extends Error implements RestFailure {
  override readonly name = "RestError";
  readonly code: string;
  readonly status: number;
  readonly field: string | null;
  readonly details: RestFailure["details"];
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;

  constructor(text: string, failure: RestFailure, options?: ErrorOptions) {
    super(text, options);
    this.code = failure.code;
    this.status = failure.status;
    this.field = failure.field;
    this.details = failure.details;
    this.retryable = failure.retryable;
    this.retryAfterMs = failure.retryAfterMs;
    this.requestId = failure.requestId;
  }
}

/** A failure that the gateway did not tell. `call` names the request, such as `GET /v2/rooms`. */
export function localFailure(
  call: string,
  code: LocalCode,
  about: { readonly status?: number; readonly requestId?: string | null; readonly cause?: unknown } = {},
): RestError {
  const { status = 0, requestId = null, cause } = about;
  const failure = { code, status, field: null, details: {}, retryAfterMs: null, requestId };
  const retryable = code !== "answer_unreadable" || isPassing(status);
  return new RestError(`${call}: ${SAID[code]}`, { ...failure, retryable }, { cause });
}

const SAID: Readonly<Record<LocalCode, string>> = {
  unreachable: "the gateway cannot be reached",
  timed_out: "the gateway did not answer in time",
  answer_unreadable: "the answer is not one of the gateway's API",
};

const bodySchema = z.object({
  code: z.string(),
  error: z.string(),
  error_description: z.string().optional(),
  field: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});

/** A refusal as it came, with its status; `body` is its JSON, decoded or not. */
export function refusalFrom(
  call: string,
  status: number,
  body: unknown,
  about: Pick<RestFailure, "requestId" | "retryAfterMs">,
): RestError {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return localFailure(call, "answer_unreadable", { status, requestId: about.requestId });
  const { code, error, error_description: told = error, field, details = {} } = parsed.data;
  const where = field === undefined ? "" : `, ${field}`;
  return new RestError(`${call}: ${told} (${code}${where})`, {
    ...{ code, status, field: field ?? null, details, ...about },
    retryable: isPassing(status) || isRetryable(code),
  });
}

/** Whether a status tells of something that passes: too many requests, or a fault. */
export function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

function isRetryable(code: string): boolean {
  return Object.entries(REFUSALS).some(([reason, row]) => reason === code && row.retryable);
}
