/** Revocations over REST: by the operator for any app, and by a customer's own back end for its app. */
import { z } from "zod";
import type { Revocation } from "../../access/port.js";
import type { Reason, Refusal } from "../../protocol/refusals.js";
import type { Revoked } from "../../tokens/standing.js";
import type { Caller } from "../caller.js";
import { no, route, yes, type Reply, type Route, type RouteSpec } from "../route.js";
import { appParam, appRevocationParams } from "./admin-shapes.js";
import { adminSpec, answered, NO_STORE, upToDate } from "./admin-views.js";
import { meaningOf, type RevokeBody } from "./revocation-meaning.js";
import { revocationPageSchema, revocationParam, revocationSchema, revokeBody } from "./revocation-shapes.js";
import type { Services } from "./services.js";
import { goneSchema, pageInfo, pageQuery } from "./shapes.js";
import { isoTime, isoTimeOrNull } from "./times.js";

/** What these routes work with. */
export type RevocationServices = Pick<Services, "access" | "gateway" | "office" | "now">;

const HOW =
  "`participant`: the tokens of one participant, in one room or in all. `token`: one token, by its `jti` or shown in full. " +
  "`key`: those of a key or of an identity provider. `all`: those of the app. Whoever came in with one of them is out within a " +
  "second. Tokens tell the second in which they were issued: those of the second of `before` are revoked as well. The same " +
  "thing revoked twice is one revocation.";
const OF_THE_SCOPE =
  "A token for one room or one participant may only revoke what is for that room and that participant.";
const REFUSED: readonly Reason[] = ["api_key_unknown"];
const page = z.object(pageQuery);

/** The revocations of any app, for the operator. */
export function adminRevocationRoutes(services: RevocationServices): Route[] {
  const { admin } = services.access;
  const path = "/v2/admin/apps/{app}/revocations";
  const ofKnownApp = <I extends { readonly params: { readonly app: string } }, A>(
    handler: (asked: I) => Promise<Reply<A>> | Reply<A>,
  ): ((asked: I) => Promise<Reply<A>>) =>
    upToDate(services, (asked) =>
      admin.view(asked.params.app) === null ? no("app_unknown", { field: "app" }) : handler(asked),
    );
  const list = route(
    adminSpec({
      method: "get",
      path,
      summary: "List what an app has revoked, newest first",
      asks: z.object({ params: appParam, query: page }),
      answer: revocationPageSchema,
      refusals: ["app_unknown"],
    }),
    ofKnownApp(({ params: { app }, query, caller }) => yes(listed(services, app, caller, query))),
  );

  const revoke = route(
    adminSpec({
      method: "post",
      path,
      summary: "Revoke tokens of an app",
      description: HOW,
      asks: z.object({ params: appParam, body: revokeBody }),
      answer: revocationSchema,
      refusals: [...REFUSED, "app_unknown"],
    }),
    ofKnownApp(({ params: { app }, body, caller }) => revokeFor(services, app, caller, body, "admin")),
  );

  const lift = route(
    adminSpec({
      method: "delete",
      path: `${path}/{id}`,
      summary: "Lift a revocation",
      asks: z.object({ params: appRevocationParams }),
      answer: goneSchema,
      refusals: ["app_unknown", "revocation_unknown"],
    }),
    ofKnownApp(({ params: { app, id }, caller }) => liftFor(services, app, caller, id)),
  );

  return [list, revoke, lift];
}

/** A spec of the routes for customers. */
function ownSpec<I extends object, A>(
  told: Omit<RouteSpec<I, A>, "tag" | "access" | "headers">,
): RouteSpec<I, A> {
  return { ...told, tag: "Revocations", access: "moderate", headers: NO_STORE };
}

