/** Cameras, microphones and screens that a test plugs in and pulls out. */
import type { Meter } from "../../../src/client/media/ports.js";

/** A track of a device, or one that comes from another browser. */
export class FakeTrack extends EventTarget implements MediaStreamTrack {
  contentHint = "";
  enabled = true;
  muted = false;
  readyState: MediaStreamTrackState = "live";
  onended = null;
  onmute = null;
  onunmute = null;

  constructor(
    readonly kind: "audio" | "video",
    readonly label: string,
    readonly id = label,
  ) {
    super();
  }

  stop(): void {
    this.readyState = "ended";
  }
  /** The device is gone: unlike `stop`, the browser says so. */
  pullOut(): void {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
  getSettings(): MediaTrackSettings {
    return { deviceId: this.label };
  }
  getConstraints(): MediaTrackConstraints {
    return {};
  }
  getCapabilities(): MediaTrackCapabilities {
    return {};
  }
  applyConstraints(): Promise<void> {
    return Promise.resolve();
  }
  clone(): MediaStreamTrack {
    return new FakeTrack(this.kind, this.label);
  }
}

/** Tracks that belong together. */
export class FakeStream extends EventTarget implements MediaStream {
  readonly active = true;
  onaddtrack = null;
  onremovetrack = null;

  constructor(
    readonly tracks: readonly MediaStreamTrack[],
    readonly id = "stream",
  ) {
    super();
  }

  getTracks(): MediaStreamTrack[] {
    return [...this.tracks];
  }
  getAudioTracks(): MediaStreamTrack[] {
    return this.tracks.filter(({ kind }) => kind === "audio");
  }
  getVideoTracks(): MediaStreamTrack[] {
    return this.tracks.filter(({ kind }) => kind === "video");
  }
  getTrackById(id: string): MediaStreamTrack | null {
    return this.tracks.find((one) => one.id === id) ?? null;
  }
  addTrack(): void {
    throw new Error("a stream of the media layer keeps its tracks");
  }
  removeTrack(): void {
    throw new Error("a stream of the media layer keeps its tracks");
  }
  clone(): MediaStream {
    return new FakeStream(this.tracks);
  }
}

/** A failure as browsers name it. */
export function domFailure(name: string): Error {
  return Object.assign(new Error(name), { name });
}

type Plugged = Pick<MediaDeviceInfo, "kind" | "deviceId" | "label">;

const PLUGGED: readonly Plugged[] = [
  { kind: "audioinput", deviceId: "mic-1", label: "First microphone" },
  { kind: "audioinput", deviceId: "mic-2", label: "" },
  { kind: "videoinput", deviceId: "cam-1", label: "First camera" },
  { kind: "videoinput", deviceId: "cam-2", label: "Second camera" },
  { kind: "audiooutput", deviceId: "speaker-1", label: "Headphones" },
];

/** The devices of one browser. */
export class FakeDevices
  extends EventTarget
  implements Pick<MediaDevices, "getUserMedia" | "getDisplayMedia" | "enumerateDevices">
{
  plugged = PLUGGED;
  /** What was asked for, in order. */
  readonly asked: MediaStreamConstraints[] = [];
  /** Every track that was ever opened. */
  readonly tracks: FakeTrack[] = [];
  /** Whether a request is answered; else it waits for `answer`, as a person does. */
  isPrompt = true;
  /** Decides about a request: null lets it through. */
  refusal: (constraints: MediaStreamConstraints) => Error | null = () => null;
  /** Whether a shared screen has sound. */
  hasScreenSound = true;
  private waiting: (() => void)[] = [];

  /** Tracks that are open now. */
  get open(): string[] {
    return this.tracks.filter(({ readyState }) => readyState === "live").map(({ label }) => label);
  }

  /** The person answers the browser's question. */
  answer(): void {
    for (const go of this.waiting.splice(0)) go();
  }

  /** Another set of devices is plugged in. */
  plug(plugged: readonly Plugged[]): void {
    this.plugged = plugged;
    this.dispatchEvent(new Event("devicechange"));
  }

  async getUserMedia(constraints: MediaStreamConstraints = {}): Promise<MediaStream> {
    this.asked.push(constraints);
    if (!this.isPrompt) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const refusal = this.refusal(constraints);
    if (refusal !== null) throw refusal;
    // All that is asked for, or nothing.
    const chosen = (
      [
        ["audio", "mic"],
        ["video", "cam"],
      ] as const
    ).flatMap(([kind, name]) => {
      const wanted = constraints[kind];
      return wanted === undefined || wanted === false ? [] : [[kind, this.choose(wanted, name)] as const];
    });
    return new FakeStream(chosen.map(([kind, label]) => this.make(kind, label)));
  }

  async getDisplayMedia(): Promise<MediaStream> {
    if (!this.isPrompt) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const refusal = this.refusal({});
    if (refusal !== null) throw refusal;
    const video = this.make("video", "screen");
    return new FakeStream(this.hasScreenSound ? [video, this.make("audio", "screen-sound")] : [video]);
  }

  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve(this.plugged.map((one) => ({ ...one, groupId: "", toJSON: () => one })));
  }

  private make(kind: "audio" | "video", label: string): FakeTrack {
    const track = new FakeTrack(kind, label, `${label}#${this.tracks.length}`);
    this.tracks.push(track);
    return track;
  }

  private choose(wanted: MediaTrackConstraints | true, name: string): string {
    const id = wanted === true ? undefined : wanted.deviceId;
    const here = (deviceId: unknown): deviceId is string =>
      this.plugged.some((one) => one.deviceId === deviceId);
    if (typeof id === "object" && "exact" in id) {
      if (here(id.exact)) return id.exact;
      throw domFailure("OverconstrainedError");
    }
    if (typeof id === "object" && "ideal" in id && here(id.ideal)) return id.ideal;
    const first = this.plugged.find((one) => one.deviceId.startsWith(name));
    if (first === undefined) throw domFailure("NotFoundError");
    return first.deviceId;
  }
}

/** A meter that shows what the test sets. */
export class FakeMeter implements Meter {
  value = 0;
  isRunning = true;
  level(): number {
    return this.value;
  }
  stop(): void {
    this.isRunning = false;
  }
}
