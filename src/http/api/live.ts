/** A room as it is now, over REST: what somebody who follows its events starts from. */
import { z } from "zod";
import { knockViewSchema, participantViewSchema } from "../../protocol/events.js";
import { outsideWhole } from "./ask-room.js";
import { banSchema, bansOf } from "./bans-and-rights.js";
import { positionSchema, positionText, withinEpoch } from "./position.js";
import { no, route, yes, type Route } from "../route.js";
import { findRoom, type Services } from "./services.js";
import { idParam, named } from "./shapes.js";

const liveRoomSchema = z
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

/** The route of the room as it is now. */
export function liveRoutes(services: Services): Route[] {
  const live = route(
    {
      method: "get",
      path: "/v2/rooms/{id}/live",
      tag: "Following a room",
      summary: "Get a room as it is now",
      description: "Who is in, who waits, what is locked, and where in the log that is.",
      access: "moderate",
      asks: z.object({ params: idParam }),
      answer: liveRoomSchema,
      refusals: ["room_unknown", "participant_mismatch"],
    },
    async ({ params, caller }) => {
      const known = await findRoom(services, caller, params.id);
      if (!known.ok) return known;
      const outside = outsideWhole(caller);
      if (outside !== null) return { ok: false, refusal: outside };
      const { app } = caller;
      const { roomId } = known.value.room;
      const { gateway } = services;
      const found = await withinEpoch(gateway, app, roomId, () => gateway.findRoom(app, roomId));
      const state = found?.value ?? null;
      if (found === null || state === null) return no("room_unknown", { field: "roomId" });
      const { seq, room, session, locked, mediaLocks, participants, knocks } = state;
      return yes({
        roomId,
        customRoomId: room?.customRoomId ?? null,
        position: positionText({ epoch: found.epoch, seq }),
        session: session === null ? null : { id: session.id, startedAt: session.startedAt },
        locked,
        mediaLocks: { mic: mediaLocks.mic, webcam: mediaLocks.webcam },
        participants: Array.from(participants.values(), ({ view }) => view),
        lobby: Array.from(knocks.values(), ({ view }) => view),
        bans: bansOf(state),
      });
    },
  );
  return [live];
}
