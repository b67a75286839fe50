/** `/v2/admin/apps`: the apps of this gateway, for its operator. */
import { z } from "zod";
import type { AppChange } from "../../access/port.js";
import { no, route, yes, type Route } from "../route.js";
import { appParam, appSchema, createdAppSchema, changeAppBody, createAppBody } from "./admin-shapes.js";
import { adminSpec, answered, appBody, newSecretBody, upToDate } from "./admin-views.js";
import { adminKeyRoutes } from "./admin-keys.js";
import { adminRevocationRoutes } from "./revocations.js";
import type { Services } from "./services.js";
import { goneSchema } from "./shapes.js";

/** The routes of the admin: apps, keys and revocations. */
export function adminRoutes(services: Services): Route[] {
  return [...appRoutes(services), ...adminKeyRoutes(services), ...adminRevocationRoutes(services)];
}

function appRoutes(services: Pick<Services, "access">): Route[] {
  const { access } = services;
  const { admin } = access;
  const list = route(
    adminSpec({
      method: "get",
      path: "/v2/admin/apps",
      summary: "List all apps, in the order of their ids",
      asks: z.object({}),
      answer: z.strictObject({ data: z.array(appSchema) }),
    }),
    upToDate(services, () => yes({ data: admin.list().map(appBody) })),
  );

  const create = route(
    adminSpec({
      method: "post",
      path: "/v2/admin/apps",
      summary: "Create an app, with its first key",
      description:
        "Every node takes its tokens by the time of this answer. The name of the key and its secret are made; the secret is in this answer and in no other.",
      asks: z.object({ body: createAppBody }),
      answer: createdAppSchema,
      refusals: ["app_exists", "encryption_key_missing"],
    }),
    async ({ body }) => {
      const { id, name = id, ...settings } = body;
      const made = await admin.create({ id, settings: { name, ...settings } });
      if (made.ok) await access.settle();
      return answered(
        made,
        ({ app, credentials }) => ({ app: appBody(app), credentials: newSecretBody(credentials) }),
        { app_exists: "id" },
      );
    },
  );

  const get = route(
    adminSpec({
      method: "get",
      path: "/v2/admin/apps/{app}",
      summary: "Get an app",
      asks: z.object({ params: appParam }),
      answer: appSchema,
      refusals: ["app_unknown"],
    }),
    upToDate(services, ({ params }) => {
      const view = admin.view(params.app);
      return view === null ? no("app_unknown", { field: "app" }) : yes(appBody(view));
    }),
  );

  const change = route(
    adminSpec({
      method: "post",
      path: "/v2/admin/apps/{app}",
      summary: "Change an app",
      description: "What is not given stays. `issuers` takes the place of the whole list.",
      asks: z.object({ params: appParam, body: changeAppBody }),
      answer: appSchema,
      refusals: ["app_unknown", "app_fixed", "app_exists"],
    }),
    async ({ params, body }) =>
      answered(await admin.change(params.app, changeOf(body)), appBody, { app_exists: "issuers" }),
  );

  const remove = route(
    adminSpec({
      method: "delete",
      path: "/v2/admin/apps/{app}",
      summary: "Delete an app, with its keys",
      description:
        "Whoever came in with a token of it is out within a second. Its rooms stay in the store, and an app of the same id finds them again.",
      asks: z.object({ params: appParam }),
      answer: goneSchema,
      refusals: ["app_unknown", "app_fixed"],
    }),
    async ({ params }) =>
      answered(await admin.remove(params.app), () => ({ id: params.app, deleted: true as const })),
  );

  return [list, create, get, change, remove];
}

function changeOf(body: z.infer<typeof changeAppBody>): AppChange {
  const { name, openRooms, allowNoExpiry, expiryPolicy, clientExpiryPolicy } = body;
  const { maxTokenSeconds, protectedConferences, issuers } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(openRooms === undefined ? {} : { openRooms }),
    ...(allowNoExpiry === undefined ? {} : { allowNoExpiry }),
    ...(expiryPolicy === undefined ? {} : { expiryPolicy }),
    ...(clientExpiryPolicy === undefined ? {} : { clientExpiryPolicy }),
    ...(maxTokenSeconds === undefined ? {} : { maxTokenSeconds }),
    ...(protectedConferences === undefined ? {} : { protectedConferences }),
    ...(issuers === undefined ? {} : { issuers }),
  };
}
