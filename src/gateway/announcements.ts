/**
 * What of a conference's log is told to those who are in no room: announcements, made once from each step of the log, and handed
 * over on channels of their own (`reference/dolby.md` section 6, notification types).
 */
import { z } from "zod";
import type { RoomKey } from "../log/port.js";
import { conferencePermissionSchema } from "../protocol/events.js";
import type { Notification } from "../protocol/commands.js";
import { conferenceOf } from "../room/conference.js";
import type { RoomState } from "../room/state.js";
import type { Followed } from "./following.js";

/** The conference: the room's id, and the name that its app gave it. */
const conference = { conferenceId: z.string(), conferenceAlias: z.string().nullable() };
const person = { ...conference, participantId: z.string(), name: z.string() };

const newsSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("Invitation"),
    ...conference,
    permissions: z.array(conferencePermissionSchema),
  }),
  z.object({ type: z.literal("Conference.Created"), ...conference }),
  z.object({ type: z.literal("Conference.Ended"), ...conference }),
  z.object({ type: z.literal("Participant.Joined"), ...person }),
  z.object({ type: z.literal("Participant.Left"), ...person }),
  z.object({
    type: z.literal("Conference.ActiveParticipants"),
    ...conference,
    participantCount: z.number().int().min(0),
  }),
]);
/** One thing that subscribers are told. */
export type News = z.infer<typeof newsSchema>;

const announcementSchema = z.object({
  t: z.literal("notifications"),
  /** Participant ids that alone may hear it; null: whoever follows the channel. */
  only: z.array(z.string()).nullable(),
  /** In the order in which it happened; `at` in epoch milliseconds. */
  list: z.array(z.object({ at: z.number(), news: newsSchema })),
});
/** What one step of a log says on one channel. */
export type Announcement = Omit<z.infer<typeof announcementSchema>, "t">;

/** Beside an event that put people out: who they were. The archive knows it (`docs/rules.md` H6). */
export interface NamesOf {
  readonly seq: number;
  readonly participant: { readonly participantId: string; readonly name: string } | null;
  readonly ejected: readonly { readonly participantId: string; readonly name: string }[];
}

/**
 * Where a subscriber hears what it asked for; null where it cannot be told, as an invitation for nobody in particular. Channels
 * share their names with rooms: the white space keeps them apart, since no room's id has any.
 */
export function channelFor(app: string, asked: Notification, participantId: string | null): RoomKey | null {
  if (asked.type !== "Invitation") return aliasChannel(app, asked.conferenceAlias);
  return participantId === null ? null : personChannel(app, participantId);
}

const aliasChannel = (app: string, alias: string): RoomKey => ({ app, room: `notify alias ${alias}` });
const personChannel = (app: string, id: string): RoomKey => ({ app, room: `notify person ${id}` });

/** What a step of a log says, by channel. Nothing, where the room is no conference, or where events were lost. */
export function announcementsOf(
  followed: Followed,
  names: readonly NamesOf[],
): readonly { readonly channel: RoomKey; readonly announcement: Announcement }[] {
  const { state, room: key, events } = followed;
  const config = conferenceOf(state);
  if (config === null || events.length === 0) return [];
  const conferenceAlias = state.room?.customRoomId ?? null;
  const of = { conferenceId: key.room, conferenceAlias };
  const bySeq = new Map(names.map((one) => [one.seq, one]));
  const list: { at: number; news: News }[] = [];
  const invitations: { channel: RoomKey; announcement: Announcement }[] = [];
  let movedAt: number | null = null;
  let endedAt: number | null = null;
  for (const { seq, event } of events) {
    const { at } = event;
    const say = (news: News): void => void list.push({ at, news });
    switch (event.type) {
      case "room-created":
        say({ type: "Conference.Created", ...of });
        break;
      case "room-status-changed":
        // Whom this puts out is told by the events behind it.
        if (event.body.status === "deactivated") endedAt = at;
        break;
      case "participant-joined": {
        const { participantId, name } = event.body.participant;
        say({ type: "Participant.Joined", ...of, participantId, name });
        movedAt = at;
        break;
      }
      case "participant-left": {
        const { participantId } = event.body;
        const name = bySeq.get(seq)?.participant?.name ?? "";
        say({ type: "Participant.Left", ...of, participantId, name });
        movedAt = at;
        break;
      }
      case "session-ended":
        // Over for all: they leave first, as in webhooks (`docs/rules.md` N2).
        for (const { participantId, name } of bySeq.get(seq)?.ejected ?? []) {
          say({ type: "Participant.Left", ...of, participantId, name });
          movedAt = at;
        }
        break;
      case "participant-invited": {
        if (!event.hidden.notify) break;
        const { participantId, permissions } = event.body;
        const news: News = { type: "Invitation", ...of, permissions };
        const announcement = { only: null, list: [{ at, news }] };
        invitations.push({ channel: personChannel(key.app, participantId), announcement });
        break;
      }
      default:
    }
  }
  if (movedAt !== null) {
    const participantCount = state.participants.size;
    list.push({ at: movedAt, news: { type: "Conference.ActiveParticipants", ...of, participantCount } });
  }
  if (endedAt !== null) list.push({ at: endedAt, news: { type: "Conference.Ended", ...of } });
  if (list.length === 0 || conferenceAlias === null) return invitations;
  const only = config.isProtected ? invitedTo(state, config.ownerId) : null;
  return [...invitations, { channel: aliasChannel(key.app, conferenceAlias), announcement: { only, list } }];
}

/** Who may know of a protected conference: its owner, and those who are invited. */
function invitedTo({ invitations }: RoomState, ownerId: string | null): string[] {
  return [...new Set([...(ownerId === null ? [] : [ownerId]), ...invitations.keys()])];
}

/** Text for a channel. */
export function encodeAnnouncement(announcement: Announcement): string {
  return JSON.stringify({ t: "notifications", ...announcement });
}

/** An announcement from a channel's text; null for anything else. */
export function decodeAnnouncement(text: string): Announcement | null {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = announcementSchema.safeParse(input);
  return parsed.success ? parsed.data : null;
}
