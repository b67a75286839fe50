/**
 * One connection to one other: one attempt of each side. Negotiates perfectly (WebRTC 1.0, section 10.7): both may offer at any time, and
 * where offers cross, the polite side gives way. The initiator lays out the tracks once; after that turning on, off or over is
 * `replaceTrack`, which needs no negotiation.
 */
import type { MessageBody, TrackKind } from "./messages.js";
import { TRACK_KINDS } from "./messages.js";
import type { PeerLike, TransceiverLike } from "./ports.js";

/** Who owns a connection. */
export interface ConnectionOwner {
  /** Lays out the tracks and makes the first offer; also the side that does not give way. The other side must say the opposite. */
  readonly initiator: boolean;
  /** Makes the peer, with fresh servers. */
  open(): Promise<PeerLike>;
  /** Fresh servers for an open one. */
  freshen(peer: PeerLike): Promise<void>;
  /** What is sent now. */
  output(kind: TrackKind): MediaStreamTrack | null;
  send(body: MessageBody): void;
  /** What comes from the other is laid out. */
  laidOut(): void;
  stateChanged(): void;
  /** A step of the negotiation failed: this attempt leads nowhere. */
  failed(error: unknown): void;
}

/** A connection, from its making until `close`. Steps are taken one after the other. */
export class Connection {
  peer: PeerLike | null = null;
  private tail: Promise<void>;
  private closed = false;
  private early: RTCIceCandidateInit[] = [];
  private readonly transceivers = new Map<TrackKind, TransceiverLike>();
  private readonly sent = new Map<TrackKind, MediaStreamTrack | null>();

  constructor(private readonly owner: ConnectionOwner) {
    this.tail = this.take(() => this.begin());
  }

  get state(): RTCPeerConnectionState {
    return this.closed ? "closed" : (this.peer?.connectionState ?? "new");
  }

  /** Whether an answer is missing. */
  get isUnsettled(): boolean {
    return this.peer?.signalingState !== "stable" || this.transceivers.size === 0;
  }

  /** What comes from the other; null before it is negotiated. */
  receiver(kind: TrackKind): TransceiverLike["receiver"] | null {
    return this.transceivers.get(kind)?.receiver ?? null;
  }

  /** Something came from the other. */
  hear(body: MessageBody): void {
    switch (body.type) {
      case "hello":
        return;
      case "description":
        this.run((peer) => this.describe(peer, body.description, body.kinds));
        return;
      case "candidates":
        this.run((peer) => this.reach(peer, body.candidates));
        return;
    }
  }

  /** What is sent is different now. Takes effect at once: a track that is not to be sent is not waited for. */
  refresh(): void {
    for (const [kind, transceiver] of this.transceivers) {
      const track = this.owner.output(kind);
      if ((this.sent.get(kind) ?? null) === track) continue;
      this.sent.set(kind, track);
      transceiver.sender.replaceTrack(track).catch((error: unknown) => {
        if (!this.closed) this.owner.failed(error);
      });
    }
  }

  /** Looks for another way to the other, and keeps what is there meanwhile. */
  restart(): void {
    this.run(async (peer) => {
      await this.owner.freshen(peer);
      if (!this.closed) peer.restartIce();
    });
  }

  close(): void {
    this.closed = true;
    this.peer?.close();
  }

  private async begin(): Promise<void> {
    const peer = await this.owner.open();
    // Closed while the servers were asked for: there must be no connection then.
    if (this.closed) {
      peer.close();
      return;
    }
    this.peer = peer;
    peer.listen({
      negotiationNeeded: () => this.run((open) => this.offer(open)),
      candidate: (candidate) => {
        if (!this.closed) this.owner.send({ type: "candidates", candidates: [candidate] });
      },
      stateChanged: () => {
        if (!this.closed) this.owner.stateChanged();
      },
    });
    if (!this.owner.initiator) return;
    for (const kind of TRACK_KINDS)
      this.transceivers.set(
        kind,
        peer.addTransceiver(kind === "mic" || kind === "share-audio" ? "audio" : "video"),
      );
    this.refresh();
  }

  private async offer(peer: PeerLike): Promise<void> {
    // It is needed again when the exchange that is under way has settled; then the browser says so again.
    if (peer.signalingState !== "stable" || this.transceivers.size === 0) return;
    await peer.setLocalDescription();
    this.tell(peer, "offer");
  }

  private async describe(
    peer: PeerLike,
    description: RTCSessionDescriptionInit,
    kinds: Readonly<Record<string, TrackKind>>,
  ): Promise<void> {
    const isOffer = description.type === "offer";
    // Offers crossed: the other, who gives way, takes ours.
    if (isOffer && this.owner.initiator && peer.signalingState !== "stable") return;
    // An answer to an offer that was taken back.
    if (!isOffer && peer.signalingState !== "have-local-offer") return;
    await peer.setRemoteDescription(description);
    this.lay(peer, kinds);
    await this.reach(peer, this.early.splice(0));
    if (isOffer) {
      await peer.setLocalDescription();
      this.tell(peer, "answer");
    }
    this.owner.laidOut();
  }

  private async reach(peer: PeerLike, candidates: readonly RTCIceCandidateInit[]): Promise<void> {
    for (const candidate of candidates) {
      if (this.closed) return;
      if (peer.remoteDescription === null) {
        this.early.push(candidate);
        continue;
      }
      // One that cannot be used, such as one of an offer that was not taken, is one way less and no more.
      await peer.addIceCandidate(candidate).catch(() => undefined);
    }
  }

  /** Takes over the layout that the other made: which track is what is said, not guessed. */
  private lay(peer: PeerLike, kinds: Readonly<Record<string, TrackKind>>): void {
    if (this.owner.initiator) return;
    for (const transceiver of peer.getTransceivers()) {
      const kind = kinds[transceiver.mid ?? ""];
      if (kind === undefined || this.transceivers.has(kind)) continue;
      transceiver.direction = "sendrecv";
      this.transceivers.set(kind, transceiver);
    }
    this.refresh();
  }

  private tell(peer: PeerLike, type: "offer" | "answer"): void {
    const sdp = peer.localDescription?.sdp;
    if (this.closed || sdp === undefined) return;
    const kinds = [...this.transceivers].map(([kind, { mid }]) => [mid ?? "", kind] as const);
    this.owner.send({ type: "description", description: { type, sdp }, kinds: Object.fromEntries(kinds) });
  }

  private run(step: (peer: PeerLike) => Promise<void>): void {
    this.tail = this.tail.then(() =>
      this.take(() => (this.peer === null ? Promise.resolve() : step(this.peer))),
    );
  }

  private async take(step: () => Promise<void>): Promise<void> {
    if (this.closed) return;
    try {
      await step();
    } catch (error) {
      // What was under way when it was closed fails, and nobody cares.
      if (this.isOpen()) this.owner.failed(error);
    }
  }

  private isOpen(): boolean {
    return !this.closed;
  }
}
