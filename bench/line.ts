/**
 * A WebSocket client that costs next to nothing, so that the driver does not stand in the server's light: one read buffer for all
 * lines, no masking to speak of (a mask of zeros), and of a frame only its first bytes are ever looked at.
 */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** Hears what comes on a line. `head` is the beginning of the frame, at most `keep` bytes of it. */
export interface LineListener {
  frame(head: string): void;
  /** The line is gone, whoever ended it. */
  closed(): void;
}

/** One buffer serves all lines: it is read out before the next line writes into it. */
const shared = Buffer.allocUnsafe(512 * 1_024);
const HEAD_END = "\r\n\r\n";
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** One connection. */
export class Line {
  private opened: (() => void) | null = null;
  /** What has come of something that is not complete: the answer to the upgrade, or a frame's header. */
  private rest: Buffer | null = null;
  private head = "";
  private missing = 0;
  private opcode = 0;
  /** Whether the message ends with this frame, or goes on in the next. */
  private last = true;

  private constructor(
    private readonly socket: Socket,
    private readonly listener: LineListener,
    private readonly keep: number,
  ) {}

  /** Opens a connection; rejects where the server does not upgrade it. */
  static open(port: number, path: string, listener: LineListener, keep = 256): Promise<Line> {
    return new Promise((resolve, reject) => {
      const callback = (count: number): boolean => {
        line.feed(shared.subarray(0, count));
        return true;
      };
      const socket = connect({
        port,
        host: "127.0.0.1",
        noDelay: true,
        onread: { buffer: shared, callback },
      });
      const line = new Line(socket, listener, keep);
      line.opened = () => resolve(line);
      socket.on("error", reject);
      socket.on("close", () => {
        reject(new Error("the server did not open a WebSocket"));
        listener.closed();
      });
      const key = randomBytes(16).toString("base64");
      const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13";
      const own = `Host: 127.0.0.1:${port}\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: admitone.v1`;
      socket.write(`GET ${path} HTTP/1.1\r\n${own}\r\n${upgrade}${HEAD_END}`);
    });
  }

  /** Sends one text frame. */
  send(text: string): void {
    this.write(TEXT, text);
  }

  /** Cuts the line. */
  destroy(): void {
    this.socket.destroy();
  }

  private write(opcode: number, text: string): void {
    const length = Buffer.byteLength(text);
    const start = length < 126 ? 6 : 8;
    const frame = Buffer.alloc(start + length);
    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | (length < 126 ? length : 126);
    if (length >= 126) frame.writeUInt16BE(length, 2);
    frame.write(text, start, "utf8");
    this.socket.write(frame);
  }

  private feed(fresh: Buffer): void {
    let chunk = fresh;
    if (this.rest !== null) {
      chunk = Buffer.concat([this.rest, fresh]);
      this.rest = null;
    }
    let at = this.opened === null ? 0 : this.upgraded(chunk);
    while (at < chunk.length) {
      if (this.missing === 0) {
        const start = this.begin(chunk, at);
        if (start === 0) break;
        at = start;
      }
      const end = Math.min(chunk.length, at + this.missing);
      const wanted = Math.min(end, at + this.keep - this.head.length);
      if (wanted > at) this.head += chunk.toString("latin1", at, wanted);
      this.missing -= end - at;
      at = end;
      if (this.missing === 0) this.complete();
    }
  }

  /** Where the frames begin; everything is kept for later while the upgrade is not answered in full. */
  private upgraded(chunk: Buffer): number {
    const end = chunk.indexOf(HEAD_END);
    if (end < 0) {
      this.rest = Buffer.from(chunk);
      return chunk.length;
    }
    if (chunk.toString("latin1", 9, 12) === "101") this.opened?.();
    else this.socket.destroy();
    this.opened = null;
    return end + HEAD_END.length;
  }

  /** Reads a frame's header; where its payload begins, or 0 where the header is not complete. */
  private begin(chunk: Buffer, at: number): number {
    const short = (chunk[at + 1] ?? 0) & 0x7f;
    const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
    if (start > chunk.length) {
      this.rest = Buffer.from(chunk.subarray(at));
      return 0;
    }
    const first = chunk[at] ?? 0;
    this.last = (first & 0x80) !== 0;
    if ((first & 0x0f) !== 0) {
      this.opcode = first & 0x0f;
      this.head = "";
    }
    if (short === 126) this.missing = chunk.readUInt16BE(at + 2);
    else this.missing = short === 127 ? Number(chunk.readBigUInt64BE(at + 2)) : short;
    return start;
  }

  private complete(): void {
    if (!this.last) return;
    if (this.opcode === TEXT) this.listener.frame(this.head);
    else if (this.opcode === PING) this.write(PONG, "");
    else if (this.opcode === CLOSE) this.socket.destroy();
  }
}
