/** How a line and a stay end, in the protocol's words. */
import { CLOSE_CODES, LEAVE_REASONS } from "../protocol/leaving.js";
import type { LineEnd } from "./line.js";
import type { Left } from "./meeting-events.js";

/** The end of a stay that one wished for oneself. */
export const OWN_WISH: Left = {
  code: CLOSE_CODES.normal,
  why: "left",
  reason: { code: LEAVE_REASONS.MANUAL_LEAVE_CALLED, message: "MANUAL_LEAVE_CALLED" },
  note: null,
};

/** VideoSDK's leave reason where the client itself gives up (`reference/videosdk.md` section 6). */
export const EXHAUSTED = { code: 1102, message: "WEBSOCKET_CONNECTION_ATTEMPTS_EXHAUSTED" };

/** The end of a stay of which only the close code and its text tell. */
export function ended(code: number, why: string): Left {
  return { code, why, reason: null, note: null };
}

/** The end of a line as a close code and a text. */
export function told(end: LineEnd): { readonly code: number; readonly text: string } {
  switch (end.kind) {
    case "closed":
      return end;
    case "silent":
      return { code: CLOSE_CODES.heartbeatMissed, text: "heartbeat_missed" };
    case "late":
      return { code: 1006, text: "no answer in time" };
    case "garbled":
      return { code: 1006, text: `unreadable: ${end.problem}` };
  }
}
