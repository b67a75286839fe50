/** Following a room over REST: the events that sockets saw, under the same numbers. */
import { z } from "zod";
import { findTarget } from "./ask-room.js";
import { eventsSchema, toldEventSchema } from "./event-shapes.js";
import { positionParam, positionText } from "./position.js";
import { no, route, yes, type Route } from "../route.js";
import type { Services } from "./services.js";
import { idParam } from "./shapes.js";

const LONGEST_WAIT_SECONDS = 30;
const MOST_EVENTS = 1_000;

const query = z.object({
  since: positionParam.optional().describe("A position that an answer gave; events after it are answered"),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, { error: "must be a whole number" })
    .transform(Number)
    .pipe(z.number().int().min(1).max(MOST_EVENTS))
    .default(100)
    .describe(`At most ${MOST_EVENTS}`),
  wait: z
    .string()
    .regex(/^\d{1,2}(\.\d{1,3})?$/, { error: "must be a number of seconds" })
    .transform(Number)
    .pipe(z.number().min(0).max(LONGEST_WAIT_SECONDS))
    .default(0)
    .describe(`Seconds to wait for the next event where there is none yet, at most ${LONGEST_WAIT_SECONDS}`),
});

/** The route of events. */
export function eventRoutes(services: Services): Route[] {
  const events = route(
    {
      method: "get",
      path: "/v2/rooms/{id}/events",
      tag: "Following a room",
      summary: "Read what happened in a room, or wait for it",
      description:
        "Exactly what sockets are told, under the same numbers, with what only hosts, moderators or some people see. Go on with " +
        "`since` = `next`. Without `since`: all that happened in this epoch. The last thousand events are kept at least. Where " +
        "those after `since` are not kept any more, or the log has begun a new epoch after a loss of data, the answer is 410: " +
        "read `/v2/rooms/{id}/live`, and go on from its `position`.",
      access: "moderate",
      asks: z.object({ params: idParam, query }),
      answer: eventsSchema,
      refusals: ["room_unknown", "participant_mismatch", "history_gone"],
    },
    async ({ params, query: { since, limit, wait }, caller, signal }) => {
      const found = await findTarget(services, caller, params.id, null);
      if (!found.ok) return found;
      const { roomId } = found.value.room;
      const asked = { since: since ?? null, limit, waitMs: wait * 1_000, signal };
      const read = await services.gateway.history(caller.app, roomId, asked);
      if (read === null) return no("room_unknown", { field: "roomId" });
      const at = positionText(read.at);
      if (read.kind === "gone") return no("history_gone", { field: "since", details: { at } });
      return yes({
        roomId,
        events: read.events.map((text) => toldEventSchema.parse(JSON.parse(text))),
        next: positionText(read.upTo),
        at,
      });
    },
  );
  return [events];
}
