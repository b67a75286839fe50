/** How a connection ends when its place is gone: what the person is told, and the close code that tells the program. */
import { CLOSE_CODES, LEAVE_REASONS } from "../protocol/leaving.js";
import { REFUSALS, type Reason } from "../protocol/refusals.js";
import type { RoomState } from "../room/state.js";
import type { Taken } from "./replica.js";

/** The last words to a connection. */
export interface Ending {
  /** The answer to a knock, for somebody who was denied; then it stands in place of the reason. */
  readonly entryResponded: object | null;
  readonly reason: { readonly code: number; readonly message: string } | null;
  /** A moderator's own words. */
  readonly note: string | null;
  readonly code: number;
  /** Close reason: a stable refusal reason or a word of this table; short. */
  readonly text: string;
}

const ending = (
  code: number,
  text: string,
  reason: Ending["reason"] = null,
  note: string | null = null,
): Ending => ({
  entryResponded: null,
  reason,
  note,
  code,
  text,
});

const named = (message: keyof typeof LEAVE_REASONS) => ({ code: LEAVE_REASONS[message], message });

const CLOSE_BY_LEAVING: Readonly<Record<number, readonly [number, string]>> = {
  [LEAVE_REASONS.REMOVE_PEER]: [REFUSALS.removed.code, "removed"],
  [LEAVE_REASONS.REMOVE_PEER_API]: [REFUSALS.removed.code, "removed"],
  [LEAVE_REASONS.MANUAL_LEAVE_CALLED]: [CLOSE_CODES.normal, "left"],
  [LEAVE_REASONS.TOKEN_EXPIRED]: [REFUSALS.token_expired.code, "token_expired"],
  [LEAVE_REASONS.TOKEN_REVOKED]: [REFUSALS.token_revoked.code, "token_revoked"],
  [LEAVE_REASONS.KEY_DEACTIVATED]: [REFUSALS.key_deactivated.code, "key_deactivated"],
  [LEAVE_REASONS.APP_DELETED]: [REFUSALS.key_unknown.code, "key_unknown"],
  [LEAVE_REASONS.DUPLICATE_PARTICIPANT]: [REFUSALS.participant_id_taken.code, "participant_id_taken"],
  [LEAVE_REASONS.WEBSOCKET_DISCONNECTED]: [REFUSALS.resume_window_over.code, "resume_window_over"],
};

/** How somebody in the lobby leaves whose token counts no more, by the cause of the withdrawal. */
const WITHDRAWN_FOR: Readonly<
  Record<string, { readonly why: Reason; readonly left: keyof typeof LEAVE_REASONS }>
> = {
  "token-revoked": { why: "token_revoked", left: "TOKEN_REVOKED" },
  "key-deactivated": { why: "key_deactivated", left: "KEY_DEACTIVATED" },
  "app-deleted": { why: "key_unknown", left: "APP_DELETED" },
};

/**
 * Why this connection has no place any more, read from the events of the flush, the latest first. Where they do not say, the
 * state does: a place held by another connection was taken over; a line that is marked lost was declared dead by other nodes
 * and may come back.
 */
export function endingOf(
  events: readonly Taken[],
  member: { readonly participantId: string },
  state: RoomState,
): Ending {
  const { participantId } = member;
  const there = state.participants.get(participantId) ?? state.knocks.get(participantId);
  if (there?.person.line.up === false) return ending(CLOSE_CODES.heartbeatMissed, "heartbeat_missed");
  if (there !== undefined) {
    return ending(REFUSALS.participant_id_taken.code, "participant_id_taken", named("DUPLICATE_PARTICIPANT"));
  }
  for (const { event } of events.toReversed()) {
    if (event.type === "session-ended" && event.body.cause !== "last-left") {
      const byApi = event.body.by.kind === "api" && event.body.cause === "ended";
      const reason = named(byApi ? "MEETING_END_API" : "ROOM_CLOSE");
      return ending(REFUSALS.session_ended.code, "session_ended", reason);
    }
    if (event.type === "participant-left" && event.body.participantId === participantId) {
      const [code, text] = CLOSE_BY_LEAVING[event.body.reason.code] ?? [CLOSE_CODES.normal, "left"];
      return ending(code, text, event.body.reason, event.hidden.note);
    }
    if (event.type === "entry-responded" && event.body.participantId === participantId) {
      return { ...ending(REFUSALS.entry_denied.code, "entry_denied"), entryResponded: event.body };
    }
    if (event.type === "entry-withdrawn" && event.body.participantId === participantId) {
      if (event.body.cause === "withdrawn")
        return ending(CLOSE_CODES.normal, "withdrawn", named("MANUAL_LEAVE_CALLED"));
      if (event.body.cause === "duplicate")
        return ending(REFUSALS.participant_id_taken.code, "participant_id_taken");
      const standing = WITHDRAWN_FOR[event.body.cause];
      if (standing !== undefined)
        return ending(REFUSALS[standing.why].code, standing.why, named(standing.left));
      if (event.body.cause === "room-closed") return ending(REFUSALS.room_disabled.code, "room_disabled");
      return ending(REFUSALS.knock_timed_out.code, "knock_timed_out");
    }
  }
  return ending(CLOSE_CODES.placeLost, "place_lost", named("PLACE_LOST"));
}
