/** For every route of the document: a request that succeeds, and one for each error status that is its own. */
import type { Bring, Row, Rows } from "./api-row.js";
import { ADMIN_ROWS } from "./api-rows-admin.js";
import { ADMISSION_ROWS } from "./api-rows-admissions.js";
import { CONFERENCE_ROWS } from "./api-rows-conferences.js";
import { CONSOLE_ROWS } from "./api-rows-console.js";
import { TOKEN_ROWS } from "./api-rows-tokens.js";

const NOBODY = {
  params: { id: "none", sessionId: "none", participantId: "nobody", deliveryId: "none", code: "none" },
};
const unknown =
  (body?: object): Bring =>
  () => ({ ...NOBODY, ...(body === undefined ? {} : { body }) });

const room: Bring = async (world) => ({ params: { id: await world.room() } });
const inRoom =
  (body: object = {}): Bring =>
  async (world) => ({ params: { id: await world.room() }, body });
const inside =
  (body: object = {}): Bring =>
  async (world) => ({ params: { id: await world.hosted(), participantId: "host" }, body });
const waiting =
  (body: object = {}): Bring =>
  async (world) => ({ params: { id: await world.waiting(), participantId: "guest" }, body });
/** The same key was used for another command before. */
const reused =
  (bring: Bring): Bring =>
  async (world) => {
    const asked = await bring(world);
    const id = asked.params?.["id"] ?? String(Reflect.get(asked.body ?? {}, "roomId"));
    return { ...asked, key: await world.usedKey(id) };
  };
const session: Bring = async (world) => ({ params: { sessionId: await world.session() } });
const webhook =
  (body?: object): Bring =>
  async (world) => ({ params: { id: await world.webhook() }, ...(body === undefined ? {} : { body }) });

const media = { kind: "mic" } as const;
const lock = { kind: "mic", locked: true } as const;

const inRoomRow = (body: object = {}): Row => ({
  200: inRoom(body),
  404: unknown(body),
  409: reused(inRoom(body)),
});
const insideRow = (body: object = {}): Row => ({
  200: inside(body),
  404: unknown(body),
  409: reused(inside(body)),
});
const webhookRow = (body?: object): Row => ({ 200: webhook(body), 404: unknown(body) });

