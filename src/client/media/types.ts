/**
 * What a user of the media layer sees. Media goes straight from browser to browser; who is in the room, whose microphone or webcam is
 * on and who is locked is the room's word, and the media layer follows it (`docs/media.md`).
 */
import type { MediaKind } from "../../protocol/commands.js";
import type { DeviceKind, StreamKind } from "./kinds.js";
import type { MediaError } from "./media-error.js";
import type { MediaSurroundings } from "./ports.js";

export type { DeviceKind, StreamKind } from "./kinds.js";

/** Where the way to somebody stands: being made, made, or lost and being made again. */
export type ConnectionState = "connecting" | "connected" | "lost";

/** What can be seen and heard of somebody now. A stream is the same object as long as its tracks are the same. */
export type StreamSet = Readonly<Record<StreamKind, MediaStream | null>>;

/** A camera, a microphone or a speaker. */
export interface Device {
  readonly deviceId: string;
  /** Browsers tell names only after somebody allowed a device; until then a number, such as `Camera 2`. */
  readonly label: string;
}
/** What is plugged in. */
export interface Devices {
  readonly cameras: readonly Device[];
  readonly microphones: readonly Device[];
  readonly speakers: readonly Device[];
}
/** The chosen devices by id; null: the browser's default. */
export type SelectedDevices = Readonly<Record<DeviceKind, string | null>>;

/** What came of one of somebody's streams so far. */
export interface PictureStats {
  readonly framesDecoded: number;
  /** Pixels; 0 before the first picture. */
  readonly width: number;
  readonly height: number;
  readonly bytesReceived: number;
}
/** What flows between this browser and somebody's. Counts begin anew with a new connection. */
export interface MediaStats {
  readonly connection: ConnectionState;
  /** Milliseconds; null while it is not known. */
  readonly roundTripMs: number | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly mic: {
    /** Grows while something is heard (`totalAudioEnergy` of WebRTC's statistics). */
    readonly audioEnergy: number;
    /** 0 to 1. */
    readonly audioLevel: number;
    readonly bytesReceived: number;
  };
  readonly webcam: PictureStats;
  readonly share: PictureStats;
}

/** Events of the media layer by name, each with the arguments of its listeners. */
export interface MediaEventArguments {
  /** Somebody's stream came, is another one, or went (null); oneself's too. */
  stream: [participantId: string, kind: StreamKind, stream: MediaStream | null];
  /** Who speaks; null: nobody. */
  "speaker-changed": [participantId: string | null];
  /** Whose screen is shared, the latest where several are; null: nobody's. */
  "presenter-changed": [participantId: string | null];
  connection: [participantId: string, state: ConnectionState];
  /** Something was plugged in or pulled out, or another device was chosen. */
  "devices-changed": [];
  /** Something failed that nobody called for at this moment: what a call fails with, its promise tells. */
  error: [error: MediaError];
  /** Anything that the members show is different now. */
  changed: [];
  /** A listener threw, or rejected. */
  "listener-error": [fault: { readonly event: string; readonly error: unknown }];
}

/** How media is joined to a meeting. */
export interface MediaOptions extends MediaSurroundings {
  /**
   * A preview that becomes the meeting's media once one is in the room: its devices stay open, and what is on there is turned on.
   * Until then the page goes on using it.
   */
  readonly preview?: MediaPreview | undefined;
}

/** Microphone, webcam and screen of a meeting. Commands reject with a `MediaError`. */
export interface MeetingMedia {
  /** Everybody else in the room; null where they show nothing, or the room says that it is off. */
  readonly streams: ReadonlyMap<string, StreamSet>;
  /** What one shows oneself. */
  readonly local: StreamSet;
  /** Where the way to each of the others stands. */
  readonly connections: ReadonlyMap<string, ConnectionState>;
  readonly speakerId: string | null;
  readonly presenterId: string | null;
  readonly selected: SelectedDevices;

  /** Turns one's microphone on (asks for it, tells the room) or off (at once; the device is let go). Off never needs the line. */
  setMic(on: boolean): Promise<void>;
  setWebcam(on: boolean): Promise<void>;
  /** Lets the person choose a screen, a window or a tab, and shows it. Resolves when it is shown. */
  shareScreen(): Promise<void>;
  stopSharing(): void;
  devices(): Promise<Devices>;
  /** Chooses a device; null: the default one. What is on goes on with it, without an interruption of the connection. */
  useDevice(kind: DeviceKind, deviceId: string | null): Promise<void>;
  /** How loud somebody is, oneself too: 0 to 1. As of the latest look, a few times a second. */
  level(participantId: string): number;
  /** Null for somebody with whom there is no connection. */
  stats(participantId: string): Promise<MediaStats | null>;
  /** Hears an event; the answer undoes it. A listener that throws breaks nothing: see `listener-error`. */
  on<K extends keyof MediaEventArguments>(
    event: K,
    listener: (...args: MediaEventArguments[K]) => unknown,
  ): () => void;
  /** Stops and lets go of everything; the meeting goes on without media, and the room is not told. */
  close(): void;
}

/** Events of a preview. */
export type PreviewEventArguments = Pick<
  MediaEventArguments,
  "devices-changed" | "error" | "changed" | "listener-error"
>;

/** How a preview begins. */
export interface PreviewOptions extends MediaSurroundings {
  /** Both are on, if not said otherwise. */
  readonly mic?: boolean | undefined;
  readonly webcam?: boolean | undefined;
  /** Devices chosen earlier; one that is not there any more is passed over. */
  readonly selected?: Partial<SelectedDevices> | undefined;
}

/** Camera and microphone before the door: seen and heard by nobody else. */
export interface MediaPreview {
  readonly local: Readonly<Record<MediaKind, MediaStream | null>>;
  readonly selected: SelectedDevices;
  /** How loud one is now: 0 to 1. To be read as often as it is drawn. */
  readonly level: number;
  /** Resolves once the devices were asked for; what failed was told as `error`. Never rejects. */
  readonly ready: Promise<void>;
  setMic(on: boolean): Promise<void>;
  setWebcam(on: boolean): Promise<void>;
  devices(): Promise<Devices>;
  useDevice(kind: DeviceKind, deviceId: string | null): Promise<void>;
  on<K extends keyof PreviewEventArguments>(
    event: K,
    listener: (...args: PreviewEventArguments[K]) => unknown,
  ): () => void;
  /** What is on goes on in the hands of the caller, who stops it; the preview is over. For `joinMedia`. */
  handOver(): HandedOver;
  /** Lets go of everything. After a hand-over it does nothing. */
  close(): void;
}

/** What a preview leaves to the meeting. */
export interface HandedOver {
  readonly tracks: Readonly<Record<MediaKind, MediaStreamTrack | null>>;
  readonly selected: SelectedDevices;
}
