/** Every "no" that the client hands on: the gateway's own, and those that it finds by itself (`refusals.ts`). */

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
  declare readonly name: string;
  declare readonly code: number;
  declare readonly reason: string;
  declare readonly retryable: boolean;
  declare readonly field?: string | undefined;
  declare readonly details?: Readonly<Record<string, unknown>> | undefined;

  constructor(body: MeetingErrorBody) {
    super(body.message);
    Object.assign(this, body);
  }
}
