/** The way to a meeting: what a page gives, and what is made of it. */
import { claimsOf } from "./claims.js";
import { doorsOf } from "./doors.js";
import type { KeepStore, Wanted } from "./keep.js";
import { createMeeting } from "./meeting.js";
import type { MeetingToken } from "./meeting-token.js";
import type { Meeting } from "./meeting-types.js";
import type { OpenSocket } from "./socket.js";
import type { StartTimer } from "./surroundings.js";

/** What a page gives. All but the token may be left out. */
export interface MeetingOptions {
  /**
   * Where the gateway is: an origin such as `https://meet.example.org`, or the address of its meeting door; a list where there are
   * several nodes, which are tried in turn. Default: where the page came from.
   */
  readonly url?: string | readonly string[] | undefined;
  /** A plain one is never renewed; see `initializeToken`. */
  readonly token: string | MeetingToken;
  /** Needed where the token names no room. */
  readonly roomId?: string | undefined;
  /** The id that one would like to go by, where the token names none. */
  readonly participantId?: string | undefined;
  readonly name?: string | undefined;
  /** For the others in the room; at most 4,096 characters of JSON. */
  readonly metaData?: Readonly<Record<string, unknown>> | undefined;
  /** The microphone is on from the start. Default: off. */
  readonly micEnabled?: boolean | undefined;
  readonly webcamEnabled?: boolean | undefined;
  /** Beside a client access token: the conference access token for a protected conference. */
  readonly conferenceToken?: string | undefined;
  /** Where the way back outlives the page, so that one that is loaded again neither knocks nor joins twice. Default: nowhere. */
  readonly keep?: KeepStore | undefined;
  /** Default: the platform's WebSocket. Node before 22 has none. */
  readonly openSocket?: OpenSocket | undefined;
  /** Lines in a row that may fail before `join()` rejects. Default: 5. */
  readonly joinAttempts?: number | undefined;
  /** Lines in a row that may fail before a stay is given up. Default: no limit. */
  readonly reconnectAttempts?: number | undefined;
  /** For tests: from 0 up to but not including 1. */
  readonly random?: (() => number) | undefined;
  /** For tests: ids of 16 to 64 letters, digits or `_ . : -` that nobody can guess. */
  readonly makeId?: (() => string) | undefined;
  /** For tests. */
  readonly startTimer?: StartTimer | undefined;
}

/**
 * Makes a meeting; `join()` begins it.
 *
 * @throws MeetingError `invalid_parameter` for a `url` that is no address
 */
export function initMeeting(options: MeetingOptions): Meeting {
  const { url, token, keep: store, micEnabled: micOn, webcamEnabled: webcamOn } = options;
  const { roomId, participantId, name, metaData, conferenceToken } = options;
  const value = (): string => (typeof token === "string" ? token : token.value);
  const wanted = (): Wanted => {
    const claims = claimsOf(value());
    return {
      roomId: claims.roomId ?? roomId ?? null,
      participantId: claims.participantId ?? participantId ?? null,
    };
  };
  const credentials = {
    ...{ token: value(), roomId, participantId, name, metaData, conferenceToken, micOn, webcamOn },
  };
  return createMeeting({ ...options, urls: doorsOf(url), credentials }, { token, store, wanted });
}
