/** A meeting, devices and a browser made by hand, for the stores of the meeting page. */
import type {
  EntryRequest,
  Meeting,
  MeetingEventArguments,
  MediaRequest,
  Participant,
} from "../../../../src/client/meeting-types.js";
import type { TopicMessage } from "../../../../src/protocol/events.js";
import { NO_MEDIA } from "../../../../src/web/meeting/model/media-now.js";
import type { MediaDesk, OwnDevices, PreviewDesk } from "../../../../src/web/meeting/store/ports.js";

class FakeStream extends EventTarget implements MediaStream {
  readonly active = true;
  readonly id = "stream";
  onaddtrack = null;
  onremovetrack = null;
  getTracks = () => [];
  getAudioTracks = () => [];
  getVideoTracks = () => [];
  getTrackById = () => null;
  addTrack = () => undefined;
  removeTrack = () => undefined;
  clone = () => new FakeStream();
}

/** A stream in which nothing flows; each call another one. */
export const stream = (): MediaStream => new FakeStream();

/** A clock that goes when a test says so. */
export class HandClock {
  time = 1_790_000_000_000;
  private readonly due = new Map<number, { readonly at: number; readonly run: () => void }>();
  private count = 0;
  readonly now = (): number => this.time;
  readonly startTimer = (run: () => void, milliseconds: number): (() => void) => {
    // A browser takes a longer span for none, and would call at once.
    if (milliseconds > 2_147_483_647) throw new RangeError(`no timer takes ${milliseconds} ms`);
    const id = (this.count += 1);
    this.due.set(id, { at: this.time + milliseconds, run });
    return () => this.due.delete(id);
  };

  /** Timers that are still to come. */
  get waiting(): number {
    return this.due.size;
  }

  /** Lets time pass, timer by timer. */
  pass(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = [...this.due].sort(([, a], [, b]) => a.at - b.at).find(([, { at }]) => at <= end);
      if (next === undefined) break;
      const [id, { at, run }] = next;
      this.due.delete(id);
      this.time = at;
      run();
    }
    this.time = end;
  }
}

type Listener = (...args: never[]) => unknown;

/** A meeting whose every word is the test's. Commands are written down, and fail where `failure` is set. */
export class FakeMeeting implements Meeting {
  state: Meeting["state"] = "idle";
  roomId: string | null = "room-1";
  participantId: string | null = "me";
  waiting: Meeting["waiting"] = null;
  localParticipant: Participant | null = null;
  readonly participants = new Map<string, Participant>();
  readonly entryRequests = new Map<string, EntryRequest>();
  readonly bans = new Set<string>();
  room: Meeting["room"] = null;
  readonly messages: readonly TopicMessage[] = [];
  restricted = false;
  readonly mediaRequests = new Map<"mic" | "webcam", MediaRequest>();
  readonly calls: string[] = [];
  failure: Error | null = null;
  /** What was written before this page came. */
  kept: readonly TopicMessage[] = [];
  private readonly listeners = new Map<string, Set<(...args: never[]) => unknown>>();
  private readonly topics = new Set<(message: TopicMessage) => unknown>();

  readonly pubSub: Meeting["pubSub"] = {
    publish: (topic, message) => this.call(`publish ${topic} ${message}`),
    subscribe: (_topic, listener) => {
      for (const message of this.kept) listener(message);
      this.topics.add(listener);
      return () => this.topics.delete(listener);
    },
  };

  /** How many listen. */
  get ears(): number {
    return [...this.listeners.values()].reduce((sum, set) => sum + set.size, this.topics.size);
  }

  on<K extends keyof MeetingEventArguments>(
    event: K,
    listener: (...args: MeetingEventArguments[K]) => unknown,
  ): () => void {
    const set = this.listeners.get(event) ?? new Set<Listener>();
    this.listeners.set(event, set.add(listener));
    return () => set.delete(listener);
  }

  once: Meeting["once"] = () => () => undefined;

  tell<K extends keyof MeetingEventArguments>(event: K, ...args: MeetingEventArguments[K]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) Reflect.apply(listener, undefined, args);
  }

  /** A message of the chat arrives. */
  hear(message: TopicMessage): void {
    for (const listener of [...this.topics]) listener(message);
  }

  async join(): ReturnType<Meeting["join"]> {
    await this.call("join");
    return { state: "joined", participantId: "me", roomId: "room-1" };
  }
  leave = () => this.call("leave");
  end = () => this.call("end");
  enableMic = () => this.call("enableMic");
  disableMic = () => this.call("disableMic");
  enableWebcam = () => this.call("enableWebcam");
  disableWebcam = () => this.call("disableWebcam");
  respondEntry = (id: string, decision: string) => this.call(`respond ${id} ${decision}`);
  admitAll = () => this.call("admitAll").then(() => 0);
  disableAll = (kind: string) => this.call(`disableAll ${kind}`);
  lockMediaForAll = (kind: string, locked: boolean) => this.call(`lockMediaForAll ${kind} ${String(locked)}`);
  lockRoom = (locked: boolean) => this.call(`lockRoom ${String(locked)}`);
  ban = (id: string) => this.call(`ban ${id}`);
  unban = (id: string) => this.call(`unban ${id}`);
  rename: Meeting["rename"] = (name, metaData) => this.call(`rename ${name} ${JSON.stringify(metaData)}`);
  refreshToken = (token: string) => this.call(`refreshToken ${token}`);
  signal = (id: string) => this.call(`signal ${id}`);
  iceServers: Meeting["iceServers"] = () => Promise.resolve({ iceServers: [], expiresAt: null });
  drop = () => undefined;

  private call(what: string): Promise<void> {
    this.calls.push(what);
    return this.failure === null ? Promise.resolve() : Promise.reject(this.failure);
  }
}

const DEVICES: OwnDevices = {
  micOn: true,
  webcamOn: true,
  video: null,
  lists: { mic: [], webcam: [], speaker: [] },
  selected: { mic: null, webcam: null, speaker: null },
  problem: null,
};

/** Devices that do as they are told. */
export class FakeDesk implements PreviewDesk, MediaDesk {
  view: OwnDevices;
  now = NO_MEDIA;
  closed = 0;
  constructor(more: Partial<OwnDevices> = {}) {
    this.view = { ...DEVICES, ...more };
  }
  subscribe = () => () => undefined;
  onProblem = () => () => undefined;
  setMic = (micOn: boolean) => this.set({ micOn });
  setWebcam = (webcamOn: boolean) => this.set({ webcamOn });
  choose = () => Promise.resolve();
  shareScreen = () => Promise.resolve();
  stopSharing = () => Promise.resolve();
  level = () => 0;
  close = (): void => {
    this.closed += 1;
  };

  private set(part: Partial<OwnDevices>): Promise<void> {
    this.view = { ...this.view, ...part };
    return Promise.resolve();
  }
}

/** A storage in memory. */
export function fakeStorage(
  kept = new Map<string, string>(),
): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => kept.set(name, text),
    removeItem: (name) => kept.delete(name),
  };
}

/** A token that says this of itself. */
export function tokenWith(claims: unknown): string {
  return ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "signature"].join(".");
}
