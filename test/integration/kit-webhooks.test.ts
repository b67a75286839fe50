/** What a real gateway sends reaches a receiver made with the kit: signed, decoded by type, each message once. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { createServer, type Server } from "node:http";
import express from "express";
import {
  createSeenMessages,
  webhookReceiver,
  type KnockQuestion,
  type RestClient,
  type WebhookMessage,
} from "../../src/kit/kit.js";
import { eventually } from "../support/eventually.js";
import { KitWorld } from "../support/kit-world.js";
import { GUEST, MODERATOR } from "../support/meeting.js";
import type { Peer } from "../support/peer.js";
import { REST_TOPOLOGIES } from "../support/rest.js";

describe.each(REST_TOPOLOGIES)("webhooks and the kit, %s", (topology) => {
  const world = new KitWorld(topology);
  let client: RestClient;
  let server: Server;
  let url: string;
  let handled: WebhookMessage[] = [];
  let asked: KnockQuestion[] = [];
  let faults = 0;
  beforeAll(async () => {
    client = world.client;
    const app = express();
    app.post(
      "/hook",
      webhookReceiver({
        secrets: await client.webhooks.secrets(),
        seen: createSeenMessages(),
        handle: (message) => {
          if ((faults -= 1) >= 0) throw new Error("not now");
          handled.push(message);
        },
        decide: (question) => {
          asked.push(question);
          return question.data.metaData?.["email"] === "ann@example.test"
            ? { decision: "allow" }
            : { decision: "deny", note: "not on the list" };
        },
      }),
    );
    app.use((_error: unknown, _request: unknown, response: express.Response, _next: unknown) => {
      response.sendStatus(503);
    });
    server = createServer((request, response) => void app(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/hook`;
  });
  afterEach(() => {
    [handled, asked, faults] = [[], [], 0];
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const join = (roomId: string, id: string, permissions = MODERATOR, metaData = {}): Promise<Peer> =>
    world.join(roomId, id, permissions, { metaData });

  test("every event of a meeting is decoded as what it is", async () => {
    const { roomId } = await client.rooms.create({ webhook: { endPoint: url, events: ["*"] } });
    const host = await join(roomId, "host");
    await join(roomId, "ann", GUEST);
    await client.lobby.admit(roomId, "ann", { name: "Desk" });
    await host.ask({ type: "set-media", kind: "mic", on: true });
    await client.moderation.turnOff(roomId, "mic");
    await client.moderation.requestMedia(roomId, "ann", "webcam");
    await client.moderation.lockMedia(roomId, "webcam", true);
    await client.moderation.lockRoom(roomId, true);
    await client.moderation.setPermissions(roomId, "ann", { grant: ["allow_mod"] });
    await client.messages.publish(roomId, { topic: "chat", message: "hello", name: "Desk" });
    await client.bans.add(roomId, "bob");
    await client.bans.lift(roomId, "bob");
    await client.rooms.change(roomId, { maxParticipants: 9 });
    await client.moderation.end(roomId);

    await eventually(() => expect(handled.at(-1)?.webhookType).toBe("session-ended"));
    const types = new Set(handled.map(({ webhookType }) => webhookType));
    expect(types).not.toContain("unknown");
    for (const type of [
      ...(["session-started", "participant-joined", "entry-requested", "entry-responded"] as const),
      ...(["stream-enabled", "stream-disabled", "webcam-requested", "media-lock-changed"] as const),
      ...(["room-lock-changed", "permissions-changed", "message-published", "participant-banned"] as const),
      ...(["participant-unbanned", "room-settings-changed", "participant-left"] as const),
    ])
      expect(types).toContain(type);
    const answered = handled.find((one) => one.webhookType === "entry-responded");
    expect(answered?.data).toMatchObject({
      ...{ meetingId: roomId, participantId: "ann", decision: "allowed", by: { kind: "api", name: "Desk" } },
    });
    const numbers = handled.map(({ seq }) => seq ?? -1);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  test("what failed comes again and is handled once; a test is told as one", async () => {
    const hook = await client.webhooks.create({ url, events: ["room-created"] });
    faults = 1;
    expect(await client.webhooks.test(hook.id)).toMatchObject({ status: "failed" });
    expect(await client.webhooks.test(hook.id)).toMatchObject({ status: "delivered" });
    expect(handled).toMatchObject([{ webhookType: "test", data: {}, epoch: null }]);
    faults = 1;
    const { roomId } = await client.rooms.create();
    await eventually(() =>
      expect(handled.at(-1)).toMatchObject({ webhookType: "room-created", data: { meetingId: roomId } }),
    );
    await client.webhooks.remove(hook.id);
  });

  test("a policy of the app's own answers knocks", async () => {
    const { roomId } = await client.rooms.create({ knockPolicy: { url, timeout: 10, fallback: "ask" } });
    const ann = await join(roomId, "ann", GUEST, { email: "ann@example.test" });
    await ann.room();
    const bob = await join(roomId, "bob", GUEST);
    const denied = await bob.find(({ type }) => type === "entry-responded");
    expect(denied).toMatchObject({ decision: "denied", note: "not on the list" });
    expect(asked.map(({ data }) => [data.meetingId, data.participantId])).toEqual([
      [roomId, "ann"],
      [roomId, "bob"],
    ]);
  });
});
