/** Nodes whose apps an admin makes, and the admin's and their customers' requests. */
import { randomBytes } from "node:crypto";
import type { RunningNode } from "../../src/server.js";
import { mintToken, type MintOptions } from "../../src/tokens/mint.js";
import { checkedFetch } from "./api-check.js";
import { startTestNode } from "./node.js";
import { asJson, Peer, type Json } from "./peer.js";
import type { RedisServer } from "./redis-server.js";

/** The admin's token in tests. */
export const ADMIN_TOKEN = "an-admin-token-of-the-tests-0123456789";
/** A key under which secrets are kept in tests. */
export const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString("base64");

/** What a node is set to so that it has an admin. */
export const ADMIN_SETTINGS = {
  ADMITONE_ADMIN_TOKEN: ADMIN_TOKEN,
  ADMITONE_ENCRYPTION_KEYS: ENCRYPTION_KEY,
} as const;

type Address = Pick<RunningNode, "port">;

/** A key and its secret. */
export interface Pair {
  readonly apiKey: string;
  readonly secret: string;
}

/** What came back. */
export interface Came {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** Starts a node with an admin on this Redis. */
export function startAdminNode(
  redis: RedisServer,
  extra: Readonly<Record<string, string>> = {},
): Promise<RunningNode> {
  return startTestNode({ REDIS_URL: redis.url, ...ADMIN_SETTINGS, ...extra });
}

/** Any request with this `Authorization`; rejects where the answer is not as the API's document says. */
export async function asking(
  node: Address,
  authorization: string,
  method: string,
  path: string,
  body?: Json | URLSearchParams,
): Promise<Came> {
  const response = await checkedFetch(`http://127.0.0.1:${node.port}${path}`, {
    method,
    headers: { authorization },
    ...(body === undefined ? {} : { body: body instanceof URLSearchParams ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: asJson(await response.json()) };
}

/** A request of the admin that succeeds. */
export async function admin(node: Address, method: string, path: string, body?: Json): Promise<Json> {
  const came = await asking(node, `Bearer ${ADMIN_TOKEN}`, method, `/v2/admin${path}`, body);
  if (came.status !== 200) throw new Error(`${method} ${path}: ${came.status} ${JSON.stringify(came.body)}`);
  return came.body;
}

/** `Authorization` of a key and its secret. */
export function basic({ apiKey, secret }: Pair): string {
  return `Basic ${Buffer.from(`${apiKey}:${secret}`).toString("base64")}`;
}

/** An app of a made name, with the pair that came with it. */
export async function makeApp(node: Address, settings: Json = {}): Promise<Pair & { readonly id: string }> {
  const id = `app-${randomBytes(6).toString("hex")}`;
  const { credentials } = await admin(node, "POST", "/apps", { id, ...settings });
  return { id, ...pairOf(credentials) };
}

/** The pair in an answer. */
export function pairOf(credentials: unknown): Pair {
  const { apiKey, secret } = asJson(credentials);
  return { apiKey: String(apiKey), secret: String(secret) };
}

/** A token that a customer signs with this pair. */
export function signed(pair: Pair, claims: Partial<MintOptions> & Pick<MintOptions, "permissions">): string {
  const { apiKey, secret } = pair;
  return mintToken({ apiKey, secret, ttlSeconds: 3_600, now: Date.now, ...claims });
}

/** A room of the pair's app. */
export async function makeRoom(node: Address, pair: Pair, settings: Json = {}): Promise<string> {
  const token = signed(pair, { permissions: ["allow_join"], roles: ["crawler"] });
  const came = await asking(node, token, "POST", "/v2/rooms", settings);
  if (came.status !== 200) throw new Error(`no room: ${JSON.stringify(came.body)}`);
  return String(came.body["roomId"]);
}

/** Joins with a token; rejects where it is not let in. */
export async function enterWith(node: Address, roomId: string, token: string): Promise<Peer> {
  const { peer, reply } = await Peer.join(node, { token, roomId, name: "somebody" });
  if (reply["ok"] !== true) throw new Error(`not let in: ${JSON.stringify(reply)}`);
  return peer;
}

/** An API token of this pair. */
export async function apiToken(node: Address, pair: Pair, scope?: string): Promise<string> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    ...(scope === undefined ? {} : { scope }),
  });
  const came = await asking(node, basic(pair), "POST", "/v1/auth/token", form);
  if (came.status !== 200) throw new Error(`no API token: ${JSON.stringify(came.body)}`);
  return String(came.body["access_token"]);
}

/** A client access token of this pair. */
export async function clientToken(node: Address, pair: Pair, order: Json): Promise<string> {
  const bearer = `Bearer ${await apiToken(node, pair)}`;
  const came = await asking(node, bearer, "POST", "/v2/client-access-token", { sessionScope: "", ...order });
  if (came.status !== 200) throw new Error(`no client access token: ${JSON.stringify(came.body)}`);
  return String(came.body["access_token"]);
}
