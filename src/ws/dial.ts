/** The calling side of a WebSocket in Node, for the client and the command line. */
import { WebSocket, type RawData } from "ws";

/** Who hears a dialled socket. `closed` is called once and last, also where the socket never opened. */
export interface DialledListeners {
  message(data: unknown): void;
  closed(code: number, reason: string): void;
}

/** A socket of our own making; it fits the client's `SocketLike`. */
export interface DialledSocket {
  listen(listeners: DialledListeners): void;
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Cuts the line without a close frame. */
  terminate(): void;
}

/** Limit for the opening handshake, milliseconds. */
const HANDSHAKE_MS = 10_000;

/**
 * Opens a socket. A line that fails is told by `closed` with 1006 and the reason that Node gives, such as ECONNREFUSED.
 *
 * @throws SyntaxError for an address that is not a WebSocket URL
 */
export function dial(url: string, protocols: readonly string[]): DialledSocket {
  const socket = new WebSocket(url, [...protocols], {
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_MS,
  });
  let failure = "";
  // Without a listener one failed line would end the process.
  socket.on("error", (error) => (failure = describe(error)));
  return {
    listen(listeners) {
      socket.on("message", (data, isBinary) => listeners.message(isBinary ? data : textOf(data)));
      socket.on("close", (code, reason) => {
        listeners.closed(code, reason.length > 0 ? reason.toString("utf8") : failure);
      });
    },
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  };
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString("utf8");
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)).toString("utf8");
}

/** Several addresses that all fail come as one error without a text of its own. */
function describe(error: Error): string {
  if (error.message !== "") return error.message;
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
