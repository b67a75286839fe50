/** The chat: messages of one topic, as lines. Pure. */
import type { TopicMessage } from "../../../protocol/events.js";
import { shownName } from "./people.js";

/** VideoSDK's name for the topic of its chats. */
export const CHAT_TOPIC = "CHAT";

/** Longest text that the page sends; the wire takes more, a chat does not need it. */
export const CHAT_LENGTH = 4_000;

/** A message as it is drawn; its text is text, never markup. */
export interface ChatLine {
  readonly id: string;
  readonly from: string;
  readonly own: boolean;
  readonly text: string;
  /** Epoch milliseconds by the gateway's clock. */
  readonly at: number;
  /** The line before is by the same person, shortly before: the name need not stand there again. */
  readonly goesOn: boolean;
}

/** Lines that the page keeps. */
const KEPT = 500;
const SHORTLY_MS = 120_000;

/** Adds a message at the end. One that is there already is not added again. */
export function addLine(
  lines: readonly ChatLine[],
  message: TopicMessage,
  selfId: string | null,
): readonly ChatLine[] {
  if (lines.some(({ id }) => id === message.id)) return lines;
  const last = lines[lines.length - 1];
  const own = message.senderId !== null && message.senderId === selfId;
  const from = message.senderId === null && message.senderName === "" ? "Announcement" : message.senderName;
  const line: ChatLine = {
    id: message.id,
    from: shownName(from, own),
    own,
    text: message.message,
    at: message.timestamp,
    goesOn: false,
  };
  const goesOn = last?.from === line.from && last.own === line.own && line.at - last.at < SHORTLY_MS;
  return [...lines, { ...line, goesOn }].slice(-KEPT);
}
