/** What the kit takes from the world: a clock, randomness, timers, and a way to send requests. Passed in, so that tests own them. */
import { randomUUID } from "node:crypto";

/** As much of an answer as the kit reads. */
export interface FetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** Sends one request; the platform's `fetch` fits. */
export type FetchLike = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: "error";
    readonly signal: AbortSignal;
  },
) => Promise<FetchAnswer>;

/** Calls `run` once after so many milliseconds, unless the answer is called before. */
export type StartTimer = (run: () => void, milliseconds: number) => () => void;

/** What the kit takes from the world. */
export interface Surroundings {
  readonly fetch: FetchLike;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly startTimer: StartTimer;
  /** Ids that never repeat: of commands and of tokens. */
  readonly makeId: () => string;
}

/** Those of the platform, where nothing else is given. */
export function surroundingsOf(given: Partial<Surroundings>): Surroundings {
  return {
    fetch: given.fetch ?? ((url, init) => fetch(url, init)),
    now: given.now ?? Date.now,
    random: given.random ?? Math.random,
    startTimer: given.startTimer ?? startTimer,
    makeId: given.makeId ?? randomUUID,
  };
}

const startTimer: StartTimer = (run, milliseconds) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

/** Waits. Rejects with the signal's reason as soon as that is aborted. */
export function pause(start: StartTimer, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      undo();
      reject(reasonOf(signal));
    };
    const undo = start(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** What the work answers, unless the signal is aborted before; the work itself goes on. */
export async function orAborted<T>(work: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal?.aborted === true) throw reasonOf(signal);
  if (signal === undefined || !(work instanceof Promise)) return work;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(reasonOf(signal));
    signal.addEventListener("abort", stop, { once: true });
  });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener("abort", stop));
}

/** Why something was aborted, as an error. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}
