/** One request to a receiver: bounded in time and size, to checked addresses only, and never redirected (`docs/rules.md` N11). */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { ADDRESS_REFUSED, type Destinations } from "./destinations.js";

/** The most that is read of an answer. */
const ANSWER_BYTES = 65_536;

/** What became of a request. */
export interface Response {
  /** Null: no answer. */
  readonly httpStatus: number | null;
  /** The answer's body; null: none, too long, or not whole in time. */
  readonly body: string | null;
  /** The header `retry-after`, as it came. */
  readonly retryAfter: string | null;
  /** What went wrong, for people: without the URL, the body or anything of the answer; null: it was a 2xx. */
  readonly error: string | null;
  readonly tookMs: number;
}

/** A request to make. `signal` ends it early. */
export interface Sending {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Posts; never rejects. An answer counts from its head on; its body is waited for within the time, and may be missing. */
export async function post(destinations: Destinations, sending: Sending): Promise<Response> {
  const begin = performance.now();
  const refused = destinations.refusalOf(sending.url) !== null;
  const outcome = refused
    ? { ...NOTHING, error: "the address is refused" }
    : await exchange(destinations, sending);
  return { ...outcome, tookMs: Math.round(performance.now() - begin) };
}

type Exchanged = Omit<Response, "tookMs">;
const NOTHING = { httpStatus: null, body: null, retryAfter: null } as const;

function exchange(destinations: Destinations, sending: Sending): Promise<Exchanged> {
  const { url: text, headers, body, timeoutMs, signal } = sending;
  const url = new URL(text);
  const bytes = Buffer.from(body);
  return new Promise((resolve) => {
    let answer: IncomingMessage | null = null;
    const finish = (got: string | null, error: string): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      resolve(answer === null ? { ...NOTHING, error } : answered(answer, got));
      // Nobody wants what is still to come; a receiver that drips would hold the line.
      request.destroy();
    };
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": bytes.length,
        "user-agent": "AdmitOne-Webhooks",
        ...headers,
      },
      lookup: destinations.lookupFor(url),
      agent: false,
    });
    const timer = setTimeout(() => finish(null, `no answer within ${timeoutMs} ms`), timeoutMs);
    const onAbort = (): void => finish(null, "ended early");
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
    request.on("error", (error: NodeJS.ErrnoException) => finish(null, meaningOf(error)));
    request.on("response", (response) => {
      answer = response;
      read(response, (got) => finish(got, ""));
    });
    request.end(bytes);
  });
}

function read(response: IncomingMessage, done: (body: string | null) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  response.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > ANSWER_BYTES) done(null);
    else chunks.push(chunk);
  });
  response.on("end", () => done(Buffer.concat(chunks).toString("utf8")));
  response.on("error", () => done(null));
}

function answered({ statusCode = 0, headers }: IncomingMessage, body: string | null): Exchanged {
  const isGood = statusCode >= 200 && statusCode < 300;
  const error = isGood ? null : `answered ${statusCode}`;
  return { httpStatus: statusCode, body, retryAfter: headers["retry-after"] ?? null, error };
}

/** Codes only: messages of errors name hosts and addresses. */
function meaningOf(error: NodeJS.ErrnoException): string {
  if (error.code === ADDRESS_REFUSED) return "the address is refused";
  return `no connection, or it broke (${error.code ?? error.name})`;
}
