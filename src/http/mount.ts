/** Routes on Express: the token, the body, the handler, the answer. */
import express, { Router, type Request, type RequestHandler, type Response } from "express";
import { z } from "zod";
import { refuse } from "../protocol/refusals.js";
import type { TokenVerifier } from "../tokens/verify.js";
import { Caller } from "./caller.js";
import { refuseByPage, sendRefusal } from "./errors.js";
import { grantOf, requireToken } from "./require-token.js";
import { isPage, type Call, type Route } from "./route.js";

/** What mounting takes from outside. */
export interface MountOptions {
  readonly verifier: TokenVerifier;
  /** What links in answers begin with; null: what the request was sent to. */
  readonly publicUrl: string | null;
}

const BODY_LIMIT = "64kb";
const commandIdSchema = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/);

/** Builds the router. Routes are tried in their order, so fixed paths come before those with a parameter in the same place. */
export function mount(routes: readonly Route[], { verifier, publicUrl }: MountOptions): Router {
  const router = Router();
  const guard = requireToken({ apps: verifier, role: "crawler" });
  // Callers send bodies without a content type, or with none of JSON's (`reference/videosdk.md` section 2.5).
  const parseJson = express.json({ limit: BODY_LIMIT, strict: false, type: () => true });
  const parseForm = express.urlencoded({ limit: BODY_LIMIT, extended: false });
  for (const one of routes) {
    const { method, path, access, headers = {} } = one.spec;
    const page = isPage(one.spec);
    const before: RequestHandler[] = [
      (_request, response, next) => {
        response.set(headers);
        if (page) refuseByPage(response);
        next();
      },
    ];
    if (access !== "public") before.push(guard);
    if (method !== "get") before.push(page ? parseForm : parseJson);
    router[method](path.replaceAll(/\{(\w+)\}/g, ":$1"), ...before, (request, response) =>
      answer(one, request, response, publicUrl),
    );
  }
  return router;
}

async function answer(
  one: Route,
  request: Request,
  response: Response,
  publicUrl: string | null,
): Promise<void> {
  const { spec } = one;
  const caller = spec.access === "public" ? null : new Caller(grantOf(response));
  if (caller !== null && spec.access !== "public" && !caller.may(spec.access)) {
    sendRefusal(response, refuse("not_permitted", { field: "permissions" }));
    return;
  }
  const commandId = commandIdSchema.optional().safeParse(request.get("idempotency-key"));
  if (!commandId.success) {
    sendRefusal(response, refuse("invalid_parameter", { field: "idempotency-key" }));
    return;
  }
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const call: Call = {
    caller: caller ?? new Caller(NOBODY),
    base: publicUrl ?? `${request.protocol}://${request.get("host") ?? "localhost"}`,
    commandId: commandId.data,
    signal: gone.signal,
  };
  const body: unknown = request.body ?? {};
  const reply = await one.run({ params: request.params, query: request.query, body }, call);
  if (!reply.ok) sendRefusal(response, reply.refusal);
  else if (spec.contentType === undefined) response.json(reply.value);
  else response.type(spec.contentType).send(reply.value);
}

/** The caller of public routes: belongs to no app, so nothing can be found in its name. */
const NOBODY = {
  app: "",
  fingerprint: "",
  jti: null,
  permissions: [],
  roles: [],
  roomId: null,
  participantId: null,
  expiresAt: null,
  expiryPolicy: "stay",
} as const;
