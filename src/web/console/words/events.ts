/** A line for each kind of event, for people. */
import type { EventType } from "../../../protocol/events.js";
import { actorName, readActor } from "../api/actor.js";
import type { RoomEvent } from "../api/events.js";
import { isRecord, Reader } from "../api/reader.js";

/** How people are called who are known by their ids. */
export type Names = ReadonlyMap<string, string>;

/** An event and what is needed to tell it. */
class Teller {
  constructor(
    readonly body: Reader,
    readonly names: Names,
  ) {}

  /** Somebody whose id stands in this member. */
  who(member = "participantId"): string {
    return this.called(this.body.text(member));
  }

  called(id: string, name = ""): string {
    const known = name === "" ? (this.names.get(id) ?? "") : name;
    return known === "" ? id : known;
  }

  /** Who did it. */
  by(): string {
    return actorName(readActor(this.body.inside("by")), (id, name) => this.called(id, name));
  }

  /** ` by somebody`, or nothing where it was their own doing. */
  byOther(): string {
    const by = this.body.inside("by");
    return by.textOrNull("participantId") === this.body.any("participantId") ? "" : ` by ${this.by()}`;
  }

  note(): string {
    const note = this.body.textOrNull("note");
    return note === null || note === "" ? "" : `: “${note}”`;
  }

  device(): string {
    return this.body.text("kind") === "mic" ? "microphone" : "webcam";
  }

  /** The name of somebody who is described as a whole. */
  person(member: string): string {
    const person = this.body.inside(member);
    return this.called(person.text("participantId"), person.text("name"));
  }
}

const ASKED = (device: string) => (told: Teller) => {
  const asker = told.body.textOrNull("participantId");
  const who = asker === null ? "A back end" : told.called(asker);
  return `${who} asked ${told.who("targetId")} to turn the ${device} on`;
};
const ANSWERED = (device: string) => (told: Teller) =>
  `${told.who()} ${told.body.flag("accepted") ? "accepted" : "declined"} to turn the ${device} on`;

const WITHDRAWN: Readonly<Record<string, string>> = {
  withdrawn: "took the knock back",
  "timed-out": "waited too long; nobody answered the knock",
  disconnected: "was away for too long while waiting",
  entered: "came in by another way",
  duplicate: "knocked a second time; the first knock is gone",
  "room-closed": "was sent away: the room is closed",
  "token-revoked": "was sent away: the token was revoked",
  "key-deactivated": "was sent away: the key was deactivated",
  "app-deleted": "was sent away: the app was deleted",
};

const ENDED: Readonly<Record<string, string>> = {
  "last-left": "the last one left",
  ended: "ended for all",
  "auto-closed": "its time was over",
  "room-closed": "the room was closed",
};

