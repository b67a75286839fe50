/** A token that is renewed in time: at one half and three quarters of what is left of its life, and at its end (`reference/dolby.md` section 6). */
import { expiryOf } from "./claims.js";
import { Emitter } from "./emitter.js";
import { callAt } from "./long-timer.js";
import type { MeetingError } from "./meeting-error.js";
import { mishap } from "./refusals.js";
import { startTimer as platformTimer, type StartTimer } from "./surroundings.js";

/**
 * Brings a newer token, from the page's own back end. `isExpired`: the present one has run out already. To bring none, it throws,
 * rejects, or answers nothing; it is asked again at the next mark.
 */
export type RefreshToken = (
  isExpired: boolean,
) => string | null | undefined | Promise<string | null | undefined>;

/** A token for one or more meetings. */
export interface MeetingToken {
  /** The newest one. */
  readonly value: string;
  /** Epoch milliseconds, as the token says, unverified; null where it does not say. */
  readonly expiresAt: number | null;
  readonly isExpired: boolean;
  /** Hears each newer token; the answer undoes it. */
  onChange(listener: (value: string) => unknown): () => void;
  /** Hears of a refresh that brought none: `token_not_renewed`. The answer undoes it. */
  onError(listener: (error: MeetingError) => unknown): () => void;
  /** Asks for a newer token now; one call at a time. Resolves when that is over, and never rejects: see `onError`. */
  renew(): Promise<void>;
  /** Ends its timers; it asks for nothing any more. */
  stop(): void;
}

/** The token's surroundings. What is not given is the platform's own. */
export interface TokenOptions {
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined;
  readonly startTimer?: StartTimer | undefined;
}

/** Parts of what is left of the life at which a newer token is asked for. */
const MARKS = [0.5, 0.75, 1] as const;

/**
 * Holds a token. With `refresh` it is renewed by itself until `stop`: marks count from when the token came here, and each newer token
 * begins anew. A token without `exp` is never renewed by itself.
 */
export function initializeToken(
  token: string,
  refresh: RefreshToken | null = null,
  options: TokenOptions = {},
): MeetingToken {
  const { now = Date.now, startTimer = platformTimer } = options;
  // A listener that fails has nobody to be told to: the token itself is in order.
  const emitter = new Emitter<{ change: string; error: MeetingError }>(() => undefined);
  let value = token;
  let expiresAt = expiryOf(token);
  let timers: (() => void)[] = [];
  let renewing: Promise<void> | null = null;
  let isStopped = false;

  const isExpired = (): boolean => expiresAt !== null && now() >= expiresAt;
  const cancel = (): void => {
    for (const one of timers) one();
    timers = [];
  };

  const ask = async (): Promise<void> => {
    try {
      const newer = await refresh?.(isExpired());
      if (isStopped || newer === value) return;
      if (typeof newer !== "string" || newer === "") throw new Error("The callback brought no token");
      const newEnd = expiryOf(newer);
      // Taken, it would be asked for again at once, and again.
      if (newEnd !== null && newEnd <= now()) throw new Error("The callback brought an expired token");
      value = newer;
      expiresAt = newEnd;
      setTimers();
      emitter.emit("change", newer);
    } catch (error) {
      if (!isStopped) emitter.emit("error", mishap("token_not_renewed", "No newer token came", error));
    }
  };

  const renew = (): Promise<void> => {
    if (refresh === null || isStopped) return Promise.resolve();
    return (renewing ??= ask().finally(() => (renewing = null)));
  };

  const setTimers = (): void => {
    cancel();
    if (refresh === null || expiresAt === null) return;
    const begin = now();
    const left = expiresAt - begin;
    const of = value;
    const again = (): void => {
      if (value === of) void renew();
    };
    const due = (): void => {
      // What is under way was asked at an earlier mark: if it brings nothing, this one still counts.
      if (renewing === null) again();
      else void renewing.then(again);
    };
    // One that has expired on its way here has one mark left.
    const marks = left > 0 ? MARKS : [1];
    timers = marks.map((part) => callAt(begin + left * part, due, { now, startTimer }));
  };

  setTimers();
  return {
    get value() {
      return value;
    },
    get expiresAt() {
      return expiresAt;
    },
    get isExpired() {
      return isExpired();
    },
    onChange: (listener) => emitter.on("change", listener),
    onError: (listener) => emitter.on("error", listener),
    renew,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