/** `<method> <path>` -> its answers. */
export const API_ROWS: Rows = {
  ...TOKEN_ROWS,
  ...ADMIN_ROWS,
  ...CONSOLE_ROWS,
  ...CONFERENCE_ROWS,
  ...ADMISSION_ROWS,
  "post /v2/rooms": {
    200: () => ({ body: {} }),
    409: async (world) => {
      const body = { alias: "a-conference", ownerExternalId: "owner" };
      await world.ok("post", "/v2/conferences/create", { body });
      return { body: { customRoomId: "a-conference" } };
    },
  },
  "get /v2/rooms": { 200: () => ({}) },
  "get /v2/rooms/validate/{id}": {
    200: room,
    402: async (world) => ({ params: { id: await world.room({}, { status: "disabled" }) } }),
    404: unknown(),
  },
  "get /v2/rooms/{id}": { 200: room, 404: unknown() },
  "post /v2/rooms/deactivate": {
    200: async (world) => ({ body: { roomId: await world.room() } }),
    402: async (world) => {
      await world.room({ customRoomId: "by-its-name" });
      return { body: { roomId: "by-its-name" } };
    },
    404: () => ({ body: { roomId: "none" } }),
  },
  "post /v2/rooms/{id}": {
    200: inRoom({ maxParticipants: 3 }),
    404: unknown({}),
    409: async (world) => {
      const id = await world.room();
      await world.ok("post", "/v2/rooms/deactivate", { body: { roomId: id } });
      return { params: { id }, body: { status: "enabled" } };
    },
  },
  "get /v2/sessions": { 200: () => ({}) },
  "get /v2/sessions/{sessionId}": { 200: session, 404: unknown() },
  "post /v2/sessions/end": {
    200: async (world) => ({ body: { roomId: await world.hosted() } }),
    404: () => ({ body: { roomId: "none" } }),
    409: reused(async (world) => ({ body: { roomId: await world.hosted() } })),
  },
  "get /v2/sessions/{sessionId}/participants": { 200: session, 404: unknown() },
  "get /v2/sessions/{sessionId}/participants/active": { 200: session, 404: unknown() },
  "get /v2/sessions/{sessionId}/participants/{participantId}": {
    200: async (world) => ({ params: { sessionId: await world.session(), participantId: "host" } }),
    404: unknown(),
  },
  "post /v2/sessions/participants/remove": {
    200: async (world) => ({ body: { roomId: await world.hosted(), participantId: "host" } }),
    404: () => ({ body: { roomId: "none", participantId: "host" } }),
    409: reused(async (world) => ({ body: { roomId: await world.hosted(), participantId: "host" } })),
  },
  "get /v2/rooms/{id}/lobby": { 200: room, 404: unknown() },
  "post /v2/rooms/{id}/lobby/admit": inRoomRow(),
  "post /v2/rooms/{id}/lobby/deny": { 200: waiting(), 404: unknown({}) },
  "post /v2/rooms/{id}/lobby/{participantId}/admit": {
    200: waiting(),
    404: unknown({}),
    409: async (world) => ({ params: { id: await world.decided(), participantId: "guest" }, body: {} }),
  },
  "post /v2/rooms/{id}/lobby/{participantId}/deny": {
    200: waiting({ note: "no" }),
    404: unknown({}),
    409: async (world) => ({ params: { id: await world.decided(), participantId: "guest" }, body: {} }),
  },
  "post /v2/rooms/{id}/lobby/{participantId}/link": { 200: waiting(), 404: unknown({}) },
  "get /v2/knocks/{code}": {
    200: async (world) => ({ params: { code: await world.code() } }),
    403: unknown(),
    404: async (world) => ({ params: { code: await world.staleCode() } }),
  },
  "post /v2/knocks/{code}": {
    200: async (world) => ({ params: { code: await world.code() }, body: { decision: "allow" } }),
    403: unknown({ decision: "allow" }),
    404: async (world) => ({ params: { code: await world.staleCode() }, body: { decision: "allow" } }),
    409: async (world) => ({ params: { code: await world.usedCode() }, body: { decision: "allow" } }),
  },
  "post /v2/knocks/{code}/answer": {
    200: async (world) => ({ params: { code: await world.code() }, form: { decision: "deny", note: "no" } }),
    403: () => ({ ...NOBODY, form: { decision: "allow" } }),
    404: async (world) => ({ params: { code: await world.staleCode() }, form: { decision: "allow" } }),
    409: async (world) => ({ params: { code: await world.usedCode() }, form: { decision: "allow" } }),
  },
  "post /v2/rooms/{id}/media/off": inRoomRow(media),
  "post /v2/rooms/{id}/media/lock": inRoomRow(lock),
  "post /v2/rooms/{id}/participants/{participantId}/media/off": insideRow(media),
  "post /v2/rooms/{id}/participants/{participantId}/media/request": insideRow(media),
  "post /v2/rooms/{id}/participants/{participantId}/media/lock": insideRow(lock),
  "post /v2/rooms/{id}/participants/{participantId}/remove": insideRow(),
  "post /v2/rooms/{id}/participants/{participantId}/lobby": insideRow(),
  "post /v2/rooms/{id}/lock": inRoomRow({ locked: true }),
  "post /v2/rooms/{id}/end": inRoomRow(),
  "post /v2/rooms/{id}/messages": {
    ...inRoomRow({ topic: "chat", message: "hello", payload: { any: ["thing"] } }),
    409: async (world) => {
      const params = { id: await world.room() };
      await world.ok("post", "/v2/rooms/{id}/lock", { params, key: "l", body: { locked: true } });
      return { params, key: "l", body: { topic: "chat", message: "hello" } };
    },
  },
  "get /v2/rooms/{id}/bans": {
    200: async (world) => ({ params: { id: await world.banned() } }),
    404: unknown(),
  },
  "post /v2/rooms/{id}/bans": inRoomRow({ participantId: "guest", note: "no" }),
  "delete /v2/rooms/{id}/bans/{participantId}": {
    200: async (world) => ({ params: { id: await world.banned(), participantId: "guest" } }),
    404: unknown(),
    409: reused(async (world) => ({ params: { id: await world.banned(), participantId: "guest" } })),
  },
  "post /v2/rooms/{id}/participants/{participantId}/permissions": {
    200: inside({ take: ["allow_mod"] }),
    404: unknown({ grant: ["allow_join"] }),
    409: async (world) => {
      const params = { id: await world.hosted(), participantId: "host" };
      const path = "/v2/rooms/{id}/participants/{participantId}/permissions";
      await world.ok("post", path, { params, key: "p", body: { take: ["allow_mod"] } });
      return { params, key: "p", body: { grant: ["allow_mod"] } };
    },
  },
  "get /v2/rooms/{id}/live": {
    200: async (world) => ({ params: { id: await world.waiting() } }),
    404: unknown(),
  },
  "get /v2/rooms/{id}/events": {
    200: async (world) => ({ params: { id: await world.waiting() } }),
    404: unknown(),
    410: async (world) => ({ params: { id: await world.room() }, query: { since: "another-epoch:1" } }),
  },
  "post /v2/tokens/explain": { 200: (world) => ({ body: { token: world.token } }) },
  "get /v2/webhooks": {
    200: async (world) => {
      await world.webhook();
      return {};
    },
  },
  "post /v2/webhooks": { 200: (world) => ({ body: { url: world.receiver } }) },
  "get /v2/webhooks/secrets": { 200: () => ({}) },
  "get /v2/webhooks/{id}": webhookRow(),
  "post /v2/webhooks/{id}": webhookRow({ enabled: false }),
  "delete /v2/webhooks/{id}": webhookRow(),
  "post /v2/webhooks/{id}/test": webhookRow({}),
  "get /v2/webhooks/{id}/deliveries": {
    200: async (world) => ({ params: { id: (await world.delivery()).webhookId } }),
    404: unknown(),
  },
  "post /v2/webhooks/{id}/replay": webhookRow({}),
  "post /v2/webhooks/{id}/deliveries/{deliveryId}/replay": {
    200: async (world) => {
      const { webhookId, id } = await world.delivery();
      return { params: { id: webhookId, deliveryId: id }, body: {} };
    },
    404: unknown({}),
  },
  "get /v2/public/rsa-public-key": { 200: () => ({}) },
  "get /livez": { 200: () => ({}) },
  "get /readyz": { 200: () => ({}) },
  "get /metrics": { 200: () => ({}) },
  "get /openapi.json": { 200: () => ({}) },
  "get /docs": { 200: () => ({}) },
};
