/** What one shows oneself: devices, the preview that they come from, the room's word on them, the screen. */
import type { MediaKind } from "../../protocol/commands.js";
import { DeviceList } from "./device-list.js";
import { MediaError } from "./media-error.js";
import type { TrackKind } from "./messages.js";
import { OwnMedium } from "./own-medium.js";
import type { MediaMeeting, MediaWorld } from "./ports.js";
import { NO_STREAMS, sameStreams, STREAM_KINDS } from "./remote-streams.js";
import { roomWord } from "./room-word.js";
import { ScreenShare } from "./screen-share.js";
import { Source, type SourceOwner } from "./source.js";
import type { DeviceKind, Devices, MediaPreview, SelectedDevices, StreamKind, StreamSet } from "./types.js";

const KINDS: readonly MediaKind[] = ["mic", "webcam"];

/** Who shows something. */
export interface LocalMediaOwner {
  readonly world: MediaWorld;
  readonly meeting: MediaMeeting;
  /** What is sent may be different: told before anything else, so that nothing is sent a moment too long. */
  outputChanged(): void;
  streamChanged(kind: StreamKind, stream: MediaStream | null): void;
  sharingChanged(): void;
  devicesChanged(): void;
  failed(error: MediaError): void;
}

/** Microphone, webcam and screen of oneself; in the room between `enter` and `leave`. */
export class LocalMedia implements SourceOwner {
  readonly world: MediaWorld;
  streams: StreamSet = NO_STREAMS;
  readonly screen: ScreenShare;
  private readonly list: DeviceList;
  private readonly sources: Readonly<Record<MediaKind, Source>>;
  private readonly own: Readonly<Record<MediaKind, OwnMedium>>;
  private inside = false;

  constructor(
    private readonly owner: LocalMediaOwner,
    /** Until it is handed over. */
    private preview: MediaPreview | null,
  ) {
    this.world = owner.world;
    this.list = new DeviceList(owner.world, owner);
    this.sources = { mic: new Source("mic", this), webcam: new Source("webcam", this) };
    const medium = (kind: MediaKind): OwnMedium =>
      new OwnMedium({
        source: this.sources[kind],
        room: roomWord(owner.meeting, kind),
        failed: (error) => owner.failed(error),
      });
    this.own = { mic: medium("mic"), webcam: medium("webcam") };
    this.screen = new ScreenShare(owner.world, () => {
      this.changed();
      owner.sharingChanged();
    });
  }

  get selected(): SelectedDevices {
    return this.preview?.selected ?? this.list.selected;
  }

  /** What may be sent now. */
  output(kind: TrackKind): MediaStreamTrack | null {
    if (!this.inside) return null;
    switch (kind) {
      case "mic":
      case "webcam":
        return this.own[kind].output;
      case "share":
        return this.screen.video;
      case "share-audio":
        return this.screen.audio;
    }
  }

  set(kind: MediaKind, on: boolean): Promise<void> {
    return this.own[kind].set(on);
  }

  async share(): Promise<void> {
    if (!this.inside) throw new MediaError("not_joined", "share");
    await this.screen.start();
  }

  devices(): Promise<Devices> {
    return this.list.list();
  }

  async use(kind: DeviceKind, deviceId: string | null): Promise<void> {
    if (this.preview !== null) await this.preview.useDevice(kind, deviceId);
    else if (kind === "speaker") this.list.choose(kind, deviceId);
    else await this.sources[kind].use(deviceId);
  }

  enter(): void {
    this.inside = true;
    if (this.preview === null) for (const kind of KINDS) this.own[kind].enter(false);
    else void this.takeOver(this.preview);
  }

  leave(): void {
    this.inside = false;
    this.screen.stop();
    for (const kind of KINDS) this.own[kind].leave();
    this.changed();
  }

  /** The room turned one's own on or off. */
  switched(kind: MediaKind, on: boolean): void {
    if (!on) this.own[kind].turnedOff();
    else if (this.isOwn) this.own[kind].turnedOn();
    this.changed();
  }

  /** The room may look different. */
  look(): void {
    for (const kind of KINDS) this.own[kind].look();
    this.changed();
  }

  recovered(): void {
    if (this.isOwn) for (const kind of KINDS) this.own[kind].recovered();
  }

  close(): void {
    this.list.close();
    this.preview?.close();
    this.preview = null;
  }

  chosen(kind: MediaKind): string | null {
    return this.list.selected[kind];
  }

  choose(kind: MediaKind, deviceId: string | null): void {
    this.list.choose(kind, deviceId);
  }

  changed(): void {
    this.owner.outputChanged();
    const of = (kind: MediaKind): MediaStream | null =>
      this.output(kind) === null ? null : this.sources[kind].stream;
    const before = this.streams;
    this.streams = { mic: of("mic"), webcam: of("webcam"), share: this.screen.stream };
    if (sameStreams(before, this.streams)) return;
    for (const kind of STREAM_KINDS)
      if (before[kind] !== this.streams[kind]) this.owner.streamChanged(kind, this.streams[kind]);
  }

  lost(kind: MediaKind, replaced: boolean): void {
    this.owner.failed(new MediaError("device_lost", kind));
    if (!replaced) this.own[kind].lost();
  }

  /** Whether devices are this one's, and not the preview's. */
  private get isOwn(): boolean {
    return this.inside && this.preview === null;
  }

  private async takeOver(preview: MediaPreview): Promise<void> {
    await preview.ready;
    // Out again before the person answered the browser's question: it stays a preview.
    if (!this.inside || this.preview !== preview) return;
    this.preview = null;
    const { tracks, selected } = preview.handOver();
    this.list.adopt(selected);
    for (const kind of KINDS) {
      const track = tracks[kind];
      if (track !== null) this.sources[kind].take(track);
      this.own[kind].enter(true);
    }
  }
}
