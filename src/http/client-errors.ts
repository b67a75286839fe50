/**
 * Bytes that are no HTTP. Clients that count characters instead of bytes announce bodies that are too short, and what is left of
 * them looks like a malformed request behind the first one (`reference/dolby.md` section 8). Node would answer that one with an
 * empty 400 and hang up before the first one has its answer, which says what is wrong.
 */
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** From now on a request that was read as a whole is answered before its connection is closed for what came behind it. */
export function closeInOrder(server: Server): void {
  const open = new WeakMap<Duplex, Set<Exchange>>();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const exchanges = open.get(request.socket) ?? new Set();
    open.set(request.socket, exchanges);
    const exchange = { request, response };
    exchanges.add(exchange);
    response.once("close", () => exchanges.delete(exchange));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const exchanges = [...(open.get(socket) ?? [])];
    const unanswered = exchanges.at(-1);
    // A body that is not whole will never be, since nothing is read any more.
    if (unanswered !== undefined && exchanges.every(({ request }) => request.complete)) {
      if (!unanswered.response.headersSent) unanswered.response.setHeader("Connection", "close");
      unanswered.response.once("close", () => hangUp(socket));
      return;
    }
    const begun = exchanges.some(({ response }) => response.headersSent);
    if (!begun) socket.write(lastAnswer(error));
    hangUp(socket);
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function hangUp(socket: Duplex): void {
  if (!socket.writable) socket.destroy();
  else socket.end(() => socket.destroy());
}

/** As Node itself would say it. */
function lastAnswer({ code }: NodeJS.ErrnoException): string {
  const status = statusFor(code);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nConnection: close\r\n\r\n`;
}

function statusFor(code: string | undefined): number {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return 431;
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return 413;
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return 408;
    default:
      return 400;
  }
}
