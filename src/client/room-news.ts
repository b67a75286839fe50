/** What the meeting's listeners are told of the room: each of its events by the names and with the arguments of the SDK. */
import type { Ask } from "./participant.js";
import { kindOf, type RoomFacts, type RoomView } from "./room-copy.js";
import type { RoomEvent } from "./room-events.js";
import { createRoster, type Roster, type Tell } from "./roster.js";
import type { TopicDesk } from "./topic-desk.js";

/** What it works with. */
export interface RoomNewsOptions {
  readonly copy: RoomView;
  readonly topics: TopicDesk;
  readonly ask: Ask;
  readonly tell: Tell;
  /** Something that the meeting's members show is different. */
  readonly touch: () => void;
}

/** Tells of one room. */
export interface RoomNews {
  readonly roster: Roster;
  /** Looks whether the copy was laid anew or emptied. What that brings is told by `tellLater`. */
  reread(): void;
  /** Tells what a copy that was laid anew has brought. */
  tellLater(): void;
  /** Tells of one event, which the copy has taken already. */
  hear(event: RoomEvent): void;
}

/** Makes the news of one room. */
export function createRoomNews({ copy, topics, ask, tell, touch }: RoomNewsOptions): RoomNews {
  const roster = createRoster(copy, ask, tell);
  let edition = -1;
  let facts: RoomFacts | null = null;
  /** What a copy that was laid anew has brought, and is not told yet. */
  let later: (() => void)[] = [];

  const changed = (id: string): void => {
    const person = roster.refresh(id);
    if (person === undefined) return;
    touch();
    tell("participant-changed", person);
  };
  const compareFacts = (): void => {
    if (copy.facts === null || copy.facts === facts) return;
    facts = copy.facts;
    touch();
    tell("room-changed", facts);
  };
  const compareWishes = (event: RoomEvent): void => {
    switch (event.type) {
      case "mic-requested":
      case "webcam-requested":
        // Asked again while the first wish is open: it is told again, and one answer is for both.
        if (event.targetId === copy.participantId) roster.wishes.delete(kindOf(event.type));
        break;
      case "mic-responded":
      case "webcam-responded":
      case "stream-enabled":
        break;
      default:
        return;
    }
    const { size } = roster.wishes;
    const news = roster.refreshWishes();
    if (news.length > 0 || size !== roster.wishes.size) touch();
    for (const one of news) one();
  };

  return {
    roster,
    reread() {
      if (copy.edition === edition) return;
      edition = copy.edition;
      touch();
      const before = facts;
      const now = copy.facts;
      facts = now;
      if (now === null) {
        // Out, or back in the lobby: what was not told yet concerns nobody any more.
        later = [];
        roster.clear();
        return;
      }
      // Who had no room before has just come in.
      later.push(...roster.reread(before === null));
      if (before !== null && JSON.stringify(before) !== JSON.stringify(now))
        later.push(() => tell("room-changed", now));
      later.push(...(before === null ? topics.arrive(copy.messages) : topics.recover(copy.messages)));
    },
    tellLater() {
      for (let next = later.shift(); next !== undefined; next = later.shift()) next();
    },
    hear(event) {
      switch (event.type) {
        case "entry-requested": {
          const knock = roster.refreshKnock(event.knock.participantId);
          touch();
          if (knock !== null) tell("entry-requested", knock);
          break;
        }
        case "entry-responded": {
          const { participantId, decision, by, note, banned, mayKnockAt } = event;
          if (roster.knocks.delete(participantId)) touch();
          tell("entry-responded", participantId, decision, { by, note, banned, mayKnockAt });
          break;
        }
        case "entry-withdrawn":
          if (roster.knocks.delete(event.participantId)) touch();
          tell("entry-withdrawn", event.participantId, event.cause);
          break;
        case "entry-disconnected":
        case "entry-resumed":
          roster.refreshKnock(event.participantId);
          touch();
          break;
        case "participant-joined": {
          const person = roster.add(event.participant);
          touch();
          if (person === null) changed(event.participant.participantId);
          else if (!person.local) tell("participant-joined", person);
          break;
        }
        case "participant-left": {
          const person = roster.remove(event.participantId);
          touch();
          // One's own leaving is `meeting-left`.
          if (person?.local === false) tell("participant-left", person, event.reason, event.by);
          break;
        }
        case "stream-enabled":
        case "stream-disabled": {
          const { type, participantId, kind, by } = event;
          roster.refresh(participantId);
          tell(type, { participantId, kind, by });
          changed(participantId);
          break;
        }
        case "participant-disconnected":
        case "participant-resumed":
        case "permissions-changed":
        case "participant-renamed":
          changed(event.participantId);
          break;
        case "media-lock-changed":
          if (event.participantId !== null) changed(event.participantId);
          break;
        case "session-ended":
          // Over for all: `meeting-left` follows, and says so for everybody.
          roster.clear();
          touch();
          break;
        case "mic-responded":
        case "webcam-responded":
          if (event.askerId === copy.participantId) {
            const { participantId, accepted } = event;
            tell(event.type, { participantId, accepted });
          }
          break;
        case "participant-banned":
        case "participant-unbanned":
        case "token-expired":
        case "token-refreshed":
          touch();
          break;
        case "message-published":
          if (event.message.persist) touch();
          topics.hear(event.message);
          break;
        default:
          // The others are about the room beside its people, or about wishes: both are compared with what they were.
          break;
      }
      compareFacts();
      compareWishes(event);
    },
  };
}
