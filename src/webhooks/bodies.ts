/** What receivers are sent: VideoSDK's four as it documents them, and every other event as the sockets see it (`docs/rules.md` N2). */
import type { Told } from "../archive/archive.js";
import type { Followed } from "../gateway/following.js";
import { LEAVE_REASONS } from "../protocol/leaving.js";

/** VideoSDK's own events: all that a room's webhook without names gets. */
export const VIDEOSDK_EVENTS: readonly string[] = [
  "session-started",
  "session-ended",
  "participant-joined",
  "participant-left",
];

/** What is to be told, before it is known to whom. */
export interface Notice {
  readonly webhookType: string;
  readonly data: object;
  readonly epoch: string;
  readonly seq: number;
  /** When it happened, epoch milliseconds. */
  readonly at: number;
}

/** A link on which a knock can be answered; null: there is none. */
export type KnockLink = (app: string, roomId: string, participantId: string, since: number) => string | null;

/** The body of a message: compact JSON that reads the same after it was parsed and written again. */
export function bodyOf({ webhookType, data, epoch, seq, at }: Notice, id: string): string {
  return stableJson({ webhookType, data, id, epoch, seq, at });
}

/** JSON in the order that parsing keeps: receivers check signatures over what they parsed and wrote again. */
export function stableJson(value: object): string {
  let text = JSON.stringify(value);
  for (;;) {
    const again = JSON.stringify(JSON.parse(text));
    if (again === text) return text;
    text = again;
  }
}

/** Everything that is to be told of a step, in order. `now`: epoch milliseconds, for what has no time of its own. */
export function noticesOf(followed: Followed, told: readonly Told[], link: KnockLink, now: number): Notice[] {
  const { epoch, room, gap, upTo } = followed;
  const lost: Notice = {
    webhookType: "events-lost",
    data: { meetingId: room.room },
    epoch,
    seq: upTo,
    at: now,
  };
  return [...(gap ? [lost] : []), ...told.flatMap((one) => noticesOfOne(followed, one, link))];
}

function noticesOfOne({ epoch, room, state }: Followed, one: Told, link: KnockLink): Notice[] {
  const { event, seq, session } = one;
  const { at } = event;
  const meetingId = room.room;
  const notice = (data: object, webhookType: string = event.type): Notice => ({
    webhookType,
    data,
    epoch,
    seq,
    at,
  });
  const begin = session === null ? null : isoOf(session.start);
  switch (event.type) {
    case "session-started":
      return [notice({ sessionId: event.body.sessionId, meetingId, start: begin ?? isoOf(at) })];
    case "session-ended": {
      const { sessionId, cause, by } = event.body;
      const code = cause === "ended" && by.kind === "api" ? "MEETING_END_API" : "ROOM_CLOSE";
      const reason = { code: LEAVE_REASONS[code], message: code };
      return [
        ...one.ejected.map(({ participantId, name }) =>
          notice({ meetingId, sessionId, participantId, participantName: name, reason }, "participant-left"),
        ),
        notice({ sessionId, meetingId, start: begin, end: isoOf(at) }),
      ];
    }
    case "participant-joined": {
      const { participantId, name } = event.body.participant;
      return [notice({ meetingId, sessionId: session?.id ?? null, participantId, participantName: name })];
    }
    case "participant-left": {
      const { participantId, reason } = event.body;
      const participantName = one.participant?.name ?? "";
      return [notice({ meetingId, sessionId: session?.id ?? null, participantId, participantName, reason })];
    }
    default: {
      const customRoomId = state.room?.customRoomId ?? null;
      const href =
        event.type === "entry-requested"
          ? link(room.app, meetingId, event.body.knock.participantId, event.body.knock.since)
          : null;
      const data = {
        meetingId,
        ...(customRoomId === null ? {} : { customRoomId }),
        sessionId: session?.id ?? null,
        ...event.body,
        ...(href === null ? {} : { link: href }),
      };
      return [notice(data)];
    }
  }
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
