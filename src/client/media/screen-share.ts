/** One's own screen, while it is shared. The room has no word on it; whoever is put out of the room shares nothing any more. */
import { captureScreen } from "./capture.js";
import { MediaError } from "./media-error.js";
import type { MediaWorld } from "./ports.js";

interface Screen {
  readonly video: MediaStreamTrack;
  /** Null where the browser gives no sound of it. */
  readonly audio: MediaStreamTrack | null;
  readonly stream: MediaStream;
}

/** Holds at most one screen. */
export class ScreenShare {
  private screen: Screen | null = null;
  private attempt = 0;

  constructor(
    private readonly world: Pick<MediaWorld, "devices" | "createStream">,
    /** Another screen, or none. */
    private readonly changed: () => void,
  ) {}

  get isOn(): boolean {
    return this.screen !== null;
  }

  get stream(): MediaStream | null {
    return this.screen?.stream ?? null;
  }

  get video(): MediaStreamTrack | null {
    return this.screen?.video ?? null;
  }

  get audio(): MediaStreamTrack | null {
    return this.screen?.audio ?? null;
  }

  /** Lets the person choose; a choice takes the place of the one before. Rejects with a `MediaError`. */
  async start(): Promise<void> {
    const attempt = (this.attempt += 1);
    const { video, audio } = await captureScreen(this.world);
    if (attempt !== this.attempt) {
      video.stop();
      audio?.stop();
      throw new MediaError("cancelled", "share");
    }
    this.end();
    // The browser's own button ends it, or the window is closed.
    video.addEventListener("ended", () => {
      if (this.screen?.video === video) this.stop();
    });
    const tracks = audio === null ? [video] : [video, audio];
    this.screen = { video, audio, stream: this.world.createStream(tracks) };
    this.changed();
  }

  /** Ends it, also while the person still chooses. */
  stop(): void {
    this.attempt += 1;
    if (this.screen === null) return;
    this.end();
    this.changed();
  }

  private end(): void {
    this.screen?.video.stop();
    this.screen?.audio?.stop();
    this.screen = null;
  }
}
