/** One's own microphone or webcam: open or not, which one, and what happens when it is pulled out. Knows nothing of rooms. */
import type { MediaKind } from "../../protocol/commands.js";
import { capture, type Wanted } from "./capture.js";
import { MediaError } from "./media-error.js";
import type { MediaWorld } from "./ports.js";

/** Who owns a source. */
export interface SourceOwner {
  readonly world: MediaWorld;
  /** The chosen device; null: the browser's default. */
  chosen(kind: MediaKind): string | null;
  choose(kind: MediaKind, deviceId: string | null): void;
  /** Another track, or none. */
  changed(): void;
  /** The device was taken away; `replaced`: the default one is used instead, else the source is off. */
  lost(kind: MediaKind, replaced: boolean): void;
}

/** Holds at most one open device. */
export class Source {
  private held: { readonly track: MediaStreamTrack; readonly stream: MediaStream } | null = null;
  private unlisten: () => void = () => undefined;
  /** Counts what supersedes a device that is still being opened. */
  private attempt = 0;

  constructor(
    readonly kind: MediaKind,
    private readonly owner: SourceOwner,
  ) {}

  get track(): MediaStreamTrack | null {
    return this.held?.track ?? null;
  }

  get stream(): MediaStream | null {
    return this.held?.stream ?? null;
  }

  /** Opens the device, if it is not open. Rejects with a `MediaError`; `cancelled` where `stop` came before it was open. */
  async start(): Promise<void> {
    if (this.held === null) this.take(await this.open({ prefer: this.owner.chosen(this.kind) }));
  }

  /** Lets the device go at once, also one that is only being opened. */
  stop(): void {
    this.attempt += 1;
    if (this.held === null) return;
    this.held.track.stop();
    this.drop();
    this.owner.changed();
  }

  /** Takes over a track that is open already. */
  take(track: MediaStreamTrack): void {
    this.held?.track.stop();
    this.drop();
    this.held = { track, stream: this.owner.world.createStream([track]) };
    const ended = (): void => void this.lose(track);
    track.addEventListener("ended", ended);
    this.unlisten = () => track.removeEventListener("ended", ended);
    this.owner.changed();
  }

  /** Gives the open track away, without closing it. */
  release(): MediaStreamTrack | null {
    const { track } = this;
    this.attempt += 1;
    this.drop();
    return track;
  }

  /** Changes to another device; an open one is closed only when the other is open. */
  async use(deviceId: string | null): Promise<void> {
    if (this.held !== null) {
      const wanted = deviceId === null ? { prefer: null } : { exactly: deviceId };
      this.take(await this.open(wanted).catch((error: unknown) => this.openAlone(wanted, error)));
    }
    this.owner.choose(this.kind, deviceId);
  }

  /** Phones open one camera at a time: closes the old one first, and goes back to it where the new one cannot be had. */
  private async openAlone(wanted: Wanted, error: unknown): Promise<MediaStreamTrack> {
    const old = this.track;
    if (!(error instanceof MediaError) || error.reason !== "device_busy" || old === null) throw error;
    const { deviceId } = old.getSettings();
    old.stop();
    try {
      return await this.open(wanted);
    } catch (again) {
      const back = await this.open({ prefer: deviceId ?? null }).catch(() => null);
      if (back !== null) this.take(back);
      else if (this.held?.track === old) {
        this.drop();
        this.owner.changed();
        this.owner.lost(this.kind, false);
      }
      throw again;
    }
  }

  private async open(wanted: Wanted): Promise<MediaStreamTrack> {
    const attempt = (this.attempt += 1);
    const track = await capture(this.owner.world, this.kind, wanted);
    if (attempt === this.attempt) return track;
    track.stop();
    throw new MediaError("cancelled", this.kind);
  }

  private drop(): void {
    this.unlisten();
    this.unlisten = () => undefined;
    this.held = null;
  }

  /** The track ended without us: the device was pulled out, or the permission was taken back. */
  private async lose(track: MediaStreamTrack): Promise<void> {
    if (this.held?.track !== track) return;
    this.drop();
    this.owner.choose(this.kind, null);
    this.owner.changed();
    try {
      await this.start();
      this.owner.lost(this.kind, true);
    } catch (error) {
      const cancelled = error instanceof MediaError && error.reason === "cancelled";
      if (!cancelled) this.owner.lost(this.kind, false);
    }
  }
}
