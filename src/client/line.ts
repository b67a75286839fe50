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
export interface Line {
  /** Sends a text; one that is over swallows it. */
  send(text: string): void;
  /** From now on, asks for a sign of life when nothing came for so long, or for a quarter more; milliseconds. */
  watch(heartbeatMs: number): void;
  /** The gateway has said its last word: ends the line if it does not close by itself soon. */
  expectEnd(withinMs: number): void;
  /** Lets the line go: nothing is heard of it any more. */
  letGo(comingBack: boolean): void;
  /** Cuts the line as a bad network would, where the platform can. */
  cut(): void;
}

/** Listens to a socket that is being opened. */
export function createLine(options: LineOptions): Line {
  const { socket, startTimer, makeId, patienceMs, onFrame, onEnd } = options;
  let isOver = false;
  /** Ticks that began or ended since the last frame; more than `TICKS` while a ping is not answered. */
  let quiet = 0;
  let tickMs = 0;

  const stop = (): void => {
    isOver = true;
    cancel();
  };
  const end = (how: LineEnd): void => {
    if (isOver) return;
    stop();
    // A close frame on a dead line waits for an answer that never comes.
    if (how.kind === "garbled" || socket.terminate === undefined) socket.close(COMING_BACK, "");
    else socket.terminate();
    onEnd(how);
  };
  const wait = (milliseconds: number, run: () => void): void => {
    cancel();
    if (!isOver) cancel = startTimer(run, milliseconds);
  };
  const send = (text: string): void => {
    if (!isOver) socket.send(text);
  };
  const expectEnd = (withinMs: number): void => {
    quiet = 0;
    wait(withinMs, () => end({ kind: "silent" }));
  };
  const tick = (): void =>
    wait(tickMs, () => {
      quiet += 1;
      if (quiet <= TICKS) tick();
      else {
        send(JSON.stringify({ type: "ping", id: makeId() }));
        wait(PING_ANSWER_MS, () => end({ kind: "silent" }));
      }
    });
  const beginWatch = (): void => {
    // A frame has just come: no part of a tick is lost.
    quiet = 1;
    tick();
  };

  let cancel = startTimer(() => end({ kind: "late" }), patienceMs);
  socket.listen({
    message(data) {
      if (isOver) return;
      if (quiet > TICKS) beginWatch();
      else quiet = 0;
      const decoded = decodeServerFrame(data);
      if (!decoded.ok) end({ kind: "garbled", problem: decoded.problem });
      else if (decoded.frame !== null) onFrame(decoded.frame);
    },
    closed: (code, text) => end({ kind: "closed", code, text }),
  });
  return {
    send,
    watch(heartbeatMs) {
      tickMs = heartbeatMs / TICKS;
      beginWatch();
    },
    expectEnd,
    letGo(comingBack) {
      if (isOver) return;
      stop();
      socket.close(comingBack ? COMING_BACK : NORMAL, "");
    },
    cut: () => end({ kind: "closed", code: 1006, text: "cut" }),
  };
}
