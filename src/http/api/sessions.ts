/** `/v2/sessions`: list, get, end (`reference/videosdk.md` sections 2.1, 2.2, 2.5). */
import { z } from "zod";
import type { Page, SessionFilter } from "../../archive/archive.js";
import { roomIdSchema } from "../../protocol/commands.js";
import { actorOf } from "./ask-room.js";
import type { Caller } from "../caller.js";
import { userIdOf } from "./room-body.js";
import { no, route, yes, type Reply, type Route } from "../route.js";
import type { Services } from "./services.js";
import {
  catchUpWith,
  findSession,
  fits,
  isDone,
  newestSession,
  roomOf,
  see,
  sessionBody,
  type SeenSession,
} from "./session-body.js";
import { roomMembers, sessionPageSchema, sessionParam, sessionSchema } from "./session-shapes.js";
import { LAST_INSTANT, pageInfo, pageQuery } from "./shapes.js";

const TAG = "Sessions";

const instant = z
  .string()
  .regex(/^\d{1,16}$/, "must be epoch milliseconds")
  .transform(Number)
  .pipe(z.number().int().max(LAST_INSTANT))
  .optional();

const listQuery = z.object({
  ...pageQuery,
  roomId: roomIdSchema.optional().describe("Sessions of this room: room id or custom room id"),
  customRoomId: roomIdSchema.optional().describe("Sessions of this room"),
  query: z.string().optional().describe("Exactly this session id, room id or custom room id"),
  status: z.enum(["ongoing", "ended"]).optional(),
  startDate: instant.describe("Sessions that began then or later, epoch milliseconds"),
  endDate: instant.describe("Sessions that began then or earlier, epoch milliseconds"),
  userId: z
    .string()
    .optional()
    .describe(
      "The account that rooms name: all sessions; any other id: those that this participant attended",
    ),
});

/** The routes of sessions. */
export function sessionRoutes(services: Services): Route[] {
  const { gateway } = services;
  const list = route(
    {
      method: "get",
      path: "/v2/sessions",
      tag: TAG,
      summary: "List sessions, newest first",
      description: "All filters that are given must fit.",
      access: "read",
      asks: z.object({ query: listQuery }),
      answer: sessionPageSchema,
    },
    async ({ query, caller, base }) => {
      const { total, data } = await listSessions(services, caller, query);
      return yes({ pageInfo: pageInfo(query, total), data: data.map((seen) => sessionBody(seen, base)) });
    },
  );

  const get = route(
    {
      method: "get",
      path: "/v2/sessions/{sessionId}",
      tag: TAG,
      summary: "Get a session",
      access: "read",
      asks: z.object({ params: sessionParam }),
      answer: sessionSchema,
      refusals: ["session_unknown"],
    },
    async ({ params, caller, base }) => {
      const found = await findSession(services, caller, params.sessionId);
      return found.ok ? yes(sessionBody(found.value, base)) : found;
    },
  );

  const end = route(
    {
      method: "post",
      path: "/v2/sessions/end",
      tag: TAG,
      summary: "End the session that goes on in a room, for all",
      description:
        "Whoever is in the room or in its lobby is out. Answers with the ended session. A token for one participant " +
        "cannot end a session for the others.",
      access: "moderate",
      asks: z.object({
        body: z.object({
          ...roomMembers,
          sessionId: roomIdSchema.nullish().describe("Only if this is the session that goes on"),
        }),
      }),
      answer: sessionSchema,
      refusals: ["participant_mismatch", "room_unknown", "session_unknown", "command_id_reused"],
    },
    async ({ body, caller, base, commandId }) => {
      const found = await roomOf(services, caller, body);
      if (!found.ok) return found;
      if (caller.onlyParticipant !== null) return no("participant_mismatch", { field: "participantId" });
      const { room, state } = found.value;
      const going = state.session?.id ?? null;
      const wanted = body.sessionId ?? null;
      if (wanted !== null && wanted !== going && !isDone(state, commandId))
        return no("session_unknown", { field: "sessionId" });
      const about = { id: commandId, name: actorOf(caller) };
      const outcome = await gateway.command(caller.app, room.roomId, { type: "end" }, about);
      if (!outcome.ok) return outcome;
      // The same command once more: it had its effect on a session before, whatever goes on now.
      const ended = outcome.repeated
        ? (wanted ?? (await newestSession(services, caller.app, room.roomId, "ended")))
        : going;
      if (ended === null) return no("session_unknown", { field: wanted === null ? "roomId" : "sessionId" });
      const after = await findSession(services, caller, ended);
      return after.ok ? yes(sessionBody(after.value, base)) : after;
    },
  );

  return [list, get, end];
}

type ListQuery = z.infer<typeof listQuery>;

async function listSessions(
  services: Services,
  caller: Caller,
  asked: ListQuery,
): Promise<Page<SeenSession>> {
  const { gateway, archive } = services;
  const { app } = caller;
  await gateway.catchUp();
  const filter = await filterOf(services, caller, asked);
  if (filter === null) return NOTHING;
  const exactly = asked.query === undefined ? null : await archive.session(app, asked.query);
  if (exactly !== null) {
    await catchUpWith(services, app, exactly.roomId);
    return pageOfOne(await findSession(services, caller, exactly.id), filter, asked.page);
  }
  const ofQuery = asked.query === undefined ? null : await catchUpWith(services, app, asked.query);
  const whole = withRoom(filter, ofQuery);
  if (whole === null) return NOTHING;
  const page = await archive.sessions(app, whole, asked);
  const seen = await Promise.all(page.data.map((session) => see(services, caller, session)));
  return { total: page.total, data: seen.filter((one) => one !== null) };
}

const NOTHING = { total: 0, data: [] } as const;

/** What is asked, as far as the token reaches; null: nothing fits. */
async function filterOf(services: Services, caller: Caller, asked: ListQuery): Promise<SessionFilter | null> {
  const { status, startDate, endDate, userId } = asked;
  let filter: SessionFilter | null = {
    ...(status === undefined ? {} : { status }),
    ...(startDate === undefined ? {} : { startedFrom: startDate }),
    ...(endDate === undefined ? {} : { startedTo: endDate }),
  };
  for (const name of [asked.roomId, asked.customRoomId]) {
    const roomId = name === undefined ? null : await catchUpWith(services, caller.app, name);
    filter = filter === null ? null : withRoom(filter, roomId);
  }
  filter = filter === null ? null : withRoom(filter, caller.onlyRoom);
  const attendee = userId === undefined || userId === userIdOf(caller.app) ? null : userId;
  const { onlyParticipant } = caller;
  if (filter === null || (attendee !== null && caller.outside(null, attendee) !== null)) return null;
  const participantId = attendee ?? onlyParticipant;
  return participantId === null ? filter : { ...filter, participantId };
}

/** The filter for one room as well; null: it is for another one. */
function withRoom(filter: SessionFilter, roomId: string | null): SessionFilter | null {
  if (roomId === null || filter.roomId === roomId) return filter;
  return filter.roomId === undefined ? { ...filter, roomId } : null;
}

function pageOfOne(found: Reply<SeenSession>, filter: SessionFilter, page: number): Page<SeenSession> {
  if (!found.ok || !fits(found.value.session, filter)) return NOTHING;
  const { participantId } = filter;
  const attended = found.value.attendance.some((one) => one.participantId === participantId);
  if (participantId !== undefined && !attended) return NOTHING;
  return { total: 1, data: page === 1 ? [found.value] : [] };
}
