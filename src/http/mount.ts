/** Routes on Express: the token, the body, the handler, the answer. */
import express, { Router, type Request, type RequestHandler, type Response } from "express";
import { z } from "zod";
import { refuse } from "../protocol/refusals.js";
import { refuseByPage, refuseInOAuth, sendRefusal } from "./errors.js";
import { callerOf, createGuards, type GuardOptions } from "./guards.js";
import { Pieces, sendPieces } from "./pieces.js";
import { isPage, type Call, type Route } from "./route.js";
import { readVisit } from "./visit.js";

const BODY_BYTES = 65_536;
const commandIdSchema = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/);

/** Builds the router. Routes are tried in their order, so fixed paths come before those with a parameter in the same place. */
export function mount(routes: readonly Route[], options: GuardOptions): Router {
  const router = Router();
  const guards = createGuards(options);
  // Callers send bodies without a content type, or with none of JSON's (`reference/videosdk.md` section 2.5).
  const jsonOf = (limit = BODY_BYTES): RequestHandler =>
    express.json({ limit, strict: false, type: () => true });
  const parseForm = express.urlencoded({ limit: BODY_BYTES, extended: false });
  for (const one of routes) {
    const { method, path, access, headers = {}, errors, takes, bodyBytes } = one.spec;
    const page = isPage(one.spec);
    const before: RequestHandler[] = [
      (_request, response, next) => {
        response.set(headers);
        if (page) refuseByPage(response);
        if (errors === "oauth") refuseInOAuth(response, access === "credentials" ? "client" : "token");
        next();
      },
      ...guards(access),
    ];
    if (takes === "form") before.push(formsOnly);
    if (method !== "get") before.push(page || takes === "form" ? parseForm : jsonOf(bodyBytes));
    router[method](path.replaceAll(/\{(\w+)\}/g, ":$1"), ...before, (request, response) =>
      answer(one, request, response, options.publicUrl),
    );
  }
  return router;
}

/** A body that is no form would pass for an empty one. */
const formsOnly: RequestHandler = (request, response, next) => {
  // Null: there is no body, and the route says what it misses.
  if (request.is("application/x-www-form-urlencoded") !== false) next();
  else
    sendRefusal(
      response,
      refuse("invalid_parameter", {
        field: "body",
        details: { problem: "must be a form: application/x-www-form-urlencoded" },
      }),
    );
};

async function answer(
  one: Route,
  request: Request,
  response: Response,
  publicUrl: string | null,
): Promise<void> {
  const { spec } = one;
  const commandId = commandIdSchema.optional().safeParse(request.get("idempotency-key"));
  if (!commandId.success) {
    sendRefusal(response, refuse("invalid_parameter", { field: "idempotency-key" }));
    return;
  }
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const call: Call = {
    caller: callerOf(response),
    base: publicUrl ?? `${request.protocol}://${request.get("host") ?? "localhost"}`,
    visit: readVisit(request, publicUrl),
    commandId: commandId.data,
    signal: gone.signal,
  };
  const body: unknown = request.body ?? {};
  const reply = await one.run({ params: request.params, query: request.query, body }, call);
  if (!reply.ok) {
    response.set(reply.headers ?? {});
    sendRefusal(response, reply.refusal);
    return;
  }
  const { value, headers = {} } = reply;
  const { contentType = "application/json" } = spec;
  if (value instanceof Pieces) await sendPieces(response, { ...headers, "Content-Type": contentType }, value);
  else if (spec.isSilent === true) response.set(headers).status(204).end();
  else if (spec.contentType === undefined) response.set(headers).json(value);
  else response.set(headers).type(contentType).send(value);
}
