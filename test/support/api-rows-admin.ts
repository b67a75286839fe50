/** Rows of `api-rows.ts`: apps, keys and revocations. */
import { randomBytes } from "node:crypto";
import type { ApiWorld, Asked } from "./api-world.js";
import type { Bring, Row, Rows } from "./api-row.js";
import { asJson } from "./peer.js";

/** The app of the world: it comes from the settings. */
const FIXED = { app: "default", apiKey: "test-key", secretId: "1", id: "none" };
const NOBODY = { app: "nobody", apiKey: "none", secretId: "none", id: "none" };

type Made = Readonly<Record<"app" | "apiKey" | "secretId", string>>;

async function made(world: ApiWorld): Promise<Made> {
  const app = `app-${randomBytes(6).toString("hex")}`;
  const { credentials } = await world.ok("post", "/v2/admin/apps", { body: { id: app } });
  const { apiKey, secretId } = asJson(credentials);
  return { app, apiKey: String(apiKey), secretId: String(secretId) };
}

const ofApp =
  (asked: Asked = {}): Bring =>
  async (world) => ({ params: await made(world), ...asked });
const ofNobody =
  (asked: Asked = {}): Bring =>
  () => ({ params: NOBODY, ...asked });
const ofFixed =
  (asked: Asked = {}): Bring =>
  () => ({ params: FIXED, ...asked });

/** Something that is done to an app of the store, and to no other. */
const row = (asked: Asked = {}): Row => ({ 200: ofApp(asked), 404: ofNobody(asked), 409: ofFixed(asked) });

const PERSON = { type: "participant", participantId: "who-is-never-here", note: "why" };

async function revocation(world: ApiWorld, app: string): Promise<string> {
  const { id } = await world.ok("post", "/v2/admin/apps/{app}/revocations", {
    params: { app },
    body: PERSON,
  });
  return String(id);
}

/** `<method> <path>` -> its answers. */
export const ADMIN_ROWS: Rows = {
  "get /v2/admin/apps": { 200: () => ({}) },
  "post /v2/admin/apps": {
    200: () => ({ body: { id: `app-${randomBytes(6).toString("hex")}` } }),
    409: () => ({ body: { id: FIXED.app } }),
  },
  "get /v2/admin/apps/{app}": { 200: ofApp(), 404: ofNobody() },
  "post /v2/admin/apps/{app}": row({ body: { name: "Another name" } }),
  "delete /v2/admin/apps/{app}": row(),
  "post /v2/admin/apps/{app}/keys": row({ body: {} }),
  "post /v2/admin/apps/{app}/keys/{apiKey}": row({ body: { active: false } }),
  "delete /v2/admin/apps/{app}/keys/{apiKey}": row(),
  "post /v2/admin/apps/{app}/keys/{apiKey}/rotate": row({ body: {} }),
  "delete /v2/admin/apps/{app}/keys/{apiKey}/secrets/{secretId}": {
    200: async (world) => {
      const params = await made(world);
      await world.ok("post", "/v2/admin/apps/{app}/keys/{apiKey}/rotate", { params, body: {} });
      return { params };
    },
    404: ofNobody(),
    // The last one that signs.
    409: ofApp(),
  },
  "get /v2/admin/apps/{app}/revocations": {
    200: async (world) => {
      const { app } = await made(world);
      await revocation(world, app);
      return { params: { app } };
    },
    404: ofNobody(),
  },
  "post /v2/admin/apps/{app}/revocations": {
    200: ofApp({ body: { type: "all", note: "all of them" } }),
    404: ofNobody({ body: PERSON }),
  },
  "delete /v2/admin/apps/{app}/revocations/{id}": {
    200: async (world) => {
      const { app } = await made(world);
      return { params: { app, id: await revocation(world, app) } };
    },
    404: ofApp(),
  },
  "get /v2/revocations": {
    200: async (world) => {
      await world.ok("post", "/v2/revocations", { body: PERSON });
      return {};
    },
  },
  "post /v2/revocations": {
    200: () => ({ body: { type: "token", jti: "the-jti-of-a-token" } }),
    404: () => ({ body: { type: "key", apiKey: "none" } }),
  },
  "delete /v2/revocations/{id}": {
    200: async (world) => {
      const { id } = await world.ok("post", "/v2/revocations", { body: PERSON });
      return { params: { id: String(id) } };
    },
    404: ofNobody(),
  },
};
