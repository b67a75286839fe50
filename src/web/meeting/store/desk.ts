/** What the two desks of devices, before the door and in the room, have in common. */
import type { Device, Devices, SelectedDevices } from "../../../client/media/index.js";
import type { DeviceChoice, DeviceKind, OwnDevices } from "./ports.js";

/** What a desk works with: a preview, or the media of a meeting. */
export interface Machine {
  readonly selected: SelectedDevices;
  setMic(on: boolean): Promise<void>;
  setWebcam(on: boolean): Promise<void>;
  devices(): Promise<Devices>;
  useDevice(kind: DeviceKind, deviceId: string | null): Promise<void>;
}

const NO_LISTS: OwnDevices["lists"] = { mic: [], webcam: [], speaker: [] };

/** Keeps the view of one's own devices, and turns errors into sentences in it. */
export class Desk {
  view: OwnDevices;
  private readonly listeners = new Set<() => void>();
  private lists = NO_LISTS;
  private problem: string | null = null;
  private closed = false;

  /** `look` reads what is on now. */
  constructor(
    private readonly machine: Machine,
    private readonly look: () => Pick<OwnDevices, "micOn" | "webcamOn" | "video">,
  ) {
    this.view = this.read();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  setMic(on: boolean): Promise<void> {
    return this.attempt(() => this.machine.setMic(on));
  }

  setWebcam(on: boolean): Promise<void> {
    return this.attempt(() => this.machine.setWebcam(on));
  }

  choose(kind: DeviceKind, id: string): Promise<void> {
    return this.attempt(() => this.machine.useDevice(kind, id === "" ? null : id));
  }

  /** Does something with a device; what fails is said until the next try. */
  async attempt(command: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await command();
    } catch (error) {
      this.fail(error);
    }
    this.changed();
  }

  fail(error: unknown): void {
    // A later wish of the same person is no problem to tell.
    if (wordOf(error, "reason") === "cancelled") return;
    this.problem = sentenceOf(error);
    this.changed();
  }

  /** Something may be different: tells those who draw it. */
  changed(): void {
    if (this.closed) return;
    this.view = this.read();
    for (const listener of [...this.listeners]) listener();
  }

  /** Asks again what is plugged in. */
  async list(): Promise<void> {
    const { cameras, microphones, speakers } = await this.machine.devices();
    this.lists = {
      mic: microphones.map(choice),
      webcam: cameras.map(choice),
      speaker: speakers.map(choice),
    };
    this.changed();
  }

  end(): void {
    this.closed = true;
    this.listeners.clear();
  }

  private read(): OwnDevices {
    const { lists, problem } = this;
    return { ...this.look(), lists, problem, selected: this.machine.selected };
  }
}

function choice({ deviceId, label }: Device): DeviceChoice {
  return { id: deviceId, label };
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return "The device cannot be used.";
  // The device has done what was wished; only the others' screens are not told yet.
  if (wordOf(error.cause, "reason") === "token_expired")
    return "The room could not be told: your token has expired.";
  return error.message;
}

function wordOf(error: unknown, member: string): unknown {
  return error instanceof Error ? Reflect.get(error, member) : null;
}
