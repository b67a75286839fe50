/** `/v2/sessions/{sessionId}/participants`: who attended, who is inside, and putting somebody out (`reference/videosdk.md` 2.1, 2.3). */
import { z } from "zod";
import { participantIdSchema, roomIdSchema } from "../../protocol/commands.js";
import { actorOf } from "./ask-room.js";
import type { Caller } from "../caller.js";
import { no, route, yes, type Route } from "../route.js";
import { findRoom, type Services } from "./services.js";
import {
  attendanceDetailBody,
  findSession,
  isDone,
  newestSession,
  roomOf,
  sessionBody,
  sessionDetailBody,
  type NamedRoom,
  type SeenSession,
} from "./session-body.js";
import {
  attendanceDetailSchema,
  attendeePageSchema,
  insidePageSchema,
  roomMembers,
  sessionParam,
  sessionSchema,
} from "./session-shapes.js";
import { pageInfo, pageQuery } from "./shapes.js";

const TAG = "Participants";
const listAsks = z.object({ params: sessionParam, query: z.object(pageQuery) });

/** The routes of participants. */
export function participantRoutes(services: Services): Route[] {
  const { gateway } = services;
  const list = route(
    {
      method: "get",
      path: "/v2/sessions/{sessionId}/participants",
      tag: TAG,
      summary: "List everybody who attended a session, in the order of their first joining",
      description: "`data` is the session with one page of its participants; `pageInfo` counts participants.",
      access: "read",
      asks: listAsks,
      answer: attendeePageSchema,
      refusals: ["session_unknown"],
    },
    async ({ params, query, caller, base }) => {
      const found = await findSession(services, caller, params.sessionId);
      if (!found.ok) return found;
      const { attendance } = found.value;
      const data = sessionBody(onPage(found.value, query), base);
      return yes({ pageInfo: pageInfo(query, attendance.length), data });
    },
  );

  const active = route(
    {
      method: "get",
      path: "/v2/sessions/{sessionId}/participants/active",
      tag: TAG,
      summary: "List who is inside",
      description:
        "`data` is a list with the session alone, and that has one page of its participants; `pageInfo` counts participants. " +
        "Somebody whose line is lost is inside for as long as the seat is kept. Where nobody is inside, as in every " +
        "session that ended: 404 with the code `participant_unknown`.",
      access: "read",
      asks: listAsks,
      answer: insidePageSchema,
      refusals: ["session_unknown", "participant_unknown"],
    },
    async ({ params, query, caller, base }) => {
      const found = await findSession(services, caller, params.sessionId);
      if (!found.ok) return found;
      const { session, attendance } = found.value;
      const inside = attendance.filter(({ timelog }) => session.end === null && timelog.at(-1)?.end === null);
      if (inside.length === 0) return no("participant_unknown", { field: "sessionId" });
      const data = [sessionDetailBody(onPage({ session, attendance: inside }, query), base)];
      return yes({ pageInfo: pageInfo(query, inside.length), data });
    },
  );

  const get = route(
    {
      method: "get",
      path: "/v2/sessions/{sessionId}/participants/{participantId}",
      tag: TAG,
      summary: "Get somebody who attended a session",
      description: "Of somebody whose id is `active` only the lists tell.",
      access: "read",
      asks: z.object({ params: sessionParam.extend({ participantId: participantIdSchema }) }),
      answer: attendanceDetailSchema,
      refusals: ["participant_mismatch", "session_unknown", "participant_unknown"],
    },
    async ({ params, caller }) => {
      const { sessionId, participantId } = params;
      const outside = caller.outside(null, participantId);
      if (outside !== null) return { ok: false, refusal: outside };
      const found = await findSession(services, caller, sessionId);
      if (!found.ok) return found;
      const one = found.value.attendance.find((each) => each.participantId === participantId);
      return one === undefined
        ? no("participant_unknown", { field: "participantId" })
        : yes(attendanceDetailBody(one));
    },
  );

  const remove = route(
    {
      method: "post",
      path: "/v2/sessions/participants/remove",
      tag: TAG,
      summary: "Put somebody out of the session that goes on",
      description:
        "The room is named by `roomId` or `customRoomId`, or by the `sessionId` that goes on in it. Answers with the session. " +
        "Their token does not open this session again. Somebody in the lobby is not inside.",
      access: "moderate",
      asks: z.object({
        body: z.object({
          ...roomMembers,
          participantId: participantIdSchema,
          sessionId: roomIdSchema.nullish().describe("Only if this is the session that goes on"),
        }),
      }),
      answer: sessionSchema,
      refusals: [
        "participant_mismatch",
        "room_unknown",
        "session_unknown",
        "participant_unknown",
        "command_id_reused",
      ],
    },
    async ({ body, caller, base, commandId }) => {
      const { participantId } = body;
      const outside = caller.outside(null, participantId);
      if (outside !== null) return { ok: false, refusal: outside };
      const wanted = body.sessionId ?? null;
      const found = await roomOfEither(services, caller, body, wanted);
      if (!found.ok) return found;
      const { room, state } = found.value;
      const going = state.session?.id ?? null;
      // A repeated command is answered again, also when what it did ended the session.
      if ((going === null || (wanted !== null && wanted !== going)) && !isDone(state, commandId))
        return no("session_unknown", { field: wanted === null ? "roomId" : "sessionId" });
      const action = { type: "remove", participantId, note: null, ban: false } as const;
      const about = { id: commandId, name: actorOf(caller) };
      const outcome = await gateway.command(caller.app, room.roomId, action, about);
      if (!outcome.ok) return outcome;
      const touched = outcome.repeated
        ? (wanted ?? (await newestSession(services, caller.app, room.roomId)))
        : going;
      const after = await findSession(services, caller, touched ?? "");
      return after.ok ? yes(sessionBody(after.value, base)) : after;
    },
  );

  return [list, active, get, remove];
}

/** The room that is named, or else the one in which the session is. */
async function roomOfEither(
  services: Services,
  caller: Caller,
  body: NamedRoom,
  sessionId: string | null,
): ReturnType<typeof findRoom> {
  if (sessionId === null || (body.roomId ?? body.customRoomId ?? null) !== null)
    return roomOf(services, caller, body);
  const found = await findSession(services, caller, sessionId);
  if (!found.ok) return found;
  const room = await findRoom(services, caller, found.value.session.roomId);
  // A room that is gone has no session that could go on.
  return room.ok ? room : no("session_unknown", { field: "sessionId" });
}

/** The participants of one page. */
function onPage(
  { session, attendance }: SeenSession,
  { page, perPage }: { readonly page: number; readonly perPage: number },
): SeenSession {
  return { session, attendance: attendance.slice((page - 1) * perPage, page * perPage) };
}
