/** The REST client of the kit against real gateways: tokens, revocations, conferences and webhooks of an app. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { RestClient } from "../../src/kit/kit.js";
import { eventually } from "../support/eventually.js";
import { KitWorld, refusalOf } from "../support/kit-world.js";
import { asJson, Peer } from "../support/peer.js";
import { startReceiver } from "../support/receiver.js";
import { REST_TOPOLOGIES } from "../support/rest.js";
import { freshName } from "../support/v2.js";

describe.each(REST_TOPOLOGIES)("the REST client, %s", (topology) => {
  const world = new KitWorld(topology);
  let client: RestClient;
  beforeAll(() => {
    client = world.client;
  });

  test("tokens: made for clients, looked at, taken back", async () => {
    const { roomId } = await client.rooms.create();
    const made = await client.tokens.client({ externalId: "ann@example.test", expiresIn: 600 });
    expect(made).toMatchObject({ token_type: "Bearer", expires_in: 600 });
    const token = made.access_token;
    expect(await client.tokens.introspect(token)).toMatchObject({ active: true, sub: "ann@example.test" });
    expect(await client.tokens.explain({ token, roomId })).toMatchObject({ outcome: "hold", refusal: null });
    await client.tokens.revoke(token);
    await eventually(async () => expect(await client.tokens.introspect(token)).toEqual({ active: false }));
  });

  test("revocations: made, listed, lifted", async () => {
    const participantId = freshName("somebody");
    const made = await client.revocations.create({ type: "participant", participantId, note: "left us" });
    expect(made).toMatchObject({ type: "participant", participantId, roomId: null, note: "left us" });
    expect((await client.revocations.list({ perPage: 1 }).all()).map(({ id }) => id)).toContain(made.id);
    await client.revocations.lift(made.id);
    expect(await refusalOf(client.revocations.lift(made.id))).toMatchObject({ code: "revocation_unknown" });
  });

  test("conferences: opened, filled, ended", async () => {
    const alias = freshName("retro");
    const { conferences } = client;
    const opened = await conferences.create({ alias, ownerExternalId: "ann", parameters: { ttl: 60 } });
    expect(opened).toMatchObject({ conferenceAlias: alias, ownerToken: expect.any(String) });
    const id = opened.conferenceId;
    expect(Object.keys(await conferences.invite(id, { bob: {}, cat: { permissions: ["JOIN"] } }))).toEqual([
      ...["bob", "cat"],
    ]);
    expect(Object.keys(await conferences.setPermissions(alias, { bob: { permissions: ["JOIN"] } }))).toEqual([
      "bob",
    ]);
    const { access_token: token } = await client.tokens.client({ externalId: "ann" });
    const { peer } = await Peer.join(world.gateway.first, { token, roomId: id });
    world.met(peer);
    await peer.room();
    expect(await conferences.participants(id)).toMatchObject([{ externalId: "ann", nbSession: 1 }]);
    await conferences.message(id, { from: "desk", message: "hello", to: ["ann"] });
    expect(asJson((await peer.event("message-published"))["message"])["message"]).toBe("hello");
    await conferences.kick(id, ["ann"]);
    await peer.ended();
    await conferences.end(id);
    expect(await refusalOf(conferences.participants(id))).toMatchObject({
      code: "room_unknown",
      status: 404,
    });
  });

  test("webhooks: made, tried, changed, removed", async () => {
    const receiver = await startReceiver();
    const { webhooks } = client;
    const hook = await webhooks.create({ url: receiver.url, events: ["entry-*"], description: "desk" });
    try {
      expect((await webhooks.list()).map(({ id }) => id)).toContain(hook.id);
      expect(await webhooks.get(hook.id)).toEqual(hook);
      expect(await webhooks.test(hook.id)).toMatchObject({ status: "delivered", webhookType: "test" });
      expect(receiver.got).toHaveLength(1);
      const [secret] = await webhooks.secrets();
      expect(secret).toMatch(/^whsec_/);
      expect(await webhooks.deliveries(hook.id, { status: "failed" }).all()).toEqual([]);
      expect(await webhooks.replay(hook.id)).toBe(0);
      expect(await refusalOf(webhooks.replay(hook.id, { deliveryId: "none" }))).toMatchObject({
        code: "webhook_unknown",
      });
      expect(await webhooks.change(hook.id, { enabled: false })).toMatchObject({ enabled: false });
    } finally {
      await webhooks.remove(hook.id);
      await receiver.close();
    }
    expect(await refusalOf(webhooks.get(hook.id))).toMatchObject({ code: "webhook_unknown" });
  });
});
