/** What the tests of webhooks share: events of a room, and nodes over one store with a clock of the test's. */
import { expect } from "@jest/globals";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { Told } from "../../../src/archive/archive.js";
import type { Environment } from "../../../src/gateway/environment.js";
import type { Followed } from "../../../src/gateway/following.js";
import { createMemoryRecords } from "../../../src/log/memory/memory-records.js";
import { LogFault } from "../../../src/log/port.js";
import type { Records } from "../../../src/log/records.js";
import type { RoomSettings } from "../../../src/protocol/events.js";
import { NO_BACK_OFFICE, type BackOffice, type Person, type RoomEvent } from "../../../src/room/events.js";
import { NO_ROOM, type Knock, type RoomState } from "../../../src/room/state.js";
import type { PolicyDecision } from "../../../src/webhooks/knock-policy.js";
import type { Answer, Delivery, Endpoint, Webhooks } from "../../../src/webhooks/port.js";
import { createWebhooks, type WebhooksOptions } from "../../../src/webhooks/webhooks.js";
import { eventually } from "../../support/eventually.js";
import type { Got } from "../../support/receiver.js";

export { startReceiver, type Got, type Receiver, type Reply } from "../../support/receiver.js";

export const APP = "app";
export const ROOM = "room-1";
export const START = 1_700_000_000_000;
export const SECRETS = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"];
const LOOPBACK = ["127.0.0.0/8", "::1/128"];

/** It stands for any event. */
export function lockEvent(locked = true): RoomEvent {
  return { type: "room-lock-changed", at: START, cmd: null, body: { locked, by: { kind: "rule" } } };
}

/** Events that differ in their numbers, and by turns in what they say. */
export function locks(count: number): RoomEvent[] {
  return Array.from({ length: count }, (_, index) => lockEvent(index % 2 === 0));
}

const line = { up: true, connection: "hidden-connection", node: "hidden-node", attempt: 0 } as const;
export const PERSON: Person = {
  token: {
    ...{ fingerprint: "hidden-token", kind: "customer", key: "hidden-key", secretId: "hidden-secret" },
    ...{ jti: "hidden-jti", issuedAt: null, shownAt: START, oneTime: false, scopes: null },
  },
  bound: true,
  tokens: ["hidden-token"],
  tokenExpiresAt: null,
  expiryPolicy: "stay",
  line,
  secret: { hash: "hidden-hash", spent: null },
};

const PROSPECT: Knock["prospect"] = {
  rights: [],
  conferencePermissions: null,
  micOn: false,
  webcamOn: false,
};

/** A knock at the time `since`. */
export function knockEvent(participantId: string, since = START, returned = false): RoomEvent {
  const knock = {
    participantId,
    name: `name of ${participantId}`,
    metaData: null,
    since,
    returned,
    online: true,
  };
  return {
    type: "entry-requested",
    at: since,
    cmd: null,
    body: { knock: { ...knock, expiresAt: since + 600_000 } },
    hidden: { person: PERSON, prospect: PROSPECT },
  };
}

/** A room with these settings, in which these knocks wait. */
export function roomState(
  backOffice: Partial<BackOffice> = {},
  knocks: readonly RoomEvent[] = [],
): RoomState {
  const settings: RoomSettings = {
    maxParticipants: 50,
    hostAbsent: "hold",
    knockTimeoutMs: 600_000,
    resumeWindowMs: 30_000,
    tokenExpiry: null,
    lobbyForAll: false,
    autoClose: null,
  };
  let { knocks: waiting } = NO_ROOM;
  for (const event of knocks) {
    if (event.type !== "entry-requested") continue;
    waiting = waiting.set(event.body.knock.participantId, {
      view: event.body.knock,
      person: PERSON,
      prospect: PROSPECT,
    });
  }
  return {
    ...NO_ROOM,
    room: {
      roomId: ROOM,
      customRoomId: null,
      permanent: true,
      settings,
      backOffice: { ...NO_BACK_OFFICE, ...backOffice },
      status: "enabled",
      createdAt: START,
      settingsAt: START,
      emptySince: null,
      statusAt: START,
    },
    knocks: waiting,
  };
}

/** A step of a room's log. */
export function step(
  events: readonly RoomEvent[],
  { from = 1, state = roomState(), room = ROOM }: { from?: number; state?: RoomState; room?: string } = {},
): { followed: Followed; told: Told[] } {
  const numbered = events.map((event, index) => ({ seq: from + index, event }));
  const upTo = from + events.length - 1;
  return {
    followed: { room: { app: APP, room }, epoch: "e1", events: numbered, state, gap: false, upTo },
    told: numbered.map((one) => ({
      ...one,
      session: { id: "s1", start: START },
      participant: null,
      ejected: [],
    })),
  };
}

