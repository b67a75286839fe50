/** A running node from a configuration: the only file that knows every room of the house. */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { createAccess } from "./access/access.js";
import { createSealer } from "./access/sealing.js";
import { createAdmissions } from "./admissions/admissions.js";
import { createArchive } from "./archive/create-archive.js";
import type { Config } from "./config.js";
import { freshId, realEnvironment, type Environment } from "./gateway/environment.js";
import { Gateway } from "./gateway/gateway.js";
import { Notifications } from "./gateway/notifications.js";
import { keepHouse } from "./gateway/housekeeping.js";
import { createMetrics } from "./gateway/metrics.js";
import { Vitals } from "./gateway/vitals.js";
import { createHttpApp } from "./http/app.js";
import { closeInOrder } from "./http/client-errors.js";
import { createConsoleSessions } from "./http/console-session.js";
import { createTokenChecks } from "./http/api/token-checks.js";
import { readWebFiles } from "./http/web-files.js";
import type { Store } from "./log/port.js";
import { createDerivedKeys, webhookSecrets } from "./tokens/derived.js";
import { createIssuerKeys } from "./tokens/issuer-keys.js";
import { createKnockLinks } from "./tokens/knock-links.js";
import { createTokenOffice } from "./tokens/make-office.js";
import { createIceSource } from "./tokens/turn.js";
import { createVerifier } from "./tokens/verify.js";
import { createWebhooks } from "./webhooks/webhooks.js";
import { openMeetingDoor } from "./ws/meeting-door.js";
import {
  answerKnock,
  createLogger,
  developmentApp,
  encryptionKeys,
  listen,
  openStore,
  ownUrl,
} from "./server-parts.js";

/** What a test, or somebody who embeds a node, may put in place of the real thing. Whoever passes a store closes it. */
export interface Overrides {
  readonly environment?: Environment;
  readonly store?: Store;
  /** How often a node looks at its own figures, milliseconds. */
  readonly vitalsStepMs?: number;
  /** The folder with the built pages; the SDK lies in `client` beside it. */
  readonly webRoot?: string;
}

/** A running node. */
export interface RunningNode {
  readonly gateway: Gateway;
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
  readonly storeKind: Store["kind"];
  /** Leaves in order within the drain time; repeated calls answer the same promise. */
  close(): Promise<void>;
  /** Stops at once, as a crash would: sockets are cut, nothing is told to anybody. */
  kill(): Promise<void>;
}

/** The version that clients are told. */
export const VERSION = "0.1.0";

/** How often a node looks at its own figures and shares them. */
const VITALS_STEP_MS = 5_000;

/** How often a node looks for changes of apps, keys and revocations; they are to reach open sockets within a second. */
const ACCESS_POLL_MS = 250;

/** A knock ends after a day at the latest, so a link to it may live as long. */
const LONGEST_KNOCK_MS = 86_400_000;

