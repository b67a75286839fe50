/** Errors over HTTP: `{ statusCode, error, code }`, and `field` where one is at fault (`reference/videosdk.md` section 2.4). */
import type { ErrorRequestHandler, Response } from "express";
import { freshId, type Environment } from "../gateway/environment.js";
import { RoomFault } from "../gateway/gateway.js";
import { LogFault } from "../log/port.js";
import { REFUSALS, refuse, type Refusal } from "../protocol/refusals.js";
import { refusalPage } from "./page.js";

/** Kept apart from `res.locals`, which anybody may write to. */
const readByPeople = new WeakSet<Response>();

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
  response.status(row.http).json({
    statusCode: row.http,
    error: row.message,
    code: reason,
    ...(field === undefined ? {} : { field }),
    ...(details === undefined ? {} : { details }),
  });
}

/** The last handler: faults are 503, bad bodies 400, and a bug is a 500 with an id that the log explains. */
export function errorHandler(environment: Environment): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, _request, response, _next) => {
    const refusal = refusalFor(error);
    if (refusal !== null) {
      sendRefusal(response, refusal);
      return;
    }
    const id = freshId(environment);
    environment.logger.error({ err: error, id }, "a bug in a request");
    sendRefusal(response, refuse("internal_error", { details: { id } }));
  };
}

function refusalFor(error: unknown): Refusal | null {
  if (error instanceof LogFault) return refuse("unavailable");
  if (error instanceof RoomFault) return error.refusal;
  // Express could not decode the path, such as `/v2/rooms/%ff`.
  if (error instanceof URIError) return refuse("invalid_parameter", { field: "path" });
  if (typeof error !== "object" || error === null || !("type" in error)) return null;
  // body-parser marks its errors with a type; the text of the body is not repeated.
  if (error.type === "entity.too.large") return refuse("payload_too_large", { field: "body" });
  if (error.type === "entity.parse.failed") {
    return refuse("invalid_parameter", { field: "body", details: { problem: "is not JSON" } });
  }
  if (typeof error.type === "string" && /^(encoding|charset|request|entity|parameters)\./.test(error.type)) {
    return refuse("invalid_parameter", { field: "body" });
  }
  return null;
}
