/** `/v2/conferences/create`: a conference with its owner and its first guests (`reference/dolby.md` section 3). */
import { z } from "zod";
import { CONFERENCE_PERMISSIONS } from "../../protocol/events.js";
import { conferenceOf } from "../../room/conference.js";
import { participantIdOf } from "../../tokens/external-id.js";
import type { Caller } from "../caller.js";
import { no, route, yes, type Reply, type Route } from "../route.js";
import { giveTokens, peopleIn, type Person } from "./conference-people.js";
import { conferenceSchema, createConferenceBody, PEOPLE_BYTES } from "./conference-shapes.js";
import type { Services } from "./services.js";
import { TOKEN_HEADERS } from "./token-shared.js";

/** The route that opens conferences. */
export function createConferenceRoute(services: Services): Route {
  return route(
    {
      method: "post",
      path: "/v2/conferences/create",
      tag: "Conferences",
      summary: "Open a conference",
      description:
        "With the alias of one that goes on, answers with that one, as it is, and invites `participants` into it. " +
        "Members and parameters that are not known are ignored.",
      access: "comms:conf:create",
      errors: "oauth",
      headers: TOKEN_HEADERS,
      bodyBytes: PEOPLE_BYTES,
      asks: z.object({ body: createConferenceBody }),
      answer: conferenceSchema,
      refusals: ["room_exists"],
    },
    async ({ body, caller }) => {
      // A conference may end between the two steps; then its alias is free for another.
      for (;;) {
        const opened = await open(services, caller, body);
        if (opened.ok || opened.refusal.reason !== "room_unknown") return opened;
      }
    },
  );
}

type CreateBody = z.infer<typeof createConferenceBody>;

async function open(
  services: Services,
  caller: Caller,
  { alias, ownerExternalId, parameters, participants }: CreateBody,
): Promise<Reply<z.infer<typeof conferenceSchema>>> {
  const { gateway, access } = services;
  const ownerId =
    ownerExternalId === undefined || ownerExternalId === null ? null : participantIdOf(ownerExternalId);
  const opened = await gateway.conferences.open({
    app: caller.app,
    alias: alias ?? null,
    ownerId,
    isProtected: access.app(caller.app)?.protectedConferences ?? false,
    emptyTtlMs: (parameters?.ttl ?? 0) * 1_000,
    pincode: parameters?.pincode ?? null,
  });
  if (!opened.ok) return opened;
  const { roomId, state } = opened;
  const conference = conferenceOf(state);
  if (conference === null) return no("internal_error");
  const all = peopleIn(participants ?? {});
  const owner = ownerId !== null && conference.ownerId === ownerId ? (ownerExternalId ?? null) : null;
  // Sent together, they are one step of the log.
  const [owners, invited] = await Promise.all([
    giveTokens(services, { caller, roomId }, "set-conference-permissions", ownersOf(owner)),
    giveTokens(
      services,
      { caller, roomId },
      "invite",
      all.filter(({ externalId }) => externalId !== owner),
    ),
  ]);
  if (!owners.ok) return owners;
  if (!invited.ok) return invited;
  const isListed = all.some(({ externalId }) => externalId === owner);
  return yes({
    conferenceId: roomId,
    conferenceAlias: state.room?.customRoomId ?? null,
    conferencePincode: conference.pincode,
    isProtected: conference.isProtected,
    ownerToken: owner === null ? null : (owners.value.get(owner) ?? null),
    usersTokens: Object.fromEntries([...invited.value, ...(isListed ? owners.value : [])]),
  });
}

function ownersOf(owner: string | null): Person[] {
  return owner === null ? [] : [{ externalId: owner, permissions: CONFERENCE_PERMISSIONS, notify: false }];
}
