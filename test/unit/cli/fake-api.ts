/** The REST API as a sheet of answers, and commands that ask it. */
import { Desk } from "./support.js";

/** A request that came. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly authorization: string | null;
  readonly body: unknown;
}

/** What is answered: a status and a body, sent as JSON unless it is a text. */
export interface Answered {
  readonly status?: number;
  readonly body: unknown;
}

/** The admin's token that the commands here show. */
export const ADMIN_TOKEN = "an-admin-token-of-the-tests-0123456789";
/** Where the gateway is thought to be. */
const ORIGIN = "http://127.0.0.1:8080";

/** Answers requests one after the other, the last answer again and again. */
export class FakeApi {
  readonly asked: Asked[] = [];
  private readonly answers: Answered[];

  constructor(...answers: readonly Answered[]) {
    this.answers = [...answers];
  }

  readonly fetch: typeof globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const text = init?.body;
    this.asked.push({
      method: init?.method ?? "GET",
      path: url.startsWith(ORIGIN) ? url.slice(ORIGIN.length) : url,
      authorization: new Headers(init?.headers).get("authorization"),
      body: typeof text === "string" ? JSON.parse(text) : undefined,
    });
    const next = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    const { status = 200, body } = next ?? { status: 404, body: "nobody answers this" };
    return Promise.resolve(new Response(typeof body === "string" ? body : JSON.stringify(body), { status }));
  };

  /** Runs a command against it. */
  run(argv: readonly string[], input = ""): Promise<{ exit: number; out: string; err: string }> {
    return new Desk({ adminToken: ADMIN_TOKEN, fetch: this.fetch }).run(argv, input);
  }
}

/** A refusal as the API sends it. */
export function refusal(status: number, code: string, error: string, more: object = {}): Answered {
  return { status, body: { statusCode: status, error, code, ...more } };
}
