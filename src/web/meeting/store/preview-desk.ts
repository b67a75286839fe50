/** Camera and microphone before the door, from the SDK's preview. */
import type { MediaPreview } from "../../../client/media/index.js";
import { Desk } from "./desk.js";
import type { OwnDevices, PreviewDesk } from "./ports.js";

/** A desk that hands its preview over to the room. */
export class SdkPreview implements PreviewDesk {
  private readonly desk: Desk;
  private readonly undo: readonly (() => void)[];

  constructor(private readonly preview: MediaPreview) {
    this.desk = new Desk(preview, () => {
      const { mic, webcam } = preview.local;
      return { micOn: mic !== null, webcamOn: webcam !== null, video: webcam };
    });
    this.undo = [
      preview.on("changed", () => this.desk.changed()),
      preview.on("devices-changed", () => void this.desk.list()),
      preview.on("error", (error) => this.desk.fail(error)),
    ];
    void this.desk.list();
  }

  get view(): OwnDevices {
    return this.desk.view;
  }

  subscribe(listener: () => void): () => void {
    return this.desk.subscribe(listener);
  }

  setMic(on: boolean): Promise<void> {
    return this.desk.setMic(on);
  }

  setWebcam(on: boolean): Promise<void> {
    return this.desk.setWebcam(on);
  }

  choose(...[kind, id]: Parameters<PreviewDesk["choose"]>): Promise<void> {
    return this.desk.choose(kind, id);
  }

  level(): number {
    return this.preview.level;
  }

  /** Gives the preview away: to `joinMedia`, which goes on with its devices. The desk is over. */
  handOver(): MediaPreview {
    this.end();
    return this.preview;
  }

  close(): void {
    this.end();
    this.preview.close();
  }

  private end(): void {
    for (const one of this.undo) one();
    this.desk.end();
  }
}
