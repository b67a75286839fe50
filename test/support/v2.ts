/** VideoSDK's REST v2 as a caller who knows only its documentation (`reference/videosdk.md` section 2). */
import { afterAll, beforeAll } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { RunningNode } from "../../src/server.js";
import { Backend, appToken, crawler, type Answer } from "./backend.js";
import type { Topology } from "./node.js";
import { asJson, asList, Peer, type Json } from "./peer.js";

/** Both logs; with two nodes each question goes to the other node than the one before. */
export const V2_TOPOLOGIES = ["embedded", "Redis, two nodes"] as const satisfies readonly Topology[];

/** What a request may have beside its path. */
export interface Asked {
  /** The token; a back end's of the first app unless said otherwise. */
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running gateway and requests to it. */
export class V2 {
  private started: Backend | null = null;
  private turn = 0;

  get backend(): Backend {
    if (this.started === null) throw new Error("not started");
    return this.started;
  }

  /** The nodes in turn. */
  get node(): RunningNode {
    const { first, second } = this.backend.gateway;
    this.turn += 1;
    return this.turn % 2 === 0 ? second : first;
  }

  async start(topology: Topology): Promise<void> {
    this.started = await Backend.start(topology);
  }

  get(path: string, asked: Asked = {}): Promise<Answer> {
    return this.ask("GET", path, asked);
  }

  post(path: string, body?: unknown, asked: Asked = {}): Promise<Answer> {
    return this.ask("POST", path, { ...asked, body });
  }

  /** Any request whose answer is JSON. Written on the wire as given: also a body with GET, also the case of header names. */
  ask(method: string, path: string, { token = crawler(), body, headers }: Asked = {}): Promise<Answer> {
    const text = body === undefined ? null : JSON.stringify(body);
    const options = {
      method,
      path,
      host: "127.0.0.1",
      port: this.node.port,
      agent: false,
      headers: {
        ...(headers ?? (token === "" ? {} : { authorization: token })),
        ...(text === null
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      },
    } as const;
    return new Promise((resolve, reject) => {
      const sent = request(options, (response) => {
        let came = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => (came += piece));
        response.on("error", reject);
        response.on("end", () => {
          const got = new Headers();
          for (const [name, value] of Object.entries(response.headers)) got.set(name, String(value));
          resolve({ status: response.statusCode ?? 0, headers: got, body: asJson(parsed(came)) });
        });
      });
      sent.on("error", reject);
      sent.end(text ?? undefined);
    });
  }

  /** A body of an answer that has to be 200. */
  async ok(answer: Promise<Answer>): Promise<Json> {
    const { status, body } = await answer;
    if (status !== 200) throw new Error(`not 200: ${JSON.stringify(body)}`);
    return body;
  }

  /** Makes a room; answers its id. */
  async room(settings: Json = {}, app: 0 | 1 = 0): Promise<string> {
    const made = await this.ok(this.post("/v2/rooms", settings, { token: backOf(app) }));
    return String(made["roomId"]);
  }

  /** Somebody comes in, by a proven id; on the nodes in turn unless said otherwise. */
  async enter(roomId: string, participantId: string, node = this.node): Promise<Inside> {
    const token = appToken(0, { roles: ["rtc"], participantId, roomId });
    const { peer, reply } = await Peer.join(node, { token, roomId, name: `Name of ${participantId}` });
    if (reply["ok"] !== true) throw new Error(`not let in: ${JSON.stringify(reply)}`);
    const sessionId = String((await peer.room())["sessionId"]);
    return { peer, sessionId };
  }

  /** Somebody asks to come in, and waits. */
  async knock(roomId: string, participantId: string): Promise<Peer> {
    const token = appToken(0, {
      roles: ["rtc"],
      permissions: ["ask_join"],
      participantId,
      roomId,
    });
    const { peer, reply } = await Peer.join(this.node, { token, roomId, name: "" });
    if (reply["state"] !== "waiting") throw new Error(`does not wait: ${JSON.stringify(reply)}`);
    return peer;
  }

  /** A room with its first session: these people in it, in this order. */
  async meeting(people: readonly string[], settings: Json = {}): Promise<Meeting> {
    const roomId = await this.room(settings);
    const inside: Inside[] = [];
    for (const one of people) inside.push(await this.enter(roomId, one));
    return { roomId, sessionId: inside[0]?.sessionId ?? "", peers: inside.map(({ peer }) => peer) };
  }

  /** All entries of a list, page by page as the server SDK reads them, and how many each page had. */
  async pages(
    path: string,
    perPage: number,
    asked: Asked = {},
    entries: (data: unknown) => Json[] = entriesOf,
  ): Promise<{ sizes: number[]; data: Json[] }> {
    const sizes: number[] = [];
    const data: Json[] = [];
    const mark = path.includes("?") ? "&" : "?";
    for (let page = 1; ; page += 1) {
      const body = await this.ok(this.get(`${path}${mark}page=${page}&perPage=${perPage}`, asked));
      const part = entries(body["data"]);
      sizes.push(part.length);
      data.push(...part);
      const { currentPage, lastPage } = asJson(body["pageInfo"]);
      if (currentPage !== page) throw new Error(`page ${String(currentPage)} came for page ${page}`);
      if (page >= Number(lastPage) || part.length === 0) return { sizes, data };
    }
  }
}

/** Somebody in a room. */
export interface Inside {
  readonly peer: Peer;
  readonly sessionId: string;
}

/** A room in which a session goes on. */
export interface Meeting {
  readonly roomId: string;
  readonly sessionId: string;
  readonly peers: readonly Peer[];
}

/** A token of an app's back end. */
export function backOf(app: 0 | 1): string {
  return appToken(app, { roles: ["crawler"] });
}

/** The entries of a page. */
export function entriesOf(data: unknown): Json[] {
  return asList(data).map(asJson);
}

/** The participants of a session, or of a list with one. */
export function participantsOf(data: unknown): Json[] {
  return Array.isArray(data)
    ? entriesOf(data).flatMap(participantsOf)
    : entriesOf(asJson(data)["participants"]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

/** A gateway for the tests of a `describe`. */
export function useV2(topology: Topology): V2 {
  const v2 = new V2();
  beforeAll(() => v2.start(topology));
  afterAll(() => v2.backend.close());
  return v2;
}

/** A name that no other test uses. */
export function freshName(beginning: string): string {
  return `${beginning}-${randomBytes(6).toString("hex")}`;
}

/** Rooms or sessions in the order of the times that they say, newest first. Clocks of two nodes may be some milliseconds apart. */
export function newestFirst(list: readonly Json[], time: "createdAt" | "start"): Json[] {
  return list.toSorted((a, b) => Date.parse(String(b[time])) - Date.parse(String(a[time])));
}
