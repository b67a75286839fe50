/** Each call goes to the route that answers in its shape, and is made as the API's document says. */
import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import type { z } from "zod";
import { collectSchemas } from "../../../src/http/document/json-schema.js";
import { explainBody } from "../../../src/http/api/explain-shapes.js";
import { revokeBody } from "../../../src/http/api/revocation-shapes.js";
import { changeBody, createBody } from "../../../src/http/api/room-shapes.js";
import {
  createConferenceBody,
  inviteBody,
  messageBody,
  permissionsBody,
} from "../../../src/http/api/conference-shapes.js";
import * as webhooks from "../../../src/http/api/webhook-shapes.js";
import type {
  ConferenceMessage,
  NewConference,
  NewRevocation,
  NewRoom,
  NewWebhook,
  RoomChanges,
  TokenQuestion,
  WebhookChanges,
} from "../../../src/kit/bodies.js";
import { OPERATIONS, type Operation } from "../../../src/kit/operations.js";
import { asJson, asList } from "../../support/peer.js";

const document = asJson(
  JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8")),
);
const named = asJson(asJson(document["components"])["schemas"]);

const CALLS: readonly (readonly [string, Operation<unknown>])[] = Object.entries(OPERATIONS);

describe.each(CALLS)("%s", (_name, { method, path, shows, answer, keyed, repeatable }) => {
  const operation = asJson(asJson(asJson(document["paths"])[path])[method.toLowerCase()]);

  test("answers what it is decoded as", () => {
    const { content } = asJson(asJson(operation["responses"])["200"]);
    const { schema } = asJson(asJson(content)["application/json"]);
    const schemas = collectSchemas();
    expect(schemas.of(answer, "output")).toEqual(schema);
    // What the named ones among them are is said once, for all routes.
    const own = schemas.named();
    expect(Object.fromEntries(Object.keys(own).map((name) => [name, named[name]]))).toEqual(own);
  });

  test("is shown what the route takes", () => {
    const access = String(operation["x-access"]);
    const wants = ["read", "decide", "moderate"].includes(access)
      ? "own"
      : access === "credentials"
        ? "credentials"
        : "api";
    expect(shows).toBe(wants);
  });

  test("carries a key where the route knows it by one, and is sent again only where that does no harm", () => {
    const parameters = asList(operation["parameters"] ?? []).map((one) => asJson(one)["name"]);
    expect(keyed).toBe(parameters.includes("Idempotency-Key"));
    const changesNothing = [
      "/v1/auth/token",
      "/v1/auth/introspect",
      "/v2/client-access-token",
      "/v2/tokens/explain",
    ];
    expect(repeatable).toBe(method !== "POST" || keyed || changesNothing.includes(path));
  });
});

test("every call of the API that is for back ends is there", () => {
  // The record of admissions is for people who look into it, and has a command of its own.
  const isElsewhere = (path: string): boolean => path.includes("/admissions");
  const ofBackEnds = /^(read|decide|moderate|credentials|comms:.*)$/;
  const known = new Set(CALLS.map(([, { method, path }]) => `${method} ${path}`));
  const missing = Object.entries(asJson(document["paths"])).flatMap(([path, methods]) =>
    Object.entries(asJson(methods)).flatMap(([method, about]) => {
      const call = `${method.toUpperCase()} ${path}`;
      const access = String(asJson({ "x-access": "public", ...asJson(about) })["x-access"]);
      if (!ofBackEnds.test(access) || isElsewhere(path)) return [];
      return known.has(call) ? [] : [call];
    }),
  );
  expect(missing).toEqual([]);
});

describe("bodies are what the routes take", () => {
  /** Both ways: what the kit's type allows is taken, and what is taken can be said. */
  type Takes<Body, Shape extends z.ZodType> =
    // As a whole, not one by one of a union.
    [Body] extends [Loosely<z.input<Shape>>]
      ? MemberOf<z.input<Shape>> extends MemberOf<Body>
        ? true
        : MemberOf<z.input<Shape>>
      : Body;
  type MemberOf<T> = T extends unknown ? keyof T : never;
  type Loosely<T> = T extends (infer E)[]
    ? readonly Loosely<E>[]
    : T extends object
      ? { readonly [K in keyof T]: Loosely<T[K]> }
      : T;
  const taken: readonly true[] = [
    true satisfies Takes<NewRoom, typeof createBody>,
    true satisfies Takes<RoomChanges, typeof changeBody>,
    true satisfies Takes<NewConference, typeof createConferenceBody>,
    true satisfies Takes<ConferenceMessage, typeof messageBody>,
    true satisfies Takes<NewRevocation, typeof revokeBody>,
    true satisfies Takes<TokenQuestion, typeof explainBody>,
    true satisfies Takes<NewWebhook, typeof webhooks.createBody>,
    true satisfies Takes<WebhookChanges, typeof webhooks.changeBody>,
  ];

  test("for the compiler", () => {
    expect(taken).not.toHaveLength(0);
  });

  const room: Required<NewRoom> = {
    ...{ customRoomId: "weekly", maxParticipants: 5, hostAbsent: "hold", tokenExpiry: "leave" },
    ...{ lobbyForAll: true, knockTimeout: 60, resumeWindow: 30, allowedParticipantIds: ["ann"] },
    webhook: { endPoint: "https://desk.example/hook", events: ["entry-*"] },
    autoCloseConfig: { type: "session-ends", duration: 600 },
    knockPolicy: { url: "https://desk.example/knocks", timeout: 1.5, fallback: "deny" },
  };
  const conference: Required<NewConference> = {
    ...{ ownerExternalId: "ann", alias: "retro", parameters: { ttl: 60, pincode: "1234" } },
    participants: { bob: { permissions: ["JOIN"], notification: true } },
  };
  const webhook: Required<NewWebhook> = { url: "https://a.example", events: ["*"], description: "d" };
  const asking = { token: "t", roomId: "weekly", participantId: "ann" };
  const question: Required<TokenQuestion> = { ...asking, door: "rest" };
  const people = { participants: { bob: { permissions: ["JOIN"] } } };
  const revocations: readonly NewRevocation[] = [
    { type: "participant", participantId: "ann", roomId: "weekly", before: 1, note: "n" },
    { type: "token", jti: "j", expiresAt: "2026-11-21T12:00:00Z" },
    { type: "token", token: "t" },
    { type: "key", apiKey: "k", before: "2026-11-21T12:00:00Z" },
    { type: "key", issuer: "https://id.example" },
    { type: "all" },
  ];

  test.each<[string, z.ZodType, unknown]>([
    ["a room", createBody, room],
    ["changes of a room", changeBody, { status: "disabled", ...room }],
    ["a conference", createConferenceBody, conference],
    ["invitations", inviteBody, people],
    ["permissions", permissionsBody, people],
    ["a message", messageBody, { from: "ann", message: "hi", to: ["bob"] }],
    ["a token to look at", explainBody, question],
    ["a webhook", webhooks.createBody, webhook],
    ["changes of a webhook", webhooks.changeBody, { ...webhook, enabled: false }],
    ...revocations.map((body): [string, z.ZodType, unknown] => [`revoke ${body.type}`, revokeBody, body]),
  ])("%s with every member", (_name, shape, body) => {
    expect(shape.safeParse(body)).toMatchObject({ success: true });
  });
});
