/** The REST API of a running gateway, as commands ask it: one request at a time, and every way in which that can fail as a value. */
import { once } from "node:events";
import { z } from "zod";

/** `fetch`, or something like it. */
export type Fetch = typeof globalThis.fetch;

/** What a client is made with. */
export interface ApiClientOptions {
  /** Where the gateway is, such as `http://127.0.0.1:8080`: see `isGatewayUrl`. What its path says comes before the API's own. */
  readonly url: string;
  /** The header `Authorization`; null: none. It is in no text and no failure. */
  readonly authorization: string | null;
  readonly fetch: Fetch;
}

/** One request. */
export interface ApiRequest {
  /** `GET` where it is not given. */
  readonly method?: "GET" | "POST" | "DELETE";
  /** The steps of the path as they are, not encoded: `["v2", "admin", "apps", id]`. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly body?: object;
}

/** Why there is no answer that could be used. */
export type ApiFailure =
  /** The gateway said no. */
  | {
      readonly kind: "refused";
      readonly status: number;
      /** A reason of `protocol/refusals.ts`, or one of a gateway newer than this program. */
      readonly code: string;
      readonly text: string;
      readonly field: string | null;
      readonly details: Readonly<Record<string, unknown>>;
    }
  /** Nobody answered, or not to the end. */
  | { readonly kind: "unreachable"; readonly url: string; readonly problem: string }
  /** Somebody answered, but not as this gateway does. */
  | { readonly kind: "stranger"; readonly url: string; readonly problem: string };

/** An answer, or why there is none. `raw` is the answer as it came. */
export type ApiReply<T> =
  | { readonly ok: true; readonly value: T; readonly raw: unknown }
  | { readonly ok: false; readonly failure: ApiFailure };

/** Asks the API. Nothing here rejects for what a gateway or the network does. */
export interface ApiClient {
  /** Sends a request and reads its answer, JSON of this shape. Gives up after half a minute. */
  json<T>(answer: z.ZodType<T>, request: ApiRequest): Promise<ApiReply<T>>;
  /**
   * Sends a request and writes its answer, whatever it is, to a stream as it comes; the stream is not ended. Rejects only where
   * the stream fails.
   */
  copy(request: ApiRequest, to: NodeJS.WritableStream): Promise<ApiReply<null>>;
}

/** Where a gateway is unless said otherwise. */
export const DEFAULT_API_URL = "http://127.0.0.1:8080";

const PATIENCE_MS = 30_000;
const refusalSchema = z.object({
  error: z.string(),
  code: z.string(),
  field: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/** Whether a text is an address that a client can be made with. A password in it would be seen by others on this machine. */
export function isGatewayUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === "";
}

/** Makes a client. */
export function createApiClient({ url, authorization, fetch }: ApiClientOptions): ApiClient {
  const send = (
    { method = "GET", path, query = {}, body }: ApiRequest,
    accept: string,
    signal: AbortSignal | null,
  ): Promise<Response> =>
    fetch(addressOf(url, path, query), {
      method,
      headers: {
        accept,
        ...(authorization === null ? {} : { authorization }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // The credential is for this gateway and nobody else.
      redirect: "manual",
      signal,
    });

  return {
    async json(answer, request) {
      if (!request.path.every(isStep)) return NO_SUCH_NAME;
      let response: Response;
      let text: string;
      try {
        response = await send(request, "application/json", AbortSignal.timeout(PATIENCE_MS));
        text = await response.text();
      } catch (error) {
        return unreachable(url, error);
      }
      const raw = parsed(text);
      if (!response.ok) return { ok: false, failure: failureOf(url, response.status, raw) };
      const decoded = answer.safeParse(raw);
      return decoded.success
        ? { ok: true, value: decoded.data, raw }
        : stranger(url, "its answer has another form");
    },

    async copy(request, to) {
      if (!request.path.every(isStep)) return NO_SUCH_NAME;
      let response: Response;
      try {
        response = await send(request, "*/*", null);
        if (!response.ok)
          return { ok: false, failure: failureOf(url, response.status, parsed(await response.text())) };
      } catch (error) {
        return unreachable(url, error);
      }
      const pieces = response.body?.getReader();
      for (;;) {
        let piece: { readonly done: boolean; readonly value?: unknown } | undefined;
        try {
          piece = await pieces?.read();
        } catch (error) {
          return unreachable(url, error);
        }
        if (piece === undefined || piece.done) return { ok: true, value: null, raw: null };
        if (piece.value instanceof Uint8Array && !to.write(piece.value)) await once(to, "drain");
      }
    },
  };
}

/** Whether a name can stand in a path: URLs take the others for the way up, or for nothing, and so for another request. */
function isStep(name: string): boolean {
  return name !== "" && name !== "." && name !== "..";
}

const NO_SUCH_NAME = {
  ok: false,
  failure: {
    kind: "refused",
    status: 404,
    code: "not_found",
    text: "Nothing is called '', '.' or '..'",
    field: null,
    details: {},
  },
} as const;

function addressOf(url: string, path: readonly string[], query: NonNullable<ApiRequest["query"]>): URL {
  const address = new URL(url);
  const steps = path.map(encodeURIComponent).join("/");
  address.pathname = `${address.pathname.replace(/\/+$/, "")}/${steps}`;
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) address.searchParams.set(name, value);
  return address;
}

function failureOf(url: string, status: number, raw: unknown): ApiFailure {
  const read = refusalSchema.safeParse(raw);
  if (!read.success) return { kind: "stranger", url, problem: `it answered with status ${status}` };
  const { code, error: text, field = null, details = {} } = read.data;
  return { kind: "refused", status, code, text, field, details };
}

function stranger(url: string, problem: string): { readonly ok: false; readonly failure: ApiFailure } {
  return { ok: false, failure: { kind: "stranger", url, problem } };
}

function unreachable(url: string, error: unknown): { readonly ok: false; readonly failure: ApiFailure } {
  return { ok: false, failure: { kind: "unreachable", url, problem: problemOf(error) } };
}

/** What the network says is in the cause of what `fetch` throws. By its members: such errors are of another realm where tests run. */
function problemOf(error: unknown): string {
  const { name, message, cause, errors } = thrown.parse(error);
  if (cause !== undefined) return problemOf(cause);
  if (errors?.[0] !== undefined) return problemOf(errors[0]);
  return name === "TimeoutError" ? "it did not answer in time" : message;
}

const thrown = z
  .object({
    name: z.string().catch(""),
    message: z.string().min(1).catch("the line failed"),
    cause: z.unknown().optional(),
    errors: z.array(z.unknown()).optional().catch(undefined),
  })
  .catch({ name: "", message: "the line failed", cause: undefined });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
