/** The room's events as lines for people: who, and what. */
import type { RoomEvent } from "../client/room-events.js";
import type { ActorView } from "../protocol/events.js";
import type { Tone } from "./io.js";
import { called, type NameBook } from "./people.js";
import { listed, printable, timeOfDay } from "./text.js";

/** One line of the diary. */
export interface Told {
  readonly who: string;
  readonly what: string;
  readonly tone: Tone;
}

const told = (who: string, what: string, tone: Tone = "plain"): Told => ({ who, what, tone });
const MEDIA = { mic: "microphone", webcam: "webcam" } as const;
const quoted = (note: string | null): string => (note === null || note === "" ? "" : `: ${printable(note)}`);

/** What a host is told to type. */
export const KNOCK_HINT = (id: string): string =>
  `Type: allow ${printable(id)}, or: deny ${printable(id)} [reason]`;

/** An event in words; null for one that says nothing to a person. */
export function tellEvent(event: RoomEvent, names: NameBook, timeZone?: string): Told | null {
  const time = (at: number): string => timeOfDay(at, timeZone);
  if (isOwnLine(event, names.self)) return null;
  switch (event.type) {
    case "room-created":
      return null;
    case "room-settings-changed":
      return told(names.actor(event.by), `changed the room's settings: ${settings(event)}`);
    case "room-status-changed":
      return told(names.actor(event.by), STATUS[event.status], event.status === "enabled" ? "good" : "bad");
    case "session-started":
      return told("room", "the session has started", "dim");
    case "session-ended":
      return sessionEnded(event, names);
    case "entry-requested": {
      const { knock } = event;
      names.note(knock);
      const again = knock.returned ? "has to knock again" : "knocks";
      return told(called(knock), `${again}. ${KNOCK_HINT(knock.participantId)}`, "ask");
    }
    case "entry-responded": {
      const whom = names.of(event.participantId);
      if (event.decision === "allowed") return told(names.actor(event.by), `let ${whom} in`);
      const banned = event.banned ? ", for good" : "";
      return told(names.actor(event.by), `turned ${whom} away${banned}${quoted(event.note)}`);
    }
    case "entry-withdrawn":
      return told(names.of(event.participantId), WITHDRAWN[event.cause], "dim");
    case "entry-disconnected":
      return told(names.of(event.participantId), "lost the line in the lobby", "dim");
    case "entry-resumed":
      return told(names.of(event.participantId), "is back in the lobby", "dim");
    case "participant-joined": {
      const { participant } = event;
      names.note(participant);
      const on = [...(participant.micOn ? ["microphone"] : []), ...(participant.webcamOn ? ["webcam"] : [])];
      const with_ = on.length === 0 ? "" : `, ${listed(on)} on`;
      return told(names.of(participant.participantId), `joined${with_}`, "good");
    }
    case "participant-left":
      return told(names.of(event.participantId), leaving(event, names), "bad");
    case "participant-disconnected":
      return told(
        names.of(event.participantId),
        `lost the line; the seat is kept until ${time(event.until)}`,
        "dim",
      );
    case "participant-resumed":
      return told(names.of(event.participantId), "is back", "dim");
    case "stream-enabled":
      return told(names.of(event.participantId), `turned the ${MEDIA[event.kind]} on`);
    case "stream-disabled": {
      const own = event.by.kind === "participant" && event.by.participantId === event.participantId;
      if (own) return told(names.of(event.participantId), `turned the ${MEDIA[event.kind]} off`);
      return told(names.actor(event.by), `turned ${belonging(event.kind, event.participantId, names)} off`);
    }
    case "mic-requested":
      return requested("mic", event, names);
    case "webcam-requested":
      return requested("webcam", event, names);
    case "mic-responded":
      return responded("mic", event, names);
    case "webcam-responded":
      return responded("webcam", event, names);
    case "media-lock-changed": {
      const what = belonging(event.kind, event.participantId, names);
      return told(names.actor(event.by), `${event.locked ? "locked" : "unlocked"} ${what}`);
    }
    case "participant-banned":
      return told(
        names.actor(event.by),
        `banned ${names.of(event.participantId)}${quoted(event.note)}`,
        "bad",
      );
    case "participant-unbanned":
      return told(names.actor(event.by), `lifted the ban on ${names.of(event.participantId)}`);
    case "room-lock-changed":
      return told(names.actor(event.by), event.locked ? "locked the room" : "unlocked the room");
    case "permissions-changed":
      return permissions(event, names);
    case "participant-renamed": {
      const before = names.of(event.participantId);
      names.note(event);
      const now = printable(event.name);
      return before === "you"
        ? told("you", `you are called ${now} now`, "dim")
        : told(before, `is called ${now} now`, "dim");
    }
    case "participant-invited": {
      const whom = names.of(event.participantId);
      return told(names.actor(event.by), `invited ${whom}: ${listed(event.permissions)}`, "dim");
    }
    case "invitation-revoked":
      return told(
        names.actor(event.by),
        `called the invitation of ${names.of(event.participantId)} back`,
        "dim",
      );
    case "token-expired":
      return told(
        "you",
        "your token has expired: you hear all, but can only leave, or type: refresh <token>",
        "bad",
      );
    case "token-refreshed": {
      const until = event.expiresAt === null ? "" : `, good until ${time(event.expiresAt)}`;
      return told("you", `showed a newer token${until}`, "dim");
    }
    case "message-published": {
      const { senderId, senderName, topic, message, sendOnly } = event.message;
      if (senderId !== null) names.note({ participantId: senderId, name: senderName });
      const where = topic === "CHAT" ? "" : `[${printable(topic)}] `;
      const only = sendOnly === null ? "" : "(not to all) ";
      return told(
        senderId === null ? "a back end" : names.of(senderId),
        `${only}${where}${printable(message)}`,
        "bold",
      );
    }
  }
}

