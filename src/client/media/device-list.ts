/** What is plugged in, and what of it is chosen. */
import { MediaError } from "./media-error.js";
import type { MediaWorld } from "./ports.js";
import type { Device, DeviceKind, Devices, SelectedDevices } from "./types.js";

/** Who hears of devices. */
export interface DeviceListOwner {
  devicesChanged(): void;
  failed(error: MediaError): void;
}

const NONE: SelectedDevices = { mic: null, webcam: null, speaker: null };

/** Knows the devices, and watches them until `close`. */
export class DeviceList {
  selected: SelectedDevices;
  private readonly heard = (): void => void this.refresh();

  constructor(
    private readonly world: Pick<MediaWorld, "devices">,
    private readonly owner: DeviceListOwner,
    selected: Partial<SelectedDevices> = {},
  ) {
    this.selected = { ...NONE, ...selected };
    world.devices?.addEventListener("devicechange", this.heard);
  }

  /** Chooses one; null: the default. */
  choose(kind: DeviceKind, deviceId: string | null): void {
    if (this.selected[kind] === deviceId) return;
    this.selected = { ...this.selected, [kind]: deviceId };
    this.owner.devicesChanged();
  }

  /** Takes over what was chosen elsewhere. */
  adopt(selected: SelectedDevices): void {
    this.selected = { ...selected };
  }

  /** What is plugged in; nothing where the browser tells nothing. */
  async list(): Promise<Devices> {
    const all = await (this.world.devices?.enumerateDevices() ?? Promise.resolve([])).catch(() => []);
    const of = (kind: MediaDeviceKind, word: string): readonly Device[] =>
      all
        // Before anybody allowed anything, browsers list devices without an id: they cannot be chosen.
        .filter((one) => one.kind === kind && one.deviceId !== "")
        .map(({ deviceId, label }, index) => ({
          deviceId,
          label: label === "" ? `${word} ${index + 1}` : label,
        }));
    return {
      cameras: of("videoinput", "Camera"),
      microphones: of("audioinput", "Microphone"),
      speakers: of("audiooutput", "Speaker"),
    };
  }

  close(): void {
    this.world.devices?.removeEventListener("devicechange", this.heard);
  }

  private async refresh(): Promise<void> {
    const { speakers } = await this.list();
    const { speaker } = this.selected;
    // Microphones and cameras say by themselves that they are gone: their tracks end.
    if (speaker !== null && !speakers.some(({ deviceId }) => deviceId === speaker)) {
      this.selected = { ...this.selected, speaker: null };
      this.owner.failed(new MediaError("device_lost", "speaker"));
    }
    this.owner.devicesChanged();
  }
}
