/** What the archive keeps as text, and how it is read back. Text that is not what it should be is never guessed at. */
import { z } from "zod";
import type { SessionRecord, Span } from "./archive.js";

const spans = z.array(z.object({ start: z.number(), end: z.number().nullable() }));

const sessionSchema = z.object({
  id: z.string(),
  app: z.string(),
  roomId: z.string(),
  customRoomId: z.string().nullable(),
  start: z.number(),
  end: z.number().nullable(),
});

const entrySchema = z.object({
  order: z.number(),
  name: z.string(),
  timelog: spans,
  mic: spans,
  webcam: spans,
});

/**
 * Somebody's attendance as it is kept, by their id. A span without an end is over all the same where the session is over: so the
 * end of a session need not write to everybody who was inside.
 */
export interface Entry {
  /** Number of the event by which they first joined: puts a session's participants in order. */
  readonly order: number;
  readonly name: string;
  readonly timelog: readonly Span[];
  readonly mic: readonly Span[];
  readonly webcam: readonly Span[];
}

/** Text of a session. */
export function encodeSession(session: SessionRecord): string {
  return JSON.stringify(session);
}

/** A session from its text. Throws an `Error` where the text is damaged or of another version. */
export function decodeSession(text: string): SessionRecord {
  return decode(sessionSchema, text, "a session");
}

/** Text of somebody's attendance. */
export function encodeEntry(entry: Entry): string {
  return JSON.stringify(entry);
}

/** The attendance of participants, by id, from its texts. Throws an `Error` where one is damaged or of another version. */
export function decodeEntries(texts: ReadonlyMap<string, string>): Map<string, Entry> {
  return new Map(Array.from(texts, ([id, text]) => [id, decode(entrySchema, text, "an attendance")]));
}

function decode<T>(schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`archive: the record of ${what} is damaged, or from another version`, { cause });
  }
}
