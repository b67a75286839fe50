/** A receiver of webhooks in an Express app and in Node's own server, over real HTTP. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import express, { type NextFunction, type Request, type Response as Answer } from "express";
import {
  createSeenMessages,
  webhookReceiver,
  type WebhookReceiverOptions,
} from "../../../src/kit/webhook-receiver.js";
import type { WebhookMessage } from "../../../src/kit/webhook-messages.js";
import { stableJson } from "../../../src/webhooks/bodies.js";
import { signatureHeaders } from "../../../src/webhooks/signatures.js";
import { eventually } from "../../support/eventually.js";

const SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const { privateKey: rsaKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}
afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(
      (server) =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    ),
  );
});

/** An Express app with a receiver, and what reached its error handler. */
async function start(options: Partial<WebhookReceiverOptions> = {}, before: "nothing" | "json" = "nothing") {
  const handled: WebhookMessage[] = [];
  const errors: unknown[] = [];
  const app = express();
  if (before === "json") app.use(express.json());
  const handle = (message: WebhookMessage): void => void handled.push(message);
  app.post("/hook", webhookReceiver({ secrets: [SECRET], handle, ...options }));
  app.use((error: unknown, _request: Request, response: Answer, _next: NextFunction) => {
    errors.push(error);
    response.sendStatus(500);
  });
  return { url: `${await serve((request, response) => void app(request, response))}/hook`, handled, errors };
}

const joined = (id: string) => ({
  ...{ webhookType: "participant-joined", id, epoch: "e", seq: 1, at: 1 },
  data: { meetingId: "weekly", sessionId: "s", participantId: "ann", participantName: "Ann" },
});
const question = (id: string) => ({
  ...{ webhookType: "entry-policy", id, epoch: "e", seq: 1, at: 1 },
  data: {
    ...{ meetingId: "weekly", participantId: "ann", participantName: "Ann" },
    ...{ metaData: { email: "ann@example.test" }, since: 1, expiresAt: 2 },
  },
});

/** Sends a message as the gateway does. */
function send(url: string, message: { readonly id: string }, tamper = ""): Promise<Response> {
  const body = stableJson(message);
  const headers = signatureHeaders({ secrets: [SECRET], rsaKey }, { id: message.id, body, at: Date.now() });
  return fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: body + tamper,
  });
}

describe("a receiver of webhooks", () => {
  test("hands a message on, and says so", async () => {
    const { url, handled } = await start();
    const response = await send(url, joined("msg_1"));
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(handled).toEqual([joined("msg_1")]);
  });

  test("hands nothing on that was not signed by the gateway", async () => {
    const { url, handled } = await start();
    const response = await send(url, joined("msg_1"), " ");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "signature_invalid" });
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(400);
    expect(handled).toEqual([]);
  });

  test("works without Express", async () => {
    const handled: string[] = [];
    const receive = webhookReceiver({ secrets: [SECRET], handle: ({ id }) => handled.push(id) });
    const url = await serve((request, response) => void receive(request, response));
    expect((await send(url, joined("msg_1"))).status).toBe(204);
    const failing = webhookReceiver({ secrets: [SECRET], handle: () => Promise.reject(new Error("full")) });
    const other = await serve((request, response) => void failing(request, response));
    expect((await send(other, joined("msg_2"))).status).toBe(500);
    expect(handled).toEqual(["msg_1"]);
  });

  test("what it could not handle reaches the app's error handler, and the gateway sends it again", async () => {
    const fault = new Error("the queue is full");
    let full = true;
    const handled: string[] = [];
    const handle = ({ id }: WebhookMessage): void => {
      if (full) throw fault;
      handled.push(id);
    };
    const { url, errors } = await start({ handle, seen: createSeenMessages() });
    expect((await send(url, joined("msg_1"))).status).toBe(500);
    expect(errors).toEqual([fault]);
    full = false;
    expect((await send(url, joined("msg_1"))).status).toBe(204);
    expect(handled).toEqual(["msg_1"]);
  });

  test("drops what it has handled already, if it is told to remember", async () => {
    const { url, handled } = await start({ seen: createSeenMessages() });
    for (const id of ["msg_1", "msg_2", "msg_1"]) expect((await send(url, joined(id))).status).toBe(204);
    expect(handled.map(({ id }) => id)).toEqual(["msg_1", "msg_2"]);
    const forgetful = await start();
    for (const id of ["msg_1", "msg_1"]) await send(forgetful.url, joined(id));
    expect(forgetful.handled).toHaveLength(2);
  });

  test("a message that comes again while it is being handled is handled once, and both hear how it went", async () => {
    let finish: () => void = () => undefined;
    let begun = 0;
    let arrived = 0;
    const { url } = await start({
      seen: createSeenMessages(),
      handle: () => {
        begun += 1;
        return new Promise<void>((resolve) => (finish = resolve));
      },
      // Asked once for each message that is whole and signed.
      now: () => {
        arrived += 1;
        return Date.now();
      },
    });
    const first = send(url, joined("msg_1"));
    await eventually(() => expect([arrived, begun]).toEqual([1, 1]));
    const second = send(url, joined("msg_1"));
    await eventually(() => expect(arrived).toBe(2));
    finish();
    expect([(await first).status, (await second).status, begun]).toEqual([204, 204, 1]);
  });

  test("refuses what is too large, with an answer", async () => {
    const { url, handled } = await start({ maxBytes: 100 });
    const response = await send(url, joined("msg_1"));
    expect([response.status, await response.json()]).toEqual([
      413,
      { error: expect.any(String), code: "body_too_large" },
    ]);
    expect(handled).toEqual([]);
  });

  test("behind a parser that took the raw body away, it says where it belongs", async () => {
    const { url, errors } = await start({}, "json");
    expect((await send(url, joined("msg_1"))).status).toBe(500);
    expect(String(errors[0])).toContain("before express.json()");
  });

  test("takes a raw body that was read before", async () => {
    const handled: string[] = [];
    const app = express();
    const receive = webhookReceiver({ secrets: [SECRET], handle: ({ id }) => handled.push(id) });
    app.post("/hook", express.raw({ type: () => true }), receive);
    const url = await serve((request, response) => void app(request, response));
    expect((await send(`${url}/hook`, joined("msg_1"))).status).toBe(204);
    expect(handled).toEqual(["msg_1"]);
  });

  test("answers questions about knocks, and leaves them to the hosts where nobody decides", async () => {
    const { url, handled } = await start({
      decide: ({ data: { metaData } }) =>
        metaData?.["email"] === "ann@example.test"
          ? { decision: "allow", note: "on the list" }
          : { decision: "deny" },
    });
    expect(await (await send(url, question("msg_1"))).json()).toEqual({
      ...{ decision: "allow", note: "on the list" },
    });
    const undecided = await start();
    expect(await (await send(undecided.url, question("msg_1"))).json()).toEqual({ decision: "ask" });
    expect([handled, undecided.handled]).toEqual([[], []]);
  });
});

describe("the memory of messages", () => {
  test("forgets the oldest first", async () => {
    const seen = createSeenMessages({ limit: 2 });
    for (const id of ["a", "b", "c"]) await seen.add(id);
    expect([await seen.has("a"), await seen.has("b"), await seen.has("c")]).toEqual([false, true, true]);
  });
});
