/** A gateway as a back end sees it that uses the server kit. */
import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { createRestClient, RestError, type RestClient } from "../../src/kit/kit.js";
import { enter, hangUp, HOST } from "./meeting.js";
import { APP, startGateway, type TestGateway, type Topology } from "./node.js";
import type { Json, Peer } from "./peer.js";

/** A running gateway with a client of the kit. People are on the first node, the client asks the second. */
export class KitWorld {
  private running: { readonly gateway: TestGateway; readonly client: RestClient } | null = null;
  private peers: Peer[] = [];

  /** Starts it before the tests of a block, and ends it behind them; after each test people hang up. */
  constructor(topology: Topology) {
    beforeAll(async () => {
      const gateway = await startGateway(topology);
      const client = createRestClient({ url: `http://127.0.0.1:${gateway.second.port}/`, ...APP });
      this.running = { gateway, client };
    });
    afterEach(() => {
      hangUp(this.peers);
      this.peers = [];
    });
    afterAll(() => this.running?.gateway.close());
  }

  get gateway(): TestGateway {
    return this.started.gateway;
  }

  get client(): RestClient {
    return this.started.client;
  }

  /** Somebody comes in, or into the lobby. */
  async join(roomId: string, id: string, permissions = HOST, extra: Json = {}): Promise<Peer> {
    const peer = await enter(this.gateway.first, roomId, id, permissions, extra);
    this.met(peer);
    return peer;
  }

  /** Somebody who came by another way hangs up as well. */
  met(peer: Peer): void {
    this.peers.push(peer);
  }

  private get started() {
    if (this.running === null) throw new Error("not started");
    return this.running;
  }
}

/** The error with which the gateway refuses a call. */
export async function refusalOf(call: Promise<unknown>): Promise<RestError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RestError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
