/** What the API's document says, the API does: every route, every status. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import type { Bring } from "../support/api-row.js";
import { API_ROWS } from "../support/api-rows.js";
import { ApiWorld, type Asked } from "../support/api-world.js";
import { MODERATOR } from "../support/meeting.js";
import { token } from "../support/node.js";
import { asJson, asList } from "../support/peer.js";

/** Where requests to all routes of a kind are refused in the same way. */
const WITH_A_BODY = new Set(["post", "patch", "delete"]);
const LARGE = { filler: "x".repeat(70_000) };
/** Faults: provoked below, with a store that is away or mad. */
const FAULTS = [500, 503];
/** Answered by every node by itself, the key once it was read; a token that meets no room is judged without one. */
const STORELESS = [
  "post /v1/auth/token",
  "post /v1/auth/introspect",
  "post /v2/client-access-token",
  "get /v2/public/rsa-public-key",
  "get /v2/webhooks/secrets",
  "post /v2/tokens/explain",
  "post /v2/admin/tokens/explain",
  "post /console/session",
  "get /console/session",
  "delete /console/session",
  "get /livez",
  "get /metrics",
  "get /openapi.json",
  "get /docs",
];

/** The table of the document that is committed; another test holds it against the one that is served. */
const committed = asJson(
  JSON.parse(readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8")),
);
const ROUTES = Object.entries(asJson(committed["paths"])).flatMap(([path, methods]) =>
  Object.entries(asJson(methods)).map(([method, operation]) => ({
    name: `${method} ${path}`,
    method,
    path,
    access: String(asJson(operation)["x-access"]),
    isForm: JSON.stringify(asJson(operation)["requestBody"] ?? {}).includes("x-www-form-urlencoded"),
    statuses: Object.keys(asJson(asJson(operation)["responses"])).map(Number),
  })),
);
type Route = (typeof ROUTES)[number];

/** How a status comes about on a route: by its row, or else in the way that is the same for all routes. */
function bring(route: Route, status: number): Bring | null {
  const own = API_ROWS[route.name]?.[status];
  if (own !== undefined) return own;
  // Refused before anything is looked up, so that nothing need be there.
  switch (status) {
    case 400:
      return () => ({ key: "no key" });
    case 401:
      return route.access === "public" ? null : () => ({ as: null });
    case 403:
      return outside(route);
    case 413:
      if (!WITH_A_BODY.has(route.method)) return null;
      return () => (route.isForm ? { form: LARGE } : { body: LARGE });
    default:
      return null;
  }
}

/** Shows something that is good, and not for this route. */
function outside({ access }: Route): Bring | null {
  switch (access) {
    case "public":
    case "credentials":
      return null;
    case "admin":
      return async (world) => ({ node: await world.another({}) });
    case "read":
    case "decide":
    case "moderate":
      return () => ({ authorization: token({ permissions: MODERATOR, roles: ["rtc"] }) });
    default:
      return () => ({ as: "comms:stream:write" });
  }
}

describe("the API and its document", () => {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await ApiWorld.start();
  });
  afterAll(() => world.close());

  test("every route has a row here, and every row a route", () => {
    expect(Object.keys(API_ROWS).sort()).toEqual(ROUTES.map(({ name }) => name).sort());
  });

  const CASES = ROUTES.flatMap((route) =>
    route.statuses
      .filter((status) => !FAULTS.includes(status))
      .map((status) => [route.name, status, route] as const),
  );
  test.each(CASES)("%s answers %i as it is told", async (_name, status, route) => {
    const brought = bring(route, status);
    if (brought === null) throw new Error(`nothing brings this about: add it to api-rows.ts`);
    const response = await world.ask(route.method, route.path, await brought(world));
    expect([response.status, response.status === status ? "" : await response.text()]).toEqual([status, ""]);
  });

  test("every list on one page has an entry that was checked", async () => {
    await world.session();
    for (const path of ["/v2/rooms", "/v2/sessions", "/v2/webhooks"])
      expect(asList((await world.ok("get", path))["data"])).not.toEqual([]);
  });

  test("an answer that the document does not know is found out", () => {
    const came = { method: "GET", target: "/livez", status: 200, contentType: "application/json" };
    const { check } = world;
    expect(() => check.verify({ ...came, text: '{"status":"live"}' })).not.toThrow();
    expect(() => check.verify({ ...came, text: '{"status":"live","more":1}' })).toThrow("additional");
    expect(() => check.verify({ ...came, text: '{"status":"dead"}' })).toThrow("constant");
    expect(() => check.verify({ ...came, status: 418, text: "{}" })).toThrow("no such status");
    expect(() => check.verify({ ...came, contentType: "text/html", text: "" })).toThrow(
      "not application/json",
    );
    expect(() => check.verify({ ...came, target: "/nowhere", text: "{}" })).toThrow("no such route");
    const error = { statusCode: 401, error: "", code: "room_full" };
    const refused = { ...came, target: "/v2/rooms/x", status: 401, text: JSON.stringify(error) };
    expect(() => check.verify(refused)).toThrow("allowed values");
  });

  test("while the store is away every route that needs it says 503, and when to ask again", async () => {
    // What a route needs is made before, and asked for while the store is away.
    const prepared: (readonly [Route, Asked])[] = [];
    for (const route of ROUTES) prepared.push([route, (await API_ROWS[route.name]?.[200]?.(world)) ?? {}]);
    world.store.cutOff();
    const answered: string[] = [];
    for (const [route, asked] of prepared) {
      const response = await world.ask(route.method, route.path, asked);
      if (response.status !== 503) answered.push(route.name);
      else if (route.name !== "get /readyz") expect(response.headers.get("retry-after")).toBe("1");
    }
    world.store.mend();
    expect(answered.sort()).toEqual([...STORELESS].sort());
  });

  test("a bug is a 500 with an id that the log explains", async () => {
    world.store.faults.before = () => {
      throw new TypeError("a bug, says the test");
    };
    const response = await world.ask("get", "/v2/sessions");
    world.store.mend();
    const body = asJson(await response.json());
    expect([response.status, body]).toEqual([
      500,
      expect.objectContaining({
        code: "internal_error",
        details: { id: expect.stringMatching(/^[0-9a-f]{24}$/) },
      }),
    ]);
  });
});
