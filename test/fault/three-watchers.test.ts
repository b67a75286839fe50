import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { MeetingClient } from "../../src/client/meeting-client.js";
import { isEventType } from "../../src/client/room-events.js";
import { eventShapes } from "../../src/protocol/events.js";
import type { RunningNode } from "../../src/server.js";
import { dial } from "../../src/ws/dial.js";
import { eventually } from "../support/eventually.js";
import { boundToken, createRoom, GUEST, HOST, MODERATOR } from "../support/meeting.js";
import { startTestNode, token } from "../support/node.js";
import { asJson, asList } from "../support/peer.js";
import { startRedis, type RedisServer } from "../support/redis-server.js";
import { runs } from "../support/runs.js";

/** How many events the meeting has at least; more are on their way when the last is counted. */
const EVENTS = runs({ usual: 300, long: 1_000 });
/** Longest wait for anything in this run: a bound for broken code. */
const DEADLINE = { deadlineMs: 120_000 };

/** An event as each watcher knows it. */
type Sighting = string;
const sighting = (epoch: unknown, seq: unknown, type: unknown): Sighting =>
  `${String(epoch)} ${String(seq)} ${String(type)}`;

/** A receiver of webhooks that fails at random: refuses, is silent, hangs up, or takes the message and hangs up. */
class Receiver {
  readonly sightings: Sighting[] = [];
  readonly attempts = { taken: 0, repeated: 0, failed: 0 };
  private readonly known = new Set<string>();
  calm = false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const receiver = new Receiver(server, `http://127.0.0.1:${port}/hook`);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const dice = receiver.calm ? 1 : Math.random();
        if (dice < 0.02) {
          receiver.attempts.failed += 1;
          response.writeHead(dice < 0.01 ? 500 : 302, { location: "/elsewhere" }).end();
        } else if (dice < 0.03) {
          receiver.attempts.failed += 1;
          response.socket?.destroy();
        } else {
          receiver.take(asJson(JSON.parse(Buffer.concat(chunks).toString())));
          // At random, and once in any case.
          if (dice < 0.04 || receiver.attempts.taken === 10) response.socket?.destroy();
          else response.writeHead(204).end();
        }
      });
    });
    return receiver;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(body: ReturnType<typeof asJson>): void {
    this.attempts.taken += 1;
    const id = String(body["id"]);
    if (this.known.has(id)) {
      this.attempts.repeated += 1;
      return;
    }
    this.known.add(id);
    this.sightings.push(sighting(body["epoch"], body["seq"], body["webhookType"]));
  }
}

