/** A client on a line that the test plays by hand: every frame, every end and every millisecond is the test's. */
import { MeetingClient, type MeetingClientOptions } from "../../../src/client/meeting-client.js";
import type { MeetingEvents } from "../../../src/client/meeting-events.js";
import type { OpenSocket, SocketLike, SocketListeners } from "../../../src/client/socket.js";
import type { StartTimer } from "../../../src/client/surroundings.js";
import type { ParticipantView } from "../../../src/protocol/events.js";

/** Time that stands still until it is moved. */
export class HandClock {
  now = 0;
  private timers: { at: number; run: () => void }[] = [];

  readonly startTimer: StartTimer = (run, milliseconds) => {
    const timer = { at: this.now + milliseconds, run };
    this.timers.push(timer);
    return () => (this.timers = this.timers.filter((one) => one !== timer));
  };

  /** Moves on, and calls what falls due on the way, in its order. */
  advance(milliseconds: number): void {
    const until = this.now + milliseconds;
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers = this.timers.filter((one) => one !== due);
      this.now = due.at;
      due.run();
    }
    this.now = until;
  }

  /** Moves on to the next thing that falls due. */
  step(): void {
    const next = Math.min(...this.timers.map(({ at }) => at));
    if (Number.isFinite(next)) this.advance(next - this.now);
  }

  /** How many timers run. */
  get pending(): number {
    return this.timers.length;
  }
}

/** A message of the client, parsed. */
export type Sent = Readonly<Record<string, unknown>>;

/** One socket; the methods above the line are the client's, those below the test's. */
export class HandSocket implements SocketLike {
  readonly sent: Sent[] = [];
  /** How the client ended it. */
  end: { code: number; reason: string } | "terminated" | null = null;
  private listeners: SocketListeners | null = null;

  constructor(
    readonly url: string,
    readonly protocols: readonly string[],
  ) {}

  listen(listeners: SocketListeners): void {
    this.listeners = listeners;
  }
  send(text: string): void {
    const message: unknown = JSON.parse(text);
    if (typeof message === "object" && message !== null) this.sent.push({ ...message });
  }
  close(code: number, reason: string): void {
    this.end = { code, reason };
  }
  terminate(): void {
    this.end = "terminated";
  }

  /** Delivers a frame to the client. */
  say(...frames: readonly object[]): void {
    for (const frame of frames) this.sayRaw(JSON.stringify(frame));
  }
  /** Delivers anything. */
  sayRaw(data: unknown): void {
    this.listeners?.message(data);
  }
  /** Ends the line from the far side, or in between. */
  hangUp(code = 1006, reason = ""): void {
    this.listeners?.closed(code, reason);
  }
  /** The latest message of the client. */
  get last(): Sent {
    return this.sent.at(-1) ?? {};
  }
}

/** Frames as the gateway sends them. */
export const HELLO = {
  type: "hello",
  protocol: "admitone.v1",
  version: "1.0.0",
  heartbeatMs: 15_000,
  limits: {},
};

export const person = (participantId: string, extra: Partial<ParticipantView> = {}): ParticipantView => ({
  participantId,
  name: `${participantId.slice(0, 1).toUpperCase()}${participantId.slice(1)}`,
  metaData: null,
  permissions: [],
  conferencePermissions: null,
  micOn: false,
  webcamOn: false,
  micLocked: false,
  webcamLocked: false,
  online: true,
  joinedAt: 0,
  ...extra,
});

export const snapshot = (
  seq: number,
  extra: { cause?: string; epoch?: string; room?: object } = {},
): object => ({
  type: "snapshot",
  cause: extra.cause ?? "joined",
  epoch: extra.epoch ?? "e1",
  seq,
  participantId: "ann",
  room: {
    roomId: "demo",
    customRoomId: null,
    sessionId: "s1",
    startedAt: 0,
    locked: false,
    mediaLocks: { mic: false, webcam: false },
    maxParticipants: 50,
    lobbyForAll: false,
    messages: [],
    participants: [person("ann", { permissions: ["allow_join", "allow_mod"] })],
    lobby: [],
    bans: [],
    ...extra.room,
  },
});

