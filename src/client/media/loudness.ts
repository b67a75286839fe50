/** Looks at how loud everybody is, a few times a second, as long as one is in the room. */
import type { Mesh } from "./mesh.js";
import type { MediaMeeting, MediaWorld, Meter } from "./ports.js";
import { LOOK_MS, SpeakerWatch } from "./speaker-watch.js";

/** What is listened to. */
export interface LoudnessOwner {
  readonly world: Pick<MediaWorld, "createMeter" | "startTimer">;
  readonly meeting: Pick<MediaMeeting, "participants" | "participantId">;
  readonly mesh: Mesh;
  /** One's own microphone; null while it is off. */
  ownMic(): MediaStream | null;
  /** Another speaks, or nobody. */
  speakerChanged(): void;
}

/** Runs between `start` and `stop`. */
export class Loudness {
  private readonly watch = new SpeakerWatch();
  private meter: { readonly stream: MediaStream; readonly meter: Meter } | null = null;
  /** When the latest packet of each came, by the browser: a level that does not move on is an old one. */
  private readonly latest = new Map<string, number>();
  private stopTimer: (() => void) | null = null;

  constructor(private readonly owner: LoudnessOwner) {}

  get speakerId(): string | null {
    return this.watch.speakerId;
  }

  level(id: string): number {
    return this.watch.level(id);
  }

  start(): void {
    this.stopTimer ??= this.owner.world.startTimer(() => {
      this.stopTimer = null;
      this.look();
      this.start();
    }, LOOK_MS);
  }

  stop(): void {
    this.stopTimer?.();
    this.stopTimer = null;
    this.listenTo(null);
    this.latest.clear();
    if (this.watch.look(new Map())) this.owner.speakerChanged();
  }

  private look(): void {
    const { meeting, mesh } = this.owner;
    const levels = new Map<string, number>();
    const own = this.owner.ownMic();
    this.listenTo(own);
    if (own !== null && meeting.participantId !== null)
      levels.set(meeting.participantId, this.meter?.meter.level() ?? 0);
    for (const [id, { micOn }] of meeting.participants) {
      const receiver = mesh.link(id)?.connection?.receiver("mic") ?? null;
      // Loudness that the room says cannot be is not believed.
      if (!micOn || receiver === null) continue;
      const [source] = receiver.getSynchronizationSources();
      const isNew = source !== undefined && source.timestamp !== this.latest.get(id);
      if (source !== undefined) this.latest.set(id, source.timestamp);
      levels.set(id, isNew ? (source.audioLevel ?? 0) : 0);
    }
    if (this.watch.look(levels)) this.owner.speakerChanged();
  }

  private listenTo(stream: MediaStream | null): void {
    if (stream === (this.meter?.stream ?? null)) return;
    this.meter?.meter.stop();
    this.meter = stream === null ? null : { stream, meter: this.owner.world.createMeter(stream) };
  }
}
