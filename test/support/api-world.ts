/** A running gateway, and what the requests of `api-rows.ts` need in it: rooms, people, links, webhooks. */
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import type { RunningNode } from "../../src/server.js";
import { API_SCOPES, type ApiScope } from "../../src/tokens/scopes.js";
import { ADMIN_SETTINGS, ADMIN_TOKEN, basic as pairShown } from "./admin.js";
import { apiCheckOf, checkedFetch, type ApiCheck } from "./api-check.js";
import { eventually } from "./eventually.js";
import { breakable, type FaultyStore } from "./faulty-store.js";
import { enter, GUEST, MODERATOR } from "./meeting.js";
import { APP, startTestNode, token } from "./node.js";
import { asJson, asList, type Json, type Peer } from "./peer.js";

/** Whose credential a request shows: the admin's token, a key with its secret, or an API token with one scope. */
export type ShownAs = "admin" | "credentials" | ApiScope;

/** What a request has beside its method and path. */
export interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly form?: Readonly<Record<string, string>>;
  /** Idempotency-Key. */
  readonly key?: string;
  /** Other headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: nothing. Not given: what the document says that the route takes. */
  readonly as?: ShownAs | null;
  /** The `Authorization` header itself, instead. */
  readonly authorization?: string;
  /** Not given: the one of the world. */
  readonly node?: RunningNode;
}

/** `Authorization` of a key and its secret. */
export function basic(apiKey: string, secret: string): string {
  return pairShown({ apiKey, secret });
}

/** A gateway with a store that can be broken, and a receiver of webhooks. */
export class ApiWorld {
  /** A back end's token. */
  readonly token = token({ permissions: MODERATOR, roles: ["crawler"] });
  private readonly peers: Peer[] = [];
  private readonly apiTokens = new Map<ApiScope, Promise<string>>();
  private readonly others = new Map<string, Promise<RunningNode>>();

  private constructor(
    readonly node: RunningNode,
    readonly store: FaultyStore,
    readonly check: ApiCheck,
    private readonly receiving: Server,
    /** Where webhooks may be sent to. */
    readonly receiver: string,
  ) {}

  static async start(): Promise<ApiWorld> {
    const receiving = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
    await once(receiving, "listening");
    const address = receiving.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const store = breakable(createMemoryStore({ now: Date.now }));
    const settings = {
      ADMITONE_WEBHOOK_NETWORKS: "127.0.0.0/8",
      ...ADMIN_SETTINGS,
    };
    const node = await startTestNode(settings, { store });
    const check = await apiCheckOf(`http://127.0.0.1:${node.port}`);
    return new ApiWorld(node, store, check, receiving, `http://127.0.0.1:${address.port}/hook`);
  }

  async close(): Promise<void> {
    this.store.mend();
    for (const peer of this.peers) peer.socket.terminate();
    const others = await Promise.all(this.others.values());
    await Promise.all([this.node, ...others].map((node) => node.close()));
    await this.store.close();
    this.receiving.close();
    this.receiving.closeAllConnections();
  }

