/** Everything that is asked over HTTP: health, metrics, the v2 REST API, the pages. */
import express, { type Express } from "express";
import helmet from "helmet";
import { freshId, type Environment } from "../gateway/environment.js";
import type { Metrics } from "../gateway/metrics.js";
import { refuse } from "../protocol/refusals.js";
import { developmentEntry, type DevelopmentApp } from "./development-entry.js";
import { docsPage } from "./document/docs-page.js";
import { errorHandler, sendRefusal } from "./errors.js";
import { mount } from "./mount.js";
import type { GuardOptions } from "./guards.js";
import { openApiDocument } from "./document/openapi.js";
import { pageRoutes } from "./pages.js";
import type { WebFiles } from "./web-files.js";
import { apiRoutes } from "./api/routes.js";
import type { Services } from "./api/services.js";

/** What the HTTP side is made of. */
export interface HttpOptions extends GuardOptions {
  readonly services: Services;
  readonly environment: Environment;
  readonly metrics: Metrics;
  /** The gateway's version, for the documents. */
  readonly version: string;
  /** The built pages. */
  readonly web: WebFiles;
  /** Origins whose pages may show a meeting in a frame, beside the gateway's own. */
  readonly frameAncestors: readonly string[];
  /** The development app, where it serves on loopback; null elsewhere. */
  readonly development: DevelopmentApp | null;
}

/** Builds the Express application. */
export function createHttpApp(options: HttpOptions): Express {
  const {
    services,
    environment,
    metrics,
    version,
    web: files,
    publicUrl,
    frameAncestors,
    development,
  } = options;
  const { gateway } = services;
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
    const { store, up } = await services.gateway.health();
    // "durable" says in one word what the embedded log is not.
    response
      .status(up ? 200 : 503)
      .json({ status: up ? "ready" : "not ready", store, durable: store === "redis" });
  });
  app.get("/metrics", async (_request, response) => {
    response.set("Content-Type", metrics.contentType).send(await metrics.text());
  });

  const routes = apiRoutes(services);
  // Made when first asked for: a node that starts has more urgent work than 150 ms of schemas.
  const document = once(() => openApiDocument(routes, version));
  const docs = once(() => docsPage(document()));
  app.get("/openapi.json", (_request, response) => {
    response.json(document());
  });
  app.get("/docs", (_request, response) => {
    response.type("text/html; charset=utf-8").send(docs());
  });
  app.use(mount(routes, options));
  app.use(developmentEntry({ app: development, gateway, environment }));
  app.use(
    pageRoutes({
      ...{ files, publicUrl, frameAncestors },
      firstMeeting: async () =>
        development === null
          ? null
          : ((await gateway.findRoom(development.id, development.firstMeeting))?.room?.roomId ?? null),
    }),
  );

  app.use((_request, response) => sendRefusal(response, refuse("not_found")));
  app.use(errorHandler(environment));
  return app;
}

/** Makes a value at the first call, and keeps it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
