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
export class Dialler {
  /** The line that is open, or being opened. */
  line: Line | null = null;
  private failed = 0;
  private turn = -1;
  private cancel: () => void = () => undefined;

  constructor(private readonly options: DiallerOptions) {
    if (options.urls.length === 0) throw new RangeError("urls must hold at least one address");
  }

  /** Where the next line goes, or the present one. */
  get url(): string {
    const { urls } = this.options;
    return urls[Math.max(0, this.turn) % urls.length] ?? "";
  }

  /** Lines that failed since one last held. */
  get failures(): number {
    return this.failed;
  }

  /** Opens a first line, at once. */
  begin(): void {
    this.stop(false);
    this.failed = 0;
    this.turn += 1;
    this.open();
  }

  /** After a line that failed: opens the next one, elsewhere if there are several addresses. Answers the pause before, in milliseconds. */
  again(): number {
    this.stop(true);
    this.failed += 1;
    this.turn += 1;
    const pause = Math.floor(this.options.random() * longestPause(this.failed));
    this.cancel = this.options.startTimer(() => this.open(), pause);
    return pause;
  }

  /** The line answered: if it holds for a while, the failures are forgotten. */
  answered(): void {
    this.cancel();
    this.cancel = this.options.startTimer(() => (this.failed = 0), STEADY_MS);
  }

  /** Lets go of the line, and opens no other until asked. */
  stop(comingBack: boolean): void {
    this.cancel();
    this.line?.letGo(comingBack);
    this.line = null;
  }

  private open(): void {
    const { openSocket, startTimer, makeId, onFrame, onEnd } = this.options;
    try {
      const socket = openSocket(this.url, [SUBPROTOCOL]);
      this.line = createLine({
        socket,
        startTimer,
        makeId,
        patienceMs: PATIENCE_MS,
        onFrame,
        onEnd: (end) => {
          this.line = null;
          onEnd(end);
        },
      });
    } catch (error) {
      onEnd({ kind: "closed", code: 1006, text: error instanceof Error ? error.message : String(error) });
    }
  }
}
