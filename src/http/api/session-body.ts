/** Sessions between the API and the archive: which of them a caller sees, and how they are shown (`reference/videosdk.md` 2.2). */
import type { z } from "zod";
import type { Attendance, SessionFilter, SessionRecord, Span } from "../../archive/archive.js";
import { API_SENDER, type RoomState } from "../../room/state.js";
import type { Caller } from "../caller.js";
import { linksOf } from "./room-body.js";
import { no, yes, type Reply } from "../route.js";
import { findRoom, type Room, type Services } from "./services.js";
import type {
  attendanceDetailSchema,
  attendanceSchema,
  sessionDetailSchema,
  sessionSchema,
  spanSchema,
} from "./session-shapes.js";
import { isoTime, isoTimeOrNull } from "./times.js";

type Frame = Omit<z.infer<typeof sessionSchema>, "participants">;

/** A session, and those of its participants whom the caller's token lets them see. */
export interface SeenSession {
  readonly session: SessionRecord;
  /** In the order of their first joining. */
  readonly attendance: readonly Attendance[];
}

/**
 * The session with an id, as it is now and as far as the caller's token sees it: a token for one room sees the sessions of that
 * room, one for a participant those that they attended. All others are `session_unknown`, so that nobody learns which exist.
 * Rejects with a fault.
 */
export async function findSession(
  services: Services,
  caller: Caller,
  sessionId: string,
): Promise<Reply<SeenSession>> {
  const session = await freshSession(services, caller, sessionId);
  const seen = session === null ? null : await see(services, caller, session);
  return seen === null ? no("session_unknown", { field: "sessionId" }) : yes(seen);
}

/** A session with its participants as far as the caller's token sees them; null: it does not see the session. */
export async function see(
  { archive }: Services,
  caller: Caller,
  session: SessionRecord,
): Promise<SeenSession | null> {
  if (caller.outside(session.roomId) !== null) return null;
  const all = await archive.attendance(caller.app, session.id);
  const { onlyParticipant } = caller;
  if (onlyParticipant === null) return { session, attendance: all };
  const attendance = all.filter(({ participantId }) => participantId === onlyParticipant);
  return attendance.length === 0 ? null : { session, attendance };
}

async function freshSession(
  { gateway, archive }: Services,
  { app }: Caller,
  sessionId: string,
): Promise<SessionRecord | null> {
  await gateway.catchUp();
  const session = await archive.session(app, sessionId);
  if (session?.end !== null) return session;
  // What goes on may be known to other nodes only: look at the room itself before saying how it stands.
  await catchUpWith({ gateway }, app, session.roomId);
  return archive.session(app, sessionId);
}

/**
 * Resolves with the id of the room of that id or custom id, once the records hold what happened in it so far. Where there is no
 * such room any more, answers what it was given: its sessions are kept longer. Rejects with a fault.
 */
export async function catchUpWith(
  { gateway }: Pick<Services, "gateway">,
  app: string,
  idOrName: string,
): Promise<string> {
  const state = await gateway.findRoom(app, idOrName);
  await gateway.catchUp();
  return state?.room?.roomId ?? idOrName;
}

/** What a body names a room by. */
export interface NamedRoom {
  readonly roomId?: string | null | undefined;
  readonly customRoomId?: string | null | undefined;
}

/** The room that a body names by `roomId` or `customRoomId`; both must be the same one. Rejects with a fault. */
export async function roomOf(
  services: Services,
  caller: Caller,
  given: NamedRoom,
): ReturnType<typeof findRoom> {
  const roomId = given.roomId ?? null;
  const customRoomId = given.customRoomId ?? null;
  const name = roomId ?? customRoomId;
  if (name === null) return no("invalid_parameter", { field: "roomId", details: { problem: "is missing" } });
  const found = await findRoom(services, caller, name);
  if (!found.ok) return roomId === null ? named(found, "customRoomId") : found;
  return customRoomId === null || goesBy(found.value.room, customRoomId)
    ? found
    : no("invalid_parameter", {
        field: "customRoomId",
        details: { problem: "is not the name of this room" },
      });
}

function named<T>(reply: Reply<T>, field: string): Reply<T> {
  return reply.ok ? reply : { ok: false, refusal: { ...reply.refusal, field } };
}

function goesBy(room: Room, name: string): boolean {
  return room.roomId === name || room.customRoomId === name;
}

/** Whether a command of a back end with this id had its effect in the room before (`docs/rules.md` C1, C4). */
export function isDone({ commands }: RoomState, commandId: string | undefined): boolean {
  return commands.get(API_SENDER)?.some(({ id }) => id === commandId) === true;
}

/** The id of the session of a room that began last, of all or of those that ended; null: there is none. Rejects with a fault. */
export async function newestSession(
  { archive }: Pick<Services, "archive">,
  app: string,
  roomId: string,
  status?: "ended",
): Promise<string | null> {
  const filter = status === undefined ? { roomId } : { roomId, status };
  const page = await archive.sessions(app, filter, { page: 1, perPage: 1 });
  return page.data[0]?.id ?? null;
}

/** Whether a session is one that a filter asks for; attendance is not looked at. */
export function fits({ roomId, end, start }: SessionRecord, filter: SessionFilter): boolean {
  return (
    (filter.roomId === undefined || filter.roomId === roomId) &&
    (filter.status === undefined || (filter.status === "ended") === (end !== null)) &&
    (filter.startedFrom === undefined || start >= filter.startedFrom) &&
    (filter.startedTo === undefined || start <= filter.startedTo)
  );
}

/** A session as VideoSDK's callers read it, with those participants whom the caller sees. */
export function sessionBody(
  { session, attendance }: SeenSession,
  base: string,
): z.infer<typeof sessionSchema> {
  return { ...frameOf(session, base), participants: attendance.map(attendanceBody) };
}

/** The same with what each of them had turned on. */
export function sessionDetailBody(
  { session, attendance }: SeenSession,
  base: string,
): z.infer<typeof sessionDetailSchema> {
  return { ...frameOf(session, base), participants: attendance.map(attendanceDetailBody) };
}

/** Somebody's attendance with what they had turned on. Nobody shares a screen here; callers read the members all the same. */
export function attendanceDetailBody(one: Attendance): z.infer<typeof attendanceDetailSchema> {
  const { mic, webcam } = one;
  return {
    ...attendanceBody(one),
    events: { mic: mic.map(spanBody), webcam: webcam.map(spanBody), screenShare: [], screenShareAudio: [] },
  };
}

function frameOf({ id, roomId, customRoomId, start, end }: SessionRecord, base: string): Frame {
  return {
    id,
    roomId,
    customRoomId,
    start: isoTime(start),
    end: isoTimeOrNull(end),
    status: end === null ? "ongoing" : "ended",
    links: linksOf(roomId, id, base),
  };
}

function attendanceBody({ participantId, name, timelog }: Attendance): z.infer<typeof attendanceSchema> {
  return { participantId, name, timelog: timelog.map(spanBody) };
}

function spanBody({ start, end }: Span): z.infer<typeof spanSchema> {
  return { start: isoTime(start), end: isoTimeOrNull(end) };
}
