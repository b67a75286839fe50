/**
 * What a REST route is: one value from which the Express handler, the OpenAPI document and the tests are made, so that they
 * cannot say different things.
 */
import type { z } from "zod";
import { refuse, type Reason, type Refusal } from "../protocol/refusals.js";
import { refusalOf } from "../protocol/decode.js";
import type { ApiScope } from "../tokens/scopes.js";
import type { Caller } from "./caller.js";
import type { Pieces } from "./pieces.js";
import type { Visit } from "./visit.js";

/**
 * Who may call. A token that opens the REST API only (role `crawler`) always may. One that opens meetings as well (no `roles`, or
 * both) may be in a guest's hands, so it needs the permission that the word stands for (`docs/decisions/0008`).
 *
 * - `public`: anybody, without a token
 * - `read`: any token that opens the REST API
 * - `decide`: one that could answer knocks (`allow_join`)
 * - `moderate`: one that could moderate (`allow_mod`)
 *
 * Beside these tokens of customers:
 *
 * - `credentials`: a key and its secret, by HTTP Basic
 * - a scope: an API token of the gateway's own that has it
 * - `admin`: the admin's token
 */
export type Access = "public" | "read" | "decide" | "moderate" | "credentials" | "admin" | ApiScope;

/** A yes with a value, and with headers that only some answers have; or a no with its reason. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T; readonly headers?: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly refusal: Refusal; readonly headers?: Readonly<Record<string, string>> };

/** Builds a yes. `headers` are some of the route's `answerHeaders`. */
export function yes<T>(value: T, headers?: Readonly<Record<string, string>>): Reply<T> {
  return { ok: true, value, ...(headers === undefined ? {} : { headers }) };
}

/** Builds a no. `headers` are sent with it. */
export function no(
  reason: Reason,
  extra: Omit<Refusal, "reason"> = {},
  headers?: Readonly<Record<string, string>>,
): Reply<never> {
  return { ok: false, refusal: refuse(reason, extra), ...(headers === undefined ? {} : { headers }) };
}

/** What every handler is given beside the decoded parts of its request. */
export interface Call {
  readonly caller: Caller;
  /** What links in answers begin with. */
  readonly base: string;
  /** What the caller's browser tells, where it is one. */
  readonly visit: Visit;
  /** From the header `Idempotency-Key`: the same one has one effect. */
  readonly commandId: string | undefined;
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal;
}

/** What a route says of itself. */
export interface RouteSpec<I, A> {
  readonly method: "get" | "post" | "delete";
  /** As in OpenAPI: `/v2/rooms/{id}`. */
  readonly path: string;
  /** Under which heading it is listed. */
  readonly tag: string;
  readonly summary: string;
  /** More than the summary, where there is more to know. */
  readonly description?: string;
  readonly access: Access;
  /** An object schema with those of `params`, `query` and `body` that the route reads. */
  readonly asks: z.ZodType<I>;
  readonly answer: z.ZodType<A>;
  /** For answers that are not JSON: their content type; then `answer` is a text, which may come in pieces. */
  readonly contentType?: string;
  /** A yes is 204, without a body; then `answer` is null. */
  readonly isSilent?: true;
  /** What the body is, where it is not JSON. Those of pages are forms. */
  readonly takes?: "form";
  /** The largest body, bytes; 65,536 unless said. */
  readonly bodyBytes?: number;
  /** `oauth`: refusals in the form of RFC 6749, which Dolby.io's clients read too; not given: as everywhere (`docs/protocol.md`). */
  readonly errors?: "oauth";
  /** Sent with every answer, also where the answer is no. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent where the answer is yes, or some of the time: name -> what it says, for the document. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** The reasons for which this route says no, beside those for which any route may. */
  readonly refusals?: readonly Reason[];
}

/** Whether people read the answers of this route: they are pages, also where the answer is no, and bodies are of forms. */
export function isPage({ contentType }: Pick<RouteSpec<unknown, unknown>, "contentType">): boolean {
  return contentType?.startsWith("text/html") === true;
}

/** The parts of a request before they are decoded. */
export interface RawParts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** A route with its handler. */
export interface Route {
  readonly spec: RouteSpec<unknown, unknown>;
  /** Decodes the parts of a request and answers it. Rejects with a fault. */
  run(parts: RawParts, call: Call): Promise<Reply<unknown>>;
}

/** Puts a handler to what a route says of itself. */
export function route<I extends object, A>(
  spec: RouteSpec<I, A>,
  handler: (asked: I & Call) => Promise<Reply<A | InPieces<A>>> | Reply<A | InPieces<A>>,
): Route {
  return {
    spec,
    run: async (parts, call) => {
      const decoded = spec.asks.safeParse(parts);
      if (!decoded.success) return { ok: false, refusal: refusalOfParts(decoded.error) };
      return handler({ ...decoded.data, ...call });
    },
  };
}

/** A text may be answered piece by piece. */
type InPieces<A> = A extends string ? Pieces : never;

/** As `refusalOf`, with the name of the part taken off where a member of it is at fault. */
function refusalOfParts(error: z.ZodError): Refusal {
  const refusal = refusalOf(error);
  return refusal.field === undefined ? refusal : { ...refusal, field: refusal.field.replace(/^\w+\./, "") };
}
