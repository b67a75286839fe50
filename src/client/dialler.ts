/** Opens line after line: the addresses in turn, with a pause of full jitter after each one that failed. */
import { createLine, type Line, type LineEnd } from "./line.js";
import type { ServerFrame } from "./frame-types.js";
import type { OpenSocket } from "./socket.js";
import type { StartTimer } from "./surroundings.js";
import { SUBPROTOCOL } from "../protocol/limits.js";

/** What the dialler works with. */
export interface DiallerOptions {
  /** At least one. */
  readonly urls: readonly string[];
  readonly openSocket: OpenSocket;
  /** From 0 up to but not including 1. */
  readonly random: () => number;
  readonly startTimer: StartTimer;
  readonly makeId: () => string;
  readonly onFrame: (frame: ServerFrame) => void;
  /** The line ended by itself; it is not there any more. */
  readonly onEnd: (end: LineEnd) => void;
}

const BASE_MS = 500;
const CAP_MS = 30_000;
/** From opening a line to the answer to the join or resume. */
const PATIENCE_MS = 15_000;
/** A line that held for so long was good; one that breaks sooner counts as a failure more. */
const STEADY_MS = 5_000;

/** The longest pause after so many failures in a row; the pause is a random part of it. */
export function longestPause(failures: number): number {
  return Math.min(CAP_MS, BASE_MS * 2 ** (failures - 1));
}

/** Opens lines for one client; at most one at a time. */
export interface Dialler {
  /** The line that is open, or being opened. */
  readonly line: Line | null;
  /** Where the next line goes, or the present one. */
  readonly url: string;
  /** Lines that failed since one last held. */
  readonly failures: number;
  /** Opens a first line, at once. */
  begin(): void;
  /** After a line that failed: opens the next one, elsewhere if there are several addresses. Answers the pause before, in milliseconds. */
  again(): number;
  /** The line answered: if it holds for a while, the failures are forgotten. */
  answered(): void;
  /** Lets go of the line, and opens no other until asked. */
  stop(comingBack: boolean): void;
}

/**
 * Makes one that has opened nothing yet.
 *
 * @throws RangeError without an address
 */
export function createDialler(options: DiallerOptions): Dialler {
  const { urls, openSocket, random, startTimer, makeId, onFrame, onEnd } = options;
  if (urls.length === 0) throw new RangeError("urls must hold at least one address");
  let line: Line | null = null;
  let failures = 0;
  let turn = -1;
  let cancel: () => void = () => undefined;

  const url = (): string => urls[Math.max(0, turn) % urls.length] ?? "";
  const open = (): void => {
    try {
      line = createLine({
        ...{ socket: openSocket(url(), [SUBPROTOCOL]), startTimer, makeId, patienceMs: PATIENCE_MS, onFrame },
        onEnd(end) {
          line = null;
          onEnd(end);
        },
      });
    } catch (error) {
      onEnd({ kind: "closed", code: 1006, text: error instanceof Error ? error.message : String(error) });
    }
  };
  const stop = (comingBack: boolean): void => {
    cancel();
    line?.letGo(comingBack);
    line = null;
  };

  return {
    get line() {
      return line;
    },
    get url() {
      return url();
    },
    get failures() {
      return failures;
    },
    begin() {
      stop(false);
      failures = 0;
      turn += 1;
      open();
    },
    again() {
      stop(true);
      failures += 1;
      turn += 1;
      const pause = Math.floor(random() * longestPause(failures));
      cancel = startTimer(open, pause);
      return pause;
    },
    answered() {
      cancel();
      cancel = startTimer(() => (failures = 0), STEADY_MS);
    },
    stop,
  };
}
