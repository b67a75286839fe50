/** How an end reads to a person: a sentence for every leave reason, and for every word with which the gateway closes a line. */
import { mayComeBack, type LeaveReason } from "../protocol/leaving.js";

const OVER = "The meeting was ended for everybody.";
const REMOVED = "You were removed from the meeting.";
const AWAY = "You were away for too long, and your place was given up.";
const ELSEWHERE = "You came in from another window or device; this one was closed.";
const LOST = "Your place was lost. Join again.";
const EXPIRED = "The time of your token is over.";
const REVOKED = "Your token was called back.";
const KEY = "The key of your token is not good any more.";
const LEFT = "You left the meeting.";

/** By leave reason, and by the words with which the gateway closes though it refused nothing before; both in capitals. */
const TEXTS: Readonly<Record<string, string>> = {
  WEBSOCKET_DISCONNECTED: AWAY,
  REMOVE_PEER: REMOVED,
  ROOM_CLOSE: OVER,
  MEETING_END_API: OVER,
  REMOVE_PEER_API: REMOVED,
  DUPLICATE_PARTICIPANT: ELSEWHERE,
  MANUAL_LEAVE_CALLED: LEFT,
  TOKEN_EXPIRED: EXPIRED,
  MOVED_TO_LOBBY: "You were sent back to the lobby.",
  PLACE_LOST: LOST,
  TOKEN_REVOKED: REVOKED,
  KEY_DEACTIVATED: KEY,
  APP_DELETED: KEY,
  KEY_UNKNOWN: KEY,
  PARTICIPANT_ID_TAKEN: ELSEWHERE,
  ROOM_DISABLED: "The room is closed.",
  REMOVED: REMOVED,
  ENTRY_DENIED: "A host did not let you in.",
  KNOCK_TIMED_OUT: "Nobody answered your knock in time.",
  RESUME_WINDOW_OVER: AWAY,
  SESSION_ENDED: OVER,
  LEFT: LEFT,
  WITHDRAWN: "You stopped waiting.",
  JOIN_DEADLINE: "The connection was too slow to join in time.",
} satisfies Record<LeaveReason, string> & Record<string, string>;

/** A sentence for a person. `reason` is the name of the leave reason, where there is one; `why` the close reason. */
export function textOfEnd(code: number, why: string, reason: string | null): string {
  const word = (reason ?? why).toUpperCase();
  const text = Object.hasOwn(TEXTS, word) ? TEXTS[word] : undefined;
  if (text !== undefined) return text;
  if (mayComeBack(code)) return "The gateway could not be reached any more.";
  // A word is better than nothing, and the gateway's words are words: `room_full`.
  return `The gateway ended the connection${why === "" ? "" : ` (${why.replaceAll("_", " ")})`}.`;
}
