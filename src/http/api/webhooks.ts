/** `/v2/webhooks`: where an app's events go, and how they fared (`docs/rules.md` N). */
import { z } from "zod";
import type { Reason } from "../../protocol/refusals.js";
import type { Caller } from "../caller.js";
import { positionText } from "./position.js";
import { no, route, yes, type Call, type Reply, type Route, type RouteSpec } from "../route.js";
import type { Services } from "./services.js";
import { goneSchema, pageInfo, pageQuery } from "./shapes.js";
import type { Delivery, Endpoint } from "../../webhooks/port.js";
import {
  changeBody,
  createBody,
  deliveryPageSchema,
  deliverySchema,
  endpointParam,
  replayedSchema,
  secretsSchema,
  statusSchema,
  webhookListSchema,
  webhookSchema,
} from "./webhook-shapes.js";
import { isoTime, isoTimeOrNull } from "./times.js";

const TAG = "Webhooks";
const UNKNOWN: readonly Reason[] = ["webhook_unknown"];
const OF_ROOMS = "`room-<roomId>` and `policy-<roomId>` stand for a room's own webhook and policy.";

/** A spec of this family: all of them are for moderating tokens of the whole app. */
function spec<I extends object, A>(told: Omit<RouteSpec<I, A>, "tag" | "access">): RouteSpec<I, A> {
  return { ...told, tag: TAG, access: "moderate" };
}

/** A handler behind the question whether the token is for the whole app: webhooks hear of all rooms and everybody in them. */
function forWholeApp<I extends Pick<Call, "caller">, A>(
  handler: (asked: I) => Promise<Reply<A>>,
): (asked: I) => Promise<Reply<A>> {
  return async (asked) => {
    const { onlyRoom, onlyParticipant }: Caller = asked.caller;
    if (onlyRoom !== null || onlyParticipant !== null) return no("room_mismatch", { field: "roomId" });
    return handler(asked);
  };
}

/** The routes of webhooks. */
export function webhookRoutes(services: Services): Route[] {
  return [...endpointRoutes(services), ...deliveryRoutes(services)];
}

function endpointRoutes({ webhooks }: Services): Route[] {
  const list = route(
    spec({
      method: "get",
      path: "/v2/webhooks",
      summary: "List the app's webhooks, oldest first",
      description: "Those of single rooms are shown with their rooms.",
      asks: z.object({}),
      answer: webhookListSchema,
    }),
    forWholeApp(async ({ caller }) => {
      const all = await webhooks.endpoints(caller.app);
      return yes({ data: all.map(webhookBody) });
    }),
  );

  const create = route(
    spec({
      method: "post",
      path: "/v2/webhooks",
      summary: "Add a webhook",
      description: "It hears of what happens in all rooms from now on.",
      asks: z.object({ body: createBody }),
      answer: webhookSchema,
      refusals: ["address_refused"],
    }),
    forWholeApp(async ({ body, caller }) => shown(await webhooks.addEndpoint(caller.app, body))),
  );

  const secrets = route(
    spec({
      method: "get",
      path: "/v2/webhooks/secrets",
      summary: "The secrets that sign the app's messages",
      description:
        "In the form of Standard Webhooks, one for each of the app's keys. Every message carries a signature of each, so that " +
        "any of them verifies it while a key is replaced by the next.",
      asks: z.object({}),
      answer: secretsSchema,
    }),
    forWholeApp(({ caller }) => Promise.resolve(yes({ secrets: [...webhooks.secrets(caller.app)] }))),
  );

  const get = route(
    spec({
      method: "get",
      path: "/v2/webhooks/{id}",
      summary: "Get a webhook",
      asks: z.object({ params: endpointParam }),
      answer: webhookSchema,
      refusals: UNKNOWN,
    }),
    forWholeApp(async ({ params, caller }) => {
      const all = await webhooks.endpoints(caller.app);
      const found = all.find(({ id }) => id === params.id);
      return found === undefined ? no("webhook_unknown", { field: "id" }) : yes(webhookBody(found));
    }),
  );

  const update = route(
    spec({
      method: "post",
      path: "/v2/webhooks/{id}",
      summary: "Change a webhook",
      description: "What is not given stays. While it is not enabled, nothing new is delivered to it.",
      asks: z.object({ params: endpointParam, body: changeBody }),
      answer: webhookSchema,
      refusals: [...UNKNOWN, "address_refused"],
    }),
    forWholeApp(async ({ params, body, caller }) => {
      const part = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      return shown(await webhooks.changeEndpoint(caller.app, params.id, part));
    }),
  );

  const remove = route(
    spec({
      method: "delete",
      path: "/v2/webhooks/{id}",
      summary: "Remove a webhook",
      description: "What was still to be delivered to it is dropped.",
      asks: z.object({ params: endpointParam }),
      answer: goneSchema,
      refusals: UNKNOWN,
    }),
    forWholeApp(async ({ params, caller }) => {
      const removed = await webhooks.removeEndpoint(caller.app, params.id);
      return removed.ok ? yes({ id: params.id, deleted: true as const }) : removed;
    }),
  );

  return [list, create, secrets, get, update, remove];
}

