/** `/v2/rooms`: create, get, validate (`reference/videosdk.md` sections 2.1, 2.2, 2.5). */
import { hash } from "node:crypto";
import express, { Router, type Request } from "express";
import { z } from "zod";
import type { Gateway } from "../gateway/gateway.js";
import { participantIdSchema, roomIdSchema } from "../protocol/commands.js";
import { refusalOf } from "../protocol/decode.js";
import { roomSettingsSchema, type RoomSettings } from "../protocol/events.js";
import { refuse } from "../protocol/refusals.js";
import type { RoomState } from "../room/state.js";
import { checkScope } from "../tokens/verify.js";
import { sendRefusal } from "./errors.js";
import { grantOf } from "./require-token.js";

const { maxParticipants, hostAbsent, tokenExpiry } = roomSettingsSchema.shape;
const seconds = (least: number, most: number) => z.number().int().min(least).max(most);

/**
 * What a room can be made with. Durations are whole seconds. Members that are not known are left alone, since callers send many
 * (section 2.5); those that are known are checked.
 */
const createSchema = z.object({
  customRoomId: roomIdSchema.nullish(),
  maxParticipants: maxParticipants.optional(),
  hostAbsent: hostAbsent.optional(),
  tokenExpiry: tokenExpiry.optional(),
  knockTimeout: seconds(10, 86_400).optional(),
  resumeWindow: seconds(1, 3_600).optional(),
});

/** The routes. They stand behind `requireToken`. */
export function roomRoutes({ gateway, publicUrl }: { gateway: Gateway; publicUrl: string | null }): Router {
  const routes = Router();
  const linksOf = (request: Request): string =>
    publicUrl ?? `${request.protocol}://${request.get("host") ?? "localhost"}`;

  routes.post(
    "/",
    express.json({ limit: "64kb", strict: false, type: () => true }),
    async (request, response) => {
      const body: unknown = request.body ?? {};
      const parsed = createSchema.safeParse(body);
      if (!parsed.success) {
        sendRefusal(response, refusalOf(parsed.error));
        return;
      }
      const grant = grantOf(response);
      if (grant.roomId !== null) {
        sendRefusal(response, refuse("room_mismatch", { field: "roomId" }));
        return;
      }
      const { customRoomId } = parsed.data;
      const { state } = await gateway.createRoom(grant.app, customRoomId ?? null, settingsOf(parsed.data));
      response.json({ ...roomBody(grant.app, state, linksOf(request)), userId: userIdOf(grant.app) });
    },
  );

  routes.get(["/validate/:id", "/:id"], async (request, response) => {
    const id = request.params["id"];
    const asked = participantIdSchema.safeParse(id);
    const grant = grantOf(response);
    const state = asked.success ? await gateway.findRoom(grant.app, asked.data) : null;
    // A token for one room learns nothing of the others, not even whether they exist.
    const scope = checkScope(grant, { roomId: state?.room?.roomId ?? String(id), participantId: null });
    if (scope !== null) sendRefusal(response, scope);
    else if (state === null) sendRefusal(response, refuse("room_unknown", { field: "roomId" }));
    else {
      const userId = userIdOf(grant.app);
      const owner = request.path.startsWith("/validate/")
        ? { userId }
        : { user: { id: userId, name: grant.app, email: null } };
      response.json({ ...roomBody(grant.app, state, linksOf(request)), ...owner });
    }
  });
  return routes;
}

function settingsOf({
  knockTimeout,
  resumeWindow,
  ...rest
}: z.infer<typeof createSchema>): Partial<RoomSettings> {
  const { maxParticipants: seats, hostAbsent: absent, tokenExpiry: expiry } = rest;
  return {
    ...(seats === undefined ? {} : { maxParticipants: seats }),
    ...(absent === undefined ? {} : { hostAbsent: absent }),
    ...(expiry === undefined ? {} : { tokenExpiry: expiry }),
    ...(knockTimeout === undefined ? {} : { knockTimeoutMs: knockTimeout * 1_000 }),
    ...(resumeWindow === undefined ? {} : { resumeWindowMs: resumeWindow * 1_000 }),
  };
}

/** A room as VideoSDK's callers read it, and beside it the settings that only we have. */
function roomBody(app: string, { room }: RoomState, base: string): object {
  if (room === null) return {};
  const { roomId, customRoomId, createdAt, settings } = room;
  const at = new Date(createdAt).toISOString();
  return {
    roomId,
    customRoomId,
    disabled: false,
    createdAt: at,
    updatedAt: at,
    id: documentId(app, roomId),
    links: {
      get_room: `${base}/v2/rooms/${encodeURIComponent(roomId)}`,
      get_session: `${base}/v2/sessions/`,
    },
    settings: {
      maxParticipants: settings.maxParticipants,
      hostAbsent: settings.hostAbsent,
      tokenExpiry: settings.tokenExpiry,
      knockTimeout: settings.knockTimeoutMs / 1_000,
      resumeWindow: settings.resumeWindowMs / 1_000,
    },
  };
}

/** Ids of 24 hex digits, as VideoSDK's documents have them: the same thing, the same id. */
function documentId(...parts: readonly string[]): string {
  return hash("sha256", JSON.stringify(parts), "hex").slice(0, 24);
}

function userIdOf(app: string): string {
  return documentId("app", app);
}
