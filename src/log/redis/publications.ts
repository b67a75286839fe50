import type { Publication, RoomListener } from "../port.js";
import { listOf, numberOf, textOf, UnknownReply } from "./replies.js";

/*
 * A message on a room's channel is `P`, a JSON header, a line feed and the events one after the other, or `R` and relayed text.
 * The header gives the lengths of the events in UTF-16 units, so that Lua only puts texts behind each other.
 */

/** What stands before the events in the message of a commit. */
export function publicationHeader({ epoch, first, commit, prev, events }: Publication): string {
  return `P${JSON.stringify({ epoch, first, commit, prev, lengths: events.map(({ length }) => length) })}\n`;
}

/** The message of relayed text. */
export function relayMessage(text: string): string {
  return `R${text}`;
}

/** Decodes a message for listeners. Throws an `UnknownReply` or a `SyntaxError` for what none of our nodes sends. */
export function decodeMessage(message: string): (listener: RoomListener) => void {
  if (message.startsWith("R")) {
    const text = message.slice(1);
    return (listener) => listener.relay(text);
  }
  if (!message.startsWith("P")) throw new UnknownReply("a message of no known kind");
  const publication = decodePublication(message);
  return (listener) => listener.publication(publication);
}

function decodePublication(message: string): Publication {
  const headerEnd = message.indexOf("\n");
  const header: unknown = JSON.parse(message.slice(1, headerEnd));
  if (typeof header !== "object" || header === null) throw new UnknownReply("a header was expected");
  const { epoch, first, commit, prev, lengths }: Record<string, unknown> = { ...header };
  const events: string[] = [];
  let at = headerEnd + 1;
  for (const length of listOf(lengths)) {
    const end = at + numberOf(length);
    events.push(message.slice(at, end));
    at = end;
  }
  if (at !== message.length) throw new UnknownReply("a message whose events do not fill it");
  return { epoch: textOf(epoch), first: numberOf(first), commit: textOf(commit), prev: textOf(prev), events };
}
