/** Two apps, every call, the other's ids: what is the other's answers as what does not exist, and nothing of it is told. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { mintToken } from "../../src/tokens/mint.js";
import { API_SCOPES } from "../../src/tokens/scopes.js";
import { API_ROWS } from "../support/api-rows.js";
import { ApiWorld, basic, type Asked } from "../support/api-world.js";
import { MODERATOR } from "../support/meeting.js";
import { asJson, Peer } from "../support/peer.js";

const document = asJson(
  JSON.parse(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8")),
);
const ROUTES = Object.entries(asJson(document["paths"])).flatMap(([path, methods]) =>
  Object.entries(asJson(methods)).map(([method, operation]) => ({
    name: `${method} ${path}`,
    method,
    path,
    access: String(asJson(operation)["x-access"]),
  })),
);
/** What an app shows; the admin sees all apps, and public calls belong to none. */
const OF_APPS = ROUTES.filter(({ access }) => access !== "admin" && access !== "public");

let world: ApiWorld;
let other: { readonly apiKey: string; readonly secret: string };
const apiTokens = new Map<string, string>();
beforeAll(async () => {
  world = await ApiWorld.start();
  const body = { id: "the-other-app" };
  const { apiKey, secret } = asJson((await world.ok("post", "/v2/admin/apps", { body }))["credentials"]);
  other = { apiKey: String(apiKey), secret: String(secret) };
  for (const scope of API_SCOPES) {
    const form = { grant_type: "client_credentials", scope };
    const authorization = basic(other.apiKey, other.secret);
    const { access_token } = await world.ok("post", "/v1/auth/token", { form, authorization });
    apiTokens.set(scope, `Bearer ${String(access_token)}`);
  }
});
afterAll(() => world.close());

/** What the other app shows for an access. */
function others(access: string): string {
  if (access === "credentials") return basic(other.apiKey, other.secret);
  return (
    apiTokens.get(access) ??
    mintToken({ ...other, permissions: MODERATOR, roles: ["crawler"], ttlSeconds: 600, now: Date.now })
  );
}

/** Every text in a request that may be an id, or hold one. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.length < 3 ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** The same request about ids that nobody has: each differs in its last letters only. */
function madeUp(asked: Asked): { readonly asked: Asked; readonly names: ReadonlyMap<string, string> } {
  const names = new Map<string, string>();
  const change = (value: unknown): unknown => {
    if (typeof value === "string" && names.has(value)) return names.get(value);
    if (typeof value !== "object" || value === null) return value;
    return Array.isArray(value)
      ? value.map(change)
      : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
  };
  const ids = [...textsOf(asked.params), ...idsIn(asked.body), ...idsIn(asked.form), ...idsIn(asked.query)];
  for (const id of ids) names.set(id, `${id.slice(0, -3)}zzz`);
  const read = asJson(change({ ...asked }));
  return { asked: { ...asked, ...read }, names };
}

/** Members of a body that name something of the app's. */
function idsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    /id$|ids$|token$|jti/i.test(name) ? textsOf(inner) : [],
  );
}

/** Routes by how they answered the other app. */
const answered = new Map<number, string[]>();

describe("the other app's things", () => {
  test.each(OF_APPS.map((route) => [route.name, route] as const))("%s", async (_name, route) => {
    const brought = (await API_ROWS[route.name]?.[200]?.(world)) ?? {};
    const authorization = others(route.access);
    const { asked, names } = madeUp(brought);

    const strange = await world.ask(route.method, route.path, { ...brought, authorization });
    const unknown = await world.ask(route.method, route.path, { ...asked, authorization });
    const [text, expected] = await Promise.all([strange.text(), unknown.text()]);
    expect(strange.status).toBe(unknown.status);
    const status = strange.status;
    answered.set(status, [...(answered.get(status) ?? []), route.name]);

    if (strange.status >= 400) {
      let plain = text;
      for (const [id, instead] of names) plain = plain.replaceAll(id, instead);
      expect(plain).toBe(expected);
      expect([400, 404]).toContain(strange.status);
    }
    // Whatever was answered: only what was sent comes back.
    const sent = JSON.stringify(brought);
    const mine = ["by-its-name", "guest", "host", ...names.keys()].filter((one) => !sent.includes(one));
    for (const one of mine) expect(text).not.toContain(`"${one}"`);
  });

  test("every call about one thing has answered that there is none", () => {
    const named = OF_APPS.filter(({ path }) => path.includes("{")).map(({ name }) => name);
    expect(answered.get(404)).toEqual(expect.arrayContaining(named));
  });

  test("rooms, knocks and resume secrets of one app are nothing to the other's tokens at the meeting door", async () => {
    const roomId = await world.waiting();
    for (const room of [roomId, "no-such-room"]) {
      const token = mintToken({ ...other, permissions: MODERATOR, ttlSeconds: 600, now: Date.now });
      const { reply } = await Peer.join(world.node, { token, roomId: room, participantId: "guest" });
      expect(reply).toMatchObject({
        ok: false,
        error: { reason: "room_unknown", message: "There is no such room" },
      });
    }
  });

  test("a room of the same name is each app's own", async () => {
    const body = { customRoomId: "the-same-name" };
    const mine = await world.ok("post", "/v2/rooms", { body });
    const theirs = await world.ok("post", "/v2/rooms", { body, authorization: others("moderate") });
    expect(theirs["roomId"]).not.toBe(mine["roomId"]);
  });
});