/** One's own coming and going is told by the client itself, in better words. */
function isOwnLine(event: RoomEvent, self: string | null): boolean {
  switch (event.type) {
    case "participant-left":
    case "participant-disconnected":
    case "participant-resumed":
      return event.participantId === self;
    default:
      return false;
  }
}

function sessionEnded({ cause, by }: RoomEvent<"session-ended">, names: NameBook): Told | null {
  switch (cause) {
    case "last-left":
      return null;
    case "ended":
      return told(names.actor(by), "ended the meeting for all", "bad");
    case "auto-closed":
      return told("room", "the meeting has had its time, and is over for all", "bad");
    case "room-closed":
      return told("room", "the meeting is over for all: the room was closed", "bad");
  }
}

const STATUS: Readonly<Record<RoomEvent<"room-status-changed">["status"], string>> = {
  enabled: "opened the room again",
  disabled: "closed the room",
  deactivated: "closed the room for good",
};

/** What of the settings those inside will notice. */
function settings({
  settings: { maxParticipants, lobbyForAll, autoClose },
}: RoomEvent<"room-settings-changed">): string {
  const parts = [
    `${maxParticipants} seats`,
    lobbyForAll ? "all but moderators have to knock" : "tokens say who has to knock",
  ];
  if (autoClose !== null)
    parts.push(`a meeting lasts ${Number((autoClose.afterMs / 60_000).toFixed(1))} min at most`);
  return parts.join("; ");
}

const WITHDRAWN: Readonly<Record<RoomEvent<"entry-withdrawn">["cause"], string>> = {
  withdrawn: "does not knock any more",
  "timed-out": "knocked until the time was over",
  disconnected: "lost the line in the lobby for too long",
  entered: "came in by another way",
  duplicate: "was put out: the id is somebody else's",
  "room-closed": "was sent away: the room was closed",
  "token-revoked": "was sent away: the token is not good any more",
  "key-deactivated": "was sent away: the key of the token was deactivated",
  "app-deleted": "was sent away: the app does not exist any more",
};

/** Whose microphone or webcam; null: everybody's. */
function belonging(kind: keyof typeof MEDIA, participantId: string | null, names: NameBook): string {
  if (participantId === names.self) return `your ${MEDIA[kind]}`;
  return `the ${MEDIA[kind]} of ${participantId === null ? "everybody" : names.of(participantId)}`;
}

function by(actor: ActorView, names: NameBook): string {
  return actor.kind === "rule" ? "" : ` by ${names.actor(actor)}`;
}

function leaving(event: RoomEvent<"participant-left">, names: NameBook): string {
  switch (event.reason.message) {
    case "MANUAL_LEAVE_CALLED":
      return "left";
    case "REMOVE_PEER":
    case "REMOVE_PEER_API":
      return `was removed${by(event.by, names)}`;
    case "MOVED_TO_LOBBY":
      return `was sent back to the lobby${by(event.by, names)}`;
    case "WEBSOCKET_DISCONNECTED":
      return "is gone: the line was lost for too long";
    case "TOKEN_EXPIRED":
      return "is out: the token has expired";
    case "TOKEN_REVOKED":
    case "KEY_DEACTIVATED":
    case "APP_DELETED":
      return "is out: the token is not good any more";
    case "DUPLICATE_PARTICIPANT":
      return "was put out: the id is somebody else's";
    default:
      return `left (${printable(event.reason.message)})`;
  }
}

function requested(
  kind: keyof typeof MEDIA,
  { participantId, targetId }: RoomEvent<"mic-requested" | "webcam-requested">,
  names: NameBook,
): Told {
  const asker = participantId === null ? "a back end" : names.of(participantId);
  if (targetId !== names.self) return told(asker, `asks ${names.of(targetId)} to turn the ${MEDIA[kind]} on`);
  return told(
    asker,
    `asks you to turn your ${MEDIA[kind]} on. Type: accept ${kind}, or: reject ${kind}`,
    "ask",
  );
}

function responded(
  kind: keyof typeof MEDIA,
  { participantId, accepted }: RoomEvent<"mic-responded" | "webcam-responded">,
  names: NameBook,
): Told {
  return told(names.of(participantId), `${accepted ? "accepted" : "rejected"} to turn the ${MEDIA[kind]} on`);
}

function permissions(event: RoomEvent<"permissions-changed">, names: NameBook): Told {
  const whom = names.of(event.participantId);
  const held = listed(event.conferencePermissions ?? event.permissions);
  const now = `${whom === "you" ? "you now hold" : `${whom} now holds`} ${held}`;
  return told(names.actor(event.by), `changed rights: ${now}`);
}
