/** A WebSocket client that holds to nothing: it sends any bytes, and says how the far end took them. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { RunningNode } from "../../src/server.js";
import { eventually } from "./eventually.js";

/** What stands in a frame (RFC 6455 section 5.2); what is not said is as it should be. */
export interface FrameParts {
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly opcode: number;
  readonly masked?: boolean;
  readonly payload?: Buffer | string;
  /** The length that the frame claims, where it lies. */
  readonly claims?: number | bigint;
}

/** Opcodes of RFC 6455. */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Bytes of a frame, right or wrong. */
export function frame({ fin = true, rsv = 0, opcode, masked = true, ...rest }: FrameParts): Buffer {
  const payload = Buffer.from(rest.payload ?? "");
  const length = BigInt(rest.claims ?? payload.length);
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const bit = masked ? 0x80 : 0;
  const extended = Buffer.alloc(length > 65_535n ? 8 : length > 125n ? 2 : 0);
  if (extended.length === 8) extended.writeBigUInt64BE(length);
  if (extended.length === 2) extended.writeUInt16BE(Number(length));
  const short = extended.length === 8 ? 127 : extended.length === 2 ? 126 : Number(length);
  const mask = randomBytes(4);
  const body = masked ? payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : payload;
  return Buffer.concat([Buffer.from([first, bit | short]), extended, ...(masked ? [mask] : []), body]);
}

/** A TCP connection that may speak WebSocket. */
export class RawSocket {
  private received = Buffer.alloc(0);
  private over = false;

  private constructor(private readonly socket: Socket) {
    socket.on("data", (data) => (this.received = Buffer.concat([this.received, data])));
    socket.on("close", () => (this.over = true));
    socket.on("error", () => undefined);
  }

  /** Connects to a node and says nothing. */
  static async open(node: Pick<RunningNode, "port">): Promise<RawSocket> {
    const socket = connect(node.port, "127.0.0.1");
    await once(socket, "connect");
    return new RawSocket(socket);
  }

  /** Connects and shakes hands as a good client does. */
  static async upgrade(node: Pick<RunningNode, "port">): Promise<RawSocket> {
    const raw = await RawSocket.open(node);
    raw.write(handshake({}));
    await raw.find(/^HTTP\/1\.1 101 .*"type":"hello".*\}$/s);
    raw.received = Buffer.alloc(0);
    return raw;
  }

  write(data: Buffer | string): void {
    this.socket.write(data);
  }

  /** Ends our side. */
  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Resolves when what came fits. */
  find(pattern: RegExp): Promise<string> {
    return eventually(() => {
      const text = this.received.toString("latin1");
      if (!pattern.test(text))
        throw new Error(`${String(pattern)} did not come, but ${JSON.stringify(text)}, over: ${this.over}`);
      return text;
    });
  }

  /** The code of the close frame that comes, behind whatever else does. */
  closeCode(): Promise<number> {
    return eventually(() => {
      for (let at = 0; at + 2 <= this.received.length;) {
        const short = this.received.readUInt8(at + 1);
        const wide = short === 126 && at + 4 <= this.received.length;
        const length = wide ? this.received.readUInt16BE(at + 2) : short;
        const body = at + (wide ? 4 : 2);
        if ((this.received.readUInt8(at) & 0x0f) === OPCODES.close && body + 2 <= this.received.length)
          return this.received.readUInt16BE(body);
        at = body + length;
      }
      throw new Error(`no close frame in ${this.received.toString("hex")}`);
    });
  }

  /** Resolves when the far end has hung up. */
  ended(): Promise<void> {
    return eventually(() => {
      if (!this.over) throw new Error("still open");
    });
  }
}

/** An upgrade request; `headers` replaces, adds, or leaves out (null). */
export function handshake(headers: Readonly<Record<string, string | null>>, path = "/v2/meeting"): string {
  const all: Readonly<Record<string, string | null>> = {
    Host: "127.0.0.1",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    "Sec-WebSocket-Protocol": "admitone.v1",
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `${[`GET ${path} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`;
}
