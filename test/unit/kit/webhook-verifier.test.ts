/** Messages that the gateway signs are taken, by this verifier and by the Standard Webhooks library alike; nothing else is. */
import { describe, expect, test } from "@jest/globals";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { eventShapes } from "../../../src/protocol/events.js";
import { WEBHOOK_TYPES } from "../../../src/kit/webhook-messages.js";
import {
  createWebhookVerifier,
  WebhookError,
  type WebhookHeaders,
  type WebhookVerifierOptions,
} from "../../../src/kit/webhook-verifier.js";
import { stableJson } from "../../../src/webhooks/bodies.js";
import { signatureHeaders } from "../../../src/webhooks/signatures.js";
import { NOW } from "./support.js";

const SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const NEXT = `whsec_${randomBytes(32).toString("base64")}`;
const { privateKey: rsaKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const MESSAGE = {
  webhookType: "participant-joined",
  data: { meetingId: "weekly", sessionId: "s", participantId: "ann", participantName: "Änn 😀" },
  ...{ id: "msg_1", epoch: "e", seq: 12, at: NOW },
};

function signed(message: object, { secrets = [SECRET], at = NOW, id = "msg_1" } = {}) {
  const body = stableJson(message);
  return { body, headers: signatureHeaders({ secrets, rsaKey }, { id, body, at }) };
}
function verifier(changes: Partial<WebhookVerifierOptions> = {}) {
  return createWebhookVerifier({ secrets: [SECRET], now: () => NOW, ...changes });
}
function reasonFor(headers: WebhookHeaders, body: string | Uint8Array, changes = {}): string | null {
  try {
    verifier(changes).verify(headers, body);
    return null;
  } catch (error) {
    if (error instanceof WebhookError) return error.reason;
    throw error;
  }
}

describe("what the gateway signs", () => {
  const { body, headers } = signed(MESSAGE);

  test.each<[string, WebhookHeaders, string | Uint8Array]>([
    ["as text", headers, body],
    ["as bytes", headers, Buffer.from(body)],
    ["with headers of fetch", new Headers(headers), body],
    ["with names written otherwise", capitals(headers), body],
  ])("is taken %s", (_name, told, raw) => {
    expect(verifier().verify(told, raw)).toEqual(MESSAGE);
  });

  test("is taken with either secret while a key is replaced", () => {
    const both = signed(MESSAGE, { secrets: [NEXT, SECRET] });
    for (const secrets of [[SECRET], [NEXT], [SECRET, NEXT]])
      expect(verifier({ secrets }).verify(both.headers, both.body)).toEqual(MESSAGE);
  });

  test("is taken by the Standard Webhooks library too, and what that signs is taken here", () => {
    const other = new Webhook(SECRET);
    const present = signed(MESSAGE, { at: Date.now() });
    expect(other.verify(present.body, present.headers)).toEqual(MESSAGE);
    const signature = other.sign("msg_1", new Date(NOW), body);
    const theirs = {
      ...{ "webhook-id": "msg_1", "webhook-timestamp": String(NOW / 1_000), "webhook-signature": signature },
    };
    expect(verifier().verify(theirs, body)).toEqual(MESSAGE);
  });
});

describe("what is not the gateway's", () => {
  const { body, headers } = signed(MESSAGE);
  const without = (name: string): WebhookHeaders =>
    Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name));
  const foreign = signed(MESSAGE, { secrets: [NEXT] });

  test.each<[string, string, WebhookHeaders, string]>([
    ["no id", "headers_malformed", without("webhook-id"), body],
    ["no time", "headers_malformed", without("webhook-timestamp"), body],
    ["no signature", "headers_malformed", without("webhook-signature"), body],
    ["a time that is none", "headers_malformed", { ...headers, "webhook-timestamp": "soon" }, body],
    ["a header twice", "headers_malformed", { ...headers, "webhook-id": ["msg_1", "msg_2"] }, body],
    ["another body", "signature_invalid", headers, body.replace("ann", "bob")],
    ["another id", "signature_invalid", { ...headers, "webhook-id": "msg_2" }, body],
    ["another time", "signature_invalid", { ...headers, "webhook-timestamp": "1700000000" }, body],
    ["somebody else's secret", "signature_invalid", foreign.headers, foreign.body],
    ["a version that is not known", "signature_invalid", versioned("v2"), body],
    ["a signature cut off", "signature_invalid", { ...headers, "webhook-signature": "v1,AAAA" }, body],
  ])("%s: %s", (_name, reason, told, raw) => {
    expect(reasonFor(told, raw)).toBe(reason);
  });

  test("a message of long ago, or of later, as far as is tolerated", () => {
    expect(reasonFor(headers, body, { now: () => NOW + 300_000 })).toBeNull();
    expect(reasonFor(headers, body, { now: () => NOW + 301_000 })).toBe("too_old");
    expect(reasonFor(headers, body, { now: () => NOW - 300_000 })).toBeNull();
    expect(reasonFor(headers, body, { now: () => NOW - 301_000 })).toBe("too_new");
    expect(reasonFor(headers, body, { now: () => NOW + 301_000, toleranceSeconds: 400 })).toBeNull();
    // The age of what nobody signed is nobody's business.
    expect(reasonFor(headers, `${body} `, { now: () => NOW + 301_000 })).toBe("signature_invalid");
  });

  test.each<[string, object | string]>([
    ["no JSON", "hello"],
    ["no message", []],
    ["a message of another id", { ...MESSAGE, id: "msg_2" }],
    ["a message that lacks something", { ...MESSAGE, data: { meetingId: "weekly" } }],
  ])("a body that is %s, though it is signed", (_name, message) => {
    const told = typeof message === "string" ? message : stableJson(message);
    const by = signatureHeaders({ secrets: [SECRET], rsaKey }, { id: "msg_1", body: told, at: NOW });
    expect(reasonFor(by, told)).toBe("body_malformed");
  });

  test("an error repeats nothing of the message", () => {
    const error = (() => {
      try {
        return verifier().verify(headers, body.replace("ann", "bob"));
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(WebhookError);
    expect(String(error)).not.toContain("bob");
  });

  function versioned(version: string): WebhookHeaders {
    return { ...headers, "webhook-signature": String(headers["webhook-signature"]).replace("v1", version) };
  }
});

describe("secrets that cannot be used are told at once, and not shown", () => {
  test.each([
    [[]],
    [[""]],
    [["whsec_"]],
    [["whsec_c2hvcnQ="]],
    [[SECRET, "an API secret, not one of webhooks"]],
  ])("case %#", (secrets: readonly string[]) => {
    const make = (): unknown => verifier({ secrets });
    expect(make).toThrow(/secret/);
    expect(make).not.toThrow("not one of webhooks");
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("a tolerance of %d is none", (toleranceSeconds) => {
    expect(() => verifier({ toleranceSeconds })).toThrow(RangeError);
  });
});

describe("messages are decoded by their type", () => {
  test("every event that a room has is known", () => {
    const others = ["entry-policy", "events-lost", "test"];
    expect([...WEBHOOK_TYPES].sort()).toEqual([...Object.keys(eventShapes), ...others].sort());
  });

  test("members that are not known are left out; types that are not known are told as such", () => {
    const newer = { ...MESSAGE, data: { ...MESSAGE.data, mood: "good" }, more: 1 };
    const { body, headers } = signed(newer);
    expect(verifier().verify(headers, body)).toEqual(MESSAGE);
    const unheard = { ...MESSAGE, webhookType: "participant-waved", data: { how: "both hands" } };
    const told = signed(unheard);
    expect(verifier().verify(told.headers, told.body)).toEqual({
      ...{ ...unheard, webhookType: "unknown", named: "participant-waved" },
    });
  });
});

function capitals(headers: Readonly<Record<string, string>>): WebhookHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
}
