/** What is known of a room between two steps: who is there and on which token, and what says why somebody enters. */
import type { ActorView } from "../protocol/events.js";
import type { RoomEvent } from "../room/events.js";
import type { TokenShown } from "./entry.js";

interface Person {
  /** When they knocked or joined, epoch milliseconds. */
  readonly since: number;
  /** Number of the event by which they did: puts people in order. */
  readonly order: number;
  readonly name: string;
  /** The token that they showed last. */
  readonly token: TokenShown;
}

/** Somebody in the lobby, in the room, or on the way from the one into the other. */
export type Present =
  | (Person & { readonly where: "lobby" })
  | (Person & { readonly where: "admitted"; readonly by: ActorView })
  | (Person & { readonly where: "room" });

/** What is known of a room beside its people. */
export interface Facts {
  /** The newest time that is known of the room, epoch milliseconds. */
  readonly newest: number;
  /** The epoch of the last step; null: there was none. */
  readonly epoch: string | null;
  /** Whether there was more than one epoch: then an event may be told again (Q7). */
  readonly reopened: boolean;
  readonly sessionId: string | null;
  /** The room's setting; null: not known. */
  readonly lobbyForAll: boolean | null;
  /** Whose rights were changed in this session: theirs say nothing of their token. Null: not known of all. */
  readonly changed: readonly string[] | null;
  /** Who is invited into this conference without the permission `JOIN`. Null: not known of all. */
  readonly shut: readonly string[] | null;
}

/** A room, and those who are there and are known, by participant id. */
export interface Known {
  readonly facts: Facts;
  readonly people: ReadonlyMap<string, Present>;
}

/** A room of which nothing is known. */
export const UNKNOWN: Facts = {
  newest: 0,
  epoch: null,
  reopened: false,
  sessionId: null,
  lobbyForAll: null,
  changed: null,
  shut: null,
};

/** So many ids are remembered; where there are more, nothing is known of anybody. */
const REMEMBERED = 500;

/** A list with one more id. */
export function plus(list: readonly string[] | null, id: string): readonly string[] | null {
  if (list === null || list.includes(id)) return list;
  return list.length < REMEMBERED ? [...list, id] : null;
}

/** A list of ids; null: they are too many to be remembered. */
export function listOf(ids: Iterable<string>): readonly string[] | null {
  const list = [...ids];
  return list.length <= REMEMBERED ? list : null;
}

/** A list without an id. */
export function minus(list: readonly string[] | null, id: string): readonly string[] | null {
  return list?.includes(id) === true ? list.filter((one) => one !== id) : list;
}

/** The people whom the entries of an event need to know, or all of them; null: the event changes nothing of what is known. */
export function peopleIn(event: RoomEvent): readonly string[] | "all" | null {
  switch (event.type) {
    case "room-created":
      return "all";
    case "session-ended":
      return event.body.cause === "last-left" ? [] : "all";
    case "session-started":
    case "room-settings-changed":
      return [];
    case "entry-requested":
      return [event.body.knock.participantId];
    case "participant-joined":
      return [event.body.participant.participantId];
    case "entry-responded":
    case "entry-withdrawn":
    case "participant-left":
    case "participant-renamed":
    case "permissions-changed":
    case "participant-invited":
    case "invitation-revoked":
    case "token-refreshed":
      return [event.body.participantId];
    case "entry-resumed":
    case "participant-resumed":
      return event.hidden.credentials === null ? null : [event.body.participantId];
    case "room-status-changed":
    case "entry-disconnected":
    case "participant-disconnected":
    case "stream-enabled":
    case "stream-disabled":
    case "mic-requested":
    case "webcam-requested":
    case "mic-responded":
    case "webcam-responded":
    case "media-lock-changed":
    case "participant-banned":
    case "participant-unbanned":
    case "room-lock-changed":
    case "token-expired":
    case "message-published":
      return null;
  }
}
