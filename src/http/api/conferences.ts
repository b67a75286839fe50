/** `/v2/conferences`: open, invite, change permissions, put out, message, list, end (`reference/dolby.md` sections 3 and 4). */
import { z } from "zod";
import { nameFrom, participantIdOf } from "../../tokens/external-id.js";
import type { Caller } from "../caller.js";
import { route, yes, type Call, type Reply, type Route, type RouteSpec } from "../route.js";
import { createConferenceRoute } from "./conference-create.js";
import { giveTokens, liveConference, peopleIn, peopleInside, refusedIn } from "./conference-people.js";
import {
  insideSchema,
  inviteBody,
  kickBody,
  messageBody,
  nothingSchema,
  PEOPLE_BYTES,
  permissionsBody,
  tokensSchema,
} from "./conference-shapes.js";
import type { Services } from "./services.js";
import { TOKEN_HEADERS } from "./token-shared.js";

/** The topic of messages that back ends send into conferences. */
const TOPIC = "conference";

const params = z.object({ id: z.string().describe("Conference id or alias") });

/** A call about a conference that goes on: its handler is asked once that was found, and is told its room. */
function about<I extends { readonly params: z.infer<typeof params> }, A>(
  services: Services,
  told: Omit<RouteSpec<I, A>, "tag" | "errors" | "bodyBytes" | "refusals">,
  handler: (asked: I & Call, roomId: string) => Promise<Reply<A>>,
): Route {
  const isCommand = told.method === "post";
  return route<I, A>(
    {
      ...told,
      tag: "Conferences",
      errors: "oauth",
      ...(isCommand ? { bodyBytes: PEOPLE_BYTES } : {}),
      refusals: isCommand ? ["room_unknown", "command_id_reused"] : ["room_unknown"],
    },
    async (asked) => {
      const found = await liveConference(services, asked.caller, asked.params.id);
      return found.ok ? handler(asked, found.value.roomId) : found;
    },
  );
}

/** The routes of conferences. */
export function conferenceRoutes(services: Services): Route[] {
  return [
    createConferenceRoute(services),
    ...peopleRoutes(services),
    messageRoute(services),
    insideRoute(services),
    endRoute(services),
  ];
}

function peopleRoutes(services: Services): Route[] {
  const invite = about(
    services,
    {
      method: "post",
      path: "/v2/conferences/{id}/invite",
      summary: "Invite people, and make their conference access tokens",
      description:
        "Whoever is inside stays as they are and gets no token. For all others only the newest token counts, and a kick is undone.",
      access: "comms:conf:admin",
      asks: z.object({ params, body: inviteBody }),
      answer: tokensSchema,
      headers: TOKEN_HEADERS,
    },
    ({ body, caller, commandId }, roomId) =>
      tokensFor(services, { caller, roomId, commandId }, "invite", peopleIn(body.participants)),
  );

  const permissions = about(
    services,
    {
      method: "post",
      path: "/v2/conferences/{id}/permissions",
      summary: "Say what people may do from now on",
      description:
        "At once for those inside: what they may not do any more stops. Everybody named gets a new token, also over their " +
        "socket (`conference-token`), and older ones do not count any more.",
      access: "comms:conf:admin",
      asks: z.object({ params, body: permissionsBody }),
      answer: tokensSchema,
      headers: TOKEN_HEADERS,
    },
    ({ body, caller, commandId }, roomId) => {
      const people = peopleIn(body.participants);
      return tokensFor(services, { caller, roomId, commandId }, "set-conference-permissions", people);
    },
  );

  const kick = about(
    services,
    {
      method: "post",
      path: "/v2/conferences/{id}/kick",
      summary: "Put people out",
      description:
        "They do not come back until they are invited again, whether they were inside or not: their tokens do not count any more.",
      access: "comms:conf:admin",
      asks: z.object({ params, body: kickBody }),
      answer: nothingSchema,
    },
    ({ body, caller, commandId }, roomId) => {
      const participantIds = body.externalIds.map(participantIdOf);
      return order(services, caller, roomId, { type: "kick", participantIds }, { id: commandId });
    },
  );
  return [invite, permissions, kick];
}

function messageRoute(services: Services): Route {
  return about(
    services,
    {
      method: "post",
      path: "/v2/conferences/{id}/message",
      summary: "Send a message to some or all inside",
      description:
        "A message on the topic `conference`, not kept for those who come later. Its `senderId` is null and its `senderName` is `from`.",
      access: "comms:conf:admin",
      asks: z.object({ params, body: messageBody }),
      answer: nothingSchema,
    },
    ({ body: { from, message, to }, caller, commandId }, roomId) => {
      const only = [...new Set((to ?? []).map(participantIdOf))];
      const sendOnly = only.length === 0 ? null : only;
      const action = {
        type: "publish",
        topic: TOPIC,
        message,
        payload: null,
        persist: false,
        sendOnly,
      } as const;
      return order(services, caller, roomId, action, { id: commandId, name: nameFrom(from) });
    },
  );
}

function insideRoute(services: Services): Route {
  return about(
    services,
    {
      method: "get",
      path: "/v2/conferences/{id}/participants",
      summary: "List who is inside",
      description: "Somebody whose line is lost is inside for as long as the seat is kept.",
      access: "comms:conf:admin",
      asks: z.object({ params }),
      answer: insideSchema,
    },
    async ({ caller }, roomId) => yes(await peopleInside(services, caller.app, roomId)),
  );
}

function endRoute(services: Services): Route {
  return about(
    services,
    {
      method: "delete",
      path: "/v2/conferences/{id}",
      summary: "End a conference for good",
      description: "For all inside. Its alias is free for another.",
      access: "comms:conf:destroy",
      asks: z.object({ params }),
      answer: nothingSchema,
    },
    ({ caller }, roomId) =>
      order(services, caller, roomId, { type: "set-status", status: "deactivated" }, {}),
  );
}

async function tokensFor(...asked: Parameters<typeof giveTokens>): Promise<Reply<Record<string, string>>> {
  const given = await giveTokens(...asked);
  return given.ok ? yes(Object.fromEntries(given.value)) : given;
}

type Command = Services["gateway"]["command"];

/** A command whose answer nobody reads. */
async function order(
  { gateway }: Services,
  { app }: Caller,
  roomId: string,
  action: Parameters<Command>[2],
  about: Parameters<Command>[3],
): Promise<Reply<Record<string, never>>> {
  const outcome = await gateway.command(app, roomId, action, about);
  return outcome.ok ? yes({}) : refusedIn(outcome.refusal);
}
