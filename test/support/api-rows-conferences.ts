/** Rows of `api-rows.ts`: conferences. */
import { PEOPLE_BYTES } from "../../src/http/api/conference-shapes.js";
import type { Bring, Row, Rows } from "./api-row.js";
import type { ApiWorld } from "./api-world.js";
import { enter, MODERATOR } from "./meeting.js";

/** A conference; answers its id. */
async function conference(world: ApiWorld): Promise<string> {
  const body = { ownerExternalId: "ann", participants: { bob: {} } };
  return String((await world.ok("post", "/v2/conferences/create", { body }))["conferenceId"]);
}

const inside =
  (body?: object): Bring =>
  async (world) => ({ params: { id: await conference(world) }, ...(body === undefined ? {} : { body }) });
const unknown =
  (body?: object): Bring =>
  () => ({ params: { id: "none" }, ...(body === undefined ? {} : { body }) });
const tooLarge: Bring = () => ({ params: { id: "none" }, body: { filler: "x".repeat(PEOPLE_BYTES) } });

const command = (body: object): Row => ({
  200: inside(body),
  404: unknown(body),
  409: async (world) => {
    const params = { id: await conference(world) };
    await world.ok("post", "/v2/rooms/{id}/lock", { params, key: "lock", body: { locked: true } });
    return { params, body, key: "lock" };
  },
  413: tooLarge,
});

/** `<method> <path>` -> its answers. */
export const CONFERENCE_ROWS: Rows = {
  "post /v2/conferences/create": {
    200: () => ({ body: { alias: "weekly", ownerExternalId: "ann", participants: { bob: {}, carl: {} } } }),
    409: async (world) => ({ body: { alias: await world.room() } }),
    413: tooLarge,
  },
  "post /v2/conferences/{id}/invite": command({ participants: { carl: { permissions: ["JOIN"] } } }),
  "post /v2/conferences/{id}/permissions": command({ participants: { bob: { permissions: ["JOIN"] } } }),
  "post /v2/conferences/{id}/kick": command({ externalIds: ["bob"] }),
  "post /v2/conferences/{id}/message": command({ from: "ann", message: "hello" }),
  "get /v2/conferences/{id}/participants": {
    200: async (world) => {
      const id = await conference(world);
      await enter(world.node, id, "host", MODERATOR);
      return { params: { id } };
    },
    404: unknown(),
  },
  "delete /v2/conferences/{id}": { 200: inside(), 404: unknown() },
};