/** A store and a clock, and nodes over them. */
export class Bench {
  time = START;
  state: RoomState = roomState();
  readonly lines: string[] = [];
  readonly decided: PolicyDecision[] = [];
  readonly counted: string[] = [];
  private readonly opened: Webhooks[] = [];
  private seq = 0;

  constructor(
    readonly records: Records = createMemoryRecords(
      () => this.time,
      () => undefined,
    ),
  ) {}

  readonly environment: Environment = {
    now: () => this.time,
    randomBytes,
    logger: {
      debug: (fields, text) => this.log(fields, text),
      info: (fields, text) => this.log(fields, text),
      warn: (fields, text) => this.log(fields, text),
      error: (fields, text) => this.log(fields, text),
    },
  };

  /** Lets a node's lanes be tried again until so many attempts were made. */
  async attempts(node: Webhooks, count: number): Promise<void> {
    await eventually(() => {
      this.time += 2_000;
      node.wake();
      expect(this.counted.length).toBeGreaterThanOrEqual(count);
    });
  }

  /** A node, going. It looks when it is woken, and every 20 ms. */
  node(over: Partial<WebhooksOptions> = {}): Webhooks {
    const node = createWebhooks({
      records: this.records,
      environment: this.environment,
      now: () => this.time,
      signingSecretsOf: () => SECRETS,
      rsaKey: RSA_KEY,
      networks: LOOPBACK,
      roomOf: () => Promise.resolve(this.state),
      decide: (_app, _room, decision) => {
        this.decided.push(decision);
        return Promise.resolve({ ok: true });
      },
      knockLinkFor: () => null,
      metrics: { delivered: (status) => void this.counted.push(status) },
      requestTimeoutMs: 2_000,
      pollMs: 20,
      closeWithinMs: 200,
      ...over,
    });
    node.start();
    this.opened.push(node);
    return node;
  }

  /** An endpoint for this receiver. */
  async endpoint(node: Webhooks, { url }: { readonly url: string }, events = ["*"]): Promise<Endpoint> {
    return valueOf(await node.addEndpoint(APP, { url, events, description: "" }));
  }

  /** Queues events of a room as a follower does, and wakes the node. */
  async happen(node: Webhooks, events: readonly RoomEvent[], room = ROOM): Promise<void> {
    const { followed, told } = step(events, { from: this.seq + 1, state: this.state, room });
    this.seq += events.length;
    await this.records.write(await node.collect(followed, told));
    node.wake();
  }

  /** The delivery log. */
  async deliveries(
    node: Webhooks,
    endpointId: string,
    status: Delivery["status"] | null = null,
  ): Promise<readonly Delivery[]> {
    return valueOf(await node.deliveries(APP, endpointId, status, { page: 1, perPage: 1_000 })).data;
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((node) => node.close()));
  }

  private log(fields: object, text: string): void {
    this.lines.push(`${text} ${JSON.stringify(fields)}`);
  }
}

/** The numbers of the events that a receiver got, in order. */
export function seqsOf(got: readonly Got[]): unknown[] {
  return got.map(({ body }) => fieldOf(body, "seq"));
}

/** A member of a JSON object in text. */
export function fieldOf(body: string, field: string): unknown {
  const value: unknown = JSON.parse(body);
  if (typeof value !== "object" || value === null) throw new Error("not an object");
  return Object.entries(value).find(([name]) => name === field)?.[1];
}

/** The value of a yes; throws for a no. */
export function valueOf<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(answer.refusal.reason);
  return answer.value;
}

/** Records that can be cut off, as from a node that dies. */
export function mortal(records: Records): { readonly records: Records; die(): void } {
  let dead = false;
  const alive = <T>(work: () => Promise<T>): Promise<T> =>
    dead ? Promise.reject(new LogFault("dead")) : work();
  return {
    records: {
      fields: (map, names) => alive(() => records.fields(map, names)),
      range: (index, query) => alive(() => records.range(index, query)),
      count: (index, bounds) => alive(() => records.count(index, bounds)),
      scores: (index, members) => alive(() => records.scores(index, members)),
      write: (changes, conditions) => alive(() => records.write(changes, conditions)),
    },
    die: () => {
      dead = true;
    },
  };
}

/** A key for all tests of a file: making one takes a while. */
export const RSA_KEY = generateKeyPairSync("rsa", { modulusLength: 2_048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
