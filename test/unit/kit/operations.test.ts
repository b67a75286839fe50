/** What the client believes of each call is what the API's document says. */
import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import type { z } from "zod";
import { collectSchemas } from "../../../src/http/document/json-schema.js";
import { changeBody, createBody } from "../../../src/http/api/room-body.js";
import { revokeBody } from "../../../src/http/api/admin-shapes.js";
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
  WebhookChanges,
} from "../../../src/kit/bodies.js";
import { OPERATIONS, type Operation } from "../../../src/kit/operations.js";
import { asJson, asList, type Json } from "../../support/peer.js";

const document = asJson(
  JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8")),
);
const shared = asJson(asJson(document["components"])["schemas"]);

/** A schema with all that it refers to in its place, and without words for people. */
function whole(schema: unknown, named: Json): unknown {
  if (Array.isArray(schema)) return schema.map((one) => whole(one, named));
  if (typeof schema !== "object" || schema === null) return schema;
  const { $ref } = asJson(schema);
  if (typeof $ref === "string") return whole(named[$ref.split("/").at(-1) ?? ""], named);
  const types = plainTypes(asJson(schema)["anyOf"]);
  if (types !== null) return { type: types };
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, member]) =>
      // A member may be called so, too: then it is a schema.
      name === "description" && typeof member === "string" ? [] : [[name, whole(member, named)]],
    ),
  );
}

/** "This type or that one", which can be said in two ways; null: it is more than that. */
function plainTypes(anyOf: unknown): readonly unknown[] | null {
  if (!Array.isArray(anyOf)) return null;
  const types = anyOf.map(({ type, description: _words, ...more }: Json) =>
    Object.keys(more).length === 0 ? type : undefined,
  );
  return types.includes(undefined) ? null : types;
}

const CALLS: readonly (readonly [string, Operation<unknown>])[] = Object.entries(OPERATIONS);

describe.each(CALLS)("%s", (_name, { method, path, shows, answer, keyed, repeatable }) => {
  const operation = asJson(asJson(asJson(document["paths"])[path])[method.toLowerCase()]);

  test("answers what it is decoded as", () => {
    const { content } = asJson(asJson(operation["responses"])["200"]);
    const { schema } = asJson(asJson(content)["application/json"]);
    const schemas = collectSchemas();
    const own = schemas.of(answer, "output");
    expect(whole(own, schemas.named())).toEqual(whole(schema, shared));
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
  type Takes<Body, Shape extends z.ZodType> = Body extends Loosely<z.input<Shape>> ? true : Body;
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
    ["a webhook", webhooks.createBody, webhook],
    ["changes of a webhook", webhooks.changeBody, { ...webhook, enabled: false }],
    ...revocations.map((body): [string, z.ZodType, unknown] => [`revoke ${body.type}`, revokeBody, body]),
  ])("%s with every member", (_name, shape, body) => {
    expect(shape.safeParse(body)).toMatchObject({ success: true });
  });
});
