/** What the meeting's listeners are told of the room: each of its events by the names and with the arguments of the SDK. */
import type { Ask } from "./participant.js";
import { kindOf, type RoomFacts, type RoomView } from "./room-copy.js";
import type { RoomEvent } from "./room-events.js";
import { Roster, type Tell } from "./roster.js";
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
export class RoomNews {
  readonly roster: Roster;
  private edition = -1;
  private isInside = false;
  private facts: RoomFacts | null = null;
  /** What a copy that was laid anew has brought, and is not told yet. */
  private later: (() => void)[] = [];

  constructor(private readonly options: RoomNewsOptions) {
    this.roster = new Roster(options.copy, options.ask, options.tell);
  }

  /** Looks whether the copy was laid anew or emptied. What that brings is told by `tellLater`. */
  reread(): void {
    const { copy, topics, touch, tell } = this.options;
    if (copy.edition === this.edition) return;
    this.edition = copy.edition;
    touch();
    const { isInside: wasInside, facts: before } = this;
    const now = copy.facts;
    this.facts = now;
    this.isInside = now !== null;
    if (now === null) {
      // Out, or back in the lobby: what was not told yet concerns nobody any more.
      this.later = [];
      this.roster.clear();
      return;
    }
    this.later.push(...this.roster.reread(!wasInside));
    if (wasInside && JSON.stringify(before) !== JSON.stringify(now))
      this.later.push(() => tell("room-changed", now));
    this.later.push(...(wasInside ? topics.recover(copy.messages) : topics.arrive(copy.messages)));
  }

  /** Tells what a copy that was laid anew has brought. */
  tellLater(): void {
    for (let next = this.later.shift(); next !== undefined; next = this.later.shift()) next();
  }

  /** Tells of one event, which the copy has taken already. */
  hear(event: RoomEvent): void {
    const { roster } = this;
    const { tell, touch, topics, copy } = this.options;
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
        if (person === null) this.changed(event.participant.participantId);
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
        this.changed(participantId);
        break;
      }
      case "participant-disconnected":
      case "participant-resumed":
      case "permissions-changed":
      case "participant-renamed":
        this.changed(event.participantId);
        break;
      case "media-lock-changed":
        if (event.participantId !== null) this.changed(event.participantId);
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
    this.compareFacts();
    this.compareWishes(event);
  }

  private changed(id: string): void {
    const person = this.roster.refresh(id);
    if (person === undefined) return;
    this.options.touch();
    this.options.tell("participant-changed", person);
  }

  private compareFacts(): void {
    const { facts } = this.options.copy;
    if (facts === null || facts === this.facts) return;
    this.facts = facts;
    this.options.touch();
    this.options.tell("room-changed", facts);
  }

  private compareWishes(event: RoomEvent): void {
    const { roster } = this;
    switch (event.type) {
      case "mic-requested":
      case "webcam-requested":
        // Asked again while the first wish is open: it is told again, and one answer is for both.
        if (event.targetId === this.options.copy.participantId) roster.wishes.delete(kindOf(event.type));
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
    if (news.length > 0 || size !== roster.wishes.size) this.options.touch();
    for (const one of news) one();
  }
}
