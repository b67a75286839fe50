/** What the client needs of a WebSocket: the platform's own, or another that is adapted to this. */

/** Who hears a socket. `closed` is called once, also where the socket never opened; nothing is called after it. */
export interface SocketListeners {
  message(data: unknown): void;
  /** `reason` is the peer's close reason, or what the platform says of a line that failed. */
  closed(code: number, reason: string): void;
}

/** One WebSocket. `listen` is called once, right after the socket was made; `send` only after a first message came. */
export interface SocketLike {
  listen(listeners: SocketListeners): void;
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Ends the line at once and without a word, where the platform can. */
  terminate?(): void;
}

/** Opens a socket. May throw for an address that is none. */
export type OpenSocket = (url: string, protocols: readonly string[]) => SocketLike;

/**
 * Opens the platform's own WebSocket.
 *
 * @throws Error where there is none: pass `openSocket` to the client then
 */
export const openWebSocket: OpenSocket = (url, protocols) => {
  if (typeof WebSocket === "undefined") throw new Error("There is no WebSocket here; pass openSocket");
  const socket = new WebSocket(url, [...protocols]);
  return {
    listen(listeners) {
      socket.addEventListener("message", ({ data }: { readonly data: unknown }) => listeners.message(data));
      socket.addEventListener("close", ({ code, reason }) => listeners.closed(code, reason));
    },
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
  };
};
