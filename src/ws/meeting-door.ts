/** The meeting door on an HTTP server: upgrades, heartbeat, and an orderly end. */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocketServer, type WebSocket } from "ws";
import { freshId, type Environment } from "../gateway/environment.js";
import type { Doors } from "../gateway/doors.js";
import type { Metrics } from "../gateway/metrics.js";
import type { Notifications } from "../gateway/notifications.js";
import type { IceSource } from "../tokens/turn.js";
import { CLOSE_CODES } from "../protocol/leaving.js";
import { LIMITS, SUBPROTOCOL } from "../protocol/limits.js";
import { refuse } from "../protocol/refusals.js";
import { Connection } from "./connection.js";
import type { Checks } from "./newcomer.js";
import { SocketRecipient } from "./recipient.js";
import { refuseUpgrade, readUpgrade } from "./upgrade.js";

/** What the door is made of. Times in milliseconds. */
export interface MeetingDoorOptions extends Checks {
  readonly doors: Doors;
  readonly notifications: Notifications;
  readonly environment: Environment;
  readonly metrics: Metrics;
  /** Makes what somebody in a room needs to reach others. */
  readonly ice: IceSource;
  /** Exact origins that may open a meeting from a page, beside the one that the gateway is reached at; null: any. */
  readonly allowedOrigins: readonly string[] | null;
  readonly joinDeadlineMs: number;
  readonly heartbeatMs: number;
  readonly maxQueuedBytes: number;
  readonly version: string;
}

/** The running door. */
export interface MeetingDoor {
  /** Lets nobody in any more, and sends everybody elsewhere, spread over time; resolves when all are gone or the time is over. */
  close(withinMs: number): Promise<void>;
  /** Cuts every line at once. */
  cut(): void;
}

/** Opens the door on a server. */
export function openMeetingDoor(server: Server, options: MeetingDoorOptions): MeetingDoor {
  const { doors, notifications, verifier, office, environment, metrics, heartbeatMs } = options;
  const onBug = (error: unknown): void =>
    environment.logger.error({ err: error }, "a bug at the meeting door");
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: LIMITS.messageBytes,
    maxFragments: 256,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  });
  const alive = new WeakSet<WebSocket>();
  /** Requests whose token is being looked at. */
  const upgrading = new Set<Duplex>();
  let closing = false;

  const serve = (socket: WebSocket, stream: Duplex, token: string | null): void => {
    const { opensRooms, joinDeadlineMs, ice, maxQueuedBytes } = options;
    const recipient = new SocketRecipient(freshId(environment), socket, stream, maxQueuedBytes);
    const connection = new Connection({
      recipient,
      ...{ doors, notifications, verifier, office, opensRooms, ice, onBug },
      token,
      joinDeadlineMs,
    });
    alive.add(socket);
    metrics.connectionOpened();
    socket.on("message", (data, isBinary) => connection.hear(data, isBinary));
    socket.on("pong", () => alive.add(socket));
    // One bad frame is an error of one socket: it closes, with the code that ws has for it.
    socket.on("error", (error) => environment.logger.debug({ err: error.message }, "a socket failed"));
    socket.on("close", (code) => {
      metrics.connectionClosed(code);
      connection.closed();
    });
    const { messageBytes, firstMessageBytes, unansweredCommands } = LIMITS;
    const limits = { messageBytes, firstMessageBytes, unansweredCommands, joinDeadlineMs };
    recipient.send(
      JSON.stringify({ type: "hello", protocol: SUBPROTOCOL, version: options.version, heartbeatMs, limits }),
    );
  };

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on("error", () => stream.destroy());
    upgrading.add(stream);
    readUpgrade(request, { verifier, allowedOrigins: options.allowedOrigins, closing })
      .then((wish) => {
        if (!wish.ok) refuseUpgrade(stream, wish.refusal, wish.status);
        // The node may have begun to leave while the token was looked at.
        else if (closing) refuseUpgrade(stream, refuse("unavailable"), 503);
        else sockets.handleUpgrade(request, stream, head, (socket) => serve(socket, stream, wish.token));
      })
      .catch((error: unknown) => {
        onBug(error);
        stream.destroy();
      })
      .finally(() => upgrading.delete(stream));
  };
  server.on("upgrade", upgrade);

  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) {
        environment.logger.debug({}, "a socket missed its heartbeat");
        socket.terminate();
      } else if (socket.readyState === socket.OPEN) socket.ping();
    }
  }, heartbeatMs);

  return {
    cut() {
      closing = true;
      clearInterval(heartbeat);
      for (const stream of upgrading) stream.destroy();
      for (const socket of sockets.clients) socket.terminate();
    },
    async close(withinMs) {
      closing = true;
      clearInterval(heartbeat);
      const begin = performance.now();
      const left = [...sockets.clients];
      for (const [index, socket] of left.entries()) {
        socket.close(CLOSE_CODES.serviceRestart, "service_restart");
        // Spread, so that the other nodes are not stormed: half of the time for telling, half for going.
        if (index % 50 === 49) await pause((withinMs / 2) * (50 / left.length));
      }
      while (sockets.clients.size > 0 && performance.now() - begin < withinMs) await pause(10);
      for (const socket of sockets.clients) socket.terminate();
      for (const stream of upgrading) stream.destroy();
      server.off("upgrade", upgrade);
      sockets.close();
    },
  };
}
