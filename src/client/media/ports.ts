/** What the media layer needs: of a meeting, of a browser, of the clock. Declared here, so that tests put in their own. */
import type { MediaKind } from "../../protocol/commands.js";
import type { MeetingState } from "../meeting-events.js";
import type { IceServers } from "../meeting-types.js";
import type { StartTimer } from "../surroundings.js";

/** Somebody in the room, as the media layer looks at them. */
export interface MediaParticipant {
  readonly id: string;
  readonly micOn: boolean;
  readonly webcamOn: boolean;
  readonly micLocked: boolean;
  readonly webcamLocked: boolean;
  readonly isModerator: boolean;
  readonly online: boolean;
}

/** A signal as it comes in. */
export interface IncomingSignal {
  readonly from: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The room turned somebody's microphone or webcam on or off. */
export interface StreamSwitch {
  readonly participantId: string;
  readonly kind: MediaKind;
}

/** Events after which the room may look different. */
export type RoomNews =
  | "meeting-state-changed"
  | "meeting-joined"
  | "meeting-waiting"
  | "meeting-left"
  | "participant-joined"
  | "participant-left"
  | "participant-changed"
  | "room-changed"
  | "recovered"
  | "token-refreshed"
  | "changed";

/** The part of a `Meeting` that media needs. */
export interface MediaMeeting {
  readonly state: MeetingState;
  readonly participantId: string | null;
  readonly localParticipant: MediaParticipant | null;
  readonly participants: ReadonlyMap<string, MediaParticipant>;
  readonly room: { readonly mediaLocks: Readonly<Record<MediaKind, boolean>> } | null;
  enableMic(): Promise<void>;
  disableMic(): Promise<void>;
  enableWebcam(): Promise<void>;
  disableWebcam(): Promise<void>;
  signal(participantId: string, payload: Readonly<Record<string, unknown>>): Promise<void>;
  iceServers(): Promise<IceServers>;
  on(event: "signal", listener: (signal: IncomingSignal) => unknown): () => void;
  on(event: "stream-enabled" | "stream-disabled", listener: (change: StreamSwitch) => unknown): () => void;
  on(event: RoomNews, listener: () => unknown): () => void;
}

/** One pair of a sender and a receiver; `RTCRtpTransceiver` is one. */
export interface TransceiverLike {
  readonly mid: string | null;
  direction: RTCRtpTransceiverDirection;
  readonly sender: { replaceTrack(track: MediaStreamTrack | null): Promise<void> };
  readonly receiver: {
    readonly track: MediaStreamTrack;
    getSynchronizationSources(): readonly { readonly audioLevel?: number; readonly timestamp: number }[];
  };
}

/** What a connection tells. */
export interface PeerListeners {
  negotiationNeeded(): void;
  candidate(candidate: RTCIceCandidateInit): void;
  stateChanged(): void;
}

/** The part of an `RTCPeerConnection` that is used; `browserPeer` makes one of a real one. */
export interface PeerLike {
  readonly signalingState: RTCSignalingState;
  readonly connectionState: RTCPeerConnectionState;
  readonly localDescription: RTCSessionDescriptionInit | null;
  readonly remoteDescription: RTCSessionDescriptionInit | null;
  listen(listeners: PeerListeners): void;
  addTransceiver(kind: "audio" | "video"): TransceiverLike;
  getTransceivers(): readonly TransceiverLike[];
  setLocalDescription(): Promise<void>;
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  addIceCandidate(candidate: RTCIceCandidateInit): Promise<void>;
  setConfiguration(configuration: RTCConfiguration): void;
  restartIce(): void;
  /** WebRTC's statistics, one object each. */
  readStats(): Promise<readonly unknown[]>;
  close(): void;
}

/** The part of `navigator.mediaDevices` that is used. */
export type DevicesLike = Pick<
  MediaDevices,
  "getUserMedia" | "getDisplayMedia" | "enumerateDevices" | "addEventListener" | "removeEventListener"
>;

/** Measures how loud something is. */
export interface Meter {
  /** 0 to 1. */
  level(): number;
  stop(): void;
}

/** What the media layer takes from the world. */
export interface MediaWorld {
  createPeer(configuration: RTCConfiguration): PeerLike;
  /** Null where this browser, or this page, has no access to devices. */
  readonly devices: DevicesLike | null;
  createStream(tracks: readonly MediaStreamTrack[]): MediaStream;
  createMeter(stream: MediaStream): Meter;
  readonly startTimer: StartTimer;
  /** Epoch milliseconds. */
  now(): number;
  /** An id that nobody else makes. */
  makeId(): string;
}

/** For tests: what is taken from somewhere else than the browser. */
export type MediaSurroundings = Partial<MediaWorld>;
