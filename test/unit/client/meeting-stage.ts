/** A meeting of the SDK on lines that the test plays by hand, with a diary of all that it told. */
import {
  initMeeting,
  type Meeting,
  type MeetingEventArguments,
  type MeetingOptions,
} from "../../../src/client/index.js";
import type { KnockView } from "../../../src/protocol/events.js";
import { entered, HandClock, HandSocket, HELLO, lobby, snapshot, type Sent } from "./support.js";

/** Somebody who knocks. */
export const knockOf = (participantId: string, extra: Partial<KnockView> = {}): KnockView => ({
  ...{ participantId, name: "", metaData: null, since: 5, expiresAt: 600_000, returned: false, online: true },
  ...extra,
});

/** A batch of events from `first` on, each under the next number. */
export const batch = (first: number, ...bodies: readonly object[]): object => ({
  type: "events",
  epoch: "e1",
  seq: first,
  count: bodies.length,
  events: bodies.map((body, index) => ({ seq: first + index, at: 0, ...body })),
});

/** A meeting with its sockets and its clock. Numbers begin at 10. */
export class MeetingStage {
  readonly sockets: HandSocket[] = [];
  readonly diary: [string, ...unknown[]][] = [];
  readonly meeting: Meeting;
  private ids = 0;

  constructor(
    options: Partial<MeetingOptions> = {},
    readonly clock: HandClock = new HandClock(),
  ) {
    this.meeting = initMeeting({
      url: ["ws://one/door", "ws://two/door"],
      token: "token-1",
      name: "Ann",
      openSocket: (url, protocols) => {
        const socket = new HandSocket(url, protocols);
        this.sockets.push(socket);
        return socket;
      },
      random: () => 0.5,
      makeId: () => `id-${String((this.ids += 1)).padStart(13, "0")}`,
      startTimer: this.clock.startTimer,
      ...options,
    });
    for (const event of EVENTS) this.meeting.on(event, (...args) => this.diary.push([event, ...args]));
  }

  /** The latest socket. */
  get socket(): HandSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("No socket was opened");
    return socket;
  }

  /** The arguments of all that was told under one name. */
  told(event: keyof MeetingEventArguments): unknown[][] {
    return this.diary.filter(([name]) => name === event).map(([, ...args]) => args);
  }

  /** The names of all that was told, in order. */
  names(): string[] {
    return this.diary.map(([name]) => name);
  }

  /** Forgets what was told. */
  forget(): this {
    this.diary.length = 0;
    return this;
  }

  /** Begins to join, as far as the question. */
  async asks(): Promise<Sent> {
    const before = this.sockets.length;
    void this.meeting.join().catch(() => undefined);
    await Promise.resolve();
    if (this.sockets.length === before) throw new Error("No line was opened");
    this.socket.say(HELLO);
    return this.socket.last;
  }

  /** In the room at number 10, with the secret `secret-1`. */
  async joined(room: object = {}): Promise<this> {
    const { id } = await this.asks();
    this.socket.say(entered(id, "secret-1"), snapshot(10, { room }));
    return this;
  }

  /** In the lobby, with the secret `secret-1`. */
  async knocked(): Promise<this> {
    const { id } = await this.asks();
    this.socket.say(entered(id, "secret-1", { state: "waiting" }), lobby("knocked"));
    return this;
  }

  /** After the pause, on the next line: the message with which the meeting comes back. */
  comeBack(): Sent {
    const before = this.sockets.length;
    this.clock.step();
    if (this.sockets.length === before) throw new Error("The meeting did not come back");
    this.socket.say(HELLO);
    return this.socket.last;
  }

  /** The line is lost, and the next one brings a snapshot. */
  laidAnew(room: object, extra: { readonly seq?: number; readonly self?: object } = {}): void {
    this.socket.hangUp();
    const { id } = this.comeBack();
    const frame = snapshot(extra.seq ?? 40, { cause: "resumed", room });
    this.socket.say(entered(id, "secret-2", { recovered: false }), { ...frame, self: extra.self });
  }
}

const TOLD: Readonly<Record<keyof MeetingEventArguments, true>> = {
  ...({ "meeting-state-changed": true, "meeting-waiting": true, "meeting-joined": true } as const),
  ...({ "meeting-left": true, "entry-requested": true, "entry-responded": true } as const),
  ...({ "entry-withdrawn": true, "participant-joined": true, "participant-left": true } as const),
  ...({ "participant-changed": true, "mic-requested": true, "webcam-requested": true } as const),
  ...({ "mic-responded": true, "webcam-responded": true, "stream-enabled": true } as const),
  ...({ "stream-disabled": true, "room-changed": true, message: true, reconnecting: true } as const),
  ...({
    recovered: true,
    "token-expiring": true,
    "token-expired": true,
    "token-refreshed": true,
    signal: true,
  } as const),
  ...({ error: true, changed: true, "listener-error": true } as const),
};
/** Every event. */
export const EVENTS = Object.keys(TOLD).filter((name): name is keyof MeetingEventArguments =>
  Object.hasOwn(TOLD, name),
);
