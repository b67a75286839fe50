/** Media in the room, from the SDK's media layer. */
import { MediaError, type MeetingMedia } from "../../../client/media/index.js";
import type { MediaNow } from "../model/media-now.js";
import { Desk } from "./desk.js";
import type { MediaDesk, OwnDevices } from "./ports.js";

/** A desk over the media of one stay. What is on is the room's word; the streams are what flows. */
export class SdkMedia implements MediaDesk {
  private readonly desk: Desk;
  private readonly undo: readonly (() => void)[];
  private readonly hearers = new Set<(sentence: string) => void>();

  constructor(
    private readonly media: MeetingMedia,
    /** One's own id in the room. */
    private readonly selfId: () => string | null,
  ) {
    this.desk = new Desk(media, () => {
      const { mic, webcam } = media.local;
      return { micOn: mic !== null, webcamOn: webcam !== null, video: webcam };
    });
    this.undo = [
      media.on("changed", () => this.desk.changed()),
      media.on("devices-changed", () => void this.desk.list()),
      media.on("error", (error) => this.tell(error.message)),
    ];
    void this.desk.list();
  }

  get now(): MediaNow {
    const { streams, local, speakerId, presenterId, connections } = this.media;
    return { streams, local, speakerId, presenterId, connections };
  }

  get view(): OwnDevices {
    return this.desk.view;
  }

  subscribe(listener: () => void): () => void {
    return this.desk.subscribe(listener);
  }

  onProblem(listener: (sentence: string) => void): () => void {
    this.hearers.add(listener);
    return () => this.hearers.delete(listener);
  }

  setMic(on: boolean): Promise<void> {
    return this.told(() => this.desk.setMic(on));
  }

  setWebcam(on: boolean): Promise<void> {
    return this.told(() => this.desk.setWebcam(on));
  }

  choose(...[kind, id]: Parameters<MediaDesk["choose"]>): Promise<void> {
    return this.told(() => this.desk.choose(kind, id));
  }

  shareScreen(): Promise<void> {
    return this.told(() => this.desk.attempt(() => this.media.shareScreen().catch(unlessDismissed)));
  }

  stopSharing(): Promise<void> {
    this.media.stopSharing();
    return Promise.resolve();
  }

  level(): number {
    const id = this.selfId();
    return id === null ? 0 : this.media.level(id);
  }

  close(): void {
    for (const one of this.undo) one();
    this.hearers.clear();
    this.desk.end();
    this.media.close();
  }

  /** In the room there is no place for a lasting problem: it is told once. */
  private async told(command: () => Promise<void>): Promise<void> {
    await command();
    const { problem } = this.desk.view;
    if (problem !== null) this.tell(problem);
  }

  private tell(sentence: string): void {
    for (const hear of [...this.hearers]) hear(sentence);
  }
}

/** Whoever closes the browser's choice of screens knows that they did. Where the system forbids it, they have to be told. */
function unlessDismissed(error: unknown): void {
  const isRefused = error instanceof MediaError && error.reason === "permission_denied";
  if (!isRefused || (error.cause instanceof Error && /system/i.test(error.cause.message))) throw error;
}
