/** A socket with somebody in between, who hears and says other things than the two ends. */
import type { SocketLike } from "../../../src/client/socket.js";

/** Changes what a socket hears or says, by what it is and what it carries. */
export interface Meddling {
  /** Frames instead of the one that came. */
  readonly hear?: (data: unknown, type: unknown) => readonly unknown[];
  /** Texts instead of the one that is sent. */
  readonly say?: (text: string) => readonly string[];
  readonly end?: (code: number) => number;
  readonly close?: (code: number) => number;
}

/** The socket, meddled with. */
export function meddled(inner: SocketLike, { hear, say, end, close }: Meddling): SocketLike {
  const outer: SocketLike = {
    listen: (listeners) =>
      inner.listen({
        message: (data) => (hear?.(data, typeOf(data)) ?? [data]).forEach((one) => listeners.message(one)),
        closed: (code, reason) => listeners.closed(end?.(code) ?? code, reason),
      }),
    send: (text) => (say?.(text) ?? [text]).forEach((one) => inner.send(one)),
    close: (code, reason) => inner.close(close?.(code) ?? code, reason),
  };
  return inner.terminate === undefined ? outer : { ...outer, terminate: () => inner.terminate?.() };
}

function typeOf(data: unknown): unknown {
  if (typeof data !== "string" || !data.startsWith('{"type"')) return null;
  return /^\{"type":"([^"]*)"/.exec(data)?.[1];
}
