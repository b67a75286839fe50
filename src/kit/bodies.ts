/** What calls take: the bodies of the REST API as programs write them. A test holds them against the routes' own shapes. */
import type { ConferencePermission } from "../protocol/events.js";
import type { SessionScope } from "../room/grant.js";

/** A microphone or a webcam. */
export type MediaKind = "mic" | "webcam";

/** For whom a back end acts. */
export interface Acting {
  /** Shown to hosts, and to whoever comes second with an answer. */
  readonly name?: string | undefined;
}

/** Words with a decision that goes against somebody. */
export interface Words extends Acting {
  /** They read it; 512 characters at most. */
  readonly note?: string | null | undefined;
  /** The door stays closed to them until the ban is lifted. */
  readonly ban?: boolean | undefined;
}

/** Which knock is meant. */
export interface WhichKnock {
  /** Its `since`: a later knock of the same participant is then not answered. Not given: whichever is there. */
  readonly since?: number | undefined;
}

/** What can be said of a room. Durations are whole seconds. */
export interface RoomSettings {
  readonly maxParticipants?: number | undefined;
  /** What a knock meets while nobody is there who could answer it. */
  readonly hostAbsent?: "hold" | "refuse" | undefined;
  /** What happens to somebody whose token expires in the meeting; null leaves it to the app. */
  readonly tokenExpiry?: "stay" | "restrict" | "leave" | null | undefined;
  /** Everybody but moderators knocks, whatever their token says. */
  readonly lobbyForAll?: boolean | undefined;
  /** How long a knock waits for an answer: 10 to 86,400. */
  readonly knockTimeout?: number | undefined;
  /** How long a seat is kept for a lost line: 1 to 3,600. */
  readonly resumeWindow?: number | undefined;
  /** Where the events of this room are delivered; without `events` VideoSDK's four. */
  readonly webhook?:
    { readonly endPoint: string; readonly events?: readonly string[] | undefined } | null | undefined;
  readonly autoCloseConfig?:
    | {
        readonly type?: "session-ends" | "session-end-and-deactivate" | undefined;
        /** From the start of each session. */
        readonly duration: number;
      }
    | null
    | undefined;
  /** Only they may enter; null: everybody. */
  readonly allowedParticipantIds?: readonly string[] | null | undefined;
  /** Who is asked about each knock; `timeout` may have a fraction. */
  readonly knockPolicy?:
    | {
        readonly url: string;
        readonly timeout?: number | undefined;
        readonly fallback?: "allow" | "deny" | "ask" | undefined;
      }
    | null
    | undefined;
}

/** A new room. */
export interface NewRoom extends RoomSettings {
  /** A name of your own; a room that has it already is answered as it is. */
  readonly customRoomId?: string | null | undefined;
}

/** What is to be different about a room; what is not given stays. */
export interface RoomChanges extends RoomSettings {
  readonly status?: "enabled" | "disabled" | undefined;
}

/** How a session is named: by its room, or by its own id. */
export interface WhichSession {
  /** Room id or custom room id. */
  readonly roomId?: string | null | undefined;
  readonly customRoomId?: string | null | undefined;
  /** Only if this is the session that goes on. */
  readonly sessionId?: string | null | undefined;
}

/** Which sessions are asked for: all that is given must fit. Times are epoch milliseconds. */
export interface SessionFilter {
  readonly roomId?: string | undefined;
  readonly customRoomId?: string | undefined;
  /** Exactly this session id, room id or custom room id. */
  readonly query?: string | undefined;
  readonly status?: "ongoing" | "ended" | undefined;
  readonly startDate?: number | undefined;
  readonly endDate?: number | undefined;
  /** Those that this participant attended. */
  readonly userId?: string | undefined;
}

/** A message on a topic. It has no sender id; `name` is its sender's name. */
export interface NewMessage extends Acting {
  readonly topic: string;
  readonly message: string;
  readonly payload?: Readonly<Record<string, unknown>> | null | undefined;
  /** Kept for those who come later, until the session ends. */
  readonly persist?: boolean | undefined;
  /** Only for these participants. */
  readonly sendOnly?: readonly string[] | null | undefined;
}

/** A client access token: for one device of one person. */
export interface NewClientToken {
  /** Your own id of the person, and who they are; not given: somebody who cannot be told from others. */
  readonly externalId?: string | null | undefined;
  /** None are needed to join. */
  readonly sessionScope?: readonly SessionScope[] | undefined;
  /** Whole seconds, 1 to 86,400; 3,600 unless said. */
  readonly expiresIn?: number | undefined;
}

/** A token that is to be looked at. */
export interface TokenQuestion {
  readonly token: string;
  readonly door?: "meeting" | "rest" | undefined;
  readonly roomId?: string | undefined;
  readonly participantId?: string | undefined;
}

/** People by external id. */
export type People<T> = Readonly<Record<string, T>>;

/** Somebody who is invited. */
export interface Invitee {
  /** All but INVITE, KICK and UPDATE_PERMISSIONS, unless said. */
  readonly permissions?: readonly ConferencePermission[] | null | undefined;
  /** Whether clients of theirs that follow invitations are told. */
  readonly notification?: boolean | null | undefined;
}

/** A new conference. */
export interface NewConference {
  /** Who holds all twelve permissions. */
  readonly ownerExternalId?: string | null | undefined;
  /** A name for it, among the conferences that go on. */
  readonly alias?: string | null | undefined;
  readonly parameters?:
    | {
        /** Seconds for which it goes on empty. */
        readonly ttl?: number | null | undefined;
        readonly pincode?: string | null | undefined;
      }
    | null
    | undefined;
  readonly participants?: People<Invitee> | null | undefined;
}

/** A message into a conference. */
export interface ConferenceMessage {
  /** Who it is from, as you say. */
  readonly from: string;
  readonly message: string;
  /** External ids; nobody named: everybody. */
  readonly to?: readonly string[] | null | undefined;
}

/** About what is revoked. Times as ISO 8601 or epoch milliseconds. */
interface AboutRevocation {
  /** Tokens that were issued before this; now, where not given. */
  readonly before?: string | number | undefined;
  readonly note?: string | undefined;
}

/** What counts no more. */
export type NewRevocation =
  | (AboutRevocation & {
      readonly type: "participant";
      readonly participantId: string;
      /** Not given: every room. */
      readonly roomId?: string | undefined;
    })
  | {
      readonly type: "token";
      readonly jti: string;
      readonly expiresAt?: string | number | undefined;
      readonly note?: string | undefined;
    }
  | { readonly type: "token"; readonly token: string; readonly note?: string | undefined }
  | (AboutRevocation & { readonly type: "key"; readonly apiKey: string })
  | (AboutRevocation & { readonly type: "key"; readonly issuer: string })
  | (AboutRevocation & { readonly type: "all" });

/** A new webhook of the app. */
export interface NewWebhook {
  readonly url: string;
  /** Names of events, or beginnings with a `*` behind them; all, where not given. */
  readonly events?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

/** What is to be different about a webhook. */
export interface WebhookChanges extends Partial<NewWebhook> {
  readonly enabled?: boolean | undefined;
}
