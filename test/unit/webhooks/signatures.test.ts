/** Receivers' ways of checking, each as its own documents say. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createVerify } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { eventually } from "../../support/eventually.js";
import {
  APP,
  Bench,
  fieldOf,
  knockEvent,
  SECRETS,
  startReceiver,
  valueOf,
  type Got,
  type Receiver,
} from "./support.js";

describe("N3: signatures", () => {
  let receiver: Receiver;
  let bench: Bench;
  beforeEach(async () => {
    receiver = await startReceiver();
    bench = new Bench();
    bench.time = Date.now();
  });
  afterEach(async () => {
    await bench.close();
    await receiver.close();
  });

  const standardHeaders = ({ headers }: Got): Record<string, string> => ({
    "webhook-id": String(headers["webhook-id"]),
    "webhook-timestamp": String(headers["webhook-timestamp"]),
    "webhook-signature": String(headers["webhook-signature"]),
  });

  test("N3: each of several secrets verifies by the public library, another one does not", async () => {
    const node = bench.node();
    await bench.endpoint(node, receiver);
    await bench.happen(node, [knockEvent("p1")]);
    const got = await eventually(() => receiver.got[0] ?? notYet());
    expect(String(got.headers["webhook-signature"]).split(" ")).toHaveLength(SECRETS.length);
    for (const secret of SECRETS)
      expect(new Webhook(secret).verify(got.body, standardHeaders(got))).toEqual(JSON.parse(got.body));
    const stranger = new Webhook("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    expect(() => stranger.verify(got.body, standardHeaders(got))).toThrow();
    expect(got.headers["webhook-id"]).toBe(fieldOf(got.body, "id"));
  });

  test("N3: VideoSDK's signature verifies over the raw body and over re-serialised JSON", async () => {
    const node = bench.node();
    await bench.endpoint(node, receiver);
    await bench.happen(node, [knockEvent("p1")]);
    const got = await eventually(() => receiver.got[0] ?? notYet());
    const key = await node.publicKey();
    expect(key).toMatch(/^-----BEGIN RSA PUBLIC KEY-----/);
    const check = (text: string): boolean =>
      createVerify("RSA-SHA256")
        .update(text)
        .verify(key, String(got.headers["videosdk-signature"]), "base64");
    expect(check(got.body)).toBe(true);
    expect(check(JSON.stringify(JSON.parse(got.body)))).toBe(true);
    expect(check(`${got.body} `)).toBe(false);
  });

  test("N3: each attempt has a time of its own, the same id and the same body", async () => {
    const node = bench.node();
    await bench.endpoint(node, receiver);
    receiver.answer = () => ({ status: receiver.got.length === 1 ? 500 : 200 });
    await bench.happen(node, [knockEvent("p1")]);
    await eventually(() => expect(bench.counted).toEqual(["retrying"]));
    bench.time += 3_000;
    await eventually(() => expect(bench.counted).toEqual(["retrying", "delivered"]));
    const [first = notYet(), second = notYet()] = receiver.got;
    expect(second.body).toBe(first.body);
    expect(second.headers["webhook-id"]).toBe(first.headers["webhook-id"]);
    const times = receiver.got.map(({ headers }) => Number(headers["webhook-timestamp"]));
    expect(times).toEqual([Math.floor(bench.time / 1_000) - 3, Math.floor(bench.time / 1_000)]);
    for (const got of receiver.got) new Webhook(SECRETS[0] ?? "").verify(got.body, standardHeaders(got));
  });

  test("N3: a key that is not given is made once, whoever asks first", async () => {
    const nodes = [bench.node({ rsaKey: null }), bench.node({ rsaKey: null })];
    const [one, other] = await Promise.all(nodes.map((node) => node.publicKey()));
    expect(one).toBe(other);
    expect(await bench.node({ rsaKey: null }).publicKey()).toBe(one);
  });

  test("N3: a key that is none is said at once", () => {
    expect(() => bench.node({ rsaKey: "-----BEGIN nothing" })).toThrow();
    expect(() => bench.node({ networks: ["here"] })).toThrow("not a network");
  });

  test("N12: a test message is sent at once and signed the same way; a failure is an answer, not an error", async () => {
    const node = bench.node();
    const { id } = await bench.endpoint(node, receiver);
    expect(valueOf(await node.test(APP, id))).toMatchObject({
      ...{ endpointId: id, webhookType: "test", status: "delivered", attempts: 1, epoch: null, seq: null },
      last: { httpStatus: 200, error: null },
    });
    const got = receiver.got[0] ?? notYet();
    expect(got.body).toMatch(/^\{"webhookType":"test","data":\{\},"id":"msg_/);
    new Webhook(SECRETS[0] ?? "").verify(got.body, standardHeaders(got));
    receiver.answer = () => ({ status: 503 });
    expect(valueOf(await node.test(APP, id))).toMatchObject({ status: "failed", last: { httpStatus: 503 } });
    expect(await node.test(APP, "nothing")).toMatchObject({
      ok: false,
      refusal: { reason: "webhook_unknown" },
    });
    expect(await bench.deliveries(node, id)).toEqual([]);
  });
});

function notYet(): never {
  throw new Error("nothing came yet");
}
