/** The lobby over REST: who waits, and the answer of a back end (`docs/rules.md` L). Whoever answers first decides, here or on a socket. */
import { z } from "zod";
import { digest } from "../../gateway/environment.js";
import type { Reason } from "../../protocol/refusals.js";
import { API_SENDER, hostPresent, type RoomState } from "../../room/state.js";
import {
  actorOf,
  askingAbout,
  askingRoom,
  done,
  findTarget,
  partOf,
  refused,
  type Asked,
  type Done,
} from "./ask-room.js";
import { actingName, commandOf, participantParams } from "./command-members.js";
import { lobbySchema, type queuedKnockSchema } from "./lobby-shapes.js";
import { route, yes, type Reply, type Route } from "../route.js";
import { findRoom, type Services } from "./services.js";
import { doneSchema, idParam } from "./shapes.js";

const TAG = "Lobby";

const { note, ban, since } = commandOf("deny").shape;
const which = since.describe(
  "Which knock is meant; a later one of the same participant is then not answered",
);

const DECIDING: readonly Reason[] = ["room_unknown", "knock_unknown", "already_decided", "command_id_reused"];
const ONE =
  "Whoever answers first decides; who comes second is told `decision`, `decidedBy` and `decidedByName`.";

/** The routes of the lobby. */
export function lobbyRoutes(services: Services): Route[] {
  const list = route(
    {
      method: "get",
      path: "/v2/rooms/{id}/lobby",
      tag: TAG,
      summary: "List who waits",
      description: "A token for one participant sees that one's knock only.",
      access: "decide",
      asks: z.object({ params: idParam }),
      answer: lobbySchema,
      refusals: ["room_unknown"],
    },
    async ({ params, caller }) => {
      const found = await findRoom(services, caller, params.id);
      if (!found.ok) return found;
      const { room, state } = found.value;
      const knocks = queue(state).filter(
        ({ participantId }) => caller.outside(room.roomId, participantId) === null,
      );
      return yes({ roomId: room.roomId, hostPresent: hostPresent(state), knocks });
    },
  );

  const admit = route(
    {
      method: "post",
      path: "/v2/rooms/{id}/lobby/{participantId}/admit",
      tag: TAG,
      summary: "Let somebody in",
      description: ONE,
      access: "decide",
      asks: z.object({ params: participantParams, body: z.object({ since: which, name: actingName }) }),
      answer: doneSchema,
      refusals: [...DECIDING, "room_full"],
    },
    askingAbout(services, (participantId, said) => ({ type: "admit", participantId, ...said })),
  );

  const deny = route(
    {
      method: "post",
      path: "/v2/rooms/{id}/lobby/{participantId}/deny",
      tag: TAG,
      summary: "Send somebody away",
      description: `${ONE} The knocker reads \`note\`. With \`ban\` the door stays closed until the ban is lifted.`,
      access: "decide",
      asks: z.object({
        params: participantParams,
        body: z.object({ since: which, note, ban, name: actingName }),
      }),
      answer: doneSchema,
      refusals: DECIDING,
    },
    askingAbout(services, (participantId, said) => ({ type: "deny", participantId, ...said })),
  );

  const admitAll = route(
    {
      method: "post",
      path: "/v2/rooms/{id}/lobby/admit",
      tag: TAG,
      summary: "Let everybody in who waits",
      description: "In the order of the knocks, while seats last. `result` has `admitted` and `waiting`.",
      access: "decide",
      asks: z.object({ params: idParam, body: z.object({ name: actingName }) }),
      answer: doneSchema,
      refusals: ["room_unknown", "participant_mismatch", "command_id_reused"],
    },
    askingRoom(services, () => ({ type: "admit-all" })),
  );

  const denyAll = route(
    {
      method: "post",
      path: "/v2/rooms/{id}/lobby/deny",
      tag: TAG,
      summary: "Send everybody away who waits",
      description:
        "Those whom somebody else answers meanwhile are left to that answer. `result` has `denied`.",
      access: "decide",
      asks: z.object({ params: idParam, body: z.object({ note, ban, name: actingName }) }),
      answer: doneSchema,
      refusals: ["room_unknown", "participant_mismatch"],
    },
    (asked) => denyEverybody(services, asked),
  );

  return [list, admitAll, denyAll, admit, deny];
}

function queue({ knocks }: RoomState): z.infer<typeof queuedKnockSchema>[] {
  return Array.from(knocks.values(), ({ view }, index) => ({ ...view, position: index + 1 }));
}

interface DenyAll extends Asked {
  readonly body: { readonly note: string | null; readonly ban: boolean; readonly name?: string | undefined };
}

/** One command for each knock, all of them in one batch of the room. */
async function denyEverybody(services: Services, asked: DenyAll): Promise<Reply<Done>> {
  const { caller, commandId, params, body } = asked;
  const found = await findTarget(services, caller, params.id, null);
  if (!found.ok) return found;
  const { room, state } = found.value;
  const { roomId } = room;
  const before = hadEffect(state, commandId);
  // Who knocked since then is not meant by the same request sent again.
  if (before !== null) return done(services, caller, roomId, { seq: before, repeated: true, result: {} });
  const { note: why, ban: forGood, name } = body;
  const actor = actorOf(caller, name);
  const outcomes = await Promise.all(
    queue(state).map(({ participantId, since: knockedAt }) =>
      services.gateway.command(
        caller.app,
        roomId,
        { type: "deny", participantId, since: knockedAt, note: why, ban: forGood },
        {
          id: partOf(commandId, digest(JSON.stringify([participantId, knockedAt])).slice(0, 16)),
          name: actor,
        },
      ),
    ),
  );
  let seq = state.seq;
  let denied = 0;
  let repeated = false;
  for (const outcome of outcomes) {
    if (outcome.ok) {
      seq = Math.max(seq, outcome.seq);
      denied += 1;
      repeated ||= outcome.repeated;
    } else if (outcome.refusal.reason !== "already_decided" && outcome.refusal.reason !== "knock_unknown") {
      return refused(outcome.refusal);
    }
  }
  return done(services, caller, roomId, { seq, repeated, result: repeated ? {} : { denied } });
}

/** The number that holds the effect of a request made of several commands; null: it had none, or long ago. */
function hadEffect({ commands }: RoomState, commandId: string | undefined): number | null {
  const parts = partOf(commandId, "");
  if (parts === undefined) return null;
  const marks = (commands.get(API_SENDER) ?? []).filter(({ id }) => id.startsWith(parts));
  return marks.length === 0 ? null : Math.max(...marks.map(({ seq }) => seq));
}
