/** What the client takes from the world besides sockets: timers and randomness. Passed in, so that tests own them. */

/** Calls `run` once after so many milliseconds, unless the answer is called before. */
export type StartTimer = (run: () => void, milliseconds: number) => () => void;

/** The platform's timer. */
export const startTimer: StartTimer = (run, milliseconds) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

const ID_BYTES = 18;

/** An id that nobody can guess: 36 hex digits. A join's id is the only proof that a repeated join is the same. */
export function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A promise with its two ends outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** Makes a promise that is settled from outside. */
export function defer<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