export const lobby = (cause: string, hostPresent = false): object => ({
  type: "lobby",
  cause,
  participantId: "ann",
  since: 0,
  expiresAt: 600_000,
  hostPresent,
});

export const accepted = (id: unknown, facts: object = {}): object => ({
  type: "reply",
  id,
  ok: true,
  seq: 1,
  ...facts,
});

export const entered = (id: unknown, resume: string, facts: object = {}): object =>
  accepted(id, {
    state: "joined",
    participantId: "ann",
    roomId: "demo",
    resume,
    resumeWindowMs: 30_000,
    ...facts,
  });

export const refused = (id: unknown, error: object): object => ({
  type: "reply",
  id,
  ok: false,
  error: {
    code: 4415,
    name: "NOT_PERMITTED",
    reason: "not_permitted",
    message: "No",
    retryable: false,
    ...error,
  },
});

/** A batch of joins of `p<seq>`, one for each number. */
export const joins = (first: number, count: number, epoch = "e1"): object => ({
  type: "events",
  epoch,
  seq: first,
  count,
  events: Array.from({ length: count }, (_, index) => joinOf(first + index)),
});
export const joinOf = (seq: number): object => ({
  seq,
  at: seq,
  type: "participant-joined",
  participant: person(`p${seq}`),
});

/** The same join or resume over the next line. */
export const again = (first: Sent): Sent => ({ ...first, attempt: Number(first["attempt"]) + 1 });

/** A client with its sockets, its clock, and a diary of all it told. */
export class Stage {
  readonly clock = new HandClock();
  readonly sockets: HandSocket[] = [];
  readonly diary: [string, unknown][] = [];
  readonly client: MeetingClient;
  private ids = 0;

  constructor(options: Partial<MeetingClientOptions> = {}) {
    const openSocket: OpenSocket = (url, protocols) => {
      const socket = new HandSocket(url, protocols);
      this.sockets.push(socket);
      return socket;
    };
    this.client = new MeetingClient({
      urls: ["ws://one", "ws://two"],
      credentials: { token: "token-1", name: "Ann" },
      openSocket,
      random: () => 0.5,
      makeId: () => `id-${String((this.ids += 1)).padStart(13, "0")}`,
      startTimer: this.clock.startTimer,
      ...options,
    });
    for (const event of TOLD) this.client.on(event, (body) => this.diary.push([event, body]));
  }

  /** The latest socket. */
  get socket(): HandSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("No socket was opened");
    return socket;
  }

  /** What was told under one name. */
  told(event: string): unknown[] {
    return this.diary.filter(([name]) => name === event).map(([, body]) => body);
  }

  /** The names of all that was told, in order. */
  names(): string[] {
    return this.diary.map(([name]) => name);
  }

  /** In the room at number 10, with the secret `secret-1`. */
  async joined(): Promise<this> {
    const joining = this.client.join();
    this.socket.say(HELLO);
    this.socket.say(entered(this.socket.last["id"], "secret-1"), snapshot(10));
    await joining;
    return this;
  }

  /** In the lobby, with the secret `secret-1`. */
  async knocked(): Promise<this> {
    const joining = this.client.join();
    this.socket.say(HELLO);
    this.socket.say(entered(this.socket.last["id"], "secret-1", { state: "waiting" }), lobby("knocked"));
    await joining;
    return this;
  }

  /** After the pause, on the next line: the message with which the client comes back. */
  comeBack(): Sent {
    const before = this.sockets.length;
    this.clock.step();
    if (this.sockets.length === before) throw new Error("The client did not come back");
    this.socket.say(HELLO);
    return this.socket.last;
  }
}

const TOLD: readonly (keyof MeetingEvents)[] = [
  "joined",
  "waiting",
  "admitted",
  "denied",
  "recovered",
  "snapshot",
  "reconnecting",
  "left",
  "signal",
  "listener-error",
  "participant-joined",
  "message-published",
];

/** What a promise that must fail failed with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It did not fail");
}

/** Lets everything happen that waits only for promises. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Seeded randomness (mulberry32): the same seed, the same numbers. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
