/** What the gateway answers beside its routes, for the OpenAPI document: it is there for operators and for readers. */
import type { Schema } from "./json-schema.js";
import type { Operation, Response } from "./openapi-types.js";

/** The heading under which they are listed. */
export const SYSTEM_TAG = "Service";

const readiness: Schema = {
  type: "object",
  properties: {
    status: { enum: ["ready", "not ready"] },
    store: { enum: ["memory", "redis"], description: "Where rooms are kept" },
    durable: { type: "boolean", description: "Whether rooms outlive the process" },
  },
  required: ["status", "store", "durable"],
  additionalProperties: false,
};

const liveness: Schema = {
  type: "object",
  properties: { status: { const: "live" } },
  required: ["status"],
  additionalProperties: false,
};

function get(
  operationId: string,
  summary: string,
  description: string,
  responses: Readonly<Record<string, Response>>,
): { readonly get: Operation } {
  return {
    get: {
      tags: [SYSTEM_TAG],
      summary,
      description,
      operationId,
      security: [],
      "x-access": "public",
      parameters: [],
      responses,
    },
  };
}

const json = (description: string, schema: Schema): Response => ({
  description,
  content: { "application/json": { schema } },
});
const text = (description: string, type: string): Response => ({
  description,
  content: { [type]: { schema: { type: "string" } } },
});

/** Path -> method -> operation. The handlers are in `app.ts`. */
export const SYSTEM_PATHS = {
  "/livez": get("livez", "Whether the process lives", "For the liveness probe: it asks nobody else.", {
    "200": json("It does", liveness),
  }),
  "/readyz": get(
    "readyz",
    "Whether this node takes work",
    "For the readiness probe: no while the store is away, and while the node leaves.",
    { "200": json("It does", readiness), "503": json("It does not, at the moment", readiness) },
  ),
  "/metrics": get("metrics", "Numbers for Prometheus", "Counters and gauges of this node.", {
    "200": text("The text format of Prometheus", "text/plain"),
  }),
  "/openapi.json": get("openapi", "This document", "As OpenAPI 3.1.", {
    "200": json("The document", { type: "object" }),
  }),
  "/docs": get("docs", "This document, for people", "One page, made on the server, without scripts.", {
    "200": text("The page", "text/html"),
  }),
} as const;
