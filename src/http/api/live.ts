/** A room as it is now, over REST: what somebody who follows its events starts from. */
import { z } from "zod";
import { findTarget } from "./ask-room.js";
import { bansOf } from "./bans-and-rights.js";
import { liveRoomSchema } from "./live-shapes.js";
import { positionText, withinEpoch } from "./position.js";
import { no, route, yes, type Route } from "../route.js";
import type { Services } from "./services.js";
import { idParam } from "./shapes.js";

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
      const known = await findTarget(services, caller, params.id, null);
      if (!known.ok) return known;
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
