/** `/v2/admin/apps/{app}/keys`: the keys of an app and their secrets, for the operator of the gateway. */
import { z } from "zod";
import { route, type Route } from "../route.js";
import {
  addKeyBody,
  appParam,
  appSchema,
  newSecretSchema,
  changeKeyBody,
  keyParams,
  rotateBody,
  secretParams,
} from "./admin-shapes.js";
import { adminSpec, answered, appBody, newSecretBody } from "./admin-views.js";
import type { Services } from "./services.js";

const KEY = "/v2/admin/apps/{app}/keys/{apiKey}";

/** The routes of keys. */
export function adminKeyRoutes({ access }: Pick<Services, "access">): Route[] {
  const { admin } = access;
  const add = route(
    adminSpec({
      method: "post",
      path: "/v2/admin/apps/{app}/keys",
      summary: "Add a key to an app",
      description: "What is not given is made. The secret is in this answer and in no other.",
      asks: z.object({ params: appParam, body: addKeyBody }),
      answer: newSecretSchema,
      refusals: ["app_unknown", "app_fixed", "app_exists", "encryption_key_missing"],
    }),
    async ({ params, body: { apiKey, secret } }) => {
      const key = {
        ...(apiKey === undefined ? {} : { apiKey }),
        ...(secret === undefined ? {} : { secret }),
      };
      const made = await admin.addKey(params.app, key);
      if (made.ok) await access.settle();
      return answered(made, newSecretBody, { app_exists: "apiKey" });
    },
  );

  const setActive = route(
    adminSpec({
      method: "post",
      path: KEY,
      summary: "Deactivate a key, or activate it again",
      description:
        "While it is deactivated its tokens are refused with 4053, and whoever came in with one is out within a second.",
      asks: z.object({ params: keyParams, body: changeKeyBody }),
      answer: appSchema,
      refusals: ["app_unknown", "app_fixed", "api_key_unknown"],
    }),
    async ({ params: { app, apiKey }, body }) =>
      answered(await admin.setActive(app, apiKey, body.active), appBody),
  );

  const remove = route(
    adminSpec({
      method: "delete",
      path: KEY,
      summary: "Delete a key, with its secrets",
      description: "Whoever came in with a token of it is out within a second.",
      asks: z.object({ params: keyParams }),
      answer: appSchema,
      refusals: ["app_unknown", "app_fixed", "api_key_unknown"],
    }),
    async ({ params: { app, apiKey } }) => answered(await admin.removeKey(app, apiKey), appBody),
  );

  const rotate = route(
    adminSpec({
      method: "post",
      path: `${KEY}/rotate`,
      summary: "Give a key its next secret",
      description:
        "The new secret counts on every node by the time of this answer, and is in this answer and in no other. Those that the key had before count for " +
        "`overlapSeconds` more, unless their end is sooner.",
      asks: z.object({ params: keyParams, body: rotateBody }),
      answer: newSecretSchema,
      refusals: ["app_unknown", "app_fixed", "api_key_unknown", "encryption_key_missing"],
    }),
    async ({ params: { app, apiKey }, body: { secret, overlapSeconds } }) => {
      const asked = { overlapSeconds, ...(secret === undefined ? {} : { secret }) };
      const made = await admin.rotate(app, apiKey, asked);
      if (made.ok) await access.settle();
      return answered(made, newSecretBody);
    },
  );

  const revokeSecret = route(
    adminSpec({
      method: "delete",
      path: `${KEY}/secrets/{secretId}`,
      summary: "Revoke a secret of a key",
      description:
        "At once: nothing that it signed is taken any more, and whoever came in with such a token is out within a second. " +
        "The last secret of a key that still signs cannot be revoked: rotate first, or delete the key.",
      asks: z.object({ params: secretParams }),
      answer: appSchema,
      refusals: ["app_unknown", "app_fixed", "api_key_unknown", "last_secret"],
    }),
    async ({ params: { app, apiKey, secretId } }) =>
      answered(await admin.revokeSecret(app, apiKey, secretId), appBody, { last_secret: "secretId" }),
  );

  return [add, setActive, remove, rotate, revokeSecret];
}