const LINES: Readonly<Record<EventType, (told: Teller) => string>> = {
  "room-created": ({ body }) => `The room was made${body.flag("permanent") ? "" : ", by the first join"}`,
  "room-settings-changed": (told) => `${told.by()} changed the settings`,
  "room-status-changed": (told) => `${told.by()} set the room to ${told.body.text("status")}`,
  "session-started": () => "A session began",
  "session-ended": (told) => {
    const cause = told.body.text("cause");
    return `The session is over: ${ENDED[cause] ?? cause}${cause === "ended" ? ` by ${told.by()}` : ""}`;
  },
  "entry-requested": (told) => `${told.person("knock")} knocked`,
  "entry-responded": (told) => {
    const answer = told.body.text("decision") === "allowed" ? "admitted" : "denied";
    const ban = told.body.flag("banned") ? " and banned" : "";
    return `${told.who()} was ${answer}${ban} by ${told.by()}${told.note()}`;
  },
  "entry-withdrawn": (told) => {
    const cause = told.body.text("cause");
    return `${told.who()} ${WITHDRAWN[cause] ?? cause}`;
  },
  "entry-disconnected": (told) => `${told.who()} lost the line while waiting`,
  "entry-resumed": (told) => `${told.who()} is back and goes on waiting`,
  "participant-joined": (told) => `${told.person("participant")} came in`,
  "participant-left": (told) => {
    const reason = told.body.inside("reason");
    const words = reason.text("message").toLowerCase().replaceAll("_", " ");
    return `${told.who()} left${told.byOther()} (${reason.number("code")}, ${words})`;
  },
  "participant-disconnected": (told) => `${told.who()} lost the line; the seat is kept`,
  "participant-resumed": (told) => `${told.who()} is back`,
  "stream-enabled": (told) => `${told.who()} turned the ${told.device()} on`,
  "stream-disabled": (told) =>
    told.byOther() === ""
      ? `${told.who()} turned the ${told.device()} off`
      : `The ${told.device()} of ${told.who()} was turned off${told.byOther()}`,
  "mic-requested": ASKED("microphone"),
  "webcam-requested": ASKED("webcam"),
  "mic-responded": ANSWERED("microphone"),
  "webcam-responded": ANSWERED("webcam"),
  "media-lock-changed": (told) => {
    const id = told.body.textOrNull("participantId");
    const whose = id === null ? "everybody" : told.called(id);
    const done = told.body.flag("locked") ? "locked" : "released";
    return `The ${told.device()} of ${whose} was ${done} by ${told.by()}`;
  },
  "participant-banned": (told) => `${told.who()} was banned by ${told.by()}${told.note()}`,
  "participant-unbanned": (told) => `${told.by()} lifted the ban of ${told.who()}`,
  "room-lock-changed": (told) => `${told.by()} ${told.body.flag("locked") ? "locked" : "opened"} the room`,
  "permissions-changed": (told) => {
    const rights = told.body.texts("permissions");
    return `${told.who()} now has ${rights.length === 0 ? "no rights" : rights.join(" and ")}, by ${told.by()}`;
  },
  "participant-renamed": (told) =>
    `${told.body.text("participantId")} is now called ${told.body.text("name")}`,
  "participant-invited": (told) => `${told.who()} was invited by ${told.by()}`,
  "invitation-revoked": (told) => `The invitation of ${told.who()} was taken back by ${told.by()}`,
  "token-expired": (told) => `The token of ${told.who()} has expired`,
  "token-refreshed": (told) => `${told.who()} showed a newer token`,
  "message-published": ({ body }) => {
    const message = body.inside("message");
    const sender = message.text("senderName");
    return `${sender === "" ? "Somebody" : sender} wrote on ${message.text("topic")}`;
  },
};

/**
 * An event as a line. An event of a kind that this page does not know is told by its name, and so is one whose members are not as
 * they should be: a line less in a list helps nobody.
 */
export function eventLine({ type, body }: RoomEvent, names: Names): string {
  const line: ((told: Teller) => string) | undefined = isKnown(type) ? LINES[type] : undefined;
  try {
    return line?.(new Teller(body, names)) ?? type;
  } catch {
    return type;
  }
}

function isKnown(type: string): type is EventType {
  return Object.hasOwn(LINES, type);
}

/** The names that events tell, by id; later ones win. */
export function namesIn(events: readonly RoomEvent[], known: Names): Names {
  const names = new Map(known);
  for (const { type, body } of events) {
    const person = personOf(type, body);
    if (person !== null && person.name !== "") names.set(person.id, person.name);
  }
  return names;
}

function personOf(type: string, body: Reader): { readonly id: string; readonly name: string } | null {
  const members: Readonly<Record<string, string>> = {
    "participant-joined": "participant",
    "entry-requested": "knock",
  };
  const member = members[type];
  const person = member === undefined ? null : body.any(member);
  const found = isRecord(person) ? person : type === "participant-renamed" ? plain(body) : {};
  const { participantId, name } = found;
  return typeof participantId === "string" && typeof name === "string" ? { id: participantId, name } : null;
}

function plain(body: Reader): Readonly<Record<string, unknown>> {
  return { participantId: body.any("participantId"), name: body.any("name") };
}

/** What kind of thing happened, for a mark beside the line. */
export function eventTone(type: string): "good" | "bad" | "warn" | "plain" {
  if (type === "participant-joined" || type === "session-started" || type.endsWith("resumed")) return "good";
  if (type === "participant-left" || type === "participant-banned" || type === "session-ended") return "bad";
  if (type.startsWith("entry-") || type.endsWith("disconnected") || type === "token-expired") return "warn";
  return "plain";
}
