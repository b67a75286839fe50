/**
 * Tokens for whoever opens a meeting's page on the machine that they develop on. Only where the development app serves, whose secret
 * everybody knows, and only for pages of this machine: a page from elsewhere could make a browser ask.
 */
import express, { Router, type Request } from "express";
import { z } from "zod";
import { freshId, shortIdFrom, type Environment } from "../gateway/environment.js";
import type { Gateway } from "../gateway/gateway.js";
import { LIMITS } from "../protocol/limits.js";
import { refusalOf } from "../protocol/decode.js";
import { refuse, type Refusal } from "../protocol/refusals.js";
import type { Permission } from "../room/grant.js";
import { mintToken } from "../tokens/mint.js";
import { sendRefusal } from "./errors.js";
import { isLoopbackHost, isLoopbackOrigin } from "./hosts.js";

/** The development app: its id, what its tokens are signed with, and its name for the room that a start makes. */
export interface DevelopmentApp {
  readonly id: string;
  readonly firstMeeting: string;
  readonly apiKey: string;
  readonly secret: string;
}

/** What the routes are made of. */
export interface DevelopmentEntryOptions {
  /** Null: the development app does not serve here, or not on loopback only. */
  readonly app: DevelopmentApp | null;
  readonly gateway: Pick<Gateway, "findRoom">;
  readonly environment: Environment;
}

/** How long a token of this door is good, seconds. */
const LIFE_SECONDS = 12 * 3_600;
const BODY_BYTES = 4_096;

/** What people do in a meeting, and what a token of theirs allows. */
const PERMISSIONS = {
  host: ["allow_join"],
  moderator: ["allow_join", "allow_mod"],
  guest: ["ask_join"],
} as const satisfies Readonly<Record<string, readonly Permission[]>>;

const askedSchema = z.strictObject({
  name: z.string().trim().min(1).max(LIMITS.nameLength),
  role: z.enum(["host", "guest", "moderator"]),
});

/**
 * Builds the routes: `GET` says whether there is such a door, `POST` gives a token for a room that exists. Where there is none,
 * `POST` goes on to the next, as to nothing.
 */
export function developmentEntry({ app, gateway, environment }: DevelopmentEntryOptions): Router {
  const router = Router();
  router.get("/m/:roomId/entry", (request, response) => {
    const development = app !== null && objectionTo(request) === null;
    response.set("Cache-Control", "no-store").json({ development });
  });
  if (app === null) return router;

  router.post(
    "/m/:roomId/entry",
    (request, response, next) => {
      const refusal = objectionTo(request) ?? notJson(request);
      if (refusal === null) next();
      else sendRefusal(response, refusal);
    },
    express.json({ limit: BODY_BYTES, type: "application/json" }),
    async (request, response) => {
      const body: unknown = request.body;
      const asked = askedSchema.safeParse(body);
      if (!asked.success) {
        sendRefusal(response, refusalOf(asked.error));
        return;
      }
      const room = (await gateway.findRoom(app.id, request.params.roomId))?.room ?? null;
      if (room === null) {
        sendRefusal(response, refuse("room_unknown", { field: "roomId" }));
        return;
      }
      const { name, role } = asked.data;
      const { roomId } = room;
      const token = mintToken({
        apiKey: app.apiKey,
        secret: app.secret,
        permissions: PERMISSIONS[role],
        roles: ["rtc"],
        roomId,
        participantId: idFor(name, environment),
        ttlSeconds: LIFE_SECONDS,
        now: environment.now,
      });
      response.set("Cache-Control", "no-store").json({ token, roomId });
    },
  );
  return router;
}

/** A name that leads to this machine may be somebody else's (DNS rebinding), so the request has to name the machine itself. */
function objectionTo({ headers: { host, origin } }: Request): Refusal | null {
  if (!isLoopbackHost(host)) return refuse("not_permitted", { field: "host" });
  const isOurs = origin === undefined || isLoopbackOrigin(origin);
  return isOurs ? null : refuse("not_permitted", { field: "origin" });
}

/** A form or a text can be sent by any page without asking first. */
function notJson(request: Request): Refusal | null {
  if (request.is("application/json") === "application/json") return null;
  const problem = "must be application/json";
  return refuse("invalid_parameter", { field: "content-type", details: { problem } });
}

/** An id that a person recognises, and that nobody else goes by. */
function idFor(name: string, environment: Environment): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 32);
  return `${plain === "" ? "somebody" : plain}-${shortIdFrom(freshId(environment))}`;
}
