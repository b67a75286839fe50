/** The gateway as its operator looks at it: which rooms are occupied, and how the nodes fare. */
import { z } from "zod";
import type { NodeVitals } from "../../gateway/vitals.js";
import type { RoomState } from "../../room/state.js";
import { no, route, yes, type Route, type RouteSpec } from "../route.js";
import { appParam } from "./admin-shapes.js";
import { adminSpec, upToDate } from "./admin-views.js";
import type { Services } from "./services.js";
import { iso, isoOrNull, named } from "./shapes.js";
import { isoTime, isoTimeOrNull } from "./times.js";

const count = z.number().int();

const occupiedSchema = z
  .strictObject({
    roomId: z.string(),
    customRoomId: z.string().nullable(),
    participants: count.describe("How many hold a seat, lost lines within their resume windows included"),
    lobby: count.describe("How many wait"),
    maxParticipants: count,
    locked: z.boolean(),
    startedAt: isoOrNull.describe("When the session began; null: nobody is in yet"),
  })
  .register(named, { id: "OccupiedRoom" });

const sampleSchema = z
  .strictObject({
    at: iso,
    joins: count.describe("Joins that were let in, into the room or the lobby"),
    refused: count.describe("Joins that a room refused"),
    resumes: count,
    resumesFailed: count,
    lobbyWaitMs: count
      .nullable()
      .describe("Median wait of those whose knock was answered in this step; null: nobody's was"),
    sockets: count.describe("Open connections at the end of the step"),
  })
  .register(named, { id: "NodeSample" });

const nodeSchema = z
  .strictObject({
    node: z.string(),
    version: z.string(),
    startedAt: iso,
    seenAt: iso,
    up: z
      .boolean()
      .describe("Whether it was heard of within the last three steps; after twelve it is listed no more"),
    sockets: count,
    rooms: count.describe("Rooms that it serves"),
    memoryMb: count,
    series: z
      .array(sampleSchema)
      .describe("One sample for each step of 5 s, the oldest first, of ten minutes at most"),
  })
  .register(named, { id: "GatewayNode" });

const nodesSchema = z.strictObject({
  store: z.enum(["memory", "redis"]),
  durable: z.boolean().describe("Whether rooms outlive the process"),
  nodes: z.array(nodeSchema).describe("The one that started first before the others"),
});

function spec<I extends object, A>(
  told: Omit<RouteSpec<I, A>, "tag" | "access" | "headers">,
): RouteSpec<I, A> {
  return { ...adminSpec(told), tag: "Gateway" };
}

/** The routes of the operator's view. */
export function adminGatewayRoutes(services: Services): Route[] {
  const { access, gateway, vitals } = services;
  const rooms = route(
    spec({
      method: "get",
      path: "/v2/admin/apps/{app}/rooms/live",
      summary: "List the rooms of an app with somebody in them or in their lobby",
      description:
        "On all nodes; 200 at most, where somebody came or knocked last before the others. Of an app with more than 1,000 rooms in use, some may be missing.",
      asks: z.object({ params: appParam }),
      answer: z.strictObject({ data: z.array(occupiedSchema) }),
      refusals: ["app_unknown"],
    }),
    upToDate(services, async ({ params: { app } }) => {
      if (access.app(app) === null) return no("app_unknown", { field: "app" });
      const nodes = await vitals.nodes();
      const states = await gateway.occupied(
        app,
        nodes.map(({ node }) => node),
      );
      return yes({ data: states.flatMap(occupiedBody) });
    }),
  );

  const nodes = route(
    spec({
      method: "get",
      path: "/v2/admin/nodes",
      summary: "Say how the nodes fare",
      description: "Each samples itself every 5 s and shares what it saw, so this may be as old.",
      asks: z.object({}),
      answer: nodesSchema,
    }),
    async () => {
      const all = await vitals.nodes();
      const { store } = await gateway.health();
      return yes({ store, durable: store === "redis", nodes: all.map(nodeBody) });
    },
  );

  return [rooms, nodes];
}

function occupiedBody(state: RoomState): z.infer<typeof occupiedSchema>[] {
  const { room, participants, knocks, locked, session } = state;
  if (room === null) return [];
  return [
    {
      roomId: room.roomId,
      customRoomId: room.customRoomId,
      participants: participants.size,
      lobby: knocks.size,
      maxParticipants: room.settings.maxParticipants,
      locked,
      startedAt: isoTimeOrNull(session?.startedAt ?? null),
    },
  ];
}

function nodeBody({ startedAt, seenAt, isUp, series, ...rest }: NodeVitals): z.infer<typeof nodeSchema> {
  return {
    ...rest,
    startedAt: isoTime(startedAt),
    seenAt: isoTime(seenAt),
    up: isUp,
    series: series.map(({ at, ...numbers }) => ({ at: isoTime(at), ...numbers })),
  };
}
