/** Rows of `api-rows.ts`: the token endpoints. */
import type { Rows } from "./api-row.js";

/** `<method> <path>` -> its answers. */
export const TOKEN_ROWS: Rows = {
  "post /v1/auth/token": { 200: () => ({ form: { grant_type: "client_credentials" } }) },
  "post /v2/client-access-token": { 200: () => ({ body: { sessionScope: "*" } }) },
  "post /v1/auth/revoke": {
    // One that still counts: for another there would be nothing to store.
    200: async (world) => ({ form: { token: await world.newApiToken("comms:remix:read") } }),
  },
  "post /v1/auth/introspect": {
    200: async (world) => ({ form: { token: await world.apiToken("comms:remix:read") } }),
  },
};
