/** Revocations over REST, by each way: who stands on what was revoked is out on every node, and does not come back. */
import { describe, expect, test } from "@jest/globals";
import { ADMIN_TOKEN, asking, basic, clientToken, makeRoom, pairOf, signed } from "../support/admin.js";
import { eventually } from "../support/eventually.js";
import { asJson, Peer } from "../support/peer.js";
import { refusedAs, REST_TOPOLOGIES } from "../support/rest.js";
import { LATER, OWN, Revoking } from "../support/revoking.js";

const HOST = ["allow_join", "allow_mod"] as const;
const TIME = expect.stringMatching(/^\d{4}-.*Z$/);

describe.each(REST_TOPOLOGIES)("revocations, %s", (topology) => {
  const on = new Revoking(topology);

  test("one token, by its id: it is out, and the others stay", async () => {
    const { app, room } = await on.opened();
    const [bad, good] = [on.token(app, { jti: "bad" }), on.token(app)];
    const [out, stays] = [await on.join(room, bad), await on.join(room, good)];
    const until = new Date(Date.now() + 3 * 3_600_000).toISOString();
    const made = await on.ask(on.backEnd(app), "POST", OWN, {
      type: "token",
      jti: "bad",
      expiresAt: until,
      note: "lost",
    });
    expect([made.status, made.body]).toEqual([
      200,
      {
        id: expect.any(String),
        type: "token",
        jti: "bad",
        at: TIME,
        until,
        by: `rest api (${app.apiKey})`,
        note: "lost",
      },
    ]);
    expect(made.headers.get("cache-control")).toBe("no-store");
    await on.outBy(out);
    await on.isRevoked(room, bad);
    expect(stays.closed).toBeNull();
    expect((await on.join(room, good)).closed).toBeNull();
  });

  test("one token that has expired, whose bearer is still inside", async () => {
    const { app, room } = await on.opened();
    const shown = on.token(app, { jti: "short", ttlSeconds: 2 });
    const inside = await on.join(room, shown);
    await eventually(async () => {
      const { peer, reply } = await Peer.join(on.gateway.first, { token: shown, roomId: room });
      peer.socket.terminate();
      expect(reply).toMatchObject({ error: { reason: "token_expired" } });
    });
    const expiresAt = Date.now() - 1_000;
    expect(inside.closed).toBeNull();
    const { status } = await on.asAdmin("POST", app.id, { type: "token", jti: "short", expiresAt });
    expect(status).toBe(200);
    await on.outBy(inside);
  });

  test("one token, shown in full: also one that the gateway made", async () => {
    const { app, room } = await on.opened();
    const own = on.token(app, { jti: "the-own" });
    const clients = await clientToken(on.gateway.first, app, { externalId: "ann", sessionScope: "*" });
    const host = await on.join(room, on.token(app));
    const out = await on.join(room, own);
    const made = await on.asAdmin("POST", app.id, { type: "token", token: own });
    const exp = Number(
      asJson(JSON.parse(Buffer.from(own.split(".")[1] ?? "", "base64url").toString()))["exp"],
    );
    expect(made.body).toMatchObject({ jti: "the-own", by: "admin", note: null });
    expect(Date.parse(String(made.body["until"]))).toBeGreaterThanOrEqual(exp * 1_000);
    expect(JSON.stringify(made.body)).not.toContain(own);
    await on.outBy(out);
    const { status } = await on.ask(on.backEnd(app), "POST", OWN, { type: "token", token: clients });
    expect(status).toBe(200);
    await on.isRevoked(room, clients);
    expect(host.closed).toBeNull();
  });

  test("one that has expired, and still holds its bearer's stay", async () => {
    const { app, room } = await on.opened();
    const short = signed(app, { permissions: HOST, jti: "short", ttlSeconds: 2 });
    const host = await on.join(room, short);
    const shown = { type: "token", token: short };
    await eventually(async () => {
      const form = new URLSearchParams({ token: short });
      const { body } = await asking(on.gateway.first, basic(app), "POST", "/v1/auth/introspect", form);
      expect(body).toEqual({ active: false });
    });
    expect(host.closed).toBeNull();
    expect((await on.ask(on.backEnd(app), "POST", OWN, shown)).status).toBe(200);
    await on.outBy(host);
  });

  test("a token that cannot be revoked in full says why", async () => {
    const [{ app }, { app: other }] = [await on.opened(), await on.opened()];
    const nameless = signed(app, { permissions: HOST });
    const cases: readonly (readonly [string, string])[] = [
      ["no token", "is none of this app"],
      [on.token(other), "is none of this app"],
      [nameless, "has no jti; revoke those of its participant"],
    ];
    for (const [shown, problem] of cases) {
      const came = await on.ask(on.backEnd(app), "POST", OWN, { type: "token", token: shown });
      expect(came).toMatchObject(refusedAs(400, "invalid_parameter", "token", { problem }));
    }
    expect(await on.list(on.backEnd(app))).toEqual([]);
  });

  test("a participant in one room, also named by its custom id; the same person elsewhere stays", async () => {
    const { app } = await on.opened();
    const room = await makeRoom(on.gateway.first, app, { customRoomId: "lesson-5" });
    const elsewhere = await makeRoom(on.gateway.first, app);
    const ann = on.token(app, { participantId: "ann" });
    const [out, stays] = [
      await on.join(room, ann),
      await on.join(elsewhere, on.token(app, { participantId: "ann" })),
    ];
    const bob = await on.join(room, on.token(app, { participantId: "bob" }));
    const body = { type: "participant", participantId: "ann", roomId: "lesson-5" };
    const made = await on.ask(on.backEnd(app), "POST", OWN, body);
    expect(made.body).toMatchObject({
      type: "participant",
      participantId: "ann",
      roomId: room,
      before: TIME,
    });
    await on.outBy(out);
    await on.isRevoked(room, ann);
    expect([stays.closed, bob.closed]).toEqual([null, null]);
    // A newer token opens the room again.
    const next = on.token(app, { participantId: "ann", now: LATER });
    expect((await on.join(room, next)).closed).toBeNull();
  });

  test("a participant in every room", async () => {
    const { app, room } = await on.opened();
    const other = await makeRoom(on.gateway.first, app);
    const ann = on.token(app, { participantId: "ann" });
    const [one, two] = [await on.join(room, ann), await on.join(other, ann)];
    const made = await on.asAdmin("POST", app.id, { type: "participant", participantId: "ann" });
    expect(made.body).toMatchObject({ participantId: "ann", roomId: null });
    await Promise.all([on.outBy(one), on.outBy(two)]);
    await on.isRevoked(room, ann);
  });

  test("those of a key, and no others", async () => {
    const { app, room } = await on.opened();
    const second = pairOf(
      (await on.ask(`Bearer ${ADMIN_TOKEN}`, "POST", `/v2/admin/apps/${app.id}/keys`, {})).body,
    );
    const [first, shown] = [on.token(app), on.token(second)];
    const stays = await on.join(room, first);
    const out = await eventually(() => on.join(room, shown));
    const made = await on.asAdmin("POST", app.id, { type: "key", apiKey: second.apiKey });
    expect(made.body).toMatchObject({ type: "key", key: second.apiKey, before: TIME });
    await on.outBy(out);
    await on.isRevoked(room, shown);
    expect(stays.closed).toBeNull();
  });

  test("all of the app, issued before a time; by its own token too", async () => {
    const { app, room } = await on.opened();
    const old = on.token(app, { now: () => Date.now() - 600_000 });
    const young = on.token(app);
    const [out, stays] = [await on.join(room, old), await on.join(room, young)];
    const before = Date.now() - 300_000;
    const made = await on.ask(on.backEnd(app), "POST", OWN, { type: "all", before });
    expect(made.body).toMatchObject({ type: "all", before: new Date(before).toISOString() });
    await on.outBy(out);
    await on.isRevoked(room, old);
    expect(stays.closed).toBeNull();
    const caller = on.backEnd(app);
    expect((await on.ask(caller, "POST", OWN, { type: "all" })).status).toBe(200);
    await on.outBy(stays);
    expect(await on.ask(caller, "GET", OWN)).toMatchObject(refusedAs(401, "token_revoked"));
    // By now there is one revocation of all, the later one.
    const [all, ...more] = await on.list(on.backEnd(app, { now: LATER }));
    expect([all?.["type"], more]).toEqual(["all", []]);
  });

  test("lifted, a token counts again", async () => {
    const { app, room } = await on.opened();
    const shown = on.token(app, { jti: "j" });
    const { id } = (await on.asAdmin("POST", app.id, { type: "token", jti: "j" })).body;
    await eventually(() => on.isRevoked(room, shown));
    const lifted = await on.ask(on.backEnd(app), "DELETE", `${OWN}/${String(id)}`);
    expect([lifted.status, lifted.body]).toEqual([200, { id, deleted: true }]);
    expect((await eventually(() => on.join(room, shown))).closed).toBeNull();
    const gone = refusedAs(404, "revocation_unknown", "id");
    expect(await on.ask(on.backEnd(app), "DELETE", `${OWN}/${String(id)}`)).toMatchObject(gone);
    expect(await on.asAdmin("DELETE", app.id, undefined, `/${String(id)}`)).toMatchObject(gone);
  });

  test("those of an identity provider of the app", async () => {
    const { app } = await on.opened();
    const issuer = `https://${app.id}.example.com`;
    const issuers = [{ issuer, audience: "meet", jwksUrl: `${issuer}/keys` }];
    await on.ask(`Bearer ${ADMIN_TOKEN}`, "POST", `/v2/admin/apps/${app.id}`, { issuers });
    const made = await on.ask(on.backEnd(app), "POST", OWN, { type: "key", issuer });
    expect([made.status, made.body]).toMatchObject([200, { type: "key", key: issuer }]);
  });

  test("the app of the settings revokes as the others do", async () => {
    const made = await on.asAdmin("POST", "default", { type: "token", jti: "not-in-use" });
    expect(made.status).toBe(200);
    expect((await on.asAdmin("DELETE", "default", undefined, `/${String(made.body["id"])}`)).status).toBe(
      200,
    );
  });

  test("two apps: what one revokes is nothing to the other, and is not told", async () => {
    const [mine, theirs] = [await on.opened(), await on.opened()];
    const claims = { jti: "the-same", participantId: "ann" };
    const [out, stays] = [
      await on.join(mine.room, on.token(mine.app, claims)),
      await on.join(theirs.room, on.token(theirs.app, claims)),
    ];
    const { id } = (await on.ask(on.backEnd(mine.app), "POST", OWN, { type: "token", jti: "the-same" })).body;
    await on.outBy(out);
    await on.ask(on.backEnd(mine.app), "POST", OWN, { type: "participant", participantId: "ann" });
    await on.isRevoked(mine.room, on.token(mine.app, { participantId: "ann" }));
    expect(stays.closed).toBeNull();
    expect((await on.join(theirs.room, on.token(theirs.app, claims))).closed).toBeNull();
    expect(await on.list(on.backEnd(theirs.app))).toEqual([]);
    const gone = refusedAs(404, "revocation_unknown", "id");
    expect(await on.ask(on.backEnd(theirs.app), "DELETE", `${OWN}/${String(id)}`)).toMatchObject(gone);
    expect(await on.asAdmin("DELETE", theirs.app.id, undefined, `/${String(id)}`)).toMatchObject(gone);
    expect((await on.list(on.backEnd(mine.app, { now: LATER }))).length).toBe(2);
  });
});