/** `/v2/revocations`: those of the caller's own app. */
export function revocationRoutes(services: RevocationServices): Route[] {
  const path = "/v2/revocations";
  const list = route(
    ownSpec({
      method: "get",
      path,
      summary: "List what was revoked, newest first",
      description:
        "A token for one room or one participant sees only what is for that room and that participant.",
      asks: z.object({ query: page }),
      answer: revocationPageSchema,
    }),
    upToDate(services, ({ query, caller }) => yes(listed(services, caller.app, caller, query))),
  );

  const revoke = route(
    ownSpec({
      method: "post",
      path,
      summary: "Revoke tokens",
      description: `${HOW} ${OF_THE_SCOPE}`,
      asks: z.object({ body: revokeBody }),
      answer: revocationSchema,
      refusals: [...REFUSED, "participant_mismatch"],
    }),
    upToDate(services, ({ body, caller }) =>
      revokeFor(services, caller.app, caller, body, `rest api (${caller.key})`),
    ),
  );

  const lift = route(
    ownSpec({
      method: "delete",
      path: `${path}/{id}`,
      summary: "Lift a revocation",
      description:
        "A token for one room or one participant finds only what is for that room and that participant.",
      asks: z.object({ params: revocationParam }),
      answer: goneSchema,
      refusals: ["revocation_unknown"],
    }),
    upToDate(services, ({ params, caller }) => liftFor(services, caller.app, caller, params.id)),
  );

  return [list, revoke, lift];
}

/** Why this caller does not reach a revocation; null: they do. A token for one room is good for nothing that is for every room. */
function outside({ onlyRoom, onlyParticipant }: Caller, revoked: Revoked | null): Refusal | null {
  const { roomId, participantId } =
    revoked?.kind === "participant" ? revoked : { roomId: null, participantId: null };
  if (onlyRoom !== null && roomId !== onlyRoom) return { reason: "room_mismatch", field: "roomId" };
  if (onlyParticipant !== null && participantId !== onlyParticipant)
    return { reason: "participant_mismatch", field: "participantId" };
  return null;
}

function seen({ access }: RevocationServices, app: string, caller: Caller): readonly Revocation[] {
  return access.admin.revocations(app).filter(({ revoked }) => outside(caller, revoked) === null);
}

function listed(
  services: RevocationServices,
  app: string,
  caller: Caller,
  query: z.infer<typeof page>,
): z.infer<typeof revocationPageSchema> {
  const all = seen(services, app, caller);
  const from = (query.page - 1) * query.perPage;
  const data = all.slice(from, from + query.perPage).map(revocationBody);
  return { pageInfo: pageInfo(query, all.length), data };
}

/** Rejects with a fault. */
async function liftFor(
  services: RevocationServices,
  app: string,
  caller: Caller,
  id: string,
): Promise<Reply<z.infer<typeof goneSchema>>> {
  // What the caller does not reach is as unknown as what there is not.
  if (!seen(services, app, caller).some((one) => one.id === id))
    return no("revocation_unknown", { field: "id" });
  const lifted = await services.access.admin.lift(app, id);
  return answered(lifted, () => ({ id, deleted: true as const }), { revocation_unknown: "id" });
}

/** Rejects with a fault. */
async function revokeFor(
  services: RevocationServices,
  app: string,
  caller: Caller,
  body: RevokeBody,
  by: string,
): Promise<Reply<z.infer<typeof revocationSchema>>> {
  const early = body.type === "participant" ? null : outside(caller, null);
  if (early !== null) return { ok: false, refusal: early };
  const meant = await meaningOf(services, app, body);
  if (!meant.ok) return meant;
  const { revoked, expiresAt } = meant.value;
  const refusal = outside(caller, revoked);
  if (refusal !== null) return { ok: false, refusal };
  const about = { expiresAt, by, note: body.note ?? null };
  return answered(await services.access.admin.revoke(app, revoked, about), revocationBody);
}

function revocationBody({ id, at, until, by, note, revoked }: Revocation): z.infer<typeof revocationSchema> {
  const told = { id, at: isoTime(at), until: isoTimeOrNull(until), by, note };
  switch (revoked.kind) {
    case "token":
      return { ...told, type: revoked.kind, jti: revoked.jti };
    case "participant": {
      const { participantId, roomId, before } = revoked;
      return { ...told, type: revoked.kind, participantId, roomId, before: isoTime(before) };
    }
    case "key":
      return { ...told, type: revoked.kind, key: revoked.key, before: isoTime(revoked.before) };
    case "all":
      return { ...told, type: revoked.kind, before: isoTime(revoked.before) };
  }
}
