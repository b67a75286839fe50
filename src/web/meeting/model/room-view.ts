/** Everything that the page shows of a meeting that one is in, in one value. Pure. */
import type { EntryRequest, Meeting } from "../../../client/meeting-types.js";
import type { ChatLine } from "./chat.js";
import { personView, shownName, type Person, type PersonView } from "./people.js";
import type { MediaNow } from "./media-now.js";

/** Somebody with their picture. */
export interface TileView extends PersonView {
  /** Null while the camera is off, or the picture is on its way. */
  readonly video: MediaStream | null;
  readonly speaking: boolean;
  /** Media of this person is on its way or interrupted; null: it flows, or nothing is to come. */
  readonly trouble: "connecting" | "lost" | null;
}

/** A screen that somebody else shows. */
export interface ShareView {
  readonly id: string;
  readonly name: string;
  readonly stream: MediaStream;
}

/** Somebody who knocks. */
export interface KnockRow {
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds by the gateway's clock. */
  readonly since: number;
  readonly expiresAt: number;
  /** Was in the room and was sent back. */
  readonly returned: boolean;
  readonly online: boolean;
}

/** A moderator asks for one's microphone or webcam. */
export interface AskRow {
  readonly kind: "mic" | "webcam";
  readonly by: string;
}

/** The line is lost. Times are epoch milliseconds by the gateway's clock. */
export interface LineLoss {
  readonly attempt: number;
  readonly since: number;
  /** When the next attempt begins. */
  readonly nextAt: number;
  readonly why: string;
}

/** What stands over the room while something is wrong with it. */
export type Banner =
  | { readonly kind: "reconnecting"; readonly loss: LineLoss }
  | { readonly kind: "restricted" }
  | { readonly kind: "expiring"; readonly at: number };

/** What the page itself knows of a meeting, beside what the meeting says. */
export interface PageState {
  readonly panel: "chat" | "people" | null;
  readonly lines: readonly ChatLine[];
  readonly unread: number;
  readonly loss: LineLoss | null;
  /** When the token shown last expires, if that is soon and not dismissed; else null. */
  readonly expiringAt: number | null;
  readonly soundBlocked: boolean;
}

/** The whole view of a meeting. */
export interface RoomView extends Pick<PageState, "panel" | "lines" | "unread" | "soundBlocked"> {
  readonly roomId: string;
  readonly startedAt: number | null;
  readonly self: TileView | null;
  /** Everybody, oneself first. */
  readonly tiles: readonly TileView[];
  readonly share: ShareView | null;
  /** One shows one's own screen. It is not drawn: on the screen that is shown it would show itself. */
  readonly sharing: boolean;
  readonly knocks: readonly KnockRow[];
  readonly asks: readonly AskRow[];
  readonly banners: readonly Banner[];
  readonly bans: readonly string[];
  readonly locked: boolean;
  readonly mediaLocks: { readonly mic: boolean; readonly webcam: boolean };
  readonly maxParticipants: number;
  /** Commands are refused until a newer token is shown. */
  readonly restricted: boolean;
}

/** What of a meeting is drawn. */
export type MeetingNow = Pick<Meeting, "roomId" | "room" | "bans" | "restricted"> & {
  readonly localParticipant: Person | null;
  readonly participants: ReadonlyMap<string, Person>;
  readonly entryRequests: ReadonlyMap<string, Omit<EntryRequest, "allow" | "deny">>;
  readonly mediaRequests: ReadonlyMap<"mic" | "webcam", { readonly participantId: string | null }>;
};

/** Puts a view together. */
export function roomView(meeting: MeetingNow, media: MediaNow, page: PageState): RoomView {
  const { room } = meeting;
  const mediaLocks = room?.mediaLocks ?? { mic: false, webcam: false };
  const people = [meeting.localParticipant, ...meeting.participants.values()].filter(
    (person, index) => person !== null && (index === 0 || !person.local),
  );
  const tiles = people.flatMap((person) =>
    person === null ? [] : [tileOf(asFlows(personView(person, mediaLocks), meeting, media), media)],
  );
  return {
    roomId: meeting.roomId ?? "",
    startedAt: room?.startedAt ?? null,
    self: tiles.find(({ local }) => local) ?? null,
    tiles,
    share: shareOf(tiles, media),
    sharing: media.local.share !== null,
    knocks: [...meeting.entryRequests.values()].map(knockRow),
    asks: asksOf(meeting, tiles),
    banners: bannersOf(meeting, page),
    bans: [...meeting.bans],
    locked: room?.locked ?? false,
    mediaLocks,
    maxParticipants: room?.maxParticipants ?? 0,
    restricted: meeting.restricted,
    panel: page.panel,
    lines: page.lines,
    unread: page.unread,
    soundBlocked: page.soundBlocked,
  };
}

/** Whoever is restricted can still turn off their own, and the room cannot be told: then what flows is shown. */
function asFlows(
  person: PersonView,
  { restricted }: Pick<MeetingNow, "restricted">,
  { local }: MediaNow,
): PersonView {
  if (!restricted || !person.local) return person;
  const markOf = (kind: "mic" | "webcam") =>
    person[kind] === "on" && local[kind] === null ? "off" : person[kind];
  return { ...person, mic: markOf("mic"), webcam: markOf("webcam") };
}

function tileOf(person: PersonView, media: MediaNow): TileView {
  const streams = person.local ? media.local : media.streams.get(person.id);
  const state = media.connections.get(person.id);
  const wanted = person.mic === "on" || person.webcam === "on";
  const trouble = state === "connecting" || state === "lost" ? state : null;
  return {
    ...person,
    video: person.webcam === "on" ? (streams?.webcam ?? null) : null,
    speaking: person.mic === "on" && media.speakerId === person.id,
    trouble: person.local || !wanted || !person.online ? null : trouble,
  };
}

/** The presenter as the media layer names them, else whoever else shows something. */
function shareOf(tiles: readonly TileView[], media: MediaNow): ShareView | null {
  const others = tiles.filter(({ local }) => !local);
  const first = others.filter(({ id }) => id === media.presenterId);
  for (const { id, name } of [...first, ...others]) {
    const stream = media.streams.get(id)?.share ?? null;
    if (stream !== null) return { id, name, stream };
  }
  return null;
}

function knockRow(request: Omit<EntryRequest, "allow" | "deny">): KnockRow {
  const { participantId, name, since, expiresAt, returned, online } = request;
  return { id: participantId, name: shownName(name), since, expiresAt, returned, online };
}

function asksOf({ mediaRequests }: MeetingNow, tiles: readonly TileView[]): readonly AskRow[] {
  return [...mediaRequests].map(([kind, { participantId }]) => {
    const asker = tiles.find(({ id }) => id === participantId);
    return { kind, by: asker?.name ?? (participantId === null ? "Whoever runs this room" : "A moderator") };
  });
}

function bannersOf({ restricted }: MeetingNow, { loss, expiringAt }: PageState): readonly Banner[] {
  return [
    ...(loss === null ? [] : [{ kind: "reconnecting", loss } as const]),
    ...(restricted ? [{ kind: "restricted" } as const] : []),
    ...(expiringAt === null || restricted ? [] : [{ kind: "expiring", at: expiringAt } as const]),
  ];
}
