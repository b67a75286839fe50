/** What the model gateway says, frame by frame (`docs/protocol.md` sections 3 to 6 and 11). */
import type { EventBody } from "../../../src/protocol/events.js";
import { LEAVE_REASONS, type LeaveReason } from "../../../src/protocol/leaving.js";
import { REFUSALS, type Reason } from "../../../src/protocol/refusals.js";
import type { Entry, RoomLog } from "./room-log.js";
import { holds, knockIn, viewOf, type ModelEvent } from "./room-state.js";

/** The clock of the gateway is another one than the client's. */
export const EPOCH_MS = 1_790_000_000_000;
/** How long a line may be silent, milliseconds, as `hello` says. */
export const HEARTBEAT_MS = 15_000;

/** A batch: it covers `count` numbers from `seq` on. */
export interface Batch {
  readonly type: "events";
  readonly epoch: string;
  readonly seq: number;
  readonly count: number;
  readonly events: readonly object[];
}

/** How a place ends: the last frame, if there is one, and how the line is closed. */
export interface Ending {
  readonly frame: object | null;
  readonly code: number;
  readonly text: string;
}

export const HELLO = {
  type: "hello",
  protocol: "admitone.v1",
  version: "9.9.9",
  heartbeatMs: HEARTBEAT_MS,
  limits: { messageBytes: 65_536, unansweredCommands: 16 },
  aMemberOfALaterVersion: true,
};

/** A frame of a type that no client of today knows. */
export const UNKNOWN_FRAME = { type: "frame-of-a-later-version", seq: 1, events: [{}] };

export const acceptedFrame = (id: string, facts: Readonly<Record<string, unknown>>): object => ({
  ...{ type: "reply", id, ok: true },
  ...facts,
});

export function refusedFrame(id: string | null, reason: Reason): object {
  const { code, name, message, retryable } = REFUSALS[reason];
  return { type: "reply", id, ok: false, error: { code, name, reason, message, retryable } };
}

/** The numbers of these entries, and what of them the client's participant may see. */
export function batchOf(epoch: string, first: number, entries: readonly Entry[]): Batch {
  const events = entries.filter(({ isVisible }) => isVisible).map(({ event }) => event);
  return { type: "events", epoch, seq: first, count: entries.length, events };
}

/** The room as somebody may see it, now. */
export function snapshotOf(log: RoomLog, viewer: string, cause: string): object {
  const { state, epoch, seq } = log;
  const askOf = (kind: "mic" | "webcam"): { by: string | null } | null => {
    const ask = state.asks.find((one) => one.targetId === viewer && one.kind === kind);
    return ask === undefined ? null : { by: ask.by };
  };
  const self = {
    restricted: state.restricted.includes(viewer),
    asked: { mic: askOf("mic"), webcam: askOf("webcam") },
  };
  const head = { cause, epoch: epoch.name, seq, participantId: viewer, self };
  return { type: "snapshot", ...head, room: viewOf(state, viewer) };
}

/** The lobby as somebody in it sees it. */
export function lobbyOf({ state }: RoomLog, viewer: string, cause: string): object {
  const knock = knockIn(state, viewer);
  const times = { since: knock?.since ?? 0, expiresAt: knock?.expiresAt ?? 0 };
  const hostPresent = state.participants.some((one) => holds(state, one.participantId, "allow_join"));
  return { type: "lobby", cause, participantId: viewer, ...times, hostPresent };
}

const left = (why: LeaveReason, code: number, text: string): Ending => ({
  frame: { type: "meeting-left", reason: { code: LEAVE_REASONS[why], message: why }, note: null },
  code,
  text,
});

/** Another line took the place. */
export const REPLACED = left("DUPLICATE_PARTICIPANT", 4005, "participant_id_taken");
/** A loss of data left no place. */
export const PLACE_LOST = left("PLACE_LOST", 4428, "place_lost");

/** How an event ends the place of the one whom it concerns; null: it does not. */
export function endingOf(event: ModelEvent, viewer: string): { ending: Ending; reason: Reason } | null {
  switch (event.type) {
    case "session-ended":
      if (event.cause === "last-left") return null;
      return { ending: left("ROOM_CLOSE", 4413, "session_ended"), reason: "session_ended" };
    case "participant-left":
      return event.participantId === viewer ? leaving(event) : null;
    case "entry-responded": {
      if (event.participantId !== viewer || event.decision === "allowed") return null;
      const ending = { frame: { ...event, seq: undefined, at: undefined }, code: 4404, text: "entry_denied" };
      return { ending, reason: "entry_denied" };
    }
    case "entry-withdrawn":
      return event.participantId === viewer ? withdrawal(event) : null;
    default:
      return null;
  }
}

function leaving({ reason }: EventBody<"participant-left">): { ending: Ending; reason: Reason } | null {
  switch (reason.message) {
    case "MOVED_TO_LOBBY":
      return null;
    case "REMOVE_PEER":
      return { ending: left("REMOVE_PEER", 4402, "removed"), reason: "removed" };
    case "MANUAL_LEAVE_CALLED":
      return { ending: left("MANUAL_LEAVE_CALLED", 1000, "left"), reason: "resume_invalid" };
    default:
      return {
        ending: left("WEBSOCKET_DISCONNECTED", 4412, "resume_window_over"),
        reason: "resume_window_over",
      };
  }
}

function withdrawal({ cause }: EventBody<"entry-withdrawn">): { ending: Ending; reason: Reason } {
  if (cause === "withdrawn")
    return { ending: left("MANUAL_LEAVE_CALLED", 1000, "withdrawn"), reason: "resume_invalid" };
  if (cause === "timed-out")
    return { ending: { frame: null, code: 4405, text: "knock_timed_out" }, reason: "knock_timed_out" };
  return { ending: { frame: null, code: 4412, text: "resume_window_over" }, reason: "resume_window_over" };
}
