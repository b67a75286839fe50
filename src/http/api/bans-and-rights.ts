/** Bans and rights over REST (`docs/rules.md` M2, M3, M6, M7). */
import { z } from "zod";
import type { RoomAction } from "../../room/commands.js";
import type { RoomState } from "../../room/state.js";
import { actorOf, askRoom, done, findTarget, partOf, refused, type Asked, type Done } from "./ask-room.js";
import { actingName, commandOf, participantParams } from "./command-members.js";
import { banListSchema, type banSchema } from "./live-shapes.js";
import { no, route, yes, type Reply, type Route } from "../route.js";
import { findRoom, type Services } from "./services.js";
import { doneSchema, idParam } from "./shapes.js";

const TAG = "Moderation";
const { participantId: banned, note } = commandOf("ban").shape;
const { permission } = commandOf("grant-permission").shape;

/** The bans of a room, oldest first. */
export function bansOf({ bans }: RoomState): z.infer<typeof banSchema>[] {
  return Array.from(bans.entries(), ([participantId, { note: why, by, at }]) => ({
    participantId,
    note: why,
    by,
    at,
  }));
}

/** The routes of bans and rights. */
export function banRoutes(services: Services): Route[] {
  const list = route(
    {
      method: "get",
      path: "/v2/rooms/{id}/bans",
      tag: TAG,
      summary: "List who is banned from a room",
      description: "A token for one participant sees that one's ban only.",
      access: "moderate",
      asks: z.object({ params: idParam }),
      answer: banListSchema,
      refusals: ["room_unknown"],
    },
    async ({ params, caller }) => {
      const found = await findRoom(services, caller, params.id);
      if (!found.ok) return found;
      const { roomId } = found.value.room;
      const bans = bansOf(found.value.state).filter(
        ({ participantId }) => caller.outside(roomId, participantId) === null,
      );
      return yes({ roomId, bans });
    },
  );

  const ban = route(
    {
      method: "post",
      path: "/v2/rooms/{id}/bans",
      tag: TAG,
      summary: "Ban somebody from a room",
      description:
        "Over all sessions, until lifted; also somebody who is not here. Who is in the room or the lobby under this id is put " +
        "out, and the tokens that they showed enter no more either.",
      access: "moderate",
      asks: z.object({
        params: idParam,
        body: z.object({ participantId: banned, note, name: actingName }),
      }),
      answer: doneSchema,
      refusals: ["room_unknown", "participant_mismatch", "command_id_reused"],
    },
    (asked) => {
      const { name, ...rest } = asked.body;
      return askRoom(services, asked, rest.participantId, { type: "ban", ...rest }, name);
    },
  );

  const lift = route(
    {
      method: "delete",
      path: "/v2/rooms/{id}/bans/{participantId}",
      tag: TAG,
      summary: "Lift a ban",
      access: "moderate",
      asks: z.object({ params: participantParams, query: z.object({ name: actingName }) }),
      answer: doneSchema,
      refusals: ["room_unknown", "ban_unknown", "participant_mismatch", "command_id_reused"],
    },
    (asked) => {
      const { participantId } = asked.params;
      return askRoom(services, asked, participantId, { type: "unban", participantId }, asked.query.name);
    },
  );

  const permissions = route(
    {
      method: "post",
      path: "/v2/rooms/{id}/participants/{participantId}/permissions",
      tag: TAG,
      summary: "Give or take rights",
      description: "At once, and for as long as the session lasts, whatever a token says.",
      access: "moderate",
      asks: z.object({ params: participantParams, body: rightsBody }),
      answer: doneSchema,
      refusals: ["room_unknown", "participant_unknown", "participant_mismatch", "command_id_reused"],
    },
    (asked) => changeRights(services, asked),
  );

  return [list, ban, lift, permissions];
}

const rightsBody = z.object({
  grant: z.array(permission).max(2).default([]),
  take: z.array(permission).max(2).default([]),
  name: actingName,
});

interface RightsAsked extends Asked {
  readonly params: z.infer<typeof participantParams>;
  readonly body: z.infer<typeof rightsBody>;
}

/** One command for each right, one after the other; the first refusal ends it. */
async function changeRights(services: Services, asked: RightsAsked): Promise<Reply<Done>> {
  const { caller, commandId, params, body } = asked;
  const { grant, take, name } = body;
  if (grant.length + take.length === 0) {
    return no("invalid_parameter", {
      field: "grant",
      details: { problem: "name a right to grant or to take" },
    });
  }
  if (grant.some((right) => take.includes(right))) {
    return no("invalid_parameter", {
      field: "take",
      details: { problem: "has a right that is granted too" },
    });
  }
  const { participantId } = params;
  const found = await findTarget(services, caller, params.id, participantId);
  if (!found.ok) return found;
  const { roomId } = found.value.room;
  const actions: RoomAction[] = [
    ...grant.map((right) => ({ type: "grant-permission", participantId, permission: right }) as const),
    ...take.map((right) => ({ type: "take-permission", participantId, permission: right }) as const),
  ];
  let seq = 0;
  let repeated = false;
  for (const [index, action] of actions.entries()) {
    const id = partOf(commandId, String(index + 1));
    const about = { id, name: actorOf(caller, name) };
    const outcome = await services.gateway.command(caller.app, roomId, action, about);
    if (!outcome.ok) return refused(outcome.refusal);
    seq = Math.max(seq, outcome.seq);
    repeated ||= outcome.repeated;
  }
  return done(services, caller, roomId, { seq, repeated, result: {} });
}
