/** What the gateway sends, frame by frame (`docs/protocol.md` section 3). Times are epoch milliseconds. */
import type { EventBody, LobbyView, RoomView } from "../protocol/events.js";
import type { MeetingErrorBody } from "./meeting-error.js";
import type { RoomEvent } from "./room-events.js";
import type { ReasonView } from "./view-shapes.js";

/** The first frame of a line. */
export interface HelloFrame {
  readonly type: "hello";
  readonly protocol: string;
  readonly version: string;
  readonly heartbeatMs: number;
}

/** The accepting answer to a command; what it says beside differs from command to command. */
export interface AcceptedFrame {
  readonly type: "reply";
  readonly id: string;
  readonly ok: true;
  /** The number that holds the effect; a `ping` has none. */
  readonly seq?: number | undefined;
  readonly repeated?: boolean | undefined;
  readonly [fact: string]: unknown;
}

/** The refusing answer to a command. */
export interface RefusedFrame {
  readonly type: "reply";
  /** Null where the gateway could not read which message it refuses. */
  readonly id: string | null;
  readonly ok: false;
  readonly error: MeetingErrorBody;
}

/** An open request to turn something on; `by` null is a back end. */
export interface AskView {
  readonly by: string | null;
}

/** What a participant is told of themselves alone. */
export interface SelfView {
  readonly restricted: boolean;
  readonly asked: { readonly mic: AskView | null; readonly webcam: AskView | null };
}

/** The room, whole. */
export interface SnapshotFrame {
  readonly type: "snapshot";
  readonly cause: string;
  readonly epoch: string;
  readonly seq: number;
  readonly participantId: string;
  readonly self?: SelfView | undefined;
  readonly room: RoomView;
}

/** The wait in the lobby. */
export interface LobbyFrame extends LobbyView {
  readonly type: "lobby";
  readonly cause: string;
}

/** The answer to one's own knock. */
export type EntryRespondedFrame = EventBody<"entry-responded"> & { readonly type: "entry-responded" };

/** The last word. */
export interface MeetingLeftFrame {
  readonly type: "meeting-left";
  readonly reason: ReasonView;
  readonly note: string | null;
}

/** From somebody in the room. */
export interface SignalFrame {
  readonly type: "signal";
  readonly from: string;
  readonly id: string;
  readonly payload: Record<string, unknown>;
}

/** A newer token is wanted. */
export interface TokenRefreshFrame {
  readonly type: "token-refresh";
  /** `half`, `three-quarters`, `last-minute`, `expired`. */
  readonly mark: string;
  readonly expiresAt: number;
  readonly isExpired: boolean;
  /** `stay`, `restrict`, `leave`. */
  readonly policy: string;
}

/** A newer conference access token. */
export interface ConferenceTokenFrame {
  readonly type: "conference-token";
  readonly roomId: string;
  readonly token: string;
}

/** Something that happened to a conference; which members there are depends on `type` (`docs/protocol.md` section 16). */
export interface ConferenceNews {
  readonly type: string;
  readonly conferenceId: string;
  readonly conferenceAlias: string | null;
  readonly participantId?: string | undefined;
  readonly name?: string | undefined;
  readonly participantCount?: number | undefined;
  readonly permissions?: string[] | undefined;
}

/** Something happened to a conference that is followed from outside. */
export interface NotificationFrame {
  readonly type: "notification";
  readonly notification: ConferenceNews;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A batch: it covers `count` numbers from `seq` on, of which this client sees `events`. */
export interface EventsFrame {
  readonly type: "events";
  readonly epoch: string;
  readonly seq: number;
  readonly count: number;
  readonly events: readonly RoomEvent[];
}

/** Anything that the gateway sends. */
export type ServerFrame =
  | HelloFrame
  | AcceptedFrame
  | RefusedFrame
  | SnapshotFrame
  | LobbyFrame
  | EntryRespondedFrame
  | MeetingLeftFrame
  | SignalFrame
  | TokenRefreshFrame
  | ConferenceTokenFrame
  | NotificationFrame
  | EventsFrame;

/** What the answer to a join or resume says beside `ok`. */
export interface EntryAnswer {
  readonly state: "joined" | "waiting";
  readonly participantId: string;
  readonly roomId: string;
  /** The secret for the next resume. */
  readonly resume: string;
  readonly resumeWindowMs: number;
  /** All that was missed follows as events. Absent after a join. */
  readonly recovered?: boolean | undefined;
}
