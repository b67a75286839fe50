/** `/v2/rooms`: create, list, get, validate, change, deactivate (`reference/videosdk.md` sections 2.1, 2.2, 2.5). */
import { z } from "zod";
import { participantIdSchema } from "../../protocol/commands.js";
import type { Refusal } from "../../protocol/refusals.js";
import type { BackOffice } from "../../room/events.js";
import type { OfficeAction } from "../../room/commands.js";
import { backOfficeOf, deactivatedBody, ownerOf, roomBody, settingsOf, userIdOf } from "./room-body.js";
import { changeBody, createBody, deactivatedRoomSchema, roomPageSchema, roomSchema } from "./room-shapes.js";
import { no, route, yes, type Reply, type Route } from "../route.js";
import { findRoom, type Room, type Services } from "./services.js";
import { idParam, pageInfo, pageQuery } from "./shapes.js";
import { actorOf } from "./ask-room.js";
import type { Caller } from "../caller.js";

const TAG = "Rooms";

/** The routes of rooms. */
export function roomRoutes(services: Services): Route[] {
  const { gateway } = services;
  const create = route(
    {
      method: "post",
      path: "/v2/rooms",
      tag: TAG,
      summary: "Create a room",
      description:
        "With a `customRoomId` that is known, answers with the room that has it and leaves that room as it is. " +
        "The body may be missing; members that are not known are ignored. `autoCloseConfig.duration` is in seconds: " +
        "VideoSDK's own sources disagree on the unit, and its server SDK takes seconds.",
      access: "read",
      asks: z.object({ body: createBody }),
      answer: roomSchema,
      refusals: ["address_refused", "payload_too_large", "room_exists"],
    },
    async ({ body, caller, base }) => {
      // A token for one room cannot make others.
      if (caller.onlyRoom !== null) return no("room_mismatch", { field: "roomId" });
      const backOffice = backOfficeOf(body);
      const refused = addressRefusal(services, backOffice);
      if (refused !== null) return { ok: false, refusal: refused };
      const { state } = await gateway.createRoom(
        caller.app,
        body.customRoomId ?? null,
        settingsOf(body),
        backOffice,
      );
      if (state.room === null) return no("internal_error");
      // Its alias: a conference is entered by other rules, and ends for good.
      if (state.room.backOffice.conference !== null) return no("room_exists", { field: "customRoomId" });
      return yes({ ...roomBody(caller.app, state.room, base), userId: userIdOf(caller.app) });
    },
  );

  const list = route(
    {
      method: "get",
      path: "/v2/rooms",
      tag: TAG,
      summary: "List rooms, newest first",
      access: "read",
      asks: z.object({
        query: z.object({
          ...pageQuery,
          query: z.string().optional().describe("Only the room with exactly this roomId or customRoomId"),
        }),
      }),
      answer: roomPageSchema,
    },
    async ({ query, caller, base }) => {
      const { total, rooms } = await listRooms(services, caller, query);
      const data = rooms.map((room) => ({ ...roomBody(caller.app, room, base), user: ownerOf(caller.app) }));
      return yes({ pageInfo: pageInfo(query, total), data });
    },
  );

  const validate = route(
    {
      method: "get",
      path: "/v2/rooms/validate/{id}",
      tag: TAG,
      summary: "Check that a room can be joined",
      description: "A room that was disabled or deactivated is not valid: 402.",
      access: "read",
      asks: z.object({ params: idParam }),
      answer: roomSchema,
      refusals: ["room_unknown", "room_disabled"],
    },
    async ({ params, caller, base }) => {
      const found = await findRoom(services, caller, params.id);
      if (!found.ok) return found;
      const { room } = found.value;
      if (room.status !== "enabled") return no("room_disabled", { field: "roomId" });
      return yes({ ...roomBody(caller.app, room, base), userId: userIdOf(caller.app) });
    },
  );

  const get = route(
    {
      method: "get",
      path: "/v2/rooms/{id}",
      tag: TAG,
      summary: "Get a room",
      access: "read",
      asks: z.object({ params: idParam }),
      answer: roomSchema,
      refusals: ["room_unknown"],
    },
    async ({ params, caller, base }) => {
      const found = await findRoom(services, caller, params.id);
      return found.ok ? yes(withOwner(caller, found.value.room, base)) : found;
    },
  );

  const deactivate = route(
    {
      method: "post",
      path: "/v2/rooms/deactivate",
      tag: TAG,
      summary: "Close a room for good",
      description: "Ends what goes on in it. Takes the room id only; a custom room id is not found: 402.",
      access: "moderate",
      asks: z.object({ body: z.object({ roomId: participantIdSchema }) }),
      answer: deactivatedRoomSchema,
      refusals: ["room_unknown", "room_disabled"],
    },
    async ({ body, caller }) => {
      if (caller.onlyParticipant !== null) return no("participant_mismatch", { field: "participantId" });
      const found = await findRoom(services, caller, body.roomId);
      if (!found.ok) return found;
      if (found.value.room.roomId !== body.roomId) return no("room_disabled", { field: "roomId" });
      const closed = await change(services, caller, body.roomId, [
        { type: "set-status", status: "deactivated" },
      ]);
      return closed.ok ? yes(deactivatedBody(caller.app, closed.value)) : closed;
    },
  );

  const update = route(
    {
      method: "post",
      path: "/v2/rooms/{id}",
      tag: TAG,
      summary: "Enable or disable a room, or change its settings",
      description:
        "What is not given stays as it is; null takes a webhook, a policy, a list or an auto-close away. Disabling ends what " +
        "goes on in the room. New settings put nobody out who is in.",
      access: "moderate",
      asks: z.object({ params: idParam, body: changeBody }),
      answer: roomSchema,
      refusals: ["room_unknown", "room_deactivated", "address_refused", "payload_too_large"],
    },
    async ({ params, body, caller, base }) => {
      // A room is everybody's, and such a token is for one of them.
      if (caller.onlyParticipant !== null) return no("participant_mismatch", { field: "participantId" });
      const found = await findRoom(services, caller, params.id);
      if (!found.ok) return found;
      const { status, ...given } = body;
      const backOffice = backOfficeOf(given);
      const refused = addressRefusal(services, backOffice);
      if (refused !== null) return { ok: false, refusal: refused };
      const actions: OfficeAction[] = status === undefined ? [] : [{ type: "set-status", status }];
      actions.push({ type: "update-settings", settings: settingsOf(given), backOffice });
      const changed = await change(services, caller, found.value.room.roomId, actions);
      return changed.ok ? yes(withOwner(caller, changed.value, base)) : changed;
    },
  );

  return [create, list, validate, get, deactivate, update];
}

