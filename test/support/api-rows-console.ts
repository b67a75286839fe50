/** Rows of `api-rows.ts`: the console's session, and what its pages ask for. */
import type { Asked } from "./api-world.js";
import type { Bring, Rows } from "./api-row.js";
import { ADMIN_SETTINGS, ADMIN_TOKEN } from "./admin.js";
import { consoleHeaders } from "./console.js";

const OWN_APP = { app: "default" };
const NOBODY = { app: "nobody" };
const MAY_ENTER = { permissions: ["allow_join"] } as const;

/** Asked of a node that nobody administers. */
const adminless =
  (asked: Asked = {}): Bring =>
  async (world) => ({ ...asked, node: await world.another({}) });

/** `<method> <path>` -> its answers. */
export const CONSOLE_ROWS: Rows = {
  "post /console/session": {
    204: () => ({ body: { token: ADMIN_TOKEN } }),
    401: () => ({ body: { token: "another-token" } }),
    403: adminless({ body: { token: ADMIN_TOKEN } }),
    429: async (world) => {
      // A node of its own: it hears nobody from here for a minute.
      const node = await world.another(ADMIN_SETTINGS);
      for (let guess = 0; guess < 10; guess += 1)
        await world.ask("post", "/console/session", { node, body: { token: "a guess" } });
      return { body: { token: ADMIN_TOKEN }, node };
    },
  },
  "get /console/session": {
    200: async (world) => ({ headers: await consoleHeaders(world.node) }),
    401: () => ({}),
    403: adminless(),
  },
  "delete /console/session": { 204: () => ({}), 403: adminless() },
  "post /v2/admin/apps/{app}/tokens": {
    200: () => ({ params: OWN_APP, body: MAY_ENTER }),
    404: () => ({ params: NOBODY, body: MAY_ENTER }),
  },
  "post /v2/admin/tokens/explain": { 200: (world) => ({ body: { token: world.token } }) },
  "get /v2/admin/apps/{app}/rooms/live": {
    200: async (world) => {
      await world.waiting();
      return { params: OWN_APP };
    },
    404: () => ({ params: NOBODY }),
  },
  "get /v2/admin/nodes": { 200: () => ({}) },
};
