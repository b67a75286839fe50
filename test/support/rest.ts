/** A gateway whose sockets are served by one node and whose REST API is asked at the other, where there are two. */
import { afterAll, beforeAll } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunningNode } from "../../src/server.js";
import { mintToken, type MintOptions } from "../../src/tokens/mint.js";
import { ADMIN_TOKEN } from "./admin.js";
import { checkedFetch } from "./api-check.js";
import { createRoom, enter, GUEST, MODERATOR } from "./meeting.js";
import { APP, startGateway, token, type TestGateway, type Topology } from "./node.js";
import { asJson, type Json, type Peer } from "./peer.js";

/** Where the same has to hold. */
export const REST_TOPOLOGIES = ["embedded", "Redis, two nodes"] as const satisfies readonly Topology[];

/** An app beside the one of the tests. */
export const OTHER_APP = {
  apiKey: "other-key",
  secret: "a-secret-of-the-other-app-0123456789",
} as const;

const APPS = [
  { id: "default", openRooms: true, keys: [APP] },
  { id: "other", keys: [OTHER_APP] },
] as const;

/** A back end's token of the app of the tests. */
export function backEnd(claims: Partial<MintOptions> = {}): string {
  return token({ permissions: ["allow_join"], roles: ["crawler"], ...claims });
}

/** A back end's token of the other app. */
export function otherBackEnd(claims: Partial<MintOptions> = {}): string {
  const { apiKey, secret } = OTHER_APP;
  const permissions = ["allow_join"] as const;
  return mintToken({
    apiKey,
    secret,
    permissions,
    roles: ["crawler"],
    ttlSeconds: 600,
    now: Date.now,
    ...claims,
  });
}

/** What a request may have beside its path and body. */
export interface Extra {
  readonly token?: string;
  /** The Idempotency-Key. */
  readonly key?: string;
  readonly node?: RunningNode;
  readonly signal?: AbortSignal;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly body: Json;
}

/** Requests to a running gateway. */
export class Rest {
  private running: { readonly gateway: TestGateway; readonly folder: string } | null = null;

  /** Starts it before the tests of a block, and ends it behind them. */
  constructor(topology: Topology) {
    beforeAll(async () => {
      const folder = await mkdtemp(path.join(tmpdir(), "admitone-apps-"));
      const file = path.join(folder, "apps.json");
      await writeFile(file, JSON.stringify(APPS));
      const settings = {
        ADMITONE_API_KEY: "",
        ADMITONE_API_SECRET: "",
        ADMITONE_APPS_FILE: file,
        ADMITONE_ADMIN_TOKEN: ADMIN_TOKEN,
      };
      this.running = { gateway: await startGateway(topology, settings), folder };
    });
    afterAll(async () => {
      await this.running?.gateway.close();
      if (this.running !== null) await rm(this.running.folder, { recursive: true });
    });
  }

  /** Where people's sockets are. */
  get sockets(): RunningNode {
    return this.gateway.first;
  }

  /** Where the API is asked, unless a request says otherwise. */
  get api(): RunningNode {
    return this.gateway.second;
  }

  get(target: string, extra: Extra = {}): Promise<Reply> {
    return this.ask("GET", target, undefined, extra);
  }

  post(target: string, body?: unknown, extra: Extra = {}): Promise<Reply> {
    return this.ask("POST", target, body, extra);
  }

  async ask(method: string, target: string, body: unknown, extra: Extra = {}): Promise<Reply> {
    const { token: authorization = backEnd(), key, node = this.api, signal } = extra;
    const response = await checkedFetch(`http://127.0.0.1:${node.port}${target}`, {
      method,
      headers: { authorization, ...(key === undefined ? {} : { "idempotency-key": key }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { status: response.status, body: asJson(await response.json()) };
  }

  /** A room with a host who moderates. */
  async meeting(settings: Json = {}): Promise<{ roomId: string; host: Peer; at: string }> {
    const roomId = await createRoom(this.sockets, settings);
    const host = await enter(this.sockets, roomId, "host", MODERATOR);
    return { roomId, host, at: `/v2/rooms/${roomId}` };
  }

  /** Somebody in the lobby. */
  knock(roomId: string, participantId: string, extra: Json = {}): Promise<Peer> {
    return enter(this.sockets, roomId, participantId, GUEST, extra);
  }

  private get gateway(): TestGateway {
    if (this.running === null) throw new Error("not started");
    return this.running.gateway;
  }
}

/** A request that was refused, with its reason. */
export function refusedAs(status: number, code: string, field?: string, details?: Json): Json {
  const body = { statusCode: status, code, ...(field === undefined ? {} : { field }) };
  return { status, body: details === undefined ? body : { ...body, details } };
}
