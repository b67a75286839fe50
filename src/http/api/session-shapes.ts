/** Sessions and their attendance in requests and answers (`reference/videosdk.md` sections 2.2 and 2.3). */
import { z } from "zod";
import { roomIdSchema } from "../../protocol/commands.js";
import { iso, isoOrNull, named, pageInfoSchema, pageOf } from "./shapes.js";

/** Id of a session in a path. */
export const sessionParam = z.object({ sessionId: roomIdSchema });

/** How a body names a room; one of the two is needed. */
export const roomMembers = {
  roomId: roomIdSchema.nullish().describe("Room id or custom room id"),
  customRoomId: roomIdSchema.nullish(),
};

/** From when to when; `end` null: still going on. */
export const spanSchema = z.strictObject({ start: iso, end: isoOrNull }).register(named, { id: "Span" });

/** Somebody's attendance of a session. */
export const attendanceSchema = z
  .strictObject({
    participantId: z.string(),
    name: z.string(),
    timelog: z.array(spanSchema),
  })
  .register(named, { id: "Attendance" });

/** Somebody's attendance with what they had turned on. */
export const attendanceDetailSchema = z
  .strictObject({
    ...attendanceSchema.shape,
    events: z.strictObject({
      mic: z.array(spanSchema),
      webcam: z.array(spanSchema),
      screenShare: z.array(spanSchema),
      screenShareAudio: z.array(spanSchema),
    }),
  })
  .register(named, { id: "AttendanceDetail" });

const sessionShape = {
  id: z.string(),
  roomId: z.string(),
  customRoomId: z.string().nullable(),
  start: iso,
  end: isoOrNull,
  status: z.enum(["ongoing", "ended"]),
  links: z.strictObject({ get_room: z.string(), get_session: z.string() }),
};

/** A session. */
export const sessionSchema = z
  .strictObject({ ...sessionShape, participants: z.array(attendanceSchema) })
  .register(named, { id: "Session" });

/** A session with what its participants had turned on. */
export const sessionDetailSchema = z
  .strictObject({ ...sessionShape, participants: z.array(attendanceDetailSchema) })
  .register(named, { id: "SessionDetail" });

/** A page of sessions. */
export const sessionPageSchema = pageOf(sessionSchema);

/** A session with one page of those who attended; `pageInfo` counts participants. */
export const attendeePageSchema = z.strictObject({ pageInfo: pageInfoSchema, data: sessionSchema });

/** A list with one session alone, and that with one page of those inside. */
export const insidePageSchema = z.strictObject({
  pageInfo: pageInfoSchema,
  data: z.array(sessionDetailSchema).length(1),
});
