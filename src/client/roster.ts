/** The people of a meeting as lasting objects, kept like the copy of the room; and what became different, where a copy was laid anew. */
import type { MediaKind } from "../protocol/commands.js";
import type { ParticipantView } from "../protocol/events.js";
import type { EntryRequest, MediaRequest, MeetingEventArguments, Participant } from "./meeting-types.js";
import { bringUp, makeKnock, makePerson, makeWish, type Ask, type Person } from "./participant.js";
import type { RoomView } from "./room-copy.js";

/** Tells the listeners of the meeting. */
export type Tell = <K extends keyof MeetingEventArguments>(
  event: K,
  ...args: MeetingEventArguments[K]
) => void;

/** Nobody told why somebody is gone: it happened while nothing could be told. VideoSDK's 1007. */
const UNKNOWN = { code: 1007, message: "UNKNOWN" };
const RULE = { kind: "rule" } as const;
const KINDS: readonly MediaKind[] = ["mic", "webcam"];

/** Who is there. The maps change in place. */
export class Roster {
  readonly others = new Map<string, Participant>();
  readonly knocks = new Map<string, EntryRequest>();
  readonly wishes = new Map<MediaKind, MediaRequest>();
  /** Everybody, oneself too. */
  private people = new Map<string, Person>();

  constructor(
    private readonly copy: RoomView,
    private readonly ask: Ask,
    private readonly tell: Tell,
  ) {}

  /** Oneself; null while one has no seat. */
  get self(): Participant | null {
    return this.people.get(this.copy.participantId ?? "")?.shown ?? null;
  }

  /** One is not in the room any more. */
  clear(): void {
    this.people.clear();
    this.others.clear();
    this.knocks.clear();
    this.wishes.clear();
  }

  /** Takes somebody in, in the last place; null where they are in already. */
  add(view: ParticipantView): Participant | null {
    const { participantId: id } = view;
    if (this.people.get(id)?.view.joinedAt === view.joinedAt) return null;
    const local = id === this.copy.participantId;
    const person = makePerson(view, local, this.ask);
    this.people.set(id, person);
    if (!local) this.others.set(id, person.shown);
    return person.shown;
  }

  /** Lets somebody go; answers who it was. */
  remove(id: string): Participant | undefined {
    const person = this.people.get(id);
    this.people.delete(id);
    this.others.delete(id);
    return person?.shown;
  }

  /** Brings somebody up to the copy; answers them, where they are there. */
  refresh(id: string): Participant | undefined {
    const person = this.people.get(id);
    const view = this.copy.participants.get(id);
    if (person !== undefined && view !== undefined) bringUp(person, view);
    return person?.shown;
  }

  /** Brings a knock up to the copy; answers it where it is new, null where it is not. */
  refreshKnock(id: string): EntryRequest | null {
    const view = this.copy.lobby.get(id);
    if (view === undefined) return null;
    const known = this.knocks.get(id);
    if (known?.since === view.since) {
      Object.assign(known, view);
      return null;
    }
    const knock = makeKnock(view, this.ask);
    // Behind the others: a Map would keep the place of the knock before.
    this.knocks.delete(id);
    this.knocks.set(id, knock);
    return knock;
  }

  /** Brings the wishes for one's microphone and webcam up to the copy. Answers what there is to tell. */
  refreshWishes(): (() => void)[] {
    const news: (() => void)[] = [];
    for (const kind of KINDS) {
      const asked = this.copy.asked[kind];
      if (asked === null) this.wishes.delete(kind);
      else if (this.wishes.get(kind)?.participantId !== asked.by) {
        const wish = makeWish(asked.by, kind, this.ask);
        this.wishes.set(kind, wish);
        news.push(() => this.tell(`${kind}-requested`, wish));
      }
    }
    return news;
  }

  /** The copy was laid anew. Answers what there is to tell, in order; `isNew`: one has just come in, and is told nothing of the people. */
  reread(isNew: boolean): (() => void)[] {
    const people = this.rereadPeople();
    return [...(isNew ? [] : people), ...this.rereadKnocks(), ...this.refreshWishes()];
  }

  private rereadPeople(): (() => void)[] {
    const { tell, people: before } = this;
    const news: (() => void)[] = [];
    this.people = new Map();
    this.others.clear();
    for (const view of this.copy.participants.values()) {
      const { participantId: id } = view;
      const known = before.get(id);
      // Somebody who left and came back meanwhile has another time of joining: that is another stay. One's own page goes on.
      const isAnother = known?.view.joinedAt !== view.joinedAt && known?.shown.local !== true;
      if (known === undefined || isAnother) {
        const person = this.add(view);
        if (person?.local === false) news.push(() => tell("participant-joined", person));
        continue;
      }
      before.delete(id);
      this.people.set(id, known);
      if (!known.shown.local) this.others.set(id, known.shown);
      news.push(...this.changeOf(known, view));
    }
    const gone = [...before.values()].filter(({ shown }) => !shown.local);
    return [
      ...gone.map(
        ({ shown }) =>
          () =>
            tell("participant-left", shown, UNKNOWN, RULE),
      ),
      ...news,
    ];
  }

  private changeOf(person: Person, view: ParticipantView): (() => void)[] {
    const { tell } = this;
    const { view: before, shown } = person;
    bringUp(person, view);
    if (JSON.stringify(before) === JSON.stringify(view)) return [];
    const news = KINDS.filter((kind) => before[`${kind}On`] !== view[`${kind}On`]).map((kind) => () => {
      const { participantId } = view;
      tell(view[`${kind}On`] ? "stream-enabled" : "stream-disabled", { participantId, kind, by: RULE });
    });
    return [...news, () => tell("participant-changed", shown)];
  }

  private rereadKnocks(): (() => void)[] {
    const { copy, tell } = this;
    const before = new Map(this.knocks);
    const news: (() => void)[] = [];
    for (const id of copy.lobby.keys()) {
      const knock = this.refreshKnock(id);
      if (knock === null) before.delete(id);
      else news.push(() => tell("entry-requested", knock));
    }
    for (const id of this.knocks.keys()) if (!copy.lobby.has(id)) this.knocks.delete(id);
    const gone = [...before.keys()].map((id) => () => {
      const cause = copy.participants.has(id) ? "entered" : this.self?.isHost === true ? "unknown" : "hidden";
      tell("entry-withdrawn", id, cause);
    });
    return [...gone, ...news];
  }
}
