/** The token endpoints of a running gateway, asked as OAuth's and Dolby.io's clients ask them. */
import { expect } from "@jest/globals";
import type { RunningNode } from "../../src/server.js";
import { basic } from "./admin.js";
import { checkedFetch } from "./api-check.js";
import { APP, type Topology } from "./node.js";
import { asJson, type Json } from "./peer.js";
import { OTHER_APP, Rest } from "./rest.js";

/** The key and secret of the app of the tests. */
export const MINE = basic(APP);
/** Those of the other app. */
export const THEIRS = basic(OTHER_APP);

/** Type of a form. */
export const FORM = "application/x-www-form-urlencoded";

/** What a request shows and says beside its body. */
export interface Shown {
  /** Null: nothing. Not given: what the path takes. */
  readonly authorization?: string | null;
  /** Null: none. Not given: what the body is. */
  readonly contentType?: string | null;
  readonly node?: RunningNode;
}

/** What came back. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** A gateway with the apps of `Rest`, and its token endpoints. */
export class TokenDesk {
  readonly rest: Rest;

  /** Starts it before the tests of a block, and ends it behind them. */
  constructor(topology: Topology = "embedded") {
    this.rest = new Rest(topology);
  }

  /** Any request with a body. Rejects where the answer is not as the document says. */
  async post(path: string, body: string | null, shown: Shown = {}): Promise<Told> {
    const { authorization = MINE, contentType = FORM, node = this.rest.api } = shown;
    const response = await checkedFetch(`http://127.0.0.1:${node.port}${path}`, {
      method: "POST",
      headers: {
        ...(authorization === null ? {} : { authorization }),
        ...(contentType === null ? {} : { "content-type": contentType }),
      },
      // As bytes, to which fetch adds no content type of its own.
      ...(body === null ? {} : { body: Buffer.from(body) }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: asJson(await response.json()),
    };
  }

  /** A form, as an object or as it is written. */
  form(path: string, form: string | Readonly<Record<string, string>>, shown: Shown = {}): Promise<Told> {
    return this.post(path, typeof form === "string" ? form : new URLSearchParams(form).toString(), shown);
  }

  /** `POST /v1/auth/token`. */
  askApiToken(form: string | Readonly<Record<string, string>> = {}, shown: Shown = {}): Promise<Told> {
    const whole = typeof form === "string" ? form : { grant_type: "client_credentials", ...form };
    return this.form("/v1/auth/token", whole, shown);
  }

  /** An API token. */
  async apiToken(form: Readonly<Record<string, string>> = {}, shown: Shown = {}): Promise<string> {
    return tokenIn(await this.askApiToken(form, shown));
  }

  /** `POST /v2/client-access-token`, with an API token for it unless something else is shown. */
  async askClientToken(body: unknown, shown: Shown = {}): Promise<Told> {
    const authorization =
      shown.authorization === undefined ? `Bearer ${await this.apiToken()}` : shown.authorization;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.post("/v2/client-access-token", text, {
      contentType: "application/json",
      ...shown,
      authorization,
    });
  }

  /** A client access token. */
  async clientToken(body: Json = {}, shown: Shown = {}): Promise<string> {
    return tokenIn(await this.askClientToken({ sessionScope: "*", ...body }, shown));
  }

  /** `POST /v1/auth/introspect`: what it says. */
  async introspect(token: string, shown: Shown = {}): Promise<Json> {
    const { status, body } = await this.form("/v1/auth/introspect", { token }, shown);
    expect(status).toBe(200);
    return body;
  }

  /** `POST /v1/auth/revoke`. */
  revoke(token: string, shown: Shown = {}): Promise<Told> {
    return this.form("/v1/auth/revoke", { token }, shown);
  }
}

function tokenIn({ status, body }: Told): string {
  if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
  return String(body["access_token"]);
}

/** The claims of a token, as anybody can read them. */
export function claimsOf(token: unknown): Json {
  const part = String(token).split(".")[1] ?? "";
  return asJson(JSON.parse(Buffer.from(part, "base64url").toString("utf8")));
}

/** A refusal: its status, our code, the RFC's word, and the member at fault (null: none). */
export type Refused = readonly [status: number, code: string, error: string, field: string | null];

/**
 * Asserts a refusal, and that everybody finds in it what they look for: RFC 6749 section 5.2, the two shapes of Dolby.io's clients
 * (`reference/dolby.md` section 5), and our own members; and that nothing is kept by a cache.
 */
export function expectRefused({ status, headers, body }: Told, [http, code, error, field]: Refused): void {
  const { error_code, error_description, message, details, ...rest } = body;
  expect({ ...rest, details }).toEqual({
    status: http,
    details,
    error,
    type: "ErrorResponse",
    error_reason: expect.stringMatching(/./),
    statusCode: http,
    code,
    ...(field === null ? {} : { field }),
  });
  expect([status, error_code]).toEqual([http, expect.any(Number)]);
  expect(error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(message).toBe(error_description);
  if (field !== null && http === 400) expect(error_description).toContain(field);
  expectUnkept(headers);
}

/** RFC 6749 section 5.1. */
export function expectUnkept(headers: Headers): void {
  expect([headers.get("cache-control"), headers.get("pragma")]).toEqual(["no-store", "no-cache"]);
}
