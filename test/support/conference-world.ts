/** A gateway as an app sees it that has its conferences over REST: API tokens, client access tokens, and people's sockets. */
import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunningNode } from "../../src/server.js";
import type { ApiScope } from "../../src/tokens/scopes.js";
import { checkedFetch } from "./api-check.js";
import { basic } from "./admin.js";
import { hangUp } from "./meeting.js";
import { startGateway, type TestGateway, type Topology } from "./node.js";
import { asJson, Peer, type Json } from "./peer.js";

/** The apps: one whose conferences are protected, one whose conferences are not. */
export const CONFERENCE_APPS = {
  guarded: { apiKey: "key-guarded", secret: "secret-of-the-guarded-app-0123456789" },
  plain: { apiKey: "key-plain", secret: "secret-of-the-plain-app-0123456789-a" },
} as const;
/** One of them. */
export type AppName = keyof typeof CONFERENCE_APPS;

/** What a call may have beside its path and body. */
export interface Extra {
  /** `guarded` unless said. */
  readonly app?: AppName;
  /** The scope of the API token; all unless said. */
  readonly scope?: string;
  readonly key?: string;
  readonly node?: RunningNode;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
}

/** A running gateway, and calls to it. REST is asked at the first node, people are on the second. */
export class ConferenceWorld {
  private running: { readonly gateway: TestGateway; readonly folder: string } | null = null;
  private readonly apiTokens = new Map<string, Promise<string>>();
  private peers: Peer[] = [];

  /** Starts it before the tests of a block, and ends it behind them. */
  constructor(topology: Topology) {
    beforeAll(async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "admitone-apps-"));
      const file = path.join(folder, "apps.json");
      const apps = Object.entries(CONFERENCE_APPS).map(([id, key]) => ({
        ...{ id, keys: [key] },
        protectedConferences: id === "guarded",
      }));
      await writeFile(file, JSON.stringify(apps));
      const settings = { ADMITONE_API_KEY: "", ADMITONE_API_SECRET: "", ADMITONE_APPS_FILE: file };
      this.running = { gateway: await startGateway(topology, settings), folder };
    });
    afterEach(() => {
      hangUp(this.peers);
      this.peers = [];
    });
    afterAll(async () => {
      await this.running?.gateway.close();
      if (this.running !== null) await rm(this.running.folder, { recursive: true });
    });
  }

  get gateway(): TestGateway {
    if (this.running === null) throw new Error("not started");
    return this.running.gateway;
  }

  /** A call with an API token; rejects where the answer is not as the API's document says. */
  async ask(method: string, target: string, body?: unknown, extra: Extra = {}): Promise<Reply> {
    const { app = "guarded", scope = "*", key, node = this.gateway.first } = extra;
    const response = await checkedFetch(`http://127.0.0.1:${node.port}${target}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.apiToken(app, scope)}`,
        "content-type": "application/json",
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: asJson(await response.json()) };
  }

  /** The body of a call that succeeds. */
  async ok(method: string, target: string, body?: unknown, extra: Extra = {}): Promise<Json> {
    const reply = await this.ask(method, target, body, extra);
    if (reply.status !== 200) throw new Error(`${method} ${target}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** A conference that was opened: where its calls go, and what the call answered. */
  async open(body: Json = {}, extra: Extra = {}): Promise<Opened> {
    const answer = await this.ok("POST", "/v2/conferences/create", body, extra);
    const id = String(answer["conferenceId"]);
    const tokens = asJson(answer["usersTokens"]);
    return { id, at: `/v2/conferences/${id}`, answer, tokens, ownerToken: answer["ownerToken"] };
  }

  /** A client access token for one person; null: for nobody in particular. */
  async clientToken(externalId: string | null, { app = "guarded", scope = "" }: Extra = {}): Promise<string> {
    const body = { sessionScope: scope, ...(externalId === null ? {} : { externalId }) };
    return String((await this.ok("POST", "/v2/client-access-token", body, { app }))["access_token"]);
  }

  /** Somebody shows a client access token and, if they have one, a conference access token; whatever the answer is. */
  async join(
    roomId: string,
    externalId: string,
    conferenceToken: unknown = null,
    { app = "guarded", scope = "", micOn = false }: Extra & { readonly micOn?: boolean } = {},
  ): Promise<{ peer: Peer; reply: Json }> {
    const token = await this.clientToken(externalId, { app, scope });
    return this.show({ token, conferenceToken, roomId, micOn });
  }

  /** A join on the second node, hung up behind the test. */
  async show(message: Json): Promise<{ peer: Peer; reply: Json }> {
    const joined = await Peer.join(this.gateway.second, message);
    this.peers.push(joined.peer);
    return joined;
  }

  /** The same; rejects where they are not let in. */
  async enter(...args: Parameters<ConferenceWorld["join"]>): Promise<Peer> {
    const { peer, reply } = await this.join(...args);
    if (reply["state"] !== "joined") throw new Error(`not let in: ${JSON.stringify(reply)}`);
    await peer.find(({ type }) => type === "snapshot", "a snapshot");
    return peer;
  }

  /** An API token; made once. */
  apiToken(app: AppName, scope: string): Promise<string> {
    const name = `${app} ${scope}`;
    const made = this.apiTokens.get(name) ?? this.newApiToken(app, scope);
    this.apiTokens.set(name, made);
    return made;
  }

  private async newApiToken(app: AppName, scope: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.gateway.first.port}/v1/auth/token`, {
      method: "POST",
      headers: { authorization: basic(CONFERENCE_APPS[app]) },
      body: new URLSearchParams({ grant_type: "client_credentials", scope }),
    });
    return String(asJson(await response.json())["access_token"]);
  }
}

/** A conference that was opened. */
export interface Opened {
  readonly id: string;
  /** `/v2/conferences/<id>` */
  readonly at: string;
  readonly answer: Json;
  readonly tokens: Json;
  readonly ownerToken: unknown;
}

/** Every call of conferences but the first: its method, what is behind the id in its path, a body, and the scope that it takes. */
export const CONFERENCE_CALLS: readonly (readonly [string, string, Json | undefined, ApiScope])[] = [
  ["POST", "/invite", { participants: {} }, "comms:conf:admin"],
  ["POST", "/permissions", { participants: {} }, "comms:conf:admin"],
  ["POST", "/kick", { externalIds: ["bob"] }, "comms:conf:admin"],
  ["POST", "/message", { from: "ann", message: "hello" }, "comms:conf:admin"],
  ["GET", "/participants", undefined, "comms:conf:admin"],
  ["DELETE", "", undefined, "comms:conf:destroy"],
];

/** The reason of a refusal that a client got over its socket. */
export function reasonOf(reply: Json): unknown {
  return asJson(reply["error"])["reason"];
}
