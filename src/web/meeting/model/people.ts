/** The people of a room as the page draws them. Pure. */
import type { Participant } from "../../../client/meeting-types.js";
import type { RoomFacts } from "../../../client/room-copy.js";

/** What of somebody in the room is drawn. */
export type Person = Pick<
  Participant,
  | "id"
  | "displayName"
  | "metaData"
  | "local"
  | "micOn"
  | "webcamOn"
  | "micLocked"
  | "webcamLocked"
  | "online"
  | "joinedAt"
  | "isHost"
  | "isModerator"
>;

/** How one's microphone or webcam stands. `locked`: off, and only a moderator can change that. */
export type MediaMark = "on" | "off" | "locked";

/** Somebody as a tile and as a row of the list show them. */
export interface PersonView {
  readonly id: string;
  /** Never empty. */
  readonly name: string;
  /** One or two letters for where there is no picture. */
  readonly initials: string;
  readonly local: boolean;
  readonly mic: MediaMark;
  readonly webcam: MediaMark;
  /** A moderator locked it for this person, whether it is on or off now. */
  readonly micLocked: boolean;
  readonly webcamLocked: boolean;
  readonly online: boolean;
  readonly host: boolean;
  readonly moderator: boolean;
  /** Since when the hand is up, epoch milliseconds; null: it is down. */
  readonly handSince: number | null;
}

/** The member of `metaData` that says since when the hand is up: in the room's state, so that whoever comes later sees it too. */
export const HAND = "handRaisedAt";

/** Somebody, as they are drawn. */
export function personView(person: Person, mediaLocks: RoomFacts["mediaLocks"] | null): PersonView {
  const name = shownName(person.displayName, person.local);
  const forAll = (kind: "mic" | "webcam"): boolean => !person.isModerator && mediaLocks?.[kind] === true;
  return {
    id: person.id,
    name,
    initials: initialsOf(name),
    local: person.local,
    mic: markOf(person.micOn, person.micLocked || forAll("mic")),
    webcam: markOf(person.webcamOn, person.webcamLocked || forAll("webcam")),
    micLocked: person.micLocked,
    webcamLocked: person.webcamLocked,
    online: person.online,
    host: person.isHost,
    moderator: person.isModerator,
    handSince: handOf(person.metaData),
  };
}

/** Those with a raised hand first, in the order in which they raised it; then oneself; then the others as they came. */
export function inListOrder(people: readonly PersonView[]): readonly PersonView[] {
  const hands = people
    .filter(({ handSince }) => handSince !== null)
    .sort((a, b) => (a.handSince ?? 0) - (b.handSince ?? 0));
  const rest = people.filter(({ handSince }) => handSince === null);
  return [...hands, ...rest.filter(({ local }) => local), ...rest.filter(({ local }) => !local)];
}

/** `metaData` with the hand up (since then) or down, everything else in it as it was; null where nothing is left. */
export function withHand(
  metaData: Readonly<Record<string, unknown>> | null,
  since: number | null,
): Readonly<Record<string, unknown>> | null {
  const rest = Object.entries(metaData ?? {}).filter(([name]) => name !== HAND);
  const all = since === null ? rest : [...rest, [HAND, since] as const];
  return all.length === 0 ? null : Object.fromEntries(all);
}

/** What somebody is called where they gave no name. */
export function shownName(name: string, local = false): string {
  if (name.trim() !== "") return name.trim();
  return local ? "You" : "Guest";
}

/** First letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter((word) => word !== "");
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return chosen.map(firstSign).join("").toUpperCase();
}

/** What is said of somebody in one breath: to screen readers, and where one points at a tile. */
export function describePerson(person: PersonView): string {
  return [
    person.local ? `${person.name} (you)` : person.name,
    person.host ? "host" : null,
    person.moderator ? "moderator" : null,
    `microphone ${person.mic}`,
    `camera ${person.webcam}`,
    person.handSince === null ? null : "hand raised",
    person.online ? null : "connection lost",
  ]
    .filter((part) => part !== null)
    .join(", ");
}

function markOf(on: boolean, locked: boolean): MediaMark {
  if (on) return "on";
  return locked ? "locked" : "off";
}

function handOf(metaData: Person["metaData"]): number | null {
  const since = metaData?.[HAND];
  return typeof since === "number" && Number.isFinite(since) ? since : null;
}

/** The first sign as a reader counts them: a letter with its accents, or a whole emoji. */
function firstSign(word = "?"): string {
  for (const { segment } of new Intl.Segmenter().segment(word)) return segment;
  return "?";
}
