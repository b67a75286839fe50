/** Apps over the admin API: who may, what it takes, what it shows, and that every node knows. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { appWith } from "../../src/tokens/apps.js";
import {
  ADMIN_SETTINGS,
  ADMIN_TOKEN,
  asking,
  enterWith,
  makeApp,
  makeRoom,
  signed,
} from "../support/admin.js";
import { eventually } from "../support/eventually.js";
import { startGateway, startTestNode, token, type TestGateway } from "../support/node.js";
import { asJson, asList, type Json } from "../support/peer.js";
import { refusedAs, REST_TOPOLOGIES } from "../support/rest.js";

const APPS = "/v2/admin/apps";
const fresh = (): string => `app-${randomBytes(6).toString("hex")}`;
const TIME = expect.stringMatching(/^\d{4}-.*Z$/);
const LOGIN = {
  issuer: "https://login.example.com",
  audience: "meet",
  jwksUrl: "https://login.example.com/keys",
};

describe.each(REST_TOPOLOGIES)("apps over the admin API, %s", (topology) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway(topology, ADMIN_SETTINGS);
  });
  afterAll(() => gateway.close());

  const ask = (method: string, path: string, body?: Json, node = gateway.first) =>
    asking(node, `Bearer ${ADMIN_TOKEN}`, method, path, body);
  const create = async (settings: Json = {}): Promise<Json> => {
    const { status, body } = await ask("POST", APPS, { id: fresh(), ...settings });
    expect(status).toBe(200);
    return body;
  };

  test("a new app has a key, and its secret is shown once", async () => {
    const id = fresh();
    const made = await ask("POST", APPS, { id });
    const view = {
      ...appWith({ id }),
      source: "store",
      createdAt: TIME,
      keys: [
        {
          apiKey: expect.any(String),
          active: true,
          createdAt: TIME,
          secrets: [{ id: expect.any(String), status: "active", createdAt: TIME, retiresAt: null }],
        },
      ],
    };
    const credentials = {
      apiKey: expect.any(String),
      secretId: expect.any(String),
      secret: expect.stringMatching(/.{32,}/),
    };
    expect([made.status, made.body]).toEqual([200, { app: view, credentials }]);
    const { secret } = asJson(made.body["credentials"]);
    // On the other node at once, for it may be asked next.
    for (const node of [gateway.second, gateway.first]) {
      const got = await ask("GET", `${APPS}/${id}`, undefined, node);
      expect([got.status, got.body]).toEqual([200, made.body["app"]]);
      const { data } = (await ask("GET", APPS, undefined, node)).body;
      expect(data).toContainEqual(made.body["app"]);
      expect(JSON.stringify([got.body, data])).not.toContain(String(secret));
    }
  });

  test("the list is in the order of ids, and the app of the settings is in it", async () => {
    await create();
    await create();
    const { data } = (await ask("GET", APPS)).body;
    const ids = asList(data).map((one) => String(asJson(one)["id"]));
    expect(ids).toEqual(ids.toSorted());
    expect(ids).toContain("default");
  });

  test("settings are taken, and a change leaves what it does not name", async () => {
    const settings = {
      name: "Alpha School",
      openRooms: true,
      allowNoExpiry: true,
      expiryPolicy: "leave",
      clientExpiryPolicy: "stay",
      maxTokenSeconds: 7_200,
      protectedConferences: true,
    };
    const made = asJson((await create({ ...settings, issuers: [{ ...LOGIN, audience: fresh() }] }))["app"]);
    expect(made).toMatchObject(settings);
    const id = String(made["id"]);
    const changed = await ask("POST", `${APPS}/${id}`, { maxTokenSeconds: null }, gateway.second);
    expect([changed.status, changed.body]).toEqual([200, { ...made, maxTokenSeconds: null }]);
    const shown = await ask("POST", `${APPS}/${id}`, { openRooms: false, issuers: [] });
    const after = { ...made, maxTokenSeconds: null, openRooms: false, issuers: [] };
    expect([shown.status, shown.body]).toEqual([200, after]);
    expect((await ask("POST", `${APPS}/${id}`, {})).body).toEqual(after);
    expect((await ask("GET", `${APPS}/${id}`, undefined, gateway.second)).body).toEqual(after);
  });

  test("an identity provider is shown with what was left out", async () => {
    const audience = fresh();
    const app = asJson((await create({ issuers: [{ ...LOGIN, audience }] }))["app"]);
    expect(app["issuers"]).toEqual([
      {
        ...LOGIN,
        audience,
        algorithms: ["RS256", "ES256", "EdDSA"],
        keys: [],
        claims: {
          permissions: { claim: null, values: {}, otherwise: [] },
          participantId: "sub",
          roomId: null,
          name: null,
        },
      },
    ]);
  });

  const PRIVATE = { kty: "OKP", crv: "Ed25519", x: "AA", d: "private" };
  const WRONG: readonly (readonly [string, Json, string])[] = [
    ["a blank name", { name: " " }, "name"],
    ["a long name", { name: "x".repeat(101) }, "name"],
    ["a word for a switch", { openRooms: "yes" }, "openRooms"],
    ["nothing for a switch", { allowNoExpiry: null }, "allowNoExpiry"],
    ["a policy that there is not", { expiryPolicy: "go" }, "expiryPolicy"],
    ["the same for clients", { clientExpiryPolicy: "" }, "clientExpiryPolicy"],
    ["tokens without a life", { maxTokenSeconds: 0 }, "maxTokenSeconds"],
    ["tokens of eleven years", { maxTokenSeconds: 346_896_000 }, "maxTokenSeconds"],
    ["a number for a switch", { protectedConferences: 1 }, "protectedConferences"],
    ["an identity provider without keys", { issuers: [{ issuer: "a", audience: "b" }] }, "issuers.0.jwksUrl"],
    [
      "one whose keys come in the clear",
      { issuers: [{ ...LOGIN, jwksUrl: "http://example.com" }] },
      "issuers.0.jwksUrl",
    ],
    [
      "one with a private key",
      { issuers: [{ issuer: "a", audience: "b", keys: [PRIVATE] }] },
      "issuers.0.keys",
    ],
    ["one with our algorithm", { issuers: [{ ...LOGIN, algorithms: ["HS256"] }] }, "issuers.0.algorithms.0"],
    ["one that says more than is known", { issuers: [{ ...LOGIN, jku: "x" }] }, "issuers.0.jku"],
  ];
  test.each(WRONG)("refuses %s, and names the field", async (_what, settings, field) => {
    const refused = refusedAs(400, "invalid_parameter", field);
    expect(await ask("POST", APPS, { id: fresh(), ...settings })).toMatchObject(refused);
    const id = String(asJson((await create())["app"])["id"]);
    expect(await ask("POST", `${APPS}/${id}`, settings)).toMatchObject(refused);
  });

  test.each([{}, { id: "" }, { id: "a b" }, { id: "-a" }, { id: "x".repeat(65) }, { id: 7 }])(
    "refuses %j for an id",
    async (body) => {
      expect(await ask("POST", APPS, body)).toMatchObject(refusedAs(400, "invalid_parameter", "id"));
    },
  );

  test("an id is taken once, on whichever node, and an identity provider too", async () => {
    const audience = fresh();
    const { app } = await create({ issuers: [{ ...LOGIN, audience }] });
    const { id } = asJson(app);
    const again = await ask("POST", APPS, { id: String(id) }, gateway.second);
    expect(again).toMatchObject(refusedAs(409, "app_exists", "id"));
    expect(await ask("POST", APPS, { id: "default" })).toMatchObject(refusedAs(409, "app_exists", "id"));
    const issuers = [{ ...LOGIN, audience }];
    const refused = refusedAs(409, "app_exists", "issuers");
    expect(await ask("POST", APPS, { id: fresh(), issuers }, gateway.second)).toMatchObject(refused);
    const other = String(asJson((await create())["app"])["id"]);
    expect(await ask("POST", `${APPS}/${other}`, { issuers })).toMatchObject(refused);
    // One's own stays one's own.
    expect((await ask("POST", `${APPS}/${String(id)}`, { issuers })).status).toBe(200);
  });

  test("an app that there is not", async () => {
    const refused = refusedAs(404, "app_unknown", "app");
    for (const method of ["GET", "POST", "DELETE"])
      expect(await ask(method, `${APPS}/nobody`, method === "GET" ? undefined : {})).toMatchObject(refused);
    expect(await ask("GET", `${APPS}/a%20b`)).toMatchObject(refusedAs(400, "invalid_parameter", "app"));
  });

  test("the app of the settings is shown, and changed there alone", async () => {
    const { status, body } = await ask("GET", `${APPS}/default`);
    expect([status, body]).toMatchObject([
      200,
      { id: "default", source: "settings", createdAt: null, keys: [{ apiKey: "test-key", active: true }] },
    ]);
    const refused = refusedAs(409, "app_fixed", "app");
    expect(await ask("POST", `${APPS}/default`, { name: "Another" })).toMatchObject(refused);
    expect(await ask("DELETE", `${APPS}/default`)).toMatchObject(refused);
    expect((await ask("GET", `${APPS}/default`)).body).toEqual(body);
  });

  test("who came in by an app that is deleted is out, and its tokens are nobody's; its rooms wait for it", async () => {
    const pair = await makeApp(gateway.first);
    const room = await makeRoom(gateway.first, pair, { customRoomId: "the-room" });
    const enters = signed(pair, { permissions: ["allow_join"] });
    const peer = await eventually(() => enterWith(gateway.second, room, enters));
    const gone = await ask("DELETE", `${APPS}/${pair.id}`);
    expect([gone.status, gone.body]).toEqual([200, { id: pair.id, deleted: true }]);
    expect(await peer.ended()).toMatchObject({ code: 4001, reason: "key_unknown" });
    expect(await ask("GET", `${APPS}/${pair.id}`, undefined, gateway.second)).toMatchObject(
      refusedAs(404, "app_unknown", "app"),
    );
    const rooms = signed(pair, { permissions: ["allow_join"], roles: ["crawler"] });
    expect(await asking(gateway.first, rooms, "GET", "/v2/rooms")).toMatchObject(
      refusedAs(401, "key_unknown", "apikey"),
    );
    const again = asJson((await create({ id: pair.id }))["credentials"]);
    const crawler = { permissions: ["allow_join"], roles: ["crawler"] } as const;
    const next = signed({ apiKey: String(again["apiKey"]), secret: String(again["secret"]) }, crawler);
    const found = await asking(gateway.first, next, "GET", "/v2/rooms/the-room");
    expect([found.status, found.body["roomId"]]).toEqual([200, room]);
  });
});

describe("the door of the admin API", () => {
  let gateway: TestGateway;
  let closed: Awaited<ReturnType<typeof startTestNode>>;
  beforeAll(async () => {
    gateway = await startGateway("embedded", ADMIN_SETTINGS);
    closed = await startTestNode();
  });
  afterAll(() => Promise.all([gateway.close(), closed.close()]));

  const DOORS: readonly (readonly [string, string, number, string])[] = [
    ["nothing", "", 401, "token_missing"],
    ["another token", "Bearer another-token", 401, "admin_token_invalid"],
    ["the beginning of the token", `Bearer ${ADMIN_TOKEN.slice(0, -1)}`, 401, "admin_token_invalid"],
    ["more than the token", `Bearer ${ADMIN_TOKEN}x`, 401, "admin_token_invalid"],
    [
      "the token as a password",
      `Basic ${Buffer.from(`admin:${ADMIN_TOKEN}`).toString("base64")}`,
      401,
      "token_missing",
    ],
    ["two words", `Bearer ${ADMIN_TOKEN} x`, 400, "invalid_parameter"],
  ];
  test.each(DOORS)("is shut to %s", async (_what, authorization, status, code) => {
    const came = await asking(gateway.first, authorization, "GET", APPS);
    expect([came.status, came.body["code"]]).toEqual([status, code]);
    expect(came.headers.get("cache-control")).toBe("no-store");
    if (status === 401) expect(came.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  test("is shut to a customer's token, whatever it may", async () => {
    const own = token({ permissions: ["allow_join", "allow_mod"], roles: ["crawler"] });
    for (const [method, path] of [
      ["GET", APPS],
      ["POST", APPS],
      ["DELETE", `${APPS}/default`],
      ["POST", `${APPS}/default/keys`],
      ["GET", `${APPS}/default/revocations`],
    ] as const)
      expect(await asking(gateway.first, own, method, path)).toMatchObject(
        refusedAs(401, "admin_token_invalid"),
      );
  });

  test("is shut to everybody where no admin's token is set", async () => {
    for (const authorization of ["", `Bearer ${ADMIN_TOKEN}`, "Bearer "])
      expect(await asking(closed, authorization, "GET", APPS)).toMatchObject(
        refusedAs(403, "admin_disabled"),
      );
  });

  test("no answer is kept on the way", async () => {
    const path = `${APPS}/${fresh()}`;
    for (const [method, target, body] of [
      ["GET", APPS, undefined],
      ["POST", APPS, { id: fresh() }],
      ["GET", path, undefined],
      ["POST", APPS, { id: "" }],
    ] as const) {
      const came = await asking(gateway.first, `Bearer ${ADMIN_TOKEN}`, method, target, body);
      expect(came.headers.get("cache-control")).toBe("no-store");
    }
  });
});
