/** The console's session over HTTP: who gets one, what it opens, and what it never opens. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import { ADMIN_SETTINGS, ADMIN_TOKEN, admin, asking, makeApp, makeRoom } from "../support/admin.js";
import { consoleHeaders, fromConsole, signIn } from "../support/console.js";
import { eventually } from "../support/eventually.js";
import { enter, GUEST, hangUp, MODERATOR } from "../support/meeting.js";
import { startGateway, startTestNode, type TestGateway } from "../support/node.js";
import { asJson, asList, type Json } from "../support/peer.js";
import { refusedAs, REST_TOPOLOGIES } from "../support/rest.js";

const SESSION = "/console/session";
const MARK = { "x-admitone-console": "1" } as const;
const OWN_APP = { "x-admitone-app": "default" } as const;

describe.each(REST_TOPOLOGIES)("a session of the console, %s", (topology) => {
  let gateway: TestGateway;
  let signedIn: Record<string, string>;
  beforeAll(async () => {
    gateway = await startGateway(topology, ADMIN_SETTINGS);
    signedIn = await consoleHeaders(gateway.first);
  });
  afterAll(() => gateway.close());

  test("is a cookie that scripts do not see, for eight hours, and the page can ask until when", async () => {
    const came = await fromConsole(gateway.first, {}, "POST", SESSION, { token: ADMIN_TOKEN });
    expect([came.status, came.headers.get("cache-control")]).toEqual([204, "no-store"]);
    const cookie = came.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^admitone_console=[\w.-]+; HttpOnly; SameSite=Strict; Path=\/; Max-Age=28800$/);
    const shown = { ...MARK, cookie: cookie.split(";")[0] ?? "" };
    const { status, body } = await fromConsole(gateway.second, shown, "GET", SESSION);
    expect([status, body]).toEqual([200, { expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) }]);
    const left = Date.parse(String(body["expiresAt"])) - Date.now();
    expect([left > 7.9 * 3_600_000, left <= 8 * 3_600_000]).toEqual([true, true]);
  });

  test("opens the admin's routes on whichever node", async () => {
    const { id } = await makeApp(gateway.first);
    for (const node of [gateway.first, gateway.second]) {
      const { status, body } = await fromConsole(node, signedIn, "GET", `/v2/admin/apps/${id}`);
      expect([status, body["id"]]).toEqual([200, id]);
    }
    const revoked = await fromConsole(gateway.second, signedIn, "POST", `/v2/admin/apps/${id}/revocations`, {
      type: "all",
    });
    expect([revoked.status, revoked.body["by"]]).toEqual([200, "admin"]);
  });

  test("opens the routes of back ends in the name of the app that is chosen, and of no other", async () => {
    const one = await makeApp(gateway.first);
    const other = await makeApp(gateway.first);
    const roomId = await makeRoom(gateway.first, one);
    const as = (id: string): Record<string, string> => ({ ...signedIn, "x-admitone-app": id });
    const roomsOf = async (id: string): Promise<unknown[]> => {
      const { status, body, headers } = await fromConsole(gateway.second, as(id), "GET", "/v2/rooms");
      expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
      return asList(body["data"]).map((room) => asJson(room)["roomId"]);
    };
    expect([await roomsOf(one.id), await roomsOf(other.id)]).toEqual([[roomId], []]);
    expect(await fromConsole(gateway.second, as(other.id), "GET", `/v2/rooms/${roomId}/live`)).toMatchObject(
      refusedAs(404, "room_unknown", "roomId"),
    );
    const locked = await fromConsole(gateway.second, as(one.id), "POST", `/v2/rooms/${roomId}/lock`, {
      locked: true,
    });
    expect(locked.status).toBe(200);
    const revoked = await fromConsole(gateway.second, as(one.id), "POST", "/v2/revocations", { type: "all" });
    expect([revoked.status, revoked.body["by"]]).toEqual([200, "rest api (console)"]);
  });

  const NO_APP: readonly (readonly [string, Record<string, string>])[] = [
    ["none", {}],
    ["an empty one", { "x-admitone-app": "" }],
    ["one that there is not", { "x-admitone-app": "nobody" }],
    ["two", { "x-admitone-app": "default, default" }],
  ];
  test.each(NO_APP)("says so where the app is named wrongly: %s", async (_what, headers) => {
    for (const path of ["/v2/rooms", "/v2/rooms/none/lobby", "/v2/webhooks"])
      expect(await fromConsole(gateway.first, { ...signedIn, ...headers }, "GET", path)).toMatchObject(
        refusedAs(400, "invalid_parameter", "x-admitone-app"),
      );
  });

  test("an app that was deleted is named wrongly from then on", async () => {
    const { id } = await makeApp(gateway.first);
    const as = { ...signedIn, "x-admitone-app": id };
    expect((await fromConsole(gateway.second, as, "GET", "/v2/rooms")).status).toBe(200);
    await admin(gateway.first, "DELETE", `/apps/${id}`);
    await eventually(async () =>
      expect(await fromConsole(gateway.second, as, "GET", "/v2/rooms")).toMatchObject(
        refusedAs(400, "invalid_parameter", "x-admitone-app"),
      ),
    );
  });

  test("who is in the room learns that the console did it, or whom it did it for", async () => {
    const { first, second } = gateway;
    const as = { ...signedIn, ...OWN_APP };
    const made = await fromConsole(second, as, "POST", "/v2/rooms", {});
    const roomId = String(made.body["roomId"]);
    const host = await enter(first, roomId, "host", MODERATOR);
    const peers = [host];
    for (const id of ["ann", "ben", "cem"]) peers.push(await enter(first, roomId, id, GUEST));
    const ask = async (path: string, body: Json): Promise<void> => {
      const { status } = await fromConsole(second, as, "POST", `/v2/rooms/${roomId}/${path}`, body);
      expect(status).toBe(200);
    };
    await ask("lobby/ann/admit", {});
    await ask("lobby/ben/admit", { name: "Front desk" });
    await ask("lobby/deny", { note: "full" });
    await ask("participants/ann/permissions", { grant: ["allow_mod"] });
    await ask("participants/ann/remove", {});
    const by = (name: string) => ({ kind: "api", name });
    await eventually(() => {
      const seen = host.events
        .filter(({ type }) =>
          ["entry-responded", "permissions-changed", "participant-left"].includes(String(type)),
        )
        .map((event) => [event["type"], event["participantId"], event["by"]]);
      expect(seen).toEqual([
        ["entry-responded", "ann", by("console")],
        ["entry-responded", "ben", by("Front desk")],
        ["entry-responded", "cem", by("console")],
        ["permissions-changed", "ann", by("console")],
        ["participant-left", "ann", by("console")],
      ]);
    });
    hangUp(peers);
  });

  test("ends in the browser that signs out", async () => {
    const headers = await consoleHeaders(gateway.first);
    const out = await fromConsole(gateway.second, headers, "DELETE", SESSION);
    expect([out.status, out.headers.get("set-cookie")]).toEqual([
      204,
      "admitone_console=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0",
    ]);
    const emptied = { ...headers, cookie: "admitone_console=" };
    expect(await fromConsole(gateway.second, emptied, "GET", SESSION)).toMatchObject(
      refusedAs(401, "token_missing"),
    );
  });
});

describe("signing in to the console", () => {
  test("takes the admin token, whole", async () => {
    const node = await startTestNode(ADMIN_SETTINGS);
    const TRIED: readonly (readonly [Json, Json])[] = [
      [{ token: "another-token" }, refusedAs(401, "admin_token_invalid", "token")],
      [{ token: ADMIN_TOKEN.slice(0, -1) }, refusedAs(401, "admin_token_invalid", "token")],
      [{ token: `${ADMIN_TOKEN} ` }, refusedAs(401, "admin_token_invalid", "token")],
      [{}, refusedAs(400, "invalid_parameter", "token")],
      [{ token: "" }, refusedAs(400, "invalid_parameter", "token")],
      [{ token: [ADMIN_TOKEN] }, refusedAs(400, "invalid_parameter", "token")],
    ];
    for (const [body, refused] of TRIED) {
      const came = await fromConsole(node, {}, "POST", SESSION, body);
      expect(came).toMatchObject(refused);
      expect(came.headers.get("set-cookie")).toBeNull();
    }
    const shownInAHeader = await asking(node, `Bearer ${ADMIN_TOKEN}`, "POST", SESSION, {});
    expect(shownInAHeader).toMatchObject(refusedAs(400, "invalid_parameter", "token"));
    await node.close();
  });

  test("is for the gateway's own page: another one cannot use up the guesses of whoever reads it", async () => {
    const node = await startTestNode(ADMIN_SETTINGS);
    for (const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }]) {
      for (let guess = 0; guess < 12; guess += 1)
        expect(await fromConsole(node, headers, "POST", SESSION, { token: "a guess" })).toMatchObject(
          refusedAs(400, "invalid_parameter", "origin"),
        );
      expect(await fromConsole(node, headers, "DELETE", SESSION)).toMatchObject(
        refusedAs(400, "invalid_parameter", "origin"),
      );
    }
    expect(await signIn(node)).toMatch(/^admitone_console=/);
    await node.close();
  });

  test("after ten wrong guesses a node hears no more from that address, and says for how long", async () => {
    const node = await startTestNode(ADMIN_SETTINGS);
    const before = { ...MARK, cookie: await signIn(node) };
    for (let guess = 0; guess < 10; guess += 1)
      expect(await fromConsole(node, {}, "POST", SESSION, { token: `guess ${guess}` })).toMatchObject(
        refusedAs(401, "admin_token_invalid"),
      );
    const came = await fromConsole(node, {}, "POST", SESSION, { token: ADMIN_TOKEN });
    expect(came).toMatchObject(refusedAs(429, "rate_limited"));
    expect(Number(came.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(came.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    // Whoever is in stays in.
    expect((await fromConsole(node, before, "GET", SESSION)).status).toBe(200);
    await node.close();
  });

  test("where the gateway is to be found by https, the cookie goes nowhere without TLS", async () => {
    const node = await startTestNode({ ...ADMIN_SETTINGS, ADMITONE_PUBLIC_URL: "https://meet.example.com" });
    const came = await fromConsole(node, { origin: "https://meet.example.com" }, "POST", SESSION, {
      token: ADMIN_TOKEN,
    });
    const set = came.headers.get("set-cookie") ?? "";
    expect(set).toMatch(
      /^__Host-admitone_console=[\w.-]+; HttpOnly; SameSite=Strict; Path=\/; Max-Age=28800; Secure$/,
    );
    const headers = { ...MARK, cookie: set.split(";")[0] ?? "", origin: "https://meet.example.com" };
    expect((await fromConsole(node, headers, "GET", "/v2/admin/apps")).status).toBe(200);
    await node.close();
  });

  test("another admin token ends every session, and without one there is none", async () => {
    const store = createMemoryStore({ now: Date.now });
    const first = await startTestNode(ADMIN_SETTINGS, { store });
    const headers = await consoleHeaders(first);
    await first.close();
    const again = await startTestNode(ADMIN_SETTINGS, { store });
    expect((await fromConsole(again, headers, "GET", "/v2/admin/apps")).status).toBe(200);
    await again.close();
    const changed = await startTestNode(
      { ...ADMIN_SETTINGS, ADMITONE_ADMIN_TOKEN: `${ADMIN_TOKEN}2` },
      { store },
    );
    for (const path of ["/v2/admin/apps", "/v2/rooms", SESSION])
      expect(await fromConsole(changed, { ...headers, ...OWN_APP }, "GET", path)).toMatchObject(
        refusedAs(401, "token_missing"),
      );
    await changed.close();
    const closed = await startTestNode({}, { store });
    for (const [method, path] of [
      ["GET", SESSION],
      ["POST", SESSION],
      ["DELETE", SESSION],
      ["GET", "/v2/admin/apps"],
    ] as const) {
      const body = method === "POST" ? { token: ADMIN_TOKEN } : undefined;
      expect(await fromConsole(closed, headers, method, path, body)).toMatchObject(
        refusedAs(403, "admin_disabled"),
      );
    }
    expect(await fromConsole(closed, { ...headers, ...OWN_APP }, "GET", "/v2/rooms")).toMatchObject(
      refusedAs(401, "token_missing"),
    );
    await closed.close();
    await store.close();
  });
});
