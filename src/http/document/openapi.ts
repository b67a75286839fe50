/** The OpenAPI 3.1 document, made from the routes themselves. */
import { isDeepStrictEqual } from "node:util";
import { REFUSALS, type Reason } from "../../protocol/refusals.js";
import { collectSchemas, membersOf, requiredOf, type Schema, type Schemas } from "./json-schema.js";
import type { OpenApiDocument, Operation, Parameter, Response, ResponseRef } from "./openapi-types.js";
import { isPage, type Access, type Route, type RouteSpec } from "../route.js";
import { errorSchema } from "../api/shapes.js";
import { SYSTEM_PATHS, SYSTEM_TAG } from "./system-paths.js";

/** Reasons for which any route may say no. */
const ALWAYS: readonly Reason[] = ["invalid_parameter", "internal_error", "unavailable"];
/** And any that asks for a token: what the door can find wrong with one, and what lies outside its scope. */
const WITH_TOKEN: readonly Reason[] = [
  "token_missing",
  "token_too_long",
  "token_malformed",
  "algorithm_not_allowed",
  "critical_extension",
  "claims_invalid",
  "version_required",
  "signature_invalid",
  "token_expired",
  "token_not_yet_valid",
  "expiry_missing",
  "key_unknown",
  "permissions_invalid",
  "room_mismatch",
  "participant_mismatch",
  "role_not_allowed",
];

/** What each access asks of a caller. */
const ACCESS: Readonly<Record<Access, string>> = {
  public: "Needs no token.",
  read: "Any token that opens the REST API: role `crawler`, or no roles.",
  decide: "A token with the role `crawler` alone, or one that opens meetings as well and holds `allow_join`.",
  moderate:
    "A token with the role `crawler` alone, or one that opens meetings as well and holds `allow_mod`.",
};

/** Builds the document. `version` is the gateway's. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas = collectSchemas();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const { spec } of routes) (paths[spec.path] ??= {})[spec.method] = operation(spec, schemas);
  schemas.of(errorSchema, "output");
  const tags = new Set(routes.map(({ spec }) => spec.tag)).add(SYSTEM_TAG);
  return {
    openapi: "3.1.0",
    info: {
      title: "Admit One",
      version,
      description:
        "The server-side API of the Admit One gateway. Paths, bodies and shapes of rooms, sessions and participants are " +
        "VideoSDK's REST v2; the lobby, moderation, events, token checks and webhooks are ours. " +
        "Errors have a stable `code`; match on it, not on the text.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    security: [{ token: [] }],
    tags: [...tags].map((name) => ({ name })),
    paths: { ...paths, ...SYSTEM_PATHS },
    components: {
      securitySchemes: {
        token: {
          type: "apiKey",
          in: "header",
          name: "Authorization",
          description: "A JWT signed with the app's secret, as it is or after `Bearer `.",
        },
      },
      responses: SHARED,
      schemas: schemas.named(),
    },
  };
}

type Spec = RouteSpec<unknown, unknown>;

function operation(spec: Spec, schemas: Schemas): Operation {
  const asks = membersOf(schemas.of(spec.asks, "input"));
  // What a query may hold is said by what it is read as; all of it arrives as text.
  const read = membersOf(schemas.of(spec.asks, "output"));
  const answer = schemas.of(spec.answer, "output");
  const body = asks["body"];
  const type = isPage(spec) ? "application/x-www-form-urlencoded" : "application/json";
  return {
    tags: [spec.tag],
    summary: spec.summary,
    description: [spec.description, ACCESS[spec.access]].filter((text) => text !== undefined).join("\n\n"),
    operationId: operationId(spec),
    ...(spec.access === "public" ? { security: [] } : {}),
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
      "200": {
        description: spec.summary,
        content: { [spec.contentType ?? "application/json"]: { schema: answer } },
      },
      ...failures(spec),
    },
  };
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

function failures(spec: Spec): Record<string, Response | ResponseRef> {
  const { access, method, refusals = [] } = spec;
  const byStatus = reasonsByStatus([
    ...ALWAYS,
    ...(method === "get" ? [] : (["payload_too_large"] as const)),
    ...(access === "public" ? [] : WITH_TOKEN),
    ...(access === "public" || access === "read" ? [] : (["not_permitted"] as const)),
    ...refusals,
  ]);
  return Object.fromEntries(
    byStatus.map(([status, reasons]) => {
      const said = failure(isPage(spec) ? (spec.contentType ?? "") : null, status, reasons);
      const shared = Object.entries(SHARED).find(([, one]) => isDeepStrictEqual(one, said));
      const ref = shared === undefined ? said : { $ref: `#/components/responses/${shared[0]}` };
      return [String(status), ref] as const;
    }),
  );
}

/** Statuses in their order, each with its reasons in the order of the table. */
function reasonsByStatus(reasons: readonly Reason[]): [status: number, reasons: Reason[]][] {
  const byStatus = new Map<number, Reason[]>();
  for (const [reason, { http }] of Object.entries(REFUSALS)) {
    const known = reasons.find((one) => one === reason);
    if (known !== undefined) byStatus.set(http, [...(byStatus.get(http) ?? []), known]);
  }
  return [...byStatus].sort(([a], [b]) => a - b);
}

/** `page`: the content type of a page, null for JSON. */
function failure(page: string | null, status: number, reasons: readonly Reason[]): Response {
  const headers = {
    ...(status === 401
      ? { "WWW-Authenticate": { description: "As RFC 6750 has it", schema: { type: "string" as const } } }
      : {}),
    ...(status === 503
      ? { "Retry-After": { description: "Seconds", schema: { type: "integer" as const } } }
      : {}),
  };
  const error: Schema = {
    allOf: [
      { $ref: "#/components/schemas/Error" },
      { type: "object", properties: { code: { enum: [...reasons] } } },
    ],
  };
  return {
    description: reasons.map((reason) => `\`${reason}\`: ${REFUSALS[reason].message}`).join("; "),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    content:
      page === null ? { "application/json": { schema: error } } : { [page]: { schema: { type: "string" } } },
  };
}

/** Answers that many routes have, told once, by name. */
const SHARED: Readonly<Record<string, Response>> = Object.fromEntries(
  Object.entries({
    InvalidRequest: ["invalid_parameter"],
    InvalidToken: WITH_TOKEN.filter((reason) => REFUSALS[reason].http === 401),
    OutOfScope: WITH_TOKEN.filter((reason) => REFUSALS[reason].http === 403),
    NotPermitted: [...WITH_TOKEN.filter((reason) => REFUSALS[reason].http === 403), "not_permitted"],
    TooLarge: ["payload_too_large"],
    Bug: ["internal_error"],
    Unavailable: ["unavailable"],
  } satisfies Record<string, readonly Reason[]>).flatMap(([name, all]) =>
    reasonsByStatus(all).map(([status, reasons]) => [name, failure(null, status, reasons)] as const),
  ),
);
