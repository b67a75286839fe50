/** Asks the gateway. What can be asked stands in the files beside this one, as plain values. */
import type { Surroundings } from "../state/surroundings.js";
import { ApiFault, faultOf, refusedBy } from "./fault.js";
import { Reader, ShapeFault } from "./reader.js";

/** A request, and how its answer is read. Two asks of the same `method`, `path`, `query` and `app` ask for the same. */
export interface Ask<T> {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | null>>;
  readonly body?: unknown;
  /** For the routes of one app: its id. Sent as `x-admitone-app`. */
  readonly app?: string;
  /** How long the gateway may keep the answer back, milliseconds. */
  readonly heldMs?: number;
  /** A command that has one effect however often it arrives. */
  readonly once?: true;
  /** The answer is text, and is not read as JSON. */
  readonly plain?: true;
  readonly read: (answer: Reader) => T;
}

/** Asks the gateway. Rejects with an `ApiFault` and nothing else, or with the signal's own reason where it was aborted. */
export interface Api {
  call<T>(ask: Ask<T>, signal?: AbortSignal): Promise<T>;
}

/** What an `Api` reports beside its answers. */
export interface ApiListener {
  /** The gateway does not know this browser (any more). */
  readonly onSignedOut: () => void;
}

/** Longer than the gateway needs for anything; then the line counts as lost. */
const PATIENCE_MS = 15_000;

/** An `Api` over `fetch`. The session's cookie goes by itself; the header beside it is what no other site can send. */
export function createApi(
  surroundings: Pick<Surroundings, "fetch" | "after" | "freshId">,
  { onSignedOut }: ApiListener,
): Api {
  return {
    async call(ask, signal) {
      const controller = new AbortController();
      const stop = (): void => controller.abort();
      signal?.addEventListener("abort", stop);
      const done = surroundings.after(PATIENCE_MS + (ask.heldMs ?? 0), stop);
      try {
        const init: RequestInit = { ...initOf(ask, surroundings.freshId), signal: controller.signal };
        const { response, body } = await answerOf(surroundings, ask, init);
        if (response.status === 401 && ask.path !== SESSION_PATH) onSignedOut();
        if (!response.ok) throw new ApiFault(refusedBy(response.status, body));
        return readBy(ask, body);
      } catch (error) {
        signal?.throwIfAborted();
        throw error instanceof ApiFault ? error : new ApiFault(faultOf(error));
      } finally {
        done();
        signal?.removeEventListener("abort", stop);
      }
    },
  };
}

/** Where the console signs in and out. Its own 401 is an answer to a sign-in, and does not end anything. */
export const SESSION_PATH = "/console/session";

/** What tells two asks apart. */
export function keyOf({ method, path, query = {}, app = "" }: Ask<unknown>): string {
  return JSON.stringify([method, urlOf(path, query), app]);
}

/** A path with its query; members that are null or empty are left out. */
export function urlOf(path: string, query: NonNullable<Ask<unknown>["query"]> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== "") parameters.set(name, String(value));
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** A path of literal parts and ids; the ids are encoded. */
export function pathOf(parts: TemplateStringsArray, ...ids: readonly string[]): string {
  return parts.reduce((done, part, index) => done + encodeURIComponent(ids[index - 1] ?? "") + part);
}

function initOf({ method, app, body, once }: Ask<unknown>, freshId: () => string): RequestInit {
  return {
    method,
    credentials: "same-origin",
    headers: {
      "x-admitone-console": "1",
      ...(app === undefined ? {} : { "x-admitone-app": app }),
      ...(once === undefined ? {} : { "idempotency-key": freshId() }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

async function answerOf(
  { fetch }: Pick<Surroundings, "fetch">,
  { path, query, plain }: Ask<unknown>,
  init: RequestInit,
): Promise<{ readonly response: Response; readonly body: unknown }> {
  try {
    const response = await fetch(urlOf(path, query), init);
    const text = await response.text();
    if (plain === true && response.ok) return { response, body: { text } };
    return { response, body: text === "" ? {} : parsed(text) };
  } catch {
    throw new ApiFault({ kind: "away" });
  }
}

/** A proxy in front may answer with a page of its own; the status then tells. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readBy<T>({ read }: Ask<T>, body: unknown): T {
  try {
    return read(new Reader(body));
  } catch (error) {
    if (error instanceof ShapeFault) throw new ApiFault({ kind: "unexpected", sentence: error.message });
    throw error;
  }
}
