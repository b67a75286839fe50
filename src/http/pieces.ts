/** Long texts as answers: sent piece by piece as they come, so that nobody holds the whole of one. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Response } from "express";

/** A text in pieces. What makes them is ended where nobody reads on. */
export class Pieces {
  constructor(readonly source: AsyncIterable<string>) {}
}

/**
 * Answers with a text in pieces, under these headers. Rejects where a piece could not be made: before the first one nothing is sent, so that this can
 * be answered as ever; later the line is cut, so that nobody takes a part for the whole.
 */
export async function sendPieces(
  response: Response,
  headers: Readonly<Record<string, string>>,
  { source }: Pieces,
): Promise<void> {
  const pieces = source[Symbol.asyncIterator]();
  const first = await pieces.next();
  response.set(headers);
  try {
    await pipeline(Readable.from(beginningWith(first, pieces)), response);
  } catch (error) {
    if (!isHangUp(error)) throw error;
  }
}

async function* beginningWith(
  first: IteratorResult<string>,
  pieces: AsyncIterator<string>,
): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await pieces.next()) yield next.value;
  } finally {
    await pieces.return?.();
  }
}

/** Whoever asked reads no further. */
function isHangUp(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    error.code === "ERR_STREAM_PREMATURE_CLOSE"
  );
}
