/** A gateway with an admin and apps of its own, for tests of what is revoked. */
import { afterAll, beforeAll, expect } from "@jest/globals";
import { randomBytes } from "node:crypto";
import {
  ADMIN_SETTINGS,
  ADMIN_TOKEN,
  asking,
  enterWith,
  makeApp,
  makeRoom,
  signed,
  type Came,
  type Pair,
} from "./admin.js";
import { eventually } from "./eventually.js";
import { startGateway, type TestGateway, type Topology } from "./node.js";
import { asJson, asList, Peer, type Json } from "./peer.js";

/** What a moderator's token may. */
const HOST = ["allow_join", "allow_mod"] as const;
/** The revocations of the caller's own app. */
export const OWN = "/v2/revocations";
/** Tokens tell whole seconds: one that was made a second later is not of the second in which something was revoked. */
export const LATER = (): number => Date.now() + 1_500;

/** An app with its first pair. */
export type App = Pair & { readonly id: string };
type Claims = Partial<Parameters<typeof signed>[1]>;

/** The requests and the people of such tests: the API is asked on one node, and meetings are on the other, where there are two. */
export class Revoking {
  private running: TestGateway | null = null;

  /** Starts a gateway before the tests of a block, and ends it behind them. */
  constructor(topology: Topology) {
    beforeAll(async () => {
      this.running = await startGateway(topology, ADMIN_SETTINGS);
    });
    afterAll(() => this.running?.close());
  }

  get gateway(): TestGateway {
    if (this.running === null) throw new Error("not started");
    return this.running;
  }

  ask(authorization: string, method: string, path: string, body?: Json): Promise<Came> {
    return asking(this.gateway.first, authorization, method, path, body);
  }

  /** A request of the operator about the revocations of an app; `more` is added to the path. */
  asAdmin(method: string, app: string, body?: Json, more = ""): Promise<Came> {
    return this.ask(`Bearer ${ADMIN_TOKEN}`, method, `/v2/admin/apps/${app}/revocations${more}`, body);
  }

  /** An app with a room, which the other node knows too. */
  async opened(): Promise<{ app: App; room: string }> {
    const { first, second } = this.gateway;
    const app = await makeApp(first);
    const room = await makeRoom(first, app);
    await eventually(async () => {
      expect((await asking(second, this.backEnd(app), "GET", "/v2/rooms")).status).toBe(200);
    });
    return { app, room };
  }

  /** A back end's token. */
  backEnd(app: Pair, claims: Claims = {}): string {
    return signed(app, { permissions: HOST, roles: ["crawler"], ...claims });
  }

  /** A host's token, with an id of its own. */
  token(app: Pair, claims: Claims = {}): string {
    return signed(app, { permissions: HOST, jti: randomBytes(8).toString("hex"), ...claims });
  }

  join(room: string, shown: string): Promise<Peer> {
    return enterWith(this.gateway.second, room, shown);
  }

  /** No node takes this token any more, or soon. */
  async isRevoked(room: string, shown: string): Promise<void> {
    for (const node of [this.gateway.first, this.gateway.second])
      await eventually(async () => {
        const { peer, reply } = await Peer.join(node, { token: shown, roomId: room });
        peer.socket.terminate();
        expect(reply).toMatchObject({ ok: false, error: { code: 4002, reason: "token_revoked" } });
      });
  }

  /** Somebody is put out since their token was revoked. */
  async outBy(peer: Peer): Promise<void> {
    expect(await peer.ended()).toEqual({ code: 4002, reason: "token_revoked" });
  }

  /** What a caller sees on the first page. */
  async list(authorization: string): Promise<readonly Json[]> {
    const { status, body } = await this.ask(authorization, "GET", OWN);
    expect(status).toBe(200);
    return asList(body["data"]).map(asJson);
  }
}
