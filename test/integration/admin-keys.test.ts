/** Keys over the admin API: they open meetings on every node, and stop doing so on every node, within a second. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import {
  ADMIN_SETTINGS,
  ADMIN_TOKEN,
  asking,
  enterWith,
  makeApp,
  makeRoom,
  pairOf,
  signed,
  type Pair,
} from "../support/admin.js";
import { eventually } from "../support/eventually.js";
import { startGateway, startTestNode, type TestGateway } from "../support/node.js";
import { asJson, asList, Peer, type Json } from "../support/peer.js";
import { refusedAs, REST_TOPOLOGIES } from "../support/rest.js";
import { startRedis } from "../support/redis-server.js";

const HOST = ["allow_join", "allow_mod"] as const;
const OWN_SECRET = "a-secret-of-the-customer's-own-choice";
const fresh = (): string => `key-${randomBytes(6).toString("hex")}`;

describe.each(REST_TOPOLOGIES)("keys over the admin API, %s", (topology) => {
  let gateway: TestGateway;
  let app: Pair & { readonly id: string };
  let room: string;
  beforeAll(async () => {
    gateway = await startGateway(topology, ADMIN_SETTINGS);
    app = await makeApp(gateway.first);
    room = await makeRoom(gateway.first, app);
  });
  afterAll(() => gateway.close());

  const ask = (method: string, path: string, body?: Json, node = gateway.first) =>
    asking(node, `Bearer ${ADMIN_TOKEN}`, method, `/v2/admin/apps${path}`, body);
  const ok = async (method: string, path: string, body?: Json): Promise<Json> => {
    const came = await ask(method, path, body);
    expect([came.status, came.body["code"]]).toEqual([200, undefined]);
    return came.body;
  };
  const addKey = async (body: Json = {}): Promise<Pair & { readonly at: string }> => {
    const pair = pairOf(await ok("POST", `/${app.id}/keys`, body));
    return { ...pair, at: `/${app.id}/keys/${pair.apiKey}` };
  };
  const joins = (pair: Pair): Promise<Peer> =>
    eventually(() => enterWith(gateway.second, room, signed(pair, { permissions: HOST })));
  const refusedWith = async (pair: Pair, code: number, reason: string): Promise<void> => {
    for (const node of [gateway.first, gateway.second])
      await eventually(async () => {
        const { reply } = await Peer.join(node, {
          token: signed(pair, { permissions: HOST }),
          roomId: room,
        });
        expect(reply).toMatchObject({ ok: false, error: { code, reason } });
      });
  };
  const secretsOf = async ({ apiKey }: Pair, node = gateway.second): Promise<readonly Json[]> => {
    const { keys } = (await ask("GET", `/${app.id}`, undefined, node)).body;
    const key = asList(keys)
      .map(asJson)
      .find((one) => one["apiKey"] === apiKey);
    return asList(key?.["secrets"]).map(asJson);
  };

  test("the first key of an app opens a meeting on the other node", async () => {
    expect((await joins(app)).closed).toBeNull();
  });

  test("one more key, made or chosen, opens it too", async () => {
    const made = await addKey();
    const apiKey = fresh();
    const chosen = await addKey({ apiKey, secret: OWN_SECRET });
    expect(chosen).toMatchObject({ apiKey, secret: OWN_SECRET });
    expect(made.apiKey).not.toBe(app.apiKey);
    expect([(await joins(made)).closed, (await joins(chosen)).closed]).toEqual([null, null]);
  });

  test("a name is taken once over all apps, that of the settings included", async () => {
    const other = await makeApp(gateway.first);
    const refused = refusedAs(409, "app_exists", "apiKey");
    for (const apiKey of [app.apiKey, "test-key"])
      expect(await ask("POST", `/${other.id}/keys`, { apiKey }, gateway.second)).toMatchObject(refused);
  });

  test.each([
    [{ apiKey: "" }, "apiKey"],
    [{ apiKey: "a b" }, "apiKey"],
    [{ apiKey: "a:b" }, "apiKey"],
    [{ apiKey: "x".repeat(129) }, "apiKey"],
    [{ apiKey: "." }, "apiKey"],
    [{ apiKey: ".." }, "apiKey"],
    [{ secret: "x".repeat(31) }, "secret"],
    [{ secret: " ".repeat(40) }, "secret"],
    [{ secret: 7 }, "secret"],
  ])("refuses %j, and repeats no secret", async (body, field) => {
    const came = await ask("POST", `/${app.id}/keys`, body);
    expect(came).toMatchObject(refusedAs(400, "invalid_parameter", field));
    if ("secret" in body) expect(JSON.stringify(came.body)).not.toContain(String(body.secret).slice(0, 20));
  });

  test("a deactivated key puts out who came in by it, on every node, until it is activated again", async () => {
    const pair = await addKey();
    const peer = await joins(pair);
    const off = await ok("POST", pair.at, { active: false });
    expect(asList(off["keys"])).toContainEqual(
      expect.objectContaining({ apiKey: pair.apiKey, active: false }),
    );
    expect(await peer.ended()).toEqual({ code: 4053, reason: "key_deactivated" });
    await refusedWith(pair, 4053, "key_deactivated");
    await ok("POST", pair.at, { active: false });
    await ok("POST", pair.at, { active: true });
    expect((await joins(pair)).closed).toBeNull();
  });

  test("a deleted key is known no more, and the other keys of the app stay", async () => {
    const pair = await addKey();
    const [peer, other] = [await joins(pair), await joins(app)];
    const left = await ok("DELETE", pair.at);
    expect(JSON.stringify(left)).not.toContain(pair.apiKey);
    expect(await peer.ended()).toEqual({ code: 4001, reason: "key_unknown" });
    await refusedWith(pair, 4001, "key_unknown");
    expect(other.closed).toBeNull();
    expect(await ask("DELETE", pair.at)).toMatchObject(refusedAs(404, "api_key_unknown", "apiKey"));
  });

  test("rotation: the new secret counts beside the old one, whose end is shown", async () => {
    const old = await addKey();
    const inside = await joins(old);
    const before = Date.now();
    const next = pairOf(await ok("POST", `${old.at}/rotate`, { overlapSeconds: 600 }));
    expect([next.apiKey, next.secret === old.secret]).toEqual([old.apiKey, false]);
    const [newest, retiring] = await secretsOf(old);
    expect([newest?.["status"], newest?.["retiresAt"]]).toEqual(["active", null]);
    expect(retiring?.["status"]).toBe("retiring");
    const end = Date.parse(String(retiring?.["retiresAt"]));
    expect(end).toBeGreaterThanOrEqual(before + 600_000 - 1_000);
    expect(end).toBeLessThanOrEqual(Date.now() + 600_000 + 1_000);
    expect([(await joins(next)).closed, (await joins(old)).closed, inside.closed]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test("a day where nothing is said; a chosen secret; and no end is put off by the next rotation", async () => {
    const first = await addKey();
    const second = await ok("POST", `${first.at}/rotate`, { secret: OWN_SECRET });
    expect(second["secret"]).toBe(OWN_SECRET);
    const day = Date.parse(String((await secretsOf(first))[1]?.["retiresAt"])) - Date.now();
    expect(Math.round(day / 3_600_000)).toBe(24);
    const ends = (await secretsOf(first))[1]?.["retiresAt"];
    await ok("POST", `${first.at}/rotate`, { overlapSeconds: 2_592_000 });
    expect((await secretsOf(first)).map(({ status, retiresAt }) => [status, retiresAt === ends])).toEqual([
      ["active", false],
      ["retiring", false],
      ["retiring", true],
    ]);
  });

  test("without an overlap the old secret signs nothing more", async () => {
    const old = await addKey();
    await joins(old);
    const next = pairOf(await ok("POST", `${old.at}/rotate`, { overlapSeconds: 0 }));
    expect((await joins(next)).closed).toBeNull();
    await refusedWith(old, 4002, "signature_invalid");
  });

  test.each([
    [{ overlapSeconds: -1 }, "overlapSeconds"],
    [{ overlapSeconds: 2_592_001 }, "overlapSeconds"],
    [{ overlapSeconds: 1.5 }, "overlapSeconds"],
    [{ overlapSeconds: "1h" }, "overlapSeconds"],
    [{ secret: "short" }, "secret"],
  ])("a rotation with %j is refused, and changes nothing", async (body, field) => {
    const pair = await addKey();
    const came = await ask("POST", `${pair.at}/rotate`, body);
    expect(came).toMatchObject(refusedAs(400, "invalid_parameter", field));
    expect(await secretsOf(pair)).toHaveLength(1);
  });

  test("a revoked secret puts out who came in by it; the one after it stays; the last one cannot be revoked", async () => {
    const old = await addKey();
    const next = pairOf(await ok("POST", `${old.at}/rotate`, {}));
    const [outgoing, staying] = [await joins(old), await joins(next)];
    const [newest, oldest] = await secretsOf(old);
    const at = `${old.at}/secrets`;
    await ok("DELETE", `${at}/${String(oldest?.["id"])}`);
    expect(await outgoing.ended()).toEqual({ code: 4002, reason: "token_revoked" });
    await refusedWith(old, 4002, "signature_invalid");
    expect(staying.closed).toBeNull();
    expect((await secretsOf(old)).map(({ id }) => id)).toEqual([newest?.["id"]]);
    expect(await ask("DELETE", `${at}/${String(oldest?.["id"])}`)).toMatchObject(
      refusedAs(404, "api_key_unknown", "secretId"),
    );
    expect(await ask("DELETE", `${at}/${String(newest?.["id"])}`)).toMatchObject(
      refusedAs(409, "last_secret", "secretId"),
    );
    expect((await joins(next)).closed).toBeNull();
  });

  test("a key that there is not, of an app that there is or not, and of one of the settings", async () => {
    const other = await makeApp(gateway.first);
    const calls = (path: string): readonly (readonly [string, string, Json | undefined])[] => [
      ["POST", path, { active: true }],
      ["DELETE", path, undefined],
      ["POST", `${path}/rotate`, {}],
      ["DELETE", `${path}/secrets/1`, undefined],
    ];
    // The other app's key is as unknown as one that nobody has.
    for (const apiKey of ["nobody", other.apiKey])
      for (const [method, path, body] of calls(`/${app.id}/keys/${apiKey}`))
        expect(await ask(method, path, body)).toMatchObject(refusedAs(404, "api_key_unknown", "apiKey"));
    for (const [method, path, body] of calls("/nobody/keys/any"))
      expect(await ask(method, path, body)).toMatchObject(refusedAs(404, "app_unknown", "app"));
    for (const [method, path, body] of calls("/default/keys/test-key"))
      expect(await ask(method, path, body)).toMatchObject(refusedAs(409, "app_fixed", "app"));
    expect(await ask("POST", "/nobody/keys", {})).toMatchObject(refusedAs(404, "app_unknown", "app"));
    expect(await ask("POST", "/default/keys", {})).toMatchObject(refusedAs(409, "app_fixed", "app"));
    const noWord = await ask("POST", `/${app.id}/keys/${app.apiKey}`, {});
    expect(noWord).toMatchObject(refusedAs(400, "invalid_parameter", "active"));
  });

  test("names with signs in them are asked for as they are", async () => {
    const apiKey = `a/b?c#d%2f&${fresh()}`;
    await ok("POST", `/${app.id}/keys`, { apiKey });
    const path = `/${app.id}/keys/${encodeURIComponent(apiKey)}`;
    await ok("POST", path, { active: false });
    await ok("DELETE", path);
    expect(await ask("DELETE", path)).toMatchObject(refusedAs(404, "api_key_unknown", "apiKey"));
  });
});

test("a node without an encryption key makes no secrets, and manages the rest", async () => {
  const redis = await startRedis();
  const settings = { REDIS_URL: redis.url, ADMITONE_ADMIN_TOKEN: ADMIN_TOKEN };
  const keyless = await startTestNode(settings);
  const other = await startTestNode({ ...settings, ...ADMIN_SETTINGS });
  const ask = (method: string, path: string, body: Json) =>
    asking(keyless, `Bearer ${ADMIN_TOKEN}`, method, `/v2/admin/apps${path}`, body);
  const missing = refusedAs(409, "encryption_key_missing");
  try {
    expect(await ask("POST", "", { id: "alpha" })).toMatchObject(missing);
    const pair = await makeApp(other);
    const at = `/${pair.id}/keys`;
    expect(await ask("POST", at, {})).toMatchObject(missing);
    expect(await ask("POST", `${at}/${pair.apiKey}/rotate`, {})).toMatchObject(missing);
    expect((await ask("POST", `${at}/${pair.apiKey}`, { active: false })).status).toBe(200);
    expect((await ask("POST", `/${pair.id}`, { name: "Another" })).body["name"]).toBe("Another");
  } finally {
    await Promise.all([keyless.close(), other.close()]);
    await redis.stop();
  }
});
