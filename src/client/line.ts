/** One connection: frames in, messages out, and a watch for a line that is dead though nobody said so. */
import { NORMAL } from "./constants.js";
import type { ServerFrame } from "./frame-types.js";
import { decodeServerFrame } from "./frames.js";
import type { SocketLike } from "./socket.js";
import type { StartTimer } from "./surroundings.js";

/** How a line came to its end. */
export type LineEnd =
  /** Closed by the gateway, or by the network; `text` is the close reason. */
  | { readonly kind: "closed"; readonly code: number; readonly text: string }
  /** Nothing came any more, not even the answer to a ping. */
  | { readonly kind: "silent" }
  /** It was opened, but nobody answered in time. */
  | { readonly kind: "late" }
  /** A frame could not be read: what followed could not be trusted. */
  | { readonly kind: "garbled"; readonly problem: string };

/** What a line is made of. */
export interface LineOptions {
  readonly socket: SocketLike;
  readonly startTimer: StartTimer;
  readonly makeId: () => string;
  /** Until `watch` is called, milliseconds. */
  readonly patienceMs: number;
  readonly onFrame: (frame: ServerFrame) => void;
  /** Called once, unless the line was let go. Nothing is heard of it afterwards. */
  readonly onEnd: (end: LineEnd) => void;
}

/** How long a ping may go unanswered, milliseconds. */
const PING_ANSWER_MS = 10_000;
/** A silence is measured in parts of the heartbeat: so that frames, of which there are many, start no timers. */
const TICKS = 4;
/** Tells the gateway that this client means to come back (`protocol/leaving.ts`). */
const COMING_BACK = 4500;

/** One connection, until it ends or is let go. */
export class Line {
  private over = false;
  /** Ticks that began or ended since the last frame; more than `TICKS` while a ping is not answered. */
  private quiet = 0;
  private heartbeatMs = 0;
  private cancel: () => void;

  constructor(private readonly options: LineOptions) {
    const { socket, startTimer, patienceMs, onFrame } = options;
    this.cancel = startTimer(() => this.end({ kind: "late" }), patienceMs);
    socket.listen({
      message: (data) => {
        if (this.over) return;
        const wasAsked = this.quiet > TICKS;
        this.quiet = 0;
        if (wasAsked) this.watch(this.heartbeatMs);
        const decoded = decodeServerFrame(data);
        if (!decoded.ok) this.end({ kind: "garbled", problem: decoded.problem });
        else if (decoded.frame !== null) onFrame(decoded.frame);
      },
      closed: (code, text) => this.end({ kind: "closed", code, text }),
    });
  }

  /** Sends a text; one that is over swallows it. */
  send(text: string): void {
    if (!this.over) this.options.socket.send(text);
  }

  /** From now on, asks for a sign of life when nothing came for so long, or for a quarter more; milliseconds. */
  watch(heartbeatMs: number): void {
    this.heartbeatMs = heartbeatMs;
    // A frame has just come: no part of a tick is lost.
    this.quiet = 1;
    this.tick();
  }

  /** The gateway has said its last word: ends the line if it does not close by itself soon. */
  expectEnd(withinMs: number): void {
    this.quiet = 0;
    this.wait(withinMs, () => this.end({ kind: "silent" }));
  }

  /** Lets the line go: nothing is heard of it any more. */
  letGo(comingBack: boolean): void {
    if (this.over) return;
    this.stop();
    this.options.socket.close(comingBack ? COMING_BACK : NORMAL, "");
  }

  /** Cuts the line as a bad network would, where the platform can. */
  cut(): void {
    this.end({ kind: "closed", code: 1006, text: "cut" });
  }

  private tick(): void {
    this.wait(this.heartbeatMs / TICKS, () => {
      this.quiet += 1;
      if (this.quiet <= TICKS) this.tick();
      else this.ask();
    });
  }

  private ask(): void {
    this.send(JSON.stringify({ type: "ping", id: this.options.makeId() }));
    this.wait(PING_ANSWER_MS, () => this.end({ kind: "silent" }));
  }

  private wait(milliseconds: number, run: () => void): void {
    this.cancel();
    if (!this.over) this.cancel = this.options.startTimer(run, milliseconds);
  }

  private end(end: LineEnd): void {
    if (this.over) return;
    this.stop();
    const { socket, onEnd } = this.options;
    // A close frame on a dead line waits for an answer that never comes.
    if (end.kind === "garbled" || socket.terminate === undefined) socket.close(COMING_BACK, "");
    else socket.terminate();
    onEnd(end);
  }

  private stop(): void {
    this.over = true;
    this.cancel();
  }
}
