/** Connections that follow WebRTC's rules of offer and answer, without a network. */
import type { PeerLike, PeerListeners, TransceiverLike } from "../../../src/client/media/ports.js";
import { FakeTrack } from "./fake-devices.js";

class FakeTransceiver implements TransceiverLike {
  mid: string | null = null;
  direction: RTCRtpTransceiverDirection;
  /** What is sent, now and before. */
  readonly sent: (MediaStreamTrack | null)[] = [];
  loudness: { audioLevel: number; timestamp: number } | null = null;
  readonly receiver: TransceiverLike["receiver"];
  readonly sender = {
    replaceTrack: (track: MediaStreamTrack | null): Promise<void> => {
      this.sent.push(track);
      return Promise.resolve();
    },
  };

  constructor(
    readonly kind: "audio" | "video",
    direction: RTCRtpTransceiverDirection,
    name: string,
  ) {
    this.direction = direction;
    this.receiver = {
      track: new FakeTrack(kind, name),
      getSynchronizationSources: () => (this.loudness === null ? [] : [this.loudness]),
    };
  }
}

/** What a description of a fake says: who made it, for which layout, and which round of candidates. */
interface FakeSdp {
  readonly peer: number;
  readonly round: number;
  readonly layout: readonly ("audio" | "video")[];
}

function readSdp(text: string | undefined): FakeSdp {
  const parts = (text ?? "").split("/");
  const layout = (parts[2] ?? "").split(",").map((one) => (one === "audio" ? "audio" : "video"));
  return { peer: Number(parts[0]), round: Number(parts[1]), layout };
}

/** All connections of a test. Two whose descriptions name each other are connected. */
export class FakeNetwork {
  readonly peers: FakePeer[] = [];
  /** Whether packets get through. */
  isUp = true;

  create(configuration: RTCConfiguration): FakePeer {
    const peer = new FakePeer(this, this.peers.length, configuration);
    this.peers.push(peer);
    return peer;
  }

  /** Those that are not closed. */
  get open(): FakePeer[] {
    return this.peers.filter(({ signalingState }) => signalingState !== "closed");
  }

  /** Connects what is negotiated, and fails what cannot get through. */
  settle(): void {
    for (const peer of this.peers) {
      const other = this.peers[peer.partner ?? -1];
      if (peer.signalingState !== "stable" || other?.signalingState !== "stable") continue;
      if (other.partner === peer.id) peer.become(this.isUp ? "connected" : "failed");
    }
  }
}

/** One end. */
export class FakePeer implements PeerLike {
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  readonly candidates: (string | undefined)[] = [];
  readonly transceivers: FakeTransceiver[] = [];
  partner: number | null = null;
  rollbacks = 0;
  restarts = 0;
  stats: readonly unknown[] = [];
  private listeners: PeerListeners | null = null;
  private round = 0;
  private isNeeded = false;

  constructor(
    private readonly network: FakeNetwork,
    readonly id: number,
    public configuration: RTCConfiguration,
  ) {}

  listen(listeners: PeerListeners): void {
    this.listeners = listeners;
  }

  addTransceiver(kind: "audio" | "video"): FakeTransceiver {
    const transceiver = new FakeTransceiver(kind, "sendrecv", `${this.id}<${this.transceivers.length}`);
    this.transceivers.push(transceiver);
    this.need();
    return transceiver;
  }

  getTransceivers(): readonly FakeTransceiver[] {
    return this.transceivers;
  }

  async setLocalDescription(): Promise<void> {
    await Promise.resolve();
    this.assertOpen();
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.transceivers.forEach((one, index) => (one.mid ??= String(index)));
    if (type === "offer") this.round += 1;
    const layout = this.transceivers.map(({ kind }) => kind).join(",");
    this.localDescription = { type, sdp: `${this.id}/${this.round}/${layout}` };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    this.isNeeded = false;
    this.listeners?.candidate({ candidate: `way-${this.id}-${this.round}`, sdpMid: "0" });
    if (type === "answer") this.settle();
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await Promise.resolve();
    this.assertOpen();
    if (description.type === "offer") {
      if (this.signalingState === "have-local-offer") this.rollbacks += 1;
      this.signalingState = "have-remote-offer";
      readSdp(description.sdp).layout.forEach((kind, index) => {
        if (this.transceivers[index] !== undefined) return;
        const transceiver = new FakeTransceiver(kind, "recvonly", `${this.id}<${index}`);
        transceiver.mid = String(index);
        this.transceivers.push(transceiver);
      });
    } else {
      if (this.signalingState !== "have-local-offer") throw new Error(`answer in ${this.signalingState}`);
      this.signalingState = "stable";
    }
    this.remoteDescription = description;
    this.partner = readSdp(description.sdp).peer;
    if (this.signalingState === "stable") this.settle();
  }

  addIceCandidate({ candidate }: RTCIceCandidateInit): Promise<void> {
    if (this.remoteDescription === null) return Promise.reject(new Error("no description yet"));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  restartIce(): void {
    this.restarts += 1;
    this.need();
  }

  readStats(): Promise<readonly unknown[]> {
    return Promise.resolve(this.stats);
  }

  close(): void {
    this.signalingState = "closed";
    this.connectionState = "closed";
  }

  /** What is sent on each of the four tracks. */
  get sending(): (string | null)[] {
    return this.transceivers.map(({ sent }) => sent.at(-1)?.label ?? null);
  }

  become(state: RTCPeerConnectionState): void {
    if (this.connectionState === state || this.connectionState === "closed") return;
    this.connectionState = state;
    this.listeners?.stateChanged();
  }

  /** An exchange is over; what came to be needed meanwhile is asked for now. */
  private settle(): void {
    this.network.settle();
    if (this.isNeeded) this.askFor();
  }

  private need(): void {
    this.isNeeded = true;
    this.askFor();
  }

  private askFor(): void {
    queueMicrotask(() => {
      if (this.isNeeded && this.signalingState === "stable") this.listeners?.negotiationNeeded();
    });
  }

  private assertOpen(): void {
    if (this.signalingState === "closed") throw new Error("closed");
  }
}
