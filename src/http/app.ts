/** Everything that is asked over HTTP: health, metrics, the v2 REST API. */
import express, { type Express } from "express";
import helmet from "helmet";
import { freshId, type Environment } from "../gateway/environment.js";
import type { Gateway } from "../gateway/gateway.js";
import type { Metrics } from "../gateway/metrics.js";
import { refuse } from "../protocol/refusals.js";
import type { TokenVerifier } from "../tokens/verify.js";
import { errorHandler, sendRefusal } from "./errors.js";
import { requireToken } from "./require-token.js";
import { roomRoutes } from "./rooms.js";

/** What the HTTP side is made of. */
export interface HttpOptions {
  readonly gateway: Gateway;
  readonly verifier: TokenVerifier;
  readonly environment: Environment;
  readonly metrics: Metrics;
  /** What links in answers begin with; null: what the request was sent to. */
  readonly publicUrl: string | null;
}

/** Builds the Express application. */
export function createHttpApp({ gateway, verifier, environment, metrics, publicUrl }: HttpOptions): Express {
  const app = express();
  app.set("query parser", "simple");
  app.use(helmet());
  app.use((_request, response, next) => {
    response.set("x-request-id", freshId(environment));
    next();
  });

  app.get("/livez", (_request, response) => {
    response.json({ status: "live" });
  });
  app.get("/readyz", async (_request, response) => {
    const { store, up } = await gateway.health();
    // "durable" says in one word what the embedded log is not.
    response
      .status(up ? 200 : 503)
      .json({ status: up ? "ready" : "not ready", store, durable: store === "redis" });
  });
  app.get("/metrics", async (_request, response) => {
    response.set("Content-Type", metrics.contentType).send(await metrics.text());
  });

  app.use("/v2/rooms", requireToken({ apps: verifier, role: "crawler" }), roomRoutes({ gateway, publicUrl }));

  app.use((_request, response) => sendRefusal(response, refuse("not_found")));
  app.use(errorHandler(environment));
  return app;
}
