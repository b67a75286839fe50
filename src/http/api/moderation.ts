/** Moderation over REST: what a moderator does in a room, done by a back end (`docs/rules.md` A6, M, V). */
import { z } from "zod";
import { EVERYBODY } from "../../protocol/limits.js";
import type { Reason } from "../../protocol/refusals.js";
import { askingAbout, askingRoom, askRoom } from "./ask-room.js";
import { actingName, commandOf, participantParams } from "./command-members.js";
import { route, type Route, type RouteSpec } from "../route.js";
import type { Services } from "./services.js";
import { doneSchema, idParam } from "./shapes.js";

const TAG = "Moderation";
const { kind, locked } = commandOf("lock-media").shape;
const { note, ban } = commandOf("remove").shape;

const ROOM_ONLY: readonly Reason[] = ["room_unknown", "participant_mismatch", "command_id_reused"];
const ONE: readonly Reason[] = [...ROOM_ONLY, "participant_unknown"];

function moderating<I extends object>(
  path: string,
  asks: z.ZodType<I>,
  told: Pick<RouteSpec<I, unknown>, "summary" | "description">,
  refusals: readonly Reason[],
): RouteSpec<I, z.infer<typeof doneSchema>> {
  const place = { method: "post", path: `/v2/rooms/{id}/${path}`, tag: TAG } as const;
  return { ...place, ...told, access: "moderate", asks, answer: doneSchema, refusals };
}

/** The routes of moderation, but for bans and rights. */
export function moderationRoutes(services: Services): Route[] {
  return [...mediaRoutes(services), ...placeRoutes(services)];
}

function mediaRoutes(services: Services): Route[] {
  const offAll = route(
    moderating(
      "media/off",
      z.object({ params: idParam, body: z.object({ kind, name: actingName }) }),
      { summary: "Turn everybody's microphone or webcam off", description: "`result` has `turnedOff`." },
      ROOM_ONLY,
    ),
    askingRoom(services, (said) => ({ type: "disable-media", participantId: EVERYBODY, ...said })),
  );

  const lockAll = route(
    moderating(
      "media/lock",
      z.object({ params: idParam, body: z.object({ kind, locked, name: actingName }) }),
      {
        summary: "Lock or release everybody's microphone or webcam",
        description: "Locked means that it cannot be turned on by its owner. Moderators are not bound.",
      },
      ROOM_ONLY,
    ),
    askingRoom(services, (said) => ({ type: "lock-media", participantId: EVERYBODY, ...said })),
  );

  const off = route(
    moderating(
      "participants/{participantId}/media/off",
      z.object({ params: participantParams, body: z.object({ kind, name: actingName }) }),
      { summary: "Turn somebody's microphone or webcam off", description: "`result` has `turnedOff`." },
      ONE,
    ),
    askingAbout(services, (participantId, said) => ({ type: "disable-media", participantId, ...said })),
  );

  const request = route(
    moderating(
      "participants/{participantId}/media/request",
      z.object({ params: participantParams, body: z.object({ kind, name: actingName }) }),
      {
        summary: "Ask somebody to turn on the microphone or webcam",
        description:
          "Nobody else can turn it on. The answer is the event `mic-responded` or `webcam-responded`.",
      },
      ONE,
    ),
    askingAbout(services, (participantId, said) => ({ type: "request-media", participantId, ...said })),
  );

  const lock = route(
    moderating(
      "participants/{participantId}/media/lock",
      z.object({ params: participantParams, body: z.object({ kind, locked, name: actingName }) }),
      {
        summary: "Lock or release somebody's microphone or webcam",
        description: "Locked means that it cannot be turned on by its owner; what is on stays on.",
      },
      ONE,
    ),
    askingAbout(services, (participantId, said) => ({ type: "lock-media", participantId, ...said })),
  );

  return [offAll, lockAll, off, request, lock];
}

function placeRoutes(services: Services): Route[] {
  const remove = route(
    moderating(
      "participants/{participantId}/remove",
      z.object({ params: participantParams, body: z.object({ note, ban, name: actingName }) }),
      {
        summary: "Put somebody out",
        description:
          "The tokens that they showed do not open this session again. With `ban` the door stays closed until the ban is " +
          "lifted. They read `note`, others do not.",
      },
      ONE,
    ),
    askingAbout(services, (participantId, said) => ({ type: "remove", participantId, ...said })),
  );

  const backToLobby = route(
    moderating(
      "participants/{participantId}/lobby",
      z.object({ params: participantParams, body: z.object({ name: actingName }) }),
      { summary: "Send somebody back to the lobby" },
      ONE,
    ),
    askingAbout(services, (participantId) => ({ type: "return-to-lobby", participantId })),
  );

  const lock = route(
    moderating(
      "lock",
      z.object({
        params: idParam,
        body: z.object({ locked: commandOf("lock-room").shape.locked, name: actingName }),
      }),
      {
        summary: "Lock or open the room",
        description:
          "While it is locked, newcomers neither enter nor knock. Who waits can still be admitted.",
      },
      ROOM_ONLY,
    ),
    askingRoom(services, (said) => ({ type: "lock-room", ...said })),
  );

  const end = route(
    moderating(
      "end",
      z.object({ params: idParam, body: z.object({ name: actingName }) }),
      {
        summary: "End the session for all",
        description: "In the room and in the lobby. Without a session it does nothing.",
      },
      ROOM_ONLY,
    ),
    askingRoom(services, () => ({ type: "end" })),
  );

  const { topic, message, payload, persist, sendOnly } = commandOf("publish").shape;
  const publish = route(
    moderating(
      "messages",
      z.object({
        params: idParam,
        body: z.object({
          topic,
          message,
          payload: payload.describe("A JSON object"),
          persist: persist.describe("Keep it for those who come later, until the session ends"),
          sendOnly: sendOnly.describe("Only for these participants"),
          name: actingName,
        }),
      }),
      {
        summary: "Publish a message on a topic",
        description:
          "The message has no sender id; `name` is its sender's name. A token for one participant may send to that one only.",
      },
      ROOM_ONLY,
    ),
    (asked) => {
      const [only, ...others] = new Set(asked.body.sendOnly ?? []);
      const target = only !== undefined && others.length === 0 ? only : null;
      const { name, ...rest } = asked.body;
      return askRoom(services, asked, target, { type: "publish", ...rest }, name);
    },
  );

  return [remove, backToLobby, lock, end, publish];
}
