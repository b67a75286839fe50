/** A meeting door whose tokens the test checks by hand: a token is what the test says it is, when the test says so. */
import { once } from "node:events";
import { createServer } from "node:http";
import { pino } from "pino";
import { realEnvironment } from "../../src/gateway/environment.js";
import { Gateway } from "../../src/gateway/gateway.js";
import { createMetrics } from "../../src/gateway/metrics.js";
import { Notifications } from "../../src/gateway/notifications.js";
import { createMemoryStore } from "../../src/log/memory/memory-store.js";
import type { Grant } from "../../src/room/grant.js";
import type { TokenOffice } from "../../src/tokens/office.js";
import { NO_REVOCATIONS } from "../../src/tokens/standing.js";
import { refuseToken } from "../../src/tokens/token-refusal.js";
import type { Verdict } from "../../src/tokens/verify.js";
import { openMeetingDoor } from "../../src/ws/meeting-door.js";
import { eventually } from "./eventually.js";
import { testConfig } from "./node.js";

/** A node with such a door. */
export class HandDoor {
  port = 0;
  /** What each token is; any other is `signature_invalid`. */
  readonly grants = new Map<string, Grant | Error>();
  /** Tokens whose check does not end before `answer`. */
  readonly slow = new Set<string>();
  /** What conference tokens are read by. */
  readPass: TokenOffice["readPass"] = () => {
    throw new Error("no conference token was expected");
  };
  private readonly waiting = new Map<string, () => void>();

  /** Channels of notifications that were subscribed to. */
  readonly followed: string[] = [];
  private closing: Promise<void> | null = null;

  private constructor(
    readonly gateway: Gateway,
    private readonly end: () => Promise<void>,
  ) {}

  /** Opens it. Whoever opens it closes it. */
  static async open(joinDeadlineMs = 10_000): Promise<HandDoor> {
    const store = createMemoryStore({ now: Date.now });
    const environment = realEnvironment(pino({ level: "silent" }));
    const metrics = createMetrics({ processMetrics: false });
    const { roomDefaults, commandTimeoutMs, idleRoomTtlMs } = testConfig();
    const gateway = new Gateway({
      ...{ store, environment, metrics, roomDefaults, commandTimeoutMs, idleRoomTtlMs },
      standing: NO_REVOCATIONS,
      isProtected: () => false,
      collect: () => Promise.resolve({ changes: [] }),
    });
    await gateway.start();
    const { logger, now } = environment;
    const log = {
      relay: store.log.relay.bind(store.log),
      subscribe: (...[key, listener]: Parameters<typeof store.log.subscribe>) => {
        self.followed.push(key.room);
        return store.log.subscribe(key, listener);
      },
    };
    const notifications = new Notifications({ log, standing: NO_REVOCATIONS, now, logger });
    const server = createServer();
    const door = openMeetingDoor(server, {
      ...{ doors: gateway.doors, notifications, environment, metrics, joinDeadlineMs },
      verifier: { verify: (token) => self.verify(String(token)) },
      office: { readPass: (token, app) => self.readPass(token, app) },
      opensRooms: () => false,
      ice: () => ({ iceServers: [], expiresAt: null }),
      allowedOrigins: null,
      heartbeatMs: 15_000,
      maxQueuedBytes: 1_000_000,
      version: "test",
    });
    const self = new HandDoor(gateway, async () => {
      await door.close(500);
      notifications.close();
      await gateway.close();
      server.close();
      await store.close();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address === "object" && address !== null) self.port = address.port;
    return self;
  }

  /** Ends the check of a slow token, once it has begun. */
  async answer(token: string): Promise<void> {
    const go = await eventually(() => {
      const waiting = this.waiting.get(token);
      if (waiting === undefined) throw new Error(`nobody has shown ${token} yet`);
      return waiting;
    });
    this.waiting.delete(token);
    go();
  }

  /** Resolves when a slow token is being checked. */
  async checking(token: string): Promise<void> {
    await eventually(() => {
      if (!this.waiting.has(token)) throw new Error(`nobody has shown ${token} yet`);
    });
  }

  /** Closes it; repeated calls answer the same promise. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async verify(token: string): Promise<Verdict> {
    if (this.slow.has(token)) await new Promise<void>((resolve) => this.waiting.set(token, resolve));
    const grant = this.grants.get(token);
    if (grant instanceof Error) throw grant;
    if (grant === undefined) return { ok: false, refusal: refuseToken("signature_invalid") };
    return { ok: true, grant, claims: {} };
  }
}
