/** People of a conference over REST: the tokens that go with their permissions, and who is inside. */
import type { z } from "zod";
import { LONGEST_CONFERENCE_MS } from "../../gateway/conferences.js";
import type { ConferencePermission } from "../../protocol/events.js";
import type { Reason } from "../../protocol/refusals.js";
import { DEFAULT_PERMISSIONS } from "../../room/conference.js";
import type { RoomState } from "../../room/state.js";
import { usableSecrets } from "../../tokens/app.js";
import { isDerived, participantIdOf } from "../../tokens/external-id.js";
import type { Caller } from "../caller.js";
import { no, yes, type Reply } from "../route.js";
import { refused } from "./ask-room.js";
import type { insideSchema, inviteBody } from "./conference-shapes.js";
import type { Services } from "./services.js";
import { catchUpWith } from "./session-body.js";

/** Somebody and what they may do. */
export interface Person {
  readonly externalId: string;
  readonly permissions: readonly ConferencePermission[];
  readonly notify: boolean;
}

/** People as a body names them. */
export function peopleIn(participants: z.infer<typeof inviteBody>["participants"]): Person[] {
  return Object.entries(participants).map(([externalId, { permissions, notification }]) => ({
    externalId,
    permissions: permissions ?? DEFAULT_PERMISSIONS,
    notify: notification ?? false,
  }));
}

/** Whose conference, and how the call came. */
export interface InConference {
  readonly caller: Caller;
  readonly roomId: string;
  readonly commandId?: string | undefined;
}

/**
 * Has the room take invitations or changed permissions, and answers the tokens that count from then on, by external id. Invited,
 * whoever is inside gets none. A changed one is also sent to whoever is there. The same command, asked again, answers the tokens
 * of what it did. `room_unknown` where the conference is over. Rejects with a fault.
 */
export async function giveTokens(
  services: Services,
  { caller, roomId, commandId }: InConference,
  type: "invite" | "set-conference-permissions",
  people: readonly Person[],
): Promise<Reply<ReadonlyMap<string, string>>> {
  if (people.length === 0) return yes(new Map());
  const { gateway } = services;
  const asked = people.map(({ externalId, ...rest }) => {
    const invitee = {
      ...rest,
      participantId: participantIdOf(externalId),
      passId: gateway.conferences.freshPassId(),
    };
    return { externalId, invitee };
  });
  const action = { type, people: asked.map(({ invitee }) => invitee) };
  const outcome = await gateway.command(caller.app, roomId, action, { id: commandId });
  if (!outcome.ok) return refusedIn(outcome.refusal);
  const state = await gateway.peek(caller.app, roomId);
  if (!maySign(services, caller)) return no("key_deactivated");
  const tokens = new Map<string, string>();
  const sending: Promise<void>[] = [];
  for (const { externalId, invitee } of asked) {
    const { participantId, passId } = invitee;
    const invitation = state.invitations.get(participantId);
    const present = state.participants.get(participantId);
    const isLeftAlone = type === "invite" && present?.person.bound === true;
    const counts = outcome.repeated ? !isLeftAlone : invitation?.passId === passId;
    if (invitation === undefined || !counts) continue;
    const token = passFor(services, { caller, roomId }, participantId, invitation);
    tokens.set(externalId, token);
    // To nobody who merely claims the id: the token is not theirs.
    const there = present ?? state.knocks.get(participantId);
    if (type === "invite" || there?.person.bound !== true) continue;
    const frame = { type: "conference-token", roomId, token } as const;
    sending.push(gateway.tell(caller.app, roomId, participantId, frame));
  }
  await Promise.all(sending);
  return yes(tokens);
}

/** While the room was asked, the key may have been taken away. */
function maySign({ access, now }: Services, { key }: Caller): boolean {
  const found = access.find(key);
  return found !== null && usableSecrets(found, now()).length > 0;
}

function passFor(
  { office, now }: Services,
  { caller, roomId }: InConference,
  participantId: string,
  { passId, permissions }: { passId: string; permissions: readonly ConferencePermission[] },
): string {
  const { app, key: apiKey } = caller;
  const expiresAt = now() + LONGEST_CONFERENCE_MS;
  return office.makePass({ id: passId, app, apiKey, roomId, participantId, permissions, expiresAt });
}

/** What a room says that is no conference that goes on: it was ended or forgotten after it had been found. */
const GONE: readonly Reason[] = ["room_deactivated", "room_unknown", "not_permitted"];

/** As `refused`; a conference that is gone is not found. */
export function refusedIn(refusal: Parameters<typeof refused>[0]): Reply<never> {
  return GONE.includes(refusal.reason) ? no("room_unknown", { field: "conferenceId" }) : refused(refusal);
}

/** Everybody inside, in the order of their joining. What the gateway does not know is null. Rejects with a fault. */
export async function peopleInside(
  services: Services,
  app: string,
  roomId: string,
): Promise<z.infer<typeof insideSchema>> {
  await catchUpWith(services, app, roomId);
  const state = await services.gateway.peek(app, roomId);
  const joins = await joinsIn(services, app, roomId);
  const participants = Array.from(state.participants.values(), ({ view, person }) => {
    const { participantId, name, metaData, joinedAt } = view;
    const avatarUrl = metaData?.["avatarUrl"];
    return {
      userId: participantId,
      externalId: person.bound && !isDerived(participantId) ? participantId : null,
      name,
      avatarUrl: typeof avatarUrl === "string" ? avatarUrl : null,
      ipAddress: null,
      userAgent: null,
      lastJoinTimestamp: joinedAt,
      // The records may be behind another node; whoever is inside has joined.
      nbSession: Math.max(1, joins.get(participantId) ?? 0),
    };
  });
  return { participants };
}

/** How often each has joined, over the sessions of the conference. */
async function joinsIn(
  { archive }: Services,
  app: string,
  roomId: string,
): Promise<ReadonlyMap<string, number>> {
  const { data } = await archive.sessions(app, { roomId }, { page: 1, perPage: 100 });
  const lists = await Promise.all(data.map(({ id }) => archive.attendance(app, id)));
  const joins = new Map<string, number>();
  for (const { participantId, timelog } of lists.flat())
    joins.set(participantId, (joins.get(participantId) ?? 0) + timelog.length);
  return joins;
}

/** A conference that goes on, by id or alias. One that is over, or another app's, is `room_unknown`. Rejects with a fault. */
export async function liveConference(
  { gateway }: Services,
  { app }: Caller,
  id: string,
): Promise<Reply<{ readonly roomId: string; readonly state: RoomState }>> {
  const state = await gateway.conferences.find(app, id);
  const room = state?.room ?? null;
  return state === null || room === null || room.status === "deactivated"
    ? no("room_unknown", { field: "conferenceId" })
    : yes({ roomId: room.roomId, state });
}
