/** How a line and a stay end, in the protocol's words. */
import { HEARTBEAT_MISSED, MANUAL_LEAVE, NORMAL } from "./constants.js";
import { textOfEnd } from "./ending-texts.js";
import type { LineEnd } from "./line.js";
import type { Left } from "./meeting-events.js";

/** The end of a stay that one wished for oneself. */
export function ownWish(): Left {
  const reason = { code: MANUAL_LEAVE, message: "MANUAL_LEAVE_CALLED" };
  return ended(NORMAL, "left", { reason });
}

/** VideoSDK's leave reason where the client itself gives up (`reference/videosdk.md` section 6). */
export const EXHAUSTED = { code: 1102, message: "WEBSOCKET_CONNECTION_ATTEMPTS_EXHAUSTED" };

/** The end of a stay: close code and close reason, and what else is known of it. */
export function ended(code: number, why: string, known: Partial<Omit<Left, "code" | "why">> = {}): Left {
  const { reason = null, note = null, text = textOfEnd(code, why, reason?.message ?? null) } = known;
  return { code, why, reason, note, text };
}

/** The end of a line as a close code and a text. */
export function told(end: LineEnd): { readonly code: number; readonly text: string } {
  switch (end.kind) {
    case "closed":
      return end;
    case "silent":
      return { code: HEARTBEAT_MISSED, text: "heartbeat_missed" };
    case "late":
      return { code: 1006, text: "no answer in time" };
    case "garbled":
      return { code: 1006, text: `unreadable: ${end.problem}` };
  }
}
