/** The OpenAPI 3.1 document, made from the routes themselves. */
import { errorSchema, tokenErrorSchema } from "../api/shapes.js";
import { isPage, type Route } from "../route.js";
import { collectSchemas, membersOf, requiredOf, type Schema, type Schemas } from "./json-schema.js";
import { asksOfCaller, schemeOf, SECURITY_SCHEMES } from "./openapi-access.js";
import { failures, SHARED } from "./openapi-failures.js";
import type { OpenApiDocument, Operation, Parameter, Response } from "./openapi-types.js";
import { SYSTEM_PATHS, SYSTEM_TAG } from "./system-paths.js";

/** Builds the document. `version` is the gateway's. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas = collectSchemas();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const { spec } of routes) (paths[spec.path] ??= {})[spec.method] = operation(spec, schemas);
  schemas.of(errorSchema, "output");
  schemas.of(tokenErrorSchema, "output");
  const tags = new Set(routes.map(({ spec }) => spec.tag)).add(SYSTEM_TAG);
  return {
    openapi: "3.1.0",
    info: {
      title: "Admit One",
      version,
      description:
        "The server-side API of the Admit One gateway. Paths, bodies and shapes of rooms, sessions and participants are " +
        "VideoSDK's REST v2; the token service and its conferences are Dolby.io's; the lobby, moderation, events, token checks, " +
        "webhooks and the administration are ours. " +
        "Errors have a stable `code`; match on it, not on the text.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    security: [{ token: [] }],
    tags: [...tags].map((name) => ({ name })),
    paths: { ...paths, ...SYSTEM_PATHS },
    components: {
      securitySchemes: SECURITY_SCHEMES,
      responses: SHARED,
      schemas: schemas.named(),
    },
  };
}

type Spec = Route["spec"];

function operation(spec: Spec, schemas: Schemas): Operation {
  const asks = membersOf(schemas.of(spec.asks, "input"));
  // What a query may hold is said by what it is read as; all of it arrives as text.
  const read = membersOf(schemas.of(spec.asks, "output"));
  const answer = schemas.of(spec.answer, "output");
  const body = asks["body"];
  const type =
    isPage(spec) || spec.takes === "form" ? "application/x-www-form-urlencoded" : "application/json";
  return {
    tags: [spec.tag],
    summary: spec.summary,
    description: [spec.description, asksOfCaller(spec.access)]
      .filter((text) => text !== undefined)
      .join("\n\n"),
    operationId: operationId(spec),
    ...securityOf(spec),
    "x-access": spec.access,
    parameters: [
      ...pathParameters(spec.path, asks["params"]),
      ...queryParameters(asks["query"], read["query"]),
      // Commands know the key: they say whether they repeat one, or refuse another use of it.
      ...("repeated" in membersOf(schemas.resolve(answer)) ||
      spec.refusals?.includes("command_id_reused") === true
        ? [IDEMPOTENCY_KEY]
        : []),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: requiredOf(schemas.resolve(body)).length > 0,
            content: { [type]: { schema: body } },
          },
        }),
    responses: {
      [spec.isSilent === true ? "204" : "200"]: {
        description: spec.summary,
        ...answerHeaders(spec),
        content:
          spec.isSilent === true ? {} : { [spec.contentType ?? "application/json"]: { schema: answer } },
      },
      ...failures(spec),
    },
  };
}

function securityOf({ access }: Spec): Pick<Operation, "security"> {
  const scheme = schemeOf(access);
  // What the whole document asks for.
  if (scheme === "token") return {};
  return { security: scheme === "none" ? [] : [{ [scheme]: [] }] };
}

function answerHeaders({ answerHeaders: told }: Spec): Pick<Response, "headers"> {
  if (told === undefined) return {};
  const headers = Object.entries(told).map(
    ([name, description]) => [name, { description, schema: { type: "string" as const } }] as const,
  );
  return { headers: Object.fromEntries(headers) };
}

const IDEMPOTENCY_KEY: Parameter = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "The same key with the same request has one effect: asked again, nothing happens, `repeated` is true and `result` is empty",
  schema: { type: "string", pattern: "^[A-Za-z0-9_.:-]{1,64}$" },
};

function operationId({ method, path }: Spec): string {
  return `${method}${path.replaceAll(/[^A-Za-z0-9]+(.?)/g, (_all, next: string) => next.toUpperCase())}`;
}

/** Every parameter that the path has, whether or not the route decodes it. */
function pathParameters(path: string, object: Schema | undefined): Parameter[] {
  const known = membersOf(object);
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    ...described(known[name] ?? { type: "string" }),
  }));
}

function queryParameters(asked: Schema | undefined, read: Schema | undefined): Parameter[] {
  const whole = membersOf(read);
  const required = requiredOf(asked);
  return Object.entries(membersOf(asked)).map(([name, text]) => {
    const { type, anyOf, enum: oneOf, $ref } = whole[name] ?? {};
    // Where what it is read as cannot be said, it is said what it is sent as.
    const sayable = [type, anyOf, oneOf, $ref].some((part) => part !== undefined);
    return {
      name,
      in: "query",
      required: required.includes(name),
      ...described({ ...(sayable ? whole[name] : text), ...pick(text, "description") }),
    };
  });
}

function pick(from: Schema, member: "description"): Schema {
  return from[member] === undefined ? {} : { [member]: from[member] };
}

/** A schema whose description stands at the parameter, where readers of the document look for it. */
function described({ description, ...schema }: Schema): Pick<Parameter, "description" | "schema"> {
  return { ...(description === undefined ? {} : { description }), schema };
}