describe("a meeting of many events, watched in three ways", () => {
  let redis: RedisServer;
  let nodes: RunningNode[];
  let receiver: Receiver;
  beforeAll(async () => {
    redis = await startRedis({ aof: true });
    const settings = {
      REDIS_URL: redis.url,
      ADMITONE_WEBHOOK_TIMEOUT_MS: "1000",
      ADMITONE_RESUME_WINDOW_SECONDS: "10",
    };
    nodes = await Promise.all([startTestNode(settings), startTestNode(settings), startTestNode(settings)]);
    receiver = await Receiver.start();
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    receiver.close();
    await redis.stop();
  });

  test("a socket, a webhook and a poller end with the same events and numbers over a node's death and a restart of Redis", async () => {
    const crawler = token({ permissions: MODERATOR, roles: ["crawler"] });
    const dead = new Set<RunningNode>();
    const alive = (): RunningNode => {
      const left = nodes.filter((node) => !dead.has(node));
      const node = left[Math.floor(Math.random() * left.length)];
      if (node === undefined) throw new Error("no node is left");
      return node;
    };
    /** Asks until there is an answer; the same id, so one effect. */
    const call = async (path: string, body?: object): Promise<ReturnType<typeof asJson>> => {
      const id = randomBytes(12).toString("hex");
      return eventually(async () => {
        const response = await fetch(`http://127.0.0.1:${alive().port}${path}`, {
          method: body === undefined ? "GET" : "POST",
          headers: { authorization: crawler, "idempotency-key": id },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const answer = asJson(await response.json());
        if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
        return answer;
      }, DEADLINE);
    };
    const clientOf = (roomId: string, id: string, permissions = HOST): MeetingClient =>
      new MeetingClient({
        urls: nodes.map(({ port }) => `ws://127.0.0.1:${port}/v2/meeting`),
        credentials: { token: boundToken(roomId, id, permissions), name: id },
        openSocket: dial,
        joinAttempts: 50,
      });

    await call("/v2/webhooks", { url: receiver.url, events: ["*"] });
    const roomId = await createRoom(alive());
    const room = `/v2/rooms/${roomId}`;

    // The socket: somebody who sees all that hosts and moderators see, and comes back by themselves when the line breaks.
    const bySocket: Sighting[] = [];
    const watcher = clientOf(roomId, "watcher", MODERATOR);
    let snapshots = 0;
    watcher.on("snapshot", () => (snapshots += 1));
    for (const type of Object.keys(eventShapes)) {
      if (!isEventType(type)) throw new Error(`the client does not know ${type}`);
      watcher.on(type, ({ seq }) => bySocket.push(sighting(watcher.view.epoch, seq, type)));
    }
    await watcher.join();
    const start = await call(`${room}/live`);

    // The poller: from the beginning, from whichever node answers.
    const byRest: Sighting[] = [];
    let polling = true;
    let next = "";
    const poller = (async () => {
      while (polling) {
        const answer = await call(`${room}/events?wait=1${next === "" ? "" : `&since=${next}`}`);
        next = String(answer["next"]);
        const [epoch] = next.split(":");
        for (const event of asList(answer["events"]).map(asJson))
          byRest.push(sighting(epoch, event["seq"], event["type"]));
      }
    })();

    // The meeting: guests who knock, are admitted over REST, switch and talk, and go; and back ends that moderate.
    const seqNow = (): number => byRest.length;
    const guests = async (lane: number): Promise<void> => {
      for (let round = 0; seqNow() < EVENTS; round += 1) {
        const id = `guest-${lane}-${round}`;
        const guest = clientOf(roomId, id, GUEST);
        await guest.join();
        await call(`${room}/lobby/${id}/admit`, {});
        await eventually(() => {
          expect(guest.state).toBe("joined");
        }, DEADLINE);
        for (const on of [true, false]) await guest.command({ type: "set-media", kind: "mic", on });
        await call(`${room}/participants/${id}/media/lock`, { kind: "webcam", locked: true });
        await call(`${room}/messages`, { topic: "chat", message: `hello ${id}` });
        await guest.leave();
      }
    };
    const faults = async (): Promise<void> => {
      const reached = (seq: number): Promise<void> =>
        eventually(() => {
          expect(seqNow()).toBeGreaterThan(seq);
        }, DEADLINE);
      await reached(EVENTS * 0.3);
      const victim = nodes.find(({ port }) => watcher.url.includes(`:${port}/`)) ?? alive();
      dead.add(victim);
      await victim.kill();
      await reached(EVENTS * 0.6);
      await redis.kill();
      await pause(300);
      await redis.restart();
    };
    await Promise.all([...[1, 2, 3, 4, 5, 6].map(guests), faults()]);

    // All of it has happened; each of the three comes to the end in its own time.
    // Who left while their line was lost goes when the resume window is over.
    const end = await eventually(async () => {
      const live = await call(`${room}/live`);
      expect(asList(live["participants"])).toHaveLength(1);
      return String(live["position"]);
    }, DEADLINE);
    const last = Number(end.split(":")[1]);
    // The webhooks of the dead node wait for its lease to run out; the receiver goes on failing for most of what comes then.
    await eventually(() => {
      expect(receiver.sightings.length).toBeGreaterThan(last * 0.7);
    }, DEADLINE);
    receiver.calm = true;
    await eventually(() => {
      expect(next).toBe(end);
    }, DEADLINE);
    polling = false;
    await poller;
    await eventually(() => {
      expect(receiver.sightings).toHaveLength(last);
      expect(bySocket.at(-1)).toBe(byRest.at(-1));
    }, DEADLINE);

    expect(last).toBeGreaterThan(EVENTS);
    const [epoch] = end.split(":");
    expect(byRest.map((one) => one.split(" ").slice(0, 2))).toEqual(
      Array.from({ length: last }, (_, at) => [epoch, String(at + 1)]),
    );
    expect(receiver.sightings).toEqual(byRest);
    // The socket began with a snapshot, and never needed another: all that it missed was told.
    expect(snapshots).toBe(1);
    expect(bySocket).toEqual(byRest.slice(-bySocket.length));
    expect(last - bySocket.length).toBeLessThanOrEqual(Number(String(start["position"]).split(":")[1]));
    // The run was what it says: messages did fail and did come twice.
    expect(receiver.attempts.failed).toBeGreaterThan(0);
    expect(receiver.attempts.repeated).toBeGreaterThan(0);
    await watcher.leave();
  }, 300_000);
});
