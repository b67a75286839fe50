/** The frames that a node sends, as text. `docs/protocol.md` describes each for clients. */
import { REFUSED_COMMAND_CODES } from "../protocol/commands.js";
import { REFUSALS, type Refusal } from "../protocol/refusals.js";
import { lobbyView, roomView, selfView } from "../room/view.js";
import type { ExpiryPolicy } from "../room/grant.js";
import type { ParticipantView, RoomState } from "../room/state.js";
import type { News } from "./announcements.js";
import type { Taken } from "./replica.js";

/** Why a snapshot comes: after a join, a resume, a change of own rights, or because history could not be continued. */
export type SnapshotCause = "joined" | "admitted" | "resumed" | "permissions" | "recovered";

const RULE_REASONS: ReadonlySet<Refusal["reason"]> = new Set([
  "not_permitted",
  "participant_unknown",
  "knock_unknown",
  "already_decided",
  "self_target",
]);

/** A refusal as clients get it, over sockets. `command` is the command's type, with `:kind` where it has one. */
function errorBody({ reason, field, details }: Refusal, command?: string): object {
  const row = REFUSALS[reason];
  // A rule's "no" to a command carries the number that VideoSDK gives that command; all other refusals keep their own.
  const byCommand = RULE_REASONS.has(reason) ? REFUSED_COMMAND_CODES[command ?? ""] : undefined;
  const { code, name } = byCommand ?? row;
  return {
    code,
    name,
    reason,
    message: row.message,
    retryable: row.retryable,
    ...(field === undefined ? {} : { field }),
    ...(details === undefined ? {} : { details }),
  };
}

/** The answer to a command that was accepted. */
export function acceptedFrame(id: string, seq: number, result: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ type: "reply", id, ok: true, seq, ...result });
}

/** The answer to a command that was refused, or to a frame without an id that could be read. */
export function refusedFrame(id: string | null, refusal: Refusal, command?: string): string {
  return JSON.stringify({ type: "reply", id, ok: false, error: errorBody(refusal, command) });
}

/** A batch of events: `seq` and `count` say which numbers it covers, seen or not. */
export function eventsFrame(epoch: string, seq: number, count: number, texts: readonly string[]): string {
  return `{"type":"events","epoch":${JSON.stringify(epoch)},"seq":${seq},"count":${count},"events":[${texts.join(",")}]}`;
}

/** Whether an event is for somebody. */
export function isFor({ audience }: Taken, participantId: string, isHost: boolean): boolean {
  switch (audience.to) {
    case "all":
      return true;
    case "hosts":
      return isHost;
    case "some":
      return audience.participantIds.includes(participantId);
  }
}

/** Makes snapshots; the text of each participant, and the bytes of the whole list, are made once (`log.md` rule 13). */
export class SnapshotFrames {
  private readonly texts = new WeakMap<ParticipantView, string>();
  private list: { of: RoomState["participants"]; bytes: Buffer } | null = null;

  /** The room as one participant sees it, at the state's number. */
  frame(state: RoomState, epoch: string, participantId: string, cause: SnapshotCause): Buffer {
    const self = selfView(state, participantId);
    const head = JSON.stringify({
      type: "snapshot",
      cause,
      epoch,
      seq: state.seq,
      participantId,
      self,
    }).slice(0, -1);
    const room = JSON.stringify(roomView(state, participantId)).slice(0, -1);
    return Buffer.concat([Buffer.from(`${head},"room":${room},"participants":[`), this.participants(state)]);
  }

  /** The rest of the frame, from the first participant on. */
  private participants(state: RoomState): Buffer {
    if (this.list?.of !== state.participants) {
      const text = Array.from(state.participants.values(), ({ view }) => this.participant(view)).join(",");
      this.list = { of: state.participants, bytes: Buffer.from(`${text}]}}`) };
    }
    return this.list.bytes;
  }

  private participant(view: ParticipantView): string {
    let text = this.texts.get(view);
    if (text === undefined) {
      text = JSON.stringify(view);
      this.texts.set(view, text);
    }
    return text;
  }
}

/** The lobby as a knocker sees it; empty text where they do not wait. */
export function lobbyFrame(
  state: RoomState,
  participantId: string,
  cause: "knocked" | "resumed" | "returned" | "hosts",
): string {
  const view = lobbyView(state, participantId);
  return view === null ? "" : JSON.stringify({ type: "lobby", cause, ...view });
}

/** The answer to somebody's knock, as the knocker gets it. */
export function entryRespondedFrame(body: object): string {
  return JSON.stringify({ type: "entry-responded", ...body });
}

/** The last word before a connection is closed: `reason` as a leave reason, `note` in a moderator's own words. */
export function meetingLeftFrame(reason: { code: number; message: string }, note: string | null): string {
  return JSON.stringify({ type: "meeting-left", reason, note });
}

/** A signal from somebody else in the room; the gateway stamps `from`. */
export function signalFrame(from: string, id: string, payload: unknown): string {
  return JSON.stringify({ type: "signal", from, id, payload });
}

/** A mark in the life of somebody's token has passed; `expiresAt` in epoch milliseconds, `policy` what happens then. */
export function tokenRefreshFrame(mark: {
  readonly mark: string;
  readonly expiresAt: number;
  readonly isExpired: boolean;
  readonly policy: ExpiryPolicy;
}): string {
  return JSON.stringify({ type: "token-refresh", ...mark });
}

/** Something that happened to a conference, for somebody who follows it from outside. */
export function notificationFrame(notification: News, at: number): string {
  return JSON.stringify({ type: "notification", notification, at });
}
