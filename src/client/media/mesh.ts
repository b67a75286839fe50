/** A link to everybody else in the room, and to nobody who is not in it. Who that is, the room says. */
import type { MediaError } from "./media-error.js";
import { Link } from "./link.js";
import { IceCache } from "./ice.js";
import type { TrackKind } from "./messages.js";
import type { IncomingSignal, MediaMeeting, MediaParticipant, MediaWorld } from "./ports.js";
import { NO_STREAMS, RemoteStreams, sameStreams, STREAM_KINDS } from "./remote-streams.js";
import { isInRoom, isOn } from "./room-word.js";
import type { ConnectionState, StreamKind, StreamSet } from "./types.js";

/** What a mesh needs of the media layer. */
export interface MeshOwner {
  readonly world: MediaWorld;
  readonly meeting: MediaMeeting;
  output(kind: TrackKind): MediaStreamTrack | null;
  isSharing(): boolean;
  streamChanged(id: string, kind: StreamKind, stream: MediaStream | null): void;
  connectionChanged(id: string, state: ConnectionState): void;
  /** Somebody's line told that they share, or do not any more. */
  sharingChanged(): void;
  failed(error: MediaError): void;
}

interface Other {
  readonly link: Link;
  readonly shown: RemoteStreams;
  online: boolean;
}

/** Everybody else. `clear` ends all links. */
export class Mesh {
  /** What each of the others shows. */
  readonly streams = new Map<string, StreamSet>();
  readonly connections = new Map<string, ConnectionState>();
  private readonly others = new Map<string, Other>();
  private readonly ice: IceCache;

  constructor(private readonly owner: MeshOwner) {
    const { meeting, world } = owner;
    this.ice = new IceCache({
      ask: () => meeting.iceServers(),
      now: () => world.now(),
      failed: (error) => owner.failed(error),
    });
  }

  /** Ids of those who share a screen. */
  get sharing(): readonly string[] {
    return [...this.others].filter(([, { link }]) => link.sharing).map(([id]) => id);
  }

  /** Follows the room: who is there, whose line is up, what is on. */
  sync(): void {
    const { meeting } = this.owner;
    const there = isInRoom(meeting) ? meeting.participants : new Map<string, MediaParticipant>();
    for (const id of [...this.others.keys()]) if (!there.has(id)) this.drop(id);
    for (const [id, { online }] of there) {
      if (id === meeting.participantId) continue;
      const other = this.others.get(id);
      if (other === undefined) this.add(id, online);
      else if (online !== other.online) {
        other.online = online;
        if (online) other.link.lineBack();
      }
      this.show(id);
    }
  }

  /** A signal; from somebody whom the room has not told of yet it is passed over: their link asks again. */
  hear(signal: IncomingSignal): void {
    this.others.get(signal.from)?.link.hear(signal);
  }

  /** One's own line is back. */
  lineBack(): void {
    for (const { link } of this.others.values()) link.lineBack();
  }

  /** The token is good again: what the gateway did not take is sent now. */
  wake(): void {
    for (const { link } of this.others.values()) link.wake();
  }

  /** What one sends is different. */
  refresh(): void {
    for (const { link } of this.others.values()) link.refresh();
  }

  /** One shares, or does not any more. */
  tellSharing(): void {
    for (const { link } of this.others.values()) link.hello();
  }

  link(id: string): Link | null {
    return this.others.get(id)?.link ?? null;
  }

  clear(): void {
    for (const id of [...this.others.keys()]) this.drop(id);
    this.ice.clear();
  }

  private add(id: string, online: boolean): void {
    const { meeting, world } = this.owner;
    const link = new Link(id, {
      selfId: meeting.participantId ?? "",
      world,
      servers: () => this.ice.servers(),
      signal: (to, payload) => meeting.signal(to, payload),
      isReachable: (to) => meeting.state === "joined" && (meeting.participants.get(to)?.online ?? false),
      output: (kind) => this.owner.output(kind),
      isSharing: () => this.owner.isSharing(),
      changed: () => {
        this.show(id);
        this.owner.sharingChanged();
      },
      failed: (error) => this.owner.failed(error),
    });
    this.others.set(id, { link, shown: new RemoteStreams(world), online });
  }

  private drop(id: string): void {
    const other = this.others.get(id);
    this.others.delete(id);
    other?.link.close();
    this.put(id, NO_STREAMS);
    this.streams.delete(id);
    this.connections.delete(id);
  }

  private show(id: string): void {
    const other = this.others.get(id);
    if (other === undefined) return;
    const { link, shown } = other;
    const view = this.owner.meeting.participants.get(id);
    this.put(
      id,
      shown.show(link, (kind) => isOn(view, kind)),
    );
    if (this.connections.get(id) === link.state) return;
    this.connections.set(id, link.state);
    this.owner.connectionChanged(id, link.state);
  }

  private put(id: string, now: StreamSet): void {
    const before = this.streams.get(id) ?? NO_STREAMS;
    if (this.streams.has(id) && sameStreams(before, now)) return;
    this.streams.set(id, now);
    for (const kind of STREAM_KINDS)
      if (before[kind] !== now[kind]) this.owner.streamChanged(id, kind, now[kind]);
  }
}
