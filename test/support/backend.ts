/** The HTTP side of a gateway with two apps, as back ends see it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { mintToken, type MintOptions } from "../../src/tokens/mint.js";
import { checkedFetch } from "./api-check.js";
import { startGateway, type TestGateway, type Topology } from "./node.js";
import { asJson, type Json } from "./peer.js";

/** The apps `one` and `two`. */
export const APPS = [
  { id: "one", keys: [{ apiKey: "key-one", secret: "secret-of-the-first-app-0123456789" }] },
  { id: "two", keys: [{ apiKey: "key-two", secret: "secret-of-the-other-app-0123456789" }] },
] as const;

/** Headers of a JSON body. */
export const JSON_BODY = { "content-type": "application/json" } as const;

/** A token of the app `one` or `two`. */
export function appToken(app: 0 | 1, claims: Partial<MintOptions> = {}): string {
  const { apiKey, secret } = APPS[app].keys[0];
  return mintToken({
    apiKey,
    secret,
    permissions: ["allow_join"],
    ttlSeconds: 600,
    now: Date.now,
    ...claims,
  });
}

/** A token of the first app for its back end. */
export function crawler(claims: Partial<MintOptions> = {}): string {
  return appToken(0, { roles: ["crawler"], ...claims });
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** A gateway with two apps, and requests to it. */
export class Backend {
  private constructor(
    readonly gateway: TestGateway,
    private readonly folder: string,
  ) {}

  /** Starts it: two nodes on Redis unless said otherwise, with these variables beside the apps. */
  static async start(
    topology: Topology = "Redis, two nodes",
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Backend> {
    const folder = await mkdtemp(path.join(tmpdir(), "admitone-apps-"));
    const file = path.join(folder, "apps.json");
    await writeFile(file, JSON.stringify(APPS));
    const instead = { ADMITONE_API_KEY: "", ADMITONE_API_SECRET: "", ADMITONE_APPS_FILE: file, ...extra };
    return new Backend(await startGateway(topology, instead), folder);
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await rm(this.folder, { recursive: true });
  }

  /** Any request, to the first node unless said otherwise. Rejects where the answer is not as the API's document says. */
  async ask(target: string, init: RequestInit = {}, node = this.gateway.first): Promise<Answer> {
    const response = await checkedFetch(`http://127.0.0.1:${node.port}${target}`, init);
    return { status: response.status, headers: response.headers, body: asJson(await response.json()) };
  }

  /** `POST /v2/rooms`. */
  post(
    body?: string,
    headers: Readonly<Record<string, string>> = {},
    node = this.gateway.first,
  ): Promise<Answer> {
    const init = { method: "POST", headers: { authorization: crawler(), ...headers } };
    return this.ask("/v2/rooms", { ...init, ...(body === undefined ? {} : { body }) }, node);
  }

  get(target: string, authorization = crawler(), node = this.gateway.first): Promise<Answer> {
    return this.ask(target, { headers: { authorization } }, node);
  }
}
