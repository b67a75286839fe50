/** Camera and microphone before the door. Nothing of it leaves the browser. */
import type { MediaKind } from "../../protocol/commands.js";
import { Emitter } from "../emitter.js";
import { completeWorld } from "./browser.js";
import { captureBoth } from "./capture.js";
import { DeviceList } from "./device-list.js";
import { MediaError } from "./media-error.js";
import type { MediaWorld, Meter } from "./ports.js";
import { Source, type SourceOwner } from "./source.js";
import type {
  DeviceKind,
  Devices,
  HandedOver,
  MediaPreview,
  PreviewEventArguments,
  PreviewOptions,
  SelectedDevices,
} from "./types.js";

/**
 * Opens camera and microphone for a look before joining, with one question to the person where both are wanted. What cannot be opened is
 * told as `error`, and the rest goes on. Whoever opens it hands it to `joinMedia`, or closes it.
 */
export function openPreview(options: PreviewOptions = {}): MediaPreview {
  return new Preview(completeWorld(options), options);
}

class Preview implements MediaPreview, SourceOwner {
  readonly ready: Promise<void>;
  private readonly events = new Emitter<PreviewEventArguments>((event, error) => {
    if (event !== "listener-error") this.events.emit("listener-error", [{ event, error }]);
  });
  private readonly list: DeviceList;
  private readonly sources: Readonly<Record<MediaKind, Source>>;
  private meter: { readonly stream: MediaStream; readonly meter: Meter } | null = null;
  /** What the person wants now, which is not yet what is open. */
  private readonly wanted: Record<MediaKind, boolean>;
  private over = false;

  constructor(
    readonly world: MediaWorld,
    { mic = true, webcam = true, selected = {} }: PreviewOptions,
  ) {
    const owner = {
      devicesChanged: () => this.events.emit("devices-changed", []),
      failed: (error: MediaError) => this.events.emit("error", [error]),
    };
    this.list = new DeviceList(world, owner, selected);
    this.sources = { mic: new Source("mic", this), webcam: new Source("webcam", this) };
    this.wanted = { mic, webcam };
    this.ready = this.begin();
  }

  get local(): Readonly<Record<MediaKind, MediaStream | null>> {
    return { mic: this.sources.mic.stream, webcam: this.sources.webcam.stream };
  }

  get selected(): SelectedDevices {
    return this.list.selected;
  }

  get level(): number {
    return this.meter?.meter.level() ?? 0;
  }

  setMic(on: boolean): Promise<void> {
    return this.set("mic", on);
  }

  setWebcam(on: boolean): Promise<void> {
    return this.set("webcam", on);
  }

  devices(): Promise<Devices> {
    return this.list.list();
  }

  async useDevice(kind: DeviceKind, deviceId: string | null): Promise<void> {
    if (kind === "speaker") this.list.choose(kind, deviceId);
    else await this.sources[kind].use(deviceId);
  }

  on<K extends keyof PreviewEventArguments>(
    event: K,
    listener: (...args: PreviewEventArguments[K]) => unknown,
  ): () => void {
    return this.events.on(event, (args) => listener(...args));
  }

  handOver(): HandedOver {
    const tracks = { mic: this.sources.mic.release(), webcam: this.sources.webcam.release() };
    this.end();
    return { tracks, selected: this.selected };
  }

  close(): void {
    if (this.over) return;
    for (const source of Object.values(this.sources)) source.stop();
    this.end();
  }

  chosen(kind: MediaKind): string | null {
    return this.list.selected[kind];
  }

  choose(kind: MediaKind, deviceId: string | null): void {
    this.list.choose(kind, deviceId);
  }

  changed(): void {
    const { stream } = this.sources.mic;
    if (stream !== (this.meter?.stream ?? null)) {
      this.meter?.meter.stop();
      this.meter = stream === null ? null : { stream, meter: this.world.createMeter(stream) };
    }
    this.events.emit("changed", []);
  }

  lost(kind: MediaKind): void {
    this.events.emit("error", [new MediaError("device_lost", kind)]);
  }

  private async set(kind: MediaKind, on: boolean): Promise<void> {
    this.wanted[kind] = on;
    if (!on) this.sources[kind].stop();
    // The first question may still be open: no second one beside it.
    else await this.ready.then(() => (this.isWanted(kind) ? this.sources[kind].start() : undefined));
  }

  private isWanted(kind: MediaKind): boolean {
    return this.wanted[kind] && !this.over;
  }

  private async begin(): Promise<void> {
    // A page that opens a preview can say first whom its errors go to.
    await Promise.resolve();
    const both = this.isWanted("mic") && this.isWanted("webcam");
    const tracks = both ? await captureBoth(this.world, this.selected).catch(() => null) : null;
    for (const kind of ["mic", "webcam"] as const) {
      const track = tracks?.[kind] ?? null;
      if (track === null) await this.beginWith(kind);
      else if (this.isWanted(kind)) this.sources[kind].take(track);
      else track.stop();
    }
    // Only now do browsers tell the devices' names.
    if (!this.over) this.events.emit("devices-changed", []);
  }

  /** One of them alone, so that a machine without a camera still has its microphone. */
  private async beginWith(kind: MediaKind): Promise<void> {
    if (!this.isWanted(kind)) return;
    await this.sources[kind].start().catch((error: unknown) => {
      if (error instanceof MediaError && error.reason !== "cancelled") this.events.emit("error", [error]);
    });
  }

  private end(): void {
    this.over = true;
    this.meter?.meter.stop();
    this.meter = null;
    this.list.close();
  }
}
