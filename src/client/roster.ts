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
export interface Roster {
  readonly others: ReadonlyMap<string, Participant>;
  readonly knocks: Map<string, EntryRequest>;
  readonly wishes: Map<MediaKind, MediaRequest>;
  /** Oneself; null while one has no seat. */
  readonly self: Participant | null;
  /** One is not in the room any more. */
  clear(): void;
  /** Takes somebody in, in the last place; null where they are in already. */
  add(view: ParticipantView): Participant | null;
  /** Lets somebody go; answers who it was. */
  remove(id: string): Participant | undefined;
  /** Brings somebody up to the copy; answers them, where they are there. */
  refresh(id: string): Participant | undefined;
  /** Brings a knock up to the copy; answers it where it is new, null where it is not. */
  refreshKnock(id: string): EntryRequest | null;
  /** Brings the wishes for one's microphone and webcam up to the copy. Answers what there is to tell. */
  refreshWishes(): (() => void)[];
  /** The copy was laid anew. Answers what there is to tell, in order; `isNew`: one has just come in, and is told nothing of the people. */
  reread(isNew: boolean): (() => void)[];
}

/** Makes one that is empty. */
export function createRoster(copy: RoomView, ask: Ask, tell: Tell): Roster {
  const others = new Map<string, Participant>();
  const knocks = new Map<string, EntryRequest>();
  const wishes = new Map<MediaKind, MediaRequest>();
  /** Everybody, oneself too. */
  let people = new Map<string, Person>();

  const self = (): Participant | null => people.get(copy.participantId ?? "")?.shown ?? null;
  const seat = (id: string, person: Person): void => {
    people.set(id, person);
    if (!person.shown.local) others.set(id, person.shown);
  };
  const add = (view: ParticipantView): Participant | null => {
    const { participantId: id } = view;
    if (people.get(id)?.view.joinedAt === view.joinedAt) return null;
    const person = makePerson(view, id === copy.participantId, ask);
    seat(id, person);
    return person.shown;
  };
  const refreshKnock = (id: string): EntryRequest | null => {
    const view = copy.lobby.get(id);
    if (view === undefined) return null;
    const known = knocks.get(id);
    if (known?.since === view.since) {
      Object.assign(known, view);
      return null;
    }
    const knock = makeKnock(view, ask);
    // Behind the others: a Map would keep the place of the knock before.
    knocks.delete(id);
    knocks.set(id, knock);
    return knock;
  };
  const refreshWishes = (): (() => void)[] => {
    const news: (() => void)[] = [];
    for (const kind of KINDS) {
      const asked = copy.asked[kind];
      if (asked === null) wishes.delete(kind);
      else if (wishes.get(kind)?.participantId !== asked.by) {
        const wish = makeWish(asked.by, kind, ask);
        wishes.set(kind, wish);
        news.push(() => tell(`${kind}-requested`, wish));
      }
    }
    return news;
  };
  const changeOf = (person: Person, view: ParticipantView): (() => void)[] => {
    const { view: before, shown } = person;
    bringUp(person, view);
    if (JSON.stringify(before) === JSON.stringify(view)) return [];
    const news = KINDS.filter((kind) => before[`${kind}On`] !== view[`${kind}On`]).map((kind) => () => {
      const { participantId } = view;
      tell(view[`${kind}On`] ? "stream-enabled" : "stream-disabled", { participantId, kind, by: RULE });
    });
    return [...news, () => tell("participant-changed", shown)];
  };
  const rereadPeople = (): (() => void)[] => {
    const before = people;
    const news: (() => void)[] = [];
    people = new Map();
    others.clear();
    for (const view of copy.participants.values()) {
      const { participantId: id } = view;
      const known = before.get(id);
      // Somebody who left and came back meanwhile has another time of joining: that is another stay. One's own page goes on.
      const isAnother = known?.view.joinedAt !== view.joinedAt && known?.shown.local !== true;
      if (known === undefined || isAnother) {
        const person = add(view);
        if (person?.local === false) news.push(() => tell("participant-joined", person));
        continue;
      }
      before.delete(id);
      seat(id, known);
      news.push(...changeOf(known, view));
    }
    const gone = [...before.values()]
      .filter(({ shown }) => !shown.local)
      .map(
        ({ shown }) =>
          () =>
            tell("participant-left", shown, UNKNOWN, RULE),
      );
    return [...gone, ...news];
  };
  const rereadKnocks = (): (() => void)[] => {
    const before = new Map(knocks);
    const news: (() => void)[] = [];
    for (const id of copy.lobby.keys()) {
      const known = before.get(id);
      const knock = refreshKnock(id);
      if (knock !== null) news.push(() => tell("entry-requested", knock));
      else if (known !== undefined) {
        before.delete(id);
        // In the room's order, which a loss of data may have changed.
        knocks.delete(id);
        knocks.set(id, known);
      }
    }
    for (const id of knocks.keys()) if (!copy.lobby.has(id)) knocks.delete(id);
    const gone = [...before.keys()].map((id) => () => {
      const cause = copy.participants.has(id) ? "entered" : self()?.isHost === true ? "unknown" : "hidden";
      tell("entry-withdrawn", id, cause);
    });
    return [...gone, ...news];
  };

  return {
    ...{ others, knocks, wishes, add, refreshKnock, refreshWishes },
    get self() {
      return self();
    },
    clear() {
      for (const one of [people, others, knocks, wishes]) one.clear();
    },
    remove(id) {
      const person = people.get(id);
      people.delete(id);
      others.delete(id);
      return person?.shown;
    },
    refresh(id) {
      const person = people.get(id);
      const view = copy.participants.get(id);
      if (person !== undefined && view !== undefined) bringUp(person, view);
      return person?.shown;
    },
    reread(isNew) {
      const news = rereadPeople();
      return [...(isNew ? [] : news), ...rereadKnocks(), ...refreshWishes()];
    },
  };
}
