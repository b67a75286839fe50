/** How a stay ends: leave reasons for people, close codes for programs. */

/** Why somebody left: VideoSDK's numbers where it has one (`reference/videosdk.md` section 6), ours from 1201 on. */
export const LEAVE_REASONS = {
  WEBSOCKET_DISCONNECTED: 1001,
  REMOVE_PEER: 1002,
  ROOM_CLOSE: 1006,
  MEETING_END_API: 1009,
  REMOVE_PEER_API: 1010,
  DUPLICATE_PARTICIPANT: 1011,
  MANUAL_LEAVE_CALLED: 1101,
  TOKEN_EXPIRED: 1201,
  MOVED_TO_LOBBY: 1202,
  PLACE_LOST: 1203,
  TOKEN_REVOKED: 1204,
  KEY_DEACTIVATED: 1205,
  APP_DELETED: 1206,
} as const;

/** Name of a leave reason, as in `{ code: 1002, message: "REMOVE_PEER" }`. */
export type LeaveReason = keyof typeof LEAVE_REASONS;

/**
 * Close codes beside those of RFC 6455. The rule for a client that meets any code: 4000 to 4499 is final, do not come back by
 * yourself; 4500 to 4999 says come back with the resume secret. Of RFC 6455's, 1001, 1006 and 1011 to 1014 say come back; the
 * others are final.
 */
export const CLOSE_CODES = {
  /** The stay ended as asked: left, or the knock was withdrawn. */
  normal: 1000,
  /** The node goes down in order; another one takes the resume. */
  serviceRestart: 1012,
  /** A bug on the server; come back. */
  internalError: 1011,
  /** Not a message of the protocol: not text, not JSON, or too large for an unjoined connection. */
  badMessage: 4400,
  /** The join did not come in time. */
  joinDeadline: 4427,
  /** The recovery after a loss of data could not place this participant. */
  placeLost: 4428,
  /** The socket did not drain; come back. */
  slowConsumer: 4501,
  /** No answer to a heartbeat; come back. */
  heartbeatMissed: 4502,
  /** The store could not be reached when the connection asked to join or resume; come back. */
  unavailable: 4503,
} as const;

/** Whether a client may come back by itself after this close code. */
export function mayComeBack(code: number): boolean {
  if (code >= 4000) return code >= 4500;
  return code === 1001 || code === 1006 || (code >= 1011 && code <= 1014);
}
