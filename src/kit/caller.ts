/** One call to the gateway: sent, answered in time, sent again where that does no harm, decoded. */
import { decodeTolerantly } from "./tolerant.js";
import type { Operation, Shown } from "./operations.js";
import { isPassing, localFailure, refusalFrom, RestError } from "./rest-error.js";
import { orAborted, pause, reasonOf, type FetchAnswer, type Surroundings } from "./surroundings.js";

/** What any call may be given. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. What the gateway made of it is not known. */
  readonly signal?: AbortSignal | undefined;
  /**
   * For commands: the same key has one effect, however often it comes. One is made for each call; give your own to repeat a call
   * over a restart of your program. Letters, digits and `_ . : -`, 64 at most.
   */
  readonly idempotencyKey?: string | undefined;
}

/** The parts of a request. What is undefined is left out. */
export interface Parts {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
  readonly form?: Readonly<Record<string, string>>;
}

/** Calls the gateway. Rejects with a `RestError`, or with the reason of the caller's signal. */
export type Call = <A>(
  operation: Operation<A>,
  parts: Parts,
  options?: CallOptions,
  patience?: Patience,
) => Promise<A>;

/** How long one call is waited for and tried, where that is not as usual. */
export interface Patience {
  /** That the gateway holds the answer back by, milliseconds. */
  readonly heldMs?: number;
  /** Tries until it succeeds, is refused, or is aborted. */
  readonly endless?: boolean;
}

/** What calls are made with. */
export interface CallerOptions {
  /** Where the gateway is, without a slash at its end. */
  readonly base: string;
  readonly timeoutMs: number;
  /** How often a call is tried, the first time included. */
  readonly attempts: number;
  /** The value of `Authorization`. `forget`: the gateway did not take it. */
  readonly credentials: Readonly<
    Record<Shown, { get(): Promise<string> | string; forget(shown: string): void }>
  >;
  readonly surroundings: Surroundings;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
/** A gateway that asks for more is not waited for, unless the caller has all the time: the caller is told. */
const LONGEST_ASKED_MS = 60_000;
/** Timers of the platform overflow at 24 days, and then run at once. */
const DAY_MS = 86_400_000;

/** Makes the function that calls. */
export function createCaller(options: CallerOptions): Call {
  const { surroundings, attempts, credentials } = options;
  return async (operation, parts, given = {}, patience = {}) => {
    const { signal } = given;
    const send = requestOf(options, operation, parts, given, patience);
    const { endless = false } = patience;
    const longest = endless ? Number.POSITIVE_INFINITY : LONGEST_ASKED_MS;
    let renewed = false;
    let tried = 0;
    for (;;) {
      const shown = await orAborted(credentials[operation.shows].get(), signal);
      try {
        return await send(shown);
      } catch (error) {
        if (!(error instanceof RestError)) throw error;
        // Refused before it did anything, so that even what has an effect may be sent once more.
        if (error.status === 401 && !renewed && operation.shows !== "credentials") {
          renewed = true;
          credentials[operation.shows].forget(shown);
          continue;
        }
        tried += 1;
        // What was to be taken away is away: the answer that said so was lost.
        if (error.status === 404 && tried > 1 && operation.gone !== undefined) return operation.gone;
        const mayRepeat = operation.repeatable && isWorthIt(error) && (endless || tried < attempts);
        if (!mayRepeat || (error.retryAfterMs ?? 0) > longest) throw error;
        await pause(surroundings.startTimer, waitBefore(error, tried, surroundings.random()), signal);
      }
    }
  };
}

function isWorthIt({ code, status }: RestError): boolean {
  return status === 0 ? code === "unreachable" || code === "timed_out" : isPassing(status);
}

/** Full jitter over a span that doubles; or a little behind what the gateway asks for. */
function waitBefore({ retryAfterMs }: RestError, tried: number, random: number): number {
  const span = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tried - 1, 16));
  if (retryAfterMs === null) return random * span;
  return retryAfterMs + random * FIRST_WAIT_MS;
}

/** Sends the request with something shown, as often as it is called: always the same one, under the same key. */
function requestOf<A>(
  { base, timeoutMs, surroundings }: CallerOptions,
  operation: Operation<A>,
  parts: Parts,
  { signal, idempotencyKey }: CallOptions,
  { heldMs = 0 }: Patience,
): (shown: string) => Promise<A> {
  const { method } = operation;
  const path = pathOf(operation.path, parts.params ?? {});
  const url = `${base}${path}${queryOf(parts.query ?? {})}`;
  const name = `${method} ${path}`;
  const body = bodyOf(parts);
  const headers = {
    accept: "application/json",
    ...(body === null ? {} : { "content-type": body.type }),
    ...(operation.keyed ? { "idempotency-key": idempotencyKey ?? surroundings.makeId() } : {}),
  };
  const fetched = async (shown: string, within: AbortSignal): Promise<A> => {
    const answer = await surroundings.fetch(url, {
      method,
      headers: { ...headers, authorization: shown },
      ...(body === null ? {} : { body: body.text }),
      // Somebody else's address must not be shown the token.
      redirect: "error",
      signal: within,
    });
    return read(surroundings, operation, name, answer);
  };
  return async (shown) => {
    const aborted = new AbortController();
    const late = new Error("late");
    const stop = (): void => aborted.abort(reasonOf(signal));
    const undo = surroundings.startTimer(() => aborted.abort(late), timeoutMs + heldMs);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await fetched(shown, aborted.signal);
    } catch (cause) {
      if (cause instanceof RestError) throw cause;
      if (signal?.aborted === true) throw reasonOf(signal);
      throw localFailure(name, aborted.signal.reason === late ? "timed_out" : "unreachable", { cause });
    } finally {
      undo();
      signal?.removeEventListener("abort", stop);
    }
  };
}

async function read<A>(
  { now }: Surroundings,
  operation: Operation<A>,
  name: string,
  answer: FetchAnswer,
): Promise<A> {
  const { status, headers } = answer;
  const requestId = headers.get("x-request-id");
  const body = parsed(await answer.text());
  if (status !== 200) {
    const retryAfterMs = waitAsked(headers.get("retry-after"), now());
    throw refusalFrom(name, status, body, { requestId, retryAfterMs });
  }
  const decoded = decodeTolerantly(operation.answer, body);
  if (decoded === null) throw localFailure(name, "answer_unreadable", { status, requestId });
  return decoded.value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `Retry-After` in milliseconds from now, a day at most (RFC 9110 section 10.2.3); null where it says nothing. */
export function waitAsked(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Math.min(DAY_MS, Number(header) * 1_000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.min(DAY_MS, Math.max(0, at - now));
}

function pathOf(template: string, params: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = params[name] ?? "";
    // URLs take them for the way up, and an empty one for another route.
    if (["", ".", ".."].includes(value)) throw new TypeError(`${name} cannot stand in a path`);
    return encodeURIComponent(value);
  });
}

function queryOf(query: NonNullable<Parts["query"]>): string {
  const members = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return members.length === 0 ? "" : `?${new URLSearchParams(members).toString()}`;
}

function bodyOf({ body, form }: Parts): { readonly type: string; readonly text: string } | null {
  if (form !== undefined)
    return { type: "application/x-www-form-urlencoded", text: new URLSearchParams(form).toString() };
  return body === undefined ? null : { type: "application/json", text: JSON.stringify(body) };
}