function deliveryRoutes({ webhooks }: Services): Route[] {
  const test = route(
    spec({
      method: "post",
      path: "/v2/webhooks/{id}/test",
      summary: "Send a test message now",
      description: `Answers when the receiver has, or when it took too long. ${OF_ROOMS}`,
      asks: z.object({ params: endpointParam }),
      answer: deliverySchema,
      refusals: UNKNOWN,
    }),
    forWholeApp(async ({ params, caller }) => {
      const sent = await webhooks.test(caller.app, params.id);
      return sent.ok ? yes(deliveryBody(sent.value)) : sent;
    }),
  );

  const list = route(
    spec({
      method: "get",
      path: "/v2/webhooks/{id}/deliveries",
      summary: "List what was sent to a webhook, newest first",
      description: OF_ROOMS,
      asks: z.object({
        params: endpointParam,
        query: z.object({ ...pageQuery, status: statusSchema.optional() }),
      }),
      answer: deliveryPageSchema,
      refusals: UNKNOWN,
    }),
    forWholeApp(async ({ params, query, caller }) => {
      const found = await webhooks.deliveries(caller.app, params.id, query.status ?? null, query);
      if (!found.ok) return found;
      const { total, data } = found.value;
      return yes({ pageInfo: pageInfo(query, total), data: data.map(deliveryBody) });
    }),
  );

  const replayAll = route(
    spec({
      method: "post",
      path: "/v2/webhooks/{id}/replay",
      summary: "Deliver all failed messages again",
      description: `They keep their ids, by which receivers know a message that they had already. ${OF_ROOMS}`,
      asks: z.object({ params: endpointParam }),
      answer: replayedSchema,
      refusals: UNKNOWN,
    }),
    forWholeApp(async ({ params, caller }) => replayed(await webhooks.replay(caller.app, params.id, null))),
  );

  const replayOne = route(
    spec({
      method: "post",
      path: "/v2/webhooks/{id}/deliveries/{deliveryId}/replay",
      summary: "Deliver one message again",
      description: OF_ROOMS,
      asks: z.object({ params: endpointParam.extend({ deliveryId: z.string().min(1).max(256) }) }),
      answer: replayedSchema,
      refusals: UNKNOWN,
    }),
    forWholeApp(async ({ params, caller }) =>
      replayed(await webhooks.replay(caller.app, params.id, params.deliveryId)),
    ),
  );

  return [test, list, replayAll, replayOne];
}

function shown(reply: Reply<Endpoint>): Reply<z.infer<typeof webhookSchema>> {
  return reply.ok ? yes(webhookBody(reply.value)) : reply;
}

function replayed(reply: Reply<number>): Reply<z.infer<typeof replayedSchema>> {
  return reply.ok ? yes({ replayed: reply.value }) : reply;
}

function webhookBody(endpoint: Endpoint): z.infer<typeof webhookSchema> {
  const { id, url, events, enabled, description, createdAt } = endpoint;
  return { id, url, events: [...events], enabled, description, createdAt: isoTime(createdAt) };
}

function deliveryBody(delivery: Delivery): z.infer<typeof deliverySchema> {
  const { id, endpointId, roomId, webhookType, epoch, seq, status, attempts, last, nextAttemptAt } = delivery;
  return {
    id,
    webhookId: endpointId,
    roomId: roomId === "" ? null : roomId,
    webhookType,
    position: epoch === null || seq === null ? null : positionText({ epoch, seq }),
    createdAt: isoTime(delivery.createdAt),
    status,
    attempts,
    last:
      last === null
        ? null
        : { at: isoTime(last.at), httpStatus: last.httpStatus, error: last.error, tookMs: last.tookMs },
    nextAttemptAt: isoTimeOrNull(nextAttemptAt),
  };
}
