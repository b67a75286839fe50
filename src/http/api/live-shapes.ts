/** The shapes of a room as it is now, and of who is banned from it. */
import { z } from "zod";
import { actorViewSchema, knockViewSchema, participantViewSchema } from "../../protocol/events.js";
import { named, positionSchema } from "./shapes.js";

/** A ban, as moderators see it. */
export const banSchema = z
  .strictObject({
    participantId: z.string(),
    note: z.string().nullable(),
    by: actorViewSchema,
    at: z.number().describe("Epoch milliseconds"),
  })
  .register(named, { id: "Ban" });

/** Who is banned from a room. */
export const banListSchema = z.strictObject({ roomId: z.string(), bans: z.array(banSchema) });

/** A room as it is now: what somebody who follows its events starts from. */
export const liveRoomSchema = z
  .strictObject({
    roomId: z.string(),
    customRoomId: z.string().nullable(),
    position: positionSchema.describe("`<epoch>:<seq>`: follow `/events` from here"),
    session: z
      .strictObject({ id: z.string(), startedAt: z.number().describe("Epoch milliseconds") })
      .nullable()
      .describe("Null while nobody is in the room"),
    locked: z.boolean(),
    mediaLocks: z.strictObject({ mic: z.boolean(), webcam: z.boolean() }),
    participants: z.array(participantViewSchema).describe("In the order of their joining"),
    lobby: z.array(knockViewSchema).describe("In the order of the knocks"),
    bans: z.array(banSchema),
  })
  .register(named, { id: "LiveRoom" });
