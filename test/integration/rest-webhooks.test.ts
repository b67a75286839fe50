/** Webhooks over REST: who may keep them, what they take, and how deliveries are looked at and repeated. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { eventually } from "../support/eventually.js";
import { enter, MODERATOR } from "../support/meeting.js";
import { token } from "../support/node.js";
import { asJson, asList, type Json } from "../support/peer.js";
import { backEnd, otherBackEnd, refusedAs, Rest, REST_TOPOLOGIES } from "../support/rest.js";

const HOOKS = "/v2/webhooks";
const NOWHERE = "https://hooks.example.com/in";

describe.each(REST_TOPOLOGIES)("webhooks over REST, %s", (topology) => {
  const rest = new Rest(topology);
  let receiver: Server;
  let url: string;
  let answer = 200;
  const received: string[] = [];
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      received.push(String(request.headers["webhook-id"]));
      response.writeHead(answer).end();
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const address = receiver.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    url = `http://127.0.0.1:${address.port}/hook`;
  });
  afterAll(() => {
    receiver.close();
    receiver.closeAllConnections();
  });

  const add = async (body: Json = { url }): Promise<Json> => {
    const made = await rest.post(HOOKS, body);
    expect(made.status).toBe(200);
    return made.body;
  };
  const deliveries = async (id: string, query = ""): Promise<readonly Json[]> => {
    const { status, body } = await rest.get(`${HOOKS}/${id}/deliveries${query}`);
    expect(status).toBe(200);
    return asList(body["data"]).map(asJson);
  };

  test("is made, shown, listed on every node, changed, and removed", async () => {
    const made = await add({
      url: NOWHERE,
      events: ["participant-*"],
      description: "Billing",
      region: "any",
    });
    const { id } = made;
    expect(made).toEqual({
      id: expect.any(String),
      url: NOWHERE,
      events: ["participant-*"],
      enabled: true,
      description: "Billing",
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const path = `${HOOKS}/${String(id)}`;
    expect(await rest.get(path, { node: rest.sockets })).toEqual({ status: 200, body: made });
    expect((await rest.get(HOOKS)).body["data"]).toContainEqual(made);
    const off = { ...made, enabled: false };
    expect(await rest.post(path, { enabled: false })).toEqual({ status: 200, body: off });
    const other = { ...off, url: `${NOWHERE}/2`, events: ["*"] };
    const patched = await rest.ask("POST", path, { url: `${NOWHERE}/2`, events: ["*"] });
    expect(patched).toEqual({ status: 200, body: other });
    expect(await rest.ask("DELETE", path, undefined)).toEqual({ status: 200, body: { id, deleted: true } });
    expect(await rest.get(path)).toMatchObject(refusedAs(404, "webhook_unknown", "id"));
    expect((await rest.get(HOOKS)).body["data"]).not.toContainEqual(other);
  });

  test("hears of everything unless events are named", async () => {
    expect(await add({ url: NOWHERE })).toMatchObject({ events: ["*"], description: "", enabled: true });
  });

  const WRONG: readonly (readonly [string, Json, string, string])[] = [
    ["no address", {}, "url", "invalid_parameter"],
    ["a number for an address", { url: 7 }, "url", "invalid_parameter"],
    ["what is no address", { url: "hooks" }, "url", "invalid_parameter"],
    ["an address without TLS", { url: "http://hooks.example.com" }, "url", "invalid_parameter"],
    ["a file", { url: "file:///etc/passwd" }, "url", "invalid_parameter"],
    ["an address within the house", { url: "https://10.0.0.7/hook" }, "url", "address_refused"],
    ["the machine that clouds ask", { url: "https://169.254.169.254/" }, "url", "address_refused"],
    ["no events", { url: NOWHERE, events: [] }, "events", "invalid_parameter"],
    [
      "an event that is no name",
      { url: NOWHERE, events: ["*", "Not A Name"] },
      "events.1",
      "invalid_parameter",
    ],
    [
      "a description without end",
      { url: NOWHERE, description: "x".repeat(513) },
      "description",
      "invalid_parameter",
    ],
  ];
  test.each(WRONG)("refuses %s, and names the field", async (_what, body, field, code) => {
    expect(await rest.post(HOOKS, body)).toMatchObject(refusedAs(400, code, field));
    if (body["url"] === undefined) return;
    const { id } = await add({ url: NOWHERE });
    expect(await rest.post(`${HOOKS}/${String(id)}`, body)).toMatchObject(refusedAs(400, code, field));
    expect((await rest.get(`${HOOKS}/${String(id)}`)).body).toMatchObject({ url: NOWHERE, events: ["*"] });
  });

  test("a test message is sent at once, and its outcome is told", async () => {
    const { id } = await add();
    const good = await rest.post(`${HOOKS}/${String(id)}/test`);
    expect(good).toMatchObject({
      status: 200,
      body: { webhookId: id, roomId: null, webhookType: "test", position: null, status: "delivered" },
    });
    expect(good.body["last"]).toMatchObject({ httpStatus: 200, error: null });
    expect(received).toContain(good.body["id"]);
    answer = 500;
    const bad = await rest.post(`${HOOKS}/${String(id)}/test`);
    answer = 200;
    expect(bad.body).toMatchObject({ status: "failed", attempts: 1, last: { httpStatus: 500 } });
  });

  test("deliveries are listed with their place in the log, by status and by page, and repeated on demand", async () => {
    const { id } = await add({ url, events: ["participant-joined"] });
    const { roomId, host } = await rest.meeting();
    await enter(rest.sockets, roomId, "second", MODERATOR);
    const all = await eventually(async () => {
      const listed = (await deliveries(String(id), "?status=delivered")).filter(
        (one) => one["roomId"] === roomId,
      );
      expect(listed).toHaveLength(2);
      return listed;
    });
    const { seq } = await host.event("participant-joined", ({ participant }) =>
      JSON.stringify(participant).includes('"second"'),
    );
    expect(all[0]).toMatchObject({
      webhookId: id,
      webhookType: "participant-joined",
      position: `${String(host.epoch)}:${String(seq)}`,
      attempts: 1,
      nextAttemptAt: null,
    });
    expect(await deliveries(String(id), "?status=failed")).toEqual([]);
    const second = await rest.get(`${HOOKS}/${String(id)}/deliveries?perPage=1&page=2`);
    expect(second.body["pageInfo"]).toMatchObject({ currentPage: 2, perPage: 1 });
    expect(asList(second.body["data"])).toHaveLength(1);
    // What was delivered is not sent again: only what failed is.
    const one = `${HOOKS}/${String(id)}/deliveries/${String(all[0]?.["id"])}/replay`;
    expect(await rest.post(one)).toEqual({ status: 200, body: { replayed: 0 } });
    expect(await rest.post(`${HOOKS}/${String(id)}/replay`)).toEqual({ status: 200, body: { replayed: 0 } });
    expect(await rest.get(`${HOOKS}/${String(id)}/deliveries?status=lost`)).toMatchObject(
      refusedAs(400, "invalid_parameter", "status"),
    );
  });

  test("a room's own webhook is addressed by the room: looked at, tested and replayed, not changed", async () => {
    const { roomId } = await rest.meeting({ webhook: { endPoint: url, events: ["participant-joined"] } });
    const id = `room-${roomId}`;
    await eventually(async () =>
      expect(await deliveries(id)).toMatchObject([
        { webhookId: id, roomId, webhookType: "participant-joined" },
      ]),
    );
    expect((await rest.post(`${HOOKS}/${id}/test`)).body).toMatchObject({ roomId, status: "delivered" });
    expect(await rest.post(`${HOOKS}/${id}/replay`)).toMatchObject({ status: 200 });
    for (const [method, body] of [["GET"], ["POST", {}], ["DELETE"]] as const)
      expect(await rest.ask(method, `${HOOKS}/${id}`, body)).toMatchObject(
        refusedAs(404, "webhook_unknown", "id"),
      );
  });

  const PATHS: readonly (readonly [string, string])[] = [
    ["GET", "/ID"],
    ["POST", "/ID"],
    ["DELETE", "/ID"],
    ["POST", "/ID/test"],
    ["GET", "/ID/deliveries"],
    ["POST", "/ID/replay"],
    ["POST", "/ID/deliveries/none/replay"],
  ];
  test("another app's webhooks do not exist, nor do rooms' that have none", async () => {
    const { id } = await add({ url: NOWHERE });
    for (const [method, path] of PATHS) {
      for (const [name, shown] of [
        [String(id), otherBackEnd()],
        ["none", backEnd()],
        ["room-none", backEnd()],
      ] as const) {
        const asked = await rest.ask(
          method,
          HOOKS + path.replace("ID", name),
          method === "GET" ? undefined : {},
          {
            token: shown,
          },
        );
        expect([method, path, asked]).toEqual([method, path, expect.objectContaining({ status: 404 })]);
        expect(asked.body["code"]).toBe("webhook_unknown");
      }
    }
    expect((await rest.get(HOOKS, { token: otherBackEnd() })).body).toEqual({ data: [] });
  });

  test("tokens of one room or participant get none of it, and tokens that do not moderate neither", async () => {
    const { id } = await add({ url: NOWHERE });
    const all = [["GET", ""], ["POST", ""], ["GET", "/secrets"], ...PATHS] as const;
    for (const [method, path] of all) {
      const ask = (shown: string) =>
        rest.ask(
          method,
          HOOKS + path.replace("ID", String(id)),
          method === "GET" ? undefined : { url: NOWHERE },
          {
            token: shown,
          },
        );
      expect(await ask(backEnd({ roomId: "abc" }))).toMatchObject(refusedAs(403, "room_mismatch", "roomId"));
      expect(await ask(backEnd({ participantId: "p" }))).toMatchObject(
        refusedAs(403, "room_mismatch", "roomId"),
      );
      for (const permissions of [["ask_join"], ["allow_join"]] as const)
        expect(await ask(token({ permissions }))).toMatchObject(refusedAs(403, "not_permitted"));
    }
  });

  test("the secrets are those of the app, one for each key", async () => {
    const mine = await rest.get(`${HOOKS}/secrets`);
    const theirs = await rest.get(`${HOOKS}/secrets`, { token: otherBackEnd() });
    for (const { body } of [mine, theirs])
      expect(body).toEqual({ secrets: [expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/)] });
    expect(mine.body).not.toEqual(theirs.body);
  });
});
