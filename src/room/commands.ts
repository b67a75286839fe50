/** What a room can be asked: the commands of people, and those of the gateway itself. */
import type { RoomCommand } from "../protocol/commands.js";
import type { ConferencePermission, RoomSettings, RoomStatus } from "../protocol/events.js";
import type { Refusal } from "../protocol/refusals.js";
import type { BackOffice, RoomEvent } from "./events.js";
import type { ConferencePass, Grant } from "./grant.js";
import type { RoomState } from "./state.js";

/** Where a new connection comes from: its id, and the node that holds it. */
export interface NewLine {
  readonly connection: string;
  readonly node: string;
  /** Which of its client's connections it is, as the client counts them: tells what comes late from what comes again (R8). */
  readonly attempt: number;
}

/** Makes the room exist. */
export interface CreateAction {
  readonly type: "create";
  readonly roomId: string;
  readonly customRoomId: string | null;
  readonly settings: RoomSettings;
  readonly backOffice: BackOffice;
  /** Whether the room is kept for ever, or forgotten when long unused (conferences). */
  readonly permanent: boolean;
}

/** One person of a conference, as the back end wants them: by participant id. */
export interface Invitee {
  readonly participantId: string;
  readonly permissions: readonly ConferencePermission[];
  /** The `jti` of the conference access token that goes with it. */
  readonly passId: string;
  /** Whether they are to be told by a notification. */
  readonly notify: boolean;
}

/** What a back end does with a room as a whole. Members that are not given stay as they are. */
export type OfficeAction =
  | {
      readonly type: "update-settings";
      readonly settings: Partial<RoomSettings>;
      readonly backOffice: Partial<BackOffice>;
    }
  | { readonly type: "set-status"; readonly status: RoomStatus }
  /**
   * Into a conference. Whoever is inside already is left as they are. The result says how many were `invited`, and the ids that
   * were `inside`, as one text with a space between them.
   */
  | { readonly type: "invite"; readonly people: readonly Invitee[] }
  /** Replaces what people may do in a conference, also of those inside. The result says how many were `updated`. */
  | { readonly type: "set-conference-permissions"; readonly people: readonly Invitee[] }
  /** Out of a conference, and not back until invited again. Ids of people who are not there count too. `kicked` says how many were. */
  | { readonly type: "kick"; readonly participantIds: readonly string[] };

/** A newcomer shows a token. `participantId` is settled already: the token's, else the one asked for, else a made one. */
export interface JoinAction {
  readonly type: "join";
  readonly roomId: string;
  readonly participantId: string;
  readonly grant: Grant;
  /** What came beside a client access token; null: nothing did. */
  readonly pass: ConferencePass | null;
  readonly name: string;
  readonly metaData: Readonly<Record<string, unknown>> | null;
  readonly micOn: boolean;
  readonly webcamOn: boolean;
  readonly line: NewLine;
  /** Digest of the resume secret that the newcomer will get. */
  readonly secretHash: string;
  /** Settings with which the room opens, where the app lets its tokens open rooms; null where it does not. */
  readonly opensWith: { readonly settings: RoomSettings; readonly backOffice: BackOffice } | null;
}

/** Somebody whose line was lost comes back. */
export interface ResumeAction {
  readonly type: "resume";
  readonly participantId: string;
  readonly secretHash: string;
  readonly nextSecretHash: string;
  readonly line: NewLine;
}

/** A participant or knocker shows a newer token of theirs. */
export interface RefreshAction {
  readonly type: "refresh-token";
  readonly grant: Grant;
}

/** What the gateway itself tells a room. */
export type GatewayAction =
  /** A connection of this node is gone. */
  | { readonly type: "line-lost"; readonly participantId: string; readonly connection: string }
  /** Nodes died, and all their connections with them. */
  | { readonly type: "nodes-lost"; readonly nodes: readonly string[] }
  /**
   * Tokens that count no more: whoever still stands on one of them (by its fingerprint) is out. That they count no more was
   * found outside, as at the door; that somebody stands on them, the room knows.
   */
  | {
      readonly type: "turn-out";
      readonly people: readonly { readonly participantId: string; readonly fingerprint: string }[];
      readonly reason: "token_revoked" | "key_deactivated" | "key_unknown";
    }
  /** Makes due what is due. */
  | { readonly type: "tick" }
  /** After a loss of data: asserts again what only this node holds (`log.md` rule 19). */
  | { readonly type: "recover"; readonly events: readonly RoomEvent[] };

type WithoutId<C> = C extends RoomCommand ? Omit<C, "id"> : never;
/** The commands that come from people in the room, or over REST in their place. */
export type RoomAction = WithoutId<RoomCommand>;

/** Everything that a room can be asked. */
export type Action =
  RoomAction | CreateAction | OfficeAction | JoinAction | ResumeAction | RefreshAction | GatewayAction;

/** Who asks. A participant is recognised by id and connection, so that a stale connection cannot speak for a newer one. */
export type Actor =
  | { readonly kind: "participant"; readonly participantId: string; readonly connection: string }
  | { readonly kind: "newcomer" }
  /** A back end; `name` says for whom it speaks, where it said so. */
  | { readonly kind: "api"; readonly name?: string }
  | { readonly kind: "gateway" };

/** A command: every one has an id, and the same id has one effect (`log.md` rule 5). */
export interface Command {
  readonly id: string;
  readonly by: Actor;
  readonly action: Action;
  /** An id that was never used, for whatever the command may start (a session): 24 hex digits. */
  readonly freshId: string;
}

/** Facts that an accepted command adds to its answer. */
export type Result = Readonly<Record<string, string | number | boolean | null>>;

/** A yes with its events and the state after them, or a no with its reason. `seq` is the number that holds the effect. */
export type Decision =
  | {
      readonly ok: true;
      readonly events: readonly RoomEvent[];
      readonly state: RoomState;
      readonly seq: number;
      readonly result: Result;
      /** The command had its effect before; this is the answer once more. */
      readonly repeated: boolean;
    }
  | { readonly ok: false; readonly refusal: Refusal };