function withOwner(caller: Caller, room: Room, base: string): z.infer<typeof roomSchema> {
  return { ...roomBody(caller.app, room, base), user: ownerOf(caller.app) };
}

function addressRefusal({ webhooks }: Services, given: Partial<BackOffice>): Refusal | null {
  const { webhook, knockPolicy } = given;
  const ofWebhook = webhook ? webhooks.refusalOf(webhook.endPoint) : null;
  if (ofWebhook !== null) return { ...ofWebhook, field: "webhook.endPoint" };
  const ofPolicy = knockPolicy ? webhooks.refusalOf(knockPolicy.url) : null;
  return ofPolicy === null ? null : { ...ofPolicy, field: "knockPolicy.url" };
}

/** One after the other; the first refusal ends it. */
async function change(
  { gateway }: Services,
  caller: Caller,
  roomId: string,
  actions: readonly OfficeAction[],
): Promise<Reply<Room>> {
  for (const action of actions) {
    const outcome = await gateway.command(caller.app, roomId, action, { name: actorOf(caller) });
    if (!outcome.ok) return outcome;
  }
  const state = await gateway.findRoom(caller.app, roomId);
  return state?.room ? yes(state.room) : no("room_unknown", { field: "roomId" });
}

async function listRooms(
  services: Services,
  caller: Caller,
  asked: { readonly page: number; readonly perPage: number; readonly query?: string | undefined },
): Promise<{ readonly total: number; readonly rooms: readonly Room[] }> {
  const { gateway, archive } = services;
  const { app, onlyRoom } = caller;
  const exactly = asked.query ?? onlyRoom;
  if (exactly !== null) {
    const found = await findRoom(services, caller, exactly);
    const all = found.ok ? [found.value.room] : [];
    return { total: all.length, rooms: asked.page === 1 ? all : [] };
  }
  await gateway.catchUp();
  const page = await archive.rooms(app, asked);
  const states = await Promise.all(page.data.map((roomId) => gateway.peek(app, roomId)));
  const rooms = states.flatMap(({ room }) => (room === null ? [] : [room]));
  if (rooms.length === page.data.length) return { total: page.total, rooms };
  // Rooms that a join opened are forgotten when long unused; the list learns of it when somebody reads it.
  const gone = page.data.filter((_id, at) => states[at]?.room === null);
  await Promise.all(gone.map((room) => archive.forgetRoom({ app, room })));
  return listRooms(services, caller, asked);
}
