/** Errors over HTTP: `{ statusCode, error, code }`, and `field` where one is at fault (`reference/videosdk.md` section 2.4). */
import type { ErrorRequestHandler, Response } from "express";
import { freshId, type Environment } from "../gateway/environment.js";
import { RoomFault } from "../gateway/room-fault.js";
import { LogFault } from "../log/port.js";
import { REFUSALS, refuse, type Refusal } from "../protocol/refusals.js";
import { KeysUnavailable } from "../tokens/token-refusal.js";
import { oauthError, type ShownInOAuth } from "./oauth-error.js";
import { refusalPage } from "./page.js";

/** Kept apart from `res.locals`, which anybody may write to. */
const readByPeople = new WeakSet<Response>();

const readByOAuth = new WeakMap<Response, ShownInOAuth>();

/** From now on this answer, if it is a refusal, has the form of RFC 6749. */
export function refuseInOAuth(response: Response, shown: ShownInOAuth): void {
  readByOAuth.set(response, shown);
}

/** From now on this answer, if it is a refusal, is a page. */
export function refuseByPage(response: Response): void {
  readByPeople.add(response);
}

/** Answers a refusal. `Retry-After` goes with what may succeed later. */
export function sendRefusal(response: Response, refusal: Refusal): void {
  const { reason, field, details } = refusal;
  const row = REFUSALS[reason];
  if (row.http === 503) response.set("Retry-After", "1");
  if (readByPeople.has(response)) {
    response.status(row.http).type("text/html; charset=utf-8").send(refusalPage(refusal));
    return;
  }
  const rest = {
    statusCode: row.http,
    code: reason,
    ...(field === undefined ? {} : { field }),
    ...(details === undefined ? {} : { details }),
  };
  const shown = readByOAuth.get(response);
  const text = shown === undefined ? { error: row.message } : oauthError(refusal, shown);
  response.status(row.http).json({ ...text, ...rest });
}

/** The last handler: faults are 503, bad bodies 400, and a bug is a 500 with an id that the log explains. */
export function errorHandler(environment: Environment): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, _request, response, _next) => {
    const refusal = refusalFor(error) ?? bug(environment, error);
    if (response.headersSent) {
      // A part of the answer is on its way: it must not be taken for the whole.
      response.destroy();
      return;
    }
    // What follows such a body may be the rest of it, and no request.
    if (refusal.reason === "invalid_parameter" && refusal.field === "body")
      response.set("Connection", "close");
    sendRefusal(response, refusal);
  };
}

function bug(environment: Environment, error: unknown): Refusal {
  const id = freshId(environment);
  environment.logger.error({ err: error, id }, "a bug in a request");
  return refuse("internal_error", { details: { id } });
}

function refusalFor(error: unknown): Refusal | null {
  if (error instanceof LogFault || error instanceof KeysUnavailable) return refuse("unavailable");
  if (error instanceof RoomFault) return error.refusal;
  // Express could not decode the path, such as `/v2/rooms/%ff`.
  if (error instanceof URIError) return refuse("invalid_parameter", { field: "path" });
  if (typeof error !== "object" || error === null || !("type" in error)) return null;
  // body-parser marks its errors with a type; the text of the body is not repeated.
  if (error.type === "entity.too.large") return refuse("payload_too_large", { field: "body" });
  if (error.type === "entity.parse.failed") {
    return refuse("invalid_parameter", { field: "body", details: { problem: problemOf(error) } });
  }
  if (typeof error.type === "string" && /^(encoding|charset|request|entity|parameters)\./.test(error.type)) {
    return refuse("invalid_parameter", { field: "body" });
  }
  return null;
}

/** Clients that count characters instead of bytes cut their own bodies off (`reference/dolby.md` section 8). */
function problemOf(error: object): string {
  const isPlain = !("body" in error) || /^\p{ASCII}*$/u.test(String(error.body));
  return isPlain ? "is not JSON" : "is not JSON, or was cut off: Content-Length counts bytes, not characters";
}
