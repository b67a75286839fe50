/** Every answer of the API against the document that the same gateway serves: route, status, content type, body, headers. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { asJson, asList, type Json } from "./peer.js";

/** One answer of the document. */
export interface DocumentedAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  readonly schema: Json;
}

/** One operation of the document. */
export interface DocumentedRoute {
  readonly method: string;
  readonly path: string;
  readonly operation: Json;
  readonly answers: readonly DocumentedAnswer[];
  /** Statuses that come without a body. */
  readonly silent: readonly number[];
}

/** What came back from a request. */
interface Came {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** The document, ready to hold answers against. */
export class ApiCheck {
  /** In the order of the document. */
  readonly routes: readonly DocumentedRoute[];
  private readonly ajv = new Ajv2020({
    ...{ strict: true, allowUnionTypes: true, allErrors: true },
    formats: { "date-time": (text: string) => !Number.isNaN(Date.parse(text)) },
  });
  private readonly compiled = new Map<Json, ValidateFunction>();
  private readonly components: Json;

  constructor(readonly document: Json) {
    this.ajv.addVocabulary(["components"]);
    this.components = asJson(document["components"]);
    this.routes = Object.entries(asJson(document["paths"])).flatMap(([path, methods]) =>
      Object.entries(asJson(methods)).map(([method, operation]) =>
        this.routeOf(method, path, asJson(operation)),
      ),
    );
  }

  /** The route that answers a request; null: none does. A fixed path is meant before one with a parameter in its place. */
  find(method: string, target: string): DocumentedRoute | null {
    const { pathname } = new URL(target, "http://gateway");
    const fitting = this.routes.filter(
      (route) => route.method === method.toLowerCase() && patternOf(route.path).test(pathname),
    );
    return fitting.sort((a, b) => parametersIn(a.path) - parametersIn(b.path))[0] ?? null;
  }

  /** Throws where the document does not say that this may come back. */
  verify(came: Came): void {
    const { method, target, status, text } = came;
    const about = `${method} ${target} -> ${status}`;
    const route = this.find(method, target);
    if (route === null) {
      if (status !== 404) throw new Error(`${about}: no such route in the document`);
      this.validate({ $ref: "#/components/schemas/Error" }, JSON.parse(text), about);
      return;
    }
    const answer = route.answers.find((one) => one.status === status);
    if (route.silent.includes(status) && text === "") return;
    if (answer === undefined) throw new Error(`${about}: ${route.path} has no such status; got ${text}`);
    if (essence(came.contentType) !== essence(answer.contentType)) {
      throw new Error(`${about}: is ${came.contentType}, not ${answer.contentType}`);
    }
    const isJson = essence(answer.contentType) === "application/json";
    this.validate(answer.schema, isJson ? JSON.parse(text) : text, about);
  }

  /** Throws where a value does not fit, or where the schema is none. */
  validate(schema: Json, value: unknown, about: string): void {
    const fits = this.compile(schema);
    if (fits(value)) return;
    throw new Error(`${about}: ${this.ajv.errorsText(fits.errors)}; got ${JSON.stringify(value)}`);
  }

  /** Throws where the schema is none, or refers to nothing. */
  compile(schema: Json): ValidateFunction {
    const known = this.compiled.get(schema);
    if (known !== undefined) return known;
    const made = this.ajv.compile({ ...schema, components: this.components });
    this.compiled.set(schema, made);
    return made;
  }

  /** What an object of the document refers to, or itself. */
  resolve(object: Json): Json {
    if (typeof object["$ref"] !== "string") return object;
    const steps = object["$ref"].replace("#/", "").split("/");
    return steps.reduce<Json>((found, step) => asJson(found[step]), this.document);
  }

  private routeOf(method: string, path: string, operation: Json): DocumentedRoute {
    const answers = Object.entries(asJson(operation["responses"])).flatMap(([status, response]) =>
      Object.entries(asJson(this.resolve(asJson(response))["content"])).map(([contentType, media]) => {
        const schema = asJson(asJson(media)["schema"]);
        return { method, path, status: Number(status), contentType, schema };
      }),
    );
    const all = Object.keys(asJson(operation["responses"])).map(Number);
    const silent = all.filter((status) => !answers.some((one) => one.status === status));
    return { method, path, operation, answers, silent };
  }
}

/** Codes that an error answer may have. */
export function codesOf({ schema }: DocumentedAnswer): readonly string[] {
  const parts = schema["allOf"] === undefined ? [] : asList(schema["allOf"]);
  return parts.flatMap((part) => {
    const { properties } = asJson(part);
    const code = properties === undefined ? undefined : asJson(properties)["code"];
    return code === undefined ? [] : asList(asJson(code)["enum"]).map(String);
  });
}

const checks = new Map<string, Promise<ApiCheck>>();
/** By the document's text: to compile its schemas takes a second, and nodes of one version say the same. */
const byText = new Map<string, ApiCheck>();

/** The document that a gateway serves; read once for each address. */
export function apiCheckOf(origin: string): Promise<ApiCheck> {
  const known = checks.get(origin);
  if (known !== undefined) return known;
  const made = fetch(`${origin}/openapi.json`)
    .then((response) => response.text())
    .then((text) => {
      const document: unknown = JSON.parse(text);
      const check = byText.get(text) ?? new ApiCheck(asJson(document));
      byText.set(text, check);
      return check;
    });
  checks.set(origin, made);
  return made;
}

/** As `fetch`, to a running gateway; rejects where the answer is not as its document says. */
export async function checkedFetch(url: string, init: RequestInit = {}): Promise<Response> {
  const { origin } = new URL(url);
  const check = await apiCheckOf(origin);
  const response = await fetch(url, init);
  check.verify({
    method: init.method ?? "GET",
    target: url.slice(origin.length),
    status: response.status,
    contentType: response.headers.get("content-type") ?? "",
    text: await response.clone().text(),
  });
  return response;
}

function essence(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

/** As Express matches: any case, with or without a slash at the end. */
function patternOf(path: string): RegExp {
  const pattern = path.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${pattern}/?$`, "i");
}

function parametersIn(path: string): number {
  return path.split("{").length - 1;
}
