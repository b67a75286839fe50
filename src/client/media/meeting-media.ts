/** The media of a meeting, put together: what one shows, what the others show, who speaks, who presents. */
import { Emitter } from "../emitter.js";
import { LocalMedia } from "./local-media.js";
import { Loudness } from "./loudness.js";
import type { MediaError } from "./media-error.js";
import { Mesh } from "./mesh.js";
import type { TrackKind } from "./messages.js";
import type { MediaMeeting, MediaWorld, RoomNews } from "./ports.js";
import { isInRoom } from "./room-word.js";
import { readStats } from "./stats.js";
import type {
  ConnectionState,
  DeviceKind,
  Devices,
  MediaEventArguments,
  MediaPreview,
  MediaStats,
  MeetingMedia,
  SelectedDevices,
  StreamSet,
} from "./types.js";

const NEWS: readonly RoomNews[] = [
  "meeting-state-changed",
  "meeting-joined",
  "meeting-waiting",
  "meeting-left",
  "participant-joined",
  "participant-left",
  "participant-changed",
  "room-changed",
];

/** From `joinMedia` to `close`, over as many stays as the meeting has. */
export class JoinedMedia implements MeetingMedia {
  readonly connections: ReadonlyMap<string, ConnectionState>;
  readonly streams: ReadonlyMap<string, StreamSet>;
  presenterId: string | null = null;
  private readonly events = new Emitter<MediaEventArguments>((event, error) => {
    if (event !== "listener-error") this.events.emit("listener-error", [{ event, error }]);
  });
  private readonly own: LocalMedia;
  private readonly mesh: Mesh;
  private readonly loudness: Loudness;
  private readonly undo: readonly (() => void)[];
  /** Who shares a screen, in the order in which they began. */
  private presenters: readonly string[] = [];
  private selfId = "";
  private inside = false;
  private closed = false;
  private isTelling = false;
  /** The line is back, and the room has not been looked at since. */
  private isBack = false;

  constructor(
    private readonly meeting: MediaMeeting,
    world: MediaWorld,
    preview: MediaPreview | null,
  ) {
    const failed = (error: MediaError): void => this.events.emit("error", [error]);
    this.own = new LocalMedia(
      {
        world,
        meeting,
        outputChanged: () => this.mesh.refresh(),
        streamChanged: (kind, stream) => this.tell("stream", this.selfId, kind, stream),
        sharingChanged: () => {
          this.mesh.tellSharing();
          this.choosePresenter();
        },
        devicesChanged: () => this.tell("devices-changed"),
        failed,
      },
      preview,
    );
    this.mesh = new Mesh({
      world,
      meeting,
      output: (kind) => this.own.output(kind),
      isSharing: () => this.own.screen.isOn,
      streamChanged: (...change) => this.tell("stream", ...change),
      connectionChanged: (...change) => this.tell("connection", ...change),
      sharingChanged: () => this.choosePresenter(),
      failed,
    });
    this.streams = this.mesh.streams;
    this.connections = this.mesh.connections;
    this.loudness = new Loudness({
      world,
      meeting,
      mesh: this.mesh,
      ownMic: () => this.local.mic,
      speakerChanged: () => this.tell("speaker-changed", this.speakerId),
    });
    this.undo = this.listen();
    this.sync();
  }

  get local(): StreamSet {
    return this.own.streams;
  }

  get speakerId(): string | null {
    return this.loudness.speakerId;
  }

  get selected(): SelectedDevices {
    return this.own.selected;
  }

  setMic(on: boolean): Promise<void> {
    return this.own.set("mic", on);
  }

  setWebcam(on: boolean): Promise<void> {
    return this.own.set("webcam", on);
  }

  shareScreen(): Promise<void> {
    return this.own.share();
  }

  stopSharing(): void {
    this.own.screen.stop();
  }

  devices(): Promise<Devices> {
    return this.own.devices();
  }

  useDevice(kind: DeviceKind, deviceId: string | null): Promise<void> {
    return this.own.use(kind, deviceId);
  }

  level(participantId: string): number {
    return this.loudness.level(participantId);
  }

  async stats(participantId: string): Promise<MediaStats | null> {
    const link = this.mesh.link(participantId);
    const connection = link?.connection;
    const peer = connection?.peer;
    if (!link || !connection || !peer) return null;
    const id = (kind: TrackKind): string | null => connection.receiver(kind)?.track.id ?? null;
    const tracks = { mic: id("mic"), webcam: id("webcam"), share: id("share") };
    return readStats(await peer.readStats(), link.state, tracks);
  }

  on<K extends keyof MediaEventArguments>(
    event: K,
    listener: (...args: MediaEventArguments[K]) => unknown,
  ): () => void {
    return this.events.on(event, (args) => listener(...args));
  }

  close(): void {
    if (this.closed) return;
    this.leave();
    this.closed = true;
    for (const undo of this.undo) undo();
    this.own.close();
  }

  private listen(): readonly (() => void)[] {
    const { meeting } = this;
    const undo = NEWS.map((news) => meeting.on(news, () => this.sync()));
    undo.push(
      meeting.on("signal", (signal) => {
        this.sync();
        this.mesh.hear(signal);
      }),
      meeting.on("stream-enabled", ({ participantId, kind }) => {
        if (participantId === meeting.participantId) this.own.switched(kind, true);
        this.sync();
      }),
      meeting.on("stream-disabled", ({ participantId, kind }) => {
        if (participantId === meeting.participantId) this.own.switched(kind, false);
        this.sync();
      }),
      meeting.on("token-refreshed", () => {
        // What the gateway refused meanwhile: signals, and that a device was closed.
        this.mesh.wake();
        this.own.recovered();
      }),
      meeting.on("recovered", () => {
        this.isBack = true;
        this.sync();
        this.mesh.lineBack();
      }),
      meeting.on("changed", () => {
        this.sync();
        // The copy of the room is whole again only behind all that was missed.
        if (this.isBack) this.own.recovered();
        this.isBack = false;
      }),
    );
    return undo;
  }

  /** Follows the room. Called often; does what is different. */
  private sync(): void {
    if (this.closed) return;
    const inside = isInRoom(this.meeting);
    if (inside && !this.inside) this.enter();
    if (!inside && this.inside) this.leave();
    this.own.look();
    this.mesh.sync();
    this.choosePresenter();
  }

  private enter(): void {
    this.inside = true;
    this.selfId = this.meeting.participantId ?? "";
    this.loudness.start();
    this.own.enter();
  }

  private leave(): void {
    this.inside = false;
    this.mesh.clear();
    this.own.leave();
    this.loudness.stop();
    this.choosePresenter();
  }

  /** Whoever began last; as long as they share, nobody who began earlier takes their place. */
  private choosePresenter(): void {
    const sharing = [...this.mesh.sharing, ...(this.own.screen.isOn ? [this.selfId] : [])];
    this.presenters = [
      ...this.presenters.filter((id) => sharing.includes(id)),
      ...sharing.filter((id) => !this.presenters.includes(id)),
    ];
    const presenter = this.presenters.at(-1) ?? null;
    if (presenter === this.presenterId) return;
    this.presenterId = presenter;
    this.tell("presenter-changed", presenter);
  }

  /** Tells an event, and once at the end of everything that happens now that something is different. */
  private tell<K extends keyof MediaEventArguments>(event: K, ...args: MediaEventArguments[K]): void {
    this.events.emit(event, args);
    if (this.isTelling) return;
    this.isTelling = true;
    queueMicrotask(() => {
      this.isTelling = false;
      this.events.emit("changed", []);
    });
  }
}