/** Where the pages are: beside the bundle, or, where the sources run, in what was built of them last. */
const WEB_ROOTS = ["./web", "../dist/web"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Starts a node. Rejects where the address is taken or Redis cannot be reached. */
export async function startNode(config: Config, overrides: Overrides = {}): Promise<RunningNode> {
  const environment = overrides.environment ?? realEnvironment(createLogger(config));
  const web = await readWebFiles(overrides.webRoot === undefined ? WEB_ROOTS : [overrides.webRoot]);
  const store = overrides.store ?? (await openStore(config, environment));
  const closeStore = (): Promise<void> => (overrides.store === undefined ? store.close() : Promise.resolve());
  const { clockToleranceSeconds: toleranceSeconds, publicUrl } = config;
  const { now, randomBytes, logger } = environment;
  const { records } = store;
  const metrics = createMetrics({ processMetrics: overrides.environment === undefined });
  const archive = createArchive({ records, retentionMs: config.sessionRetentionMs });
  const admissions = createAdmissions({ records, retentionMs: config.admissionRetentionMs });
  const { roomDefaults, commandTimeoutMs, idleRoomTtlMs } = config;
  const gateway: Gateway = new Gateway({
    ...{ store, environment, metrics, roomDefaults, commandTimeoutMs, idleRoomTtlMs },
    // Called only once there is somebody in a room: the table stands then.
    standing: { objection: (mark, bearer) => access.objection(mark, bearer) },
    isProtected: (app) => access.app(app)?.protectedConferences === true,
    collect: async (followed) => {
      const { changes, told } = await archive.collect(followed);
      const messages = await webhooks.collect(followed, told);
      const admitted = await admissions.collect(followed);
      return {
        changes: [...changes, ...messages, ...admitted],
        stored: () => {
          if (messages.length > 0) webhooks.wake();
          notifications.publish(followed, told);
        },
      };
    },
  });
  const sealer = createSealer(encryptionKeys(config, store, randomBytes));
  const access = createAccess({
    ...{ records, fixed: config.apps, sealer, randomBytes, logger, toleranceSeconds },
    now: () => gateway.now(),
    pollMs: ACCESS_POLL_MS,
    settleMs: store.kind === "memory" ? 0 : 2 * ACCESS_POLL_MS,
  });
  const checks = {
    apps: access,
    standing: access,
    now,
    toleranceSeconds,
    issuerKeys: createIssuerKeys({
      now,
      failed: (failure) => logger.warn(failure, "keys of an identity provider cannot be fetched"),
    }),
  };
  const verifier = createVerifier(checks);
  const office = createTokenOffice({ ...checks, randomBytes });
  const tokens = createTokenChecks(checks);
  const notifications = new Notifications({ log: store.log, standing: access, now, logger });
  const offChange = access.onChange(() => {
    gateway.recheck();
    notifications.recheck();
  });
  let port = config.port;
  const derived = createDerivedKeys(access, now);
  const knockLinks = createKnockLinks({ keys: derived, now: () => gateway.now() });
  const webhooks = createWebhooks({
    ...{ records, environment, metrics, networks: config.webhookNetworks, safe: sealer },
    now: () => gateway.now(),
    signingSecretsOf: (app) => webhookSecrets(derived, app),
    rsaKey: config.webhookRsaKey,
    roomOf: (app, roomId) => gateway.peek(app, roomId),
    decide: (app, roomId, decision) => answerKnock(gateway, app, roomId, decision),
    knockLinkFor: (app, roomId, participantId, since) => {
      const base = publicUrl ?? ownUrl(config.host, port);
      // The app may have been deleted, or its keys deactivated, while somebody knocked.
      if (derived.of(app, "knock links").length === 0) return null;
      const exp = since + LONGEST_KNOCK_MS;
      return base && `${base}/v2/knocks/${knockLinks.make({ app, roomId, participantId, since, exp })}`;
    },
    requestTimeoutMs: config.webhookTimeoutMs,
    retryForMs: config.webhookRetryMs,
  });
  const { adminToken } = config;
  const consoleSessions =
    adminToken === null ? null : createConsoleSessions({ adminToken, now, randomBytes });
  const vitals = new Vitals({
    ...{ node: gateway.node, version: VERSION, records, metrics, logger },
    now: () => gateway.now(),
    memoryBytes: () => process.memoryUsage.rss(),
    stepMs: overrides.vitalsStepMs ?? VITALS_STEP_MS,
  });
  const services = {
    ...{ gateway, archive, knockLinks, webhooks, tokens, access, office, admissions, now },
    ...{ vitals, consoleSessions, freshId: () => freshId(environment) },
  };
  const server = createServer(
    createHttpApp({
      ...{ services, verifier, apps: access, office, adminToken, consoleSessions, now },
      ...{ environment, metrics, publicUrl, version: VERSION, web },
      frameAncestors: config.frameAncestors,
      development: developmentApp(config),
    }),
  );
  closeInOrder(server);
  const door = openMeetingDoor(server, {
    doors: gateway.doors,
    notifications,
    verifier,
    office,
    environment,
    metrics,
    ice: createIceSource(config.ice, now),
    opensRooms: (app) => access.app(app)?.openRooms === true,
    allowedOrigins: config.allowedOrigins,
    joinDeadlineMs: config.joinDeadlineMs,
    heartbeatMs: config.heartbeatMs,
    maxQueuedBytes: config.maxQueuedBytes,
    version: VERSION,
  });

  try {
    await gateway.start();
    await access.start();
    await vitals.start();
    port = await listen(server, config);
  } catch (error) {
    await door.close(0);
    access.close();
    await vitals.close();
    await gateway.close();
    await closeStore();
    throw error;
  }

  webhooks.start();
  const endHouse = keepHouse(
    async () => {
      for (const { id } of access.apps()) {
        await archive.purge(id, gateway.now());
        await admissions.purge(id, gateway.now());
      }
    },
    (error) => logger.error({ err: error }, "a bug while forgetting what is old"),
  );

  let closing: Promise<void> | null = null;
  const close = async (drainMs: number): Promise<void> => {
    gateway.drain();
    // Readiness says no from here on, while those who are here move elsewhere.
    await door.close(drainMs);
    // In this order: what is still followed is queued, and whoever delivers lets it go to another node.
    offChange();
    access.close();
    notifications.close();
    await vitals.close();
    await gateway.close();
    await webhooks.close();
    await endHouse();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    await closeStore();
  };
  return {
    gateway,
    host: config.host,
    port,
    storeKind: store.kind,
    close: () => (closing ??= close(config.drainTimeoutMs)),
    kill: () => {
      closing ??= Promise.resolve();
      access.close();
      notifications.close();
      vitals.abandon();
      gateway.abandon();
      webhooks.abandon();
      void endHouse();
      server.close();
      server.closeAllConnections();
      door.cut();
      return closeStore();
    },
  };
}
