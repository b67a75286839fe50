/** A WebSocket as the gateway sees it: text out, an orderly end, and no patience for a line that does not drain. */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Frame, Recipient } from "../gateway/recipient.js";
import { CLOSE_CODES } from "../protocol/leaving.js";

/** How long a socket gets to answer a close frame before it is cut, milliseconds. */
const CLOSE_GRACE_MS = 2_000;

/** The sending side of one socket. */
export class SocketRecipient implements Recipient {
  private ended = false;
  /** Bytes that may wait beside the limit, until what was large has drained. */
  private allowance = 0;

  constructor(
    readonly connection: string,
    private readonly socket: WebSocket,
    /** The line under the socket. */
    private readonly stream: Duplex,
    /** Bytes that may wait in this process for a socket before it is closed; the kernel holds some megabytes more. */
    private readonly maxQueuedBytes: number,
  ) {}

  /** Whether this connection was told to go: what still comes from it is not heard. */
  get isEnded(): boolean {
    return this.ended;
  }

  get isOpen(): boolean {
    return !this.ended && this.socket.readyState === this.socket.OPEN;
  }

  send(frame: Frame): void {
    if (!this.isOpen || frame.length === 0) return;
    this.socket.send(frame, { binary: false });
    const queued = this.socket.bufferedAmount;
    if (queued <= this.maxQueuedBytes) this.allowance = 0;
    // A slow reader must not become this node's memory: it comes back and resumes, or gets a snapshot.
    else if (queued > this.maxQueuedBytes + this.allowance)
      this.close(CLOSE_CODES.slowConsumer, "slow_consumer");
  }

  sendLarge(frame: Buffer): void {
    // Counted against the reader, a large room could never be entered over a slow line.
    this.allowance += frame.length;
    this.send(frame);
  }

  together(run: () => void): void {
    this.stream.cork();
    run();
    this.stream.uncork();
  }

  close(code: number, reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.socket.close(code, reason);
    const cut = setTimeout(() => this.socket.terminate(), CLOSE_GRACE_MS);
    this.socket.once("close", () => clearTimeout(cut));
  }
}