  /** Sends a request; rejects where the answer is not as the document says. */
  async ask(method: string, path: string, asked: Asked = {}): Promise<Response> {
    const { params = {}, query = {}, body, form, key, headers = {}, node = this.node } = asked;
    const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
      encodeURIComponent(params[name] ?? name),
    );
    const search = new URLSearchParams(query).toString();
    const sent = form === undefined ? body && JSON.stringify(body) : new URLSearchParams(form);
    const { as = this.accessOf(method, path) } = asked;
    const authorization = asked.authorization ?? (await this.shown(as));
    return checkedFetch(`http://127.0.0.1:${node.port}${filled}${search === "" ? "" : `?${search}`}`, {
      method: method.toUpperCase(),
      headers: {
        ...headers,
        ...(authorization === null ? {} : { authorization }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
  }

  /** The body of a request that succeeds. */
  async ok(method: string, path: string, asked: Asked = {}): Promise<Json> {
    const response = await this.ask(method, path, asked);
    const body = asJson(await response.json());
    if (response.status !== 200) throw new Error(`${method} ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  /** A room, changed afterwards where that is asked for. */
  async room(settings: object = {}, change: object | null = null): Promise<string> {
    const { roomId } = await this.ok("post", "/v2/rooms", { body: settings });
    const id = String(roomId);
    if (change !== null) await this.ok("post", "/v2/rooms/{id}", { params: { id }, body: change });
    return id;
  }

  /** A room with somebody in it: `host`. */
  async hosted(settings: object = {}): Promise<string> {
    const id = await this.room(settings);
    this.peers.push(await enter(this.node, id, "host", MODERATOR, { metaData: { any: ["thing"] } }));
    return id;
  }

  /** A room with `host` in it, and `guest` in the lobby. */
  async waiting(): Promise<string> {
    const id = await this.hosted();
    this.peers.push(await enter(this.node, id, "guest", GUEST, { metaData: { any: ["thing"] } }));
    return id;
  }

  /** The same, and the host has let them in. */
  async decided(): Promise<string> {
    const id = await this.waiting();
    const path = "/v2/rooms/{id}/lobby/{participantId}/admit";
    await this.ok("post", path, { params: { id, participantId: "guest" }, body: {} });
    return id;
  }

  /** A room from which `guest` is banned. */
  async banned(): Promise<string> {
    const id = await this.room();
    await this.ok("post", "/v2/rooms/{id}/bans", { params: { id }, body: { participantId: "guest" } });
    return id;
  }

  /** A session with `host` in it. */
  async session(): Promise<string> {
    const roomId = await this.hosted();
    const { data } = await this.ok("get", "/v2/sessions", { query: { roomId } });
    return String(asJson(asList(data)[0])["id"]);
  }

  /** A key that was used in a room, for a message. */
  async usedKey(id: string): Promise<string> {
    const key = randomBytes(8).toString("hex");
    const body = { topic: "used", message: key };
    await this.ok("post", "/v2/rooms/{id}/messages", { params: { id }, key, body });
    return key;
  }

  /** The code of a link to a knock that waits. */
  async code(): Promise<string> {
    return this.codeIn(await this.waiting());
  }

  /** One whose knock was answered. */
  async usedCode(): Promise<string> {
    const code = await this.code();
    await this.ok("post", "/v2/knocks/{code}", { params: { code }, body: { decision: "deny" } });
    return code;
  }

  /** One whose knocker has given up. */
  async staleCode(): Promise<string> {
    const code = await this.code();
    await this.peers.at(-1)?.ask({ type: "withdraw" });
    return code;
  }

  /** A webhook. */
  async webhook(): Promise<string> {
    const { id } = await this.ok("post", "/v2/webhooks", { body: { url: this.receiver } });
    return String(id);
  }

  /** A message that was sent to a webhook. */
  async delivery(): Promise<{ readonly webhookId: string; readonly id: string }> {
    const webhookId = await this.webhook();
    await this.hosted();
    return eventually(async () => {
      const { data } = await this.ok("get", "/v2/webhooks/{id}/deliveries", { params: { id: webhookId } });
      return { webhookId, id: String(asJson(asList(data)[0])["id"]) };
    });
  }

  /** A node with these settings, and a store of its own; made once. */
  another(settings: Readonly<Record<string, string>>): Promise<RunningNode> {
    const name = JSON.stringify(settings);
    const made = this.others.get(name) ?? startTestNode(settings);
    this.others.set(name, made);
    return made;
  }

  /** What the document says that a route takes. */
  private accessOf(method: string, path: string): ShownAs | "customer" {
    const route = this.check.routes.find((one) => one.method === method && one.path === path);
    const access = route?.operation["x-access"];
    if (access === "admin" || access === "credentials") return access;
    return API_SCOPES.find((scope) => scope === access) ?? "customer";
  }

  private async shown(as: ShownAs | "customer" | null): Promise<string | null> {
    switch (as) {
      case null:
        return null;
      case "customer":
        return this.token;
      case "admin":
        return `Bearer ${ADMIN_TOKEN}`;
      case "credentials":
        return pairShown(APP);
      default:
        return `Bearer ${await this.apiToken(as)}`;
    }
  }

  /** An API token with one scope; made once. */
  apiToken(scope: ApiScope): Promise<string> {
    const made = this.apiTokens.get(scope) ?? this.newApiToken(scope);
    this.apiTokens.set(scope, made);
    return made;
  }

  /** The same, for whoever wants to spoil it. */
  async newApiToken(scope: ApiScope): Promise<string> {
    const form = { grant_type: "client_credentials", scope };
    return String((await this.ok("post", "/v1/auth/token", { form }))["access_token"]);
  }

  private async codeIn(id: string): Promise<string> {
    const path = "/v2/rooms/{id}/lobby/{participantId}/link";
    const { code } = await this.ok("post", path, { params: { id, participantId: "guest" }, body: {} });
    return String(code);
  }
}
