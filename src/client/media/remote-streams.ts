/** What comes from one other, as streams: only what the room says is on is handed out, and only that is played. */
import type { MediaKind } from "../../protocol/commands.js";
import type { TrackKind } from "./messages.js";
import type { Link } from "./link.js";
import type { MediaWorld } from "./ports.js";
import type { StreamKind, StreamSet } from "./types.js";

/** Nothing is seen or heard. */
export const NO_STREAMS: StreamSet = { mic: null, webcam: null, share: null };

const TRACKS: Readonly<Record<StreamKind, readonly TrackKind[]>> = {
  mic: ["mic"],
  webcam: ["webcam"],
  share: ["share", "share-audio"],
};
/** Every kind of stream. */
export const STREAM_KINDS: readonly StreamKind[] = ["mic", "webcam", "share"];

/** Keeps one stream object for each set of tracks. */
export class RemoteStreams {
  private readonly kept = new Map<
    StreamKind,
    { readonly tracks: readonly MediaStreamTrack[]; readonly stream: MediaStream }
  >();

  constructor(private readonly world: Pick<MediaWorld, "createStream">) {}

  /** What may be seen and heard now. A track that may not be is silenced, too: a page may still hold its stream. */
  show(link: Link, isOn: (kind: MediaKind) => boolean): StreamSet {
    const of = (kind: StreamKind): MediaStream | null => {
      const may = kind === "share" ? link.sharing : isOn(kind);
      const tracks = TRACKS[kind].flatMap((one) => link.connection?.receiver(one)?.track ?? []);
      for (const track of tracks) track.enabled = may;
      return may && tracks.length > 0 ? this.streamOf(kind, tracks) : null;
    };
    return { mic: of("mic"), webcam: of("webcam"), share: of("share") };
  }

  private streamOf(kind: StreamKind, tracks: readonly MediaStreamTrack[]): MediaStream {
    const before = this.kept.get(kind);
    if (before?.tracks.length === tracks.length && before.tracks.every((one, at) => one === tracks[at]))
      return before.stream;
    const stream = this.world.createStream(tracks);
    this.kept.set(kind, { tracks, stream });
    return stream;
  }
}

/** Whether two sets are the same objects. */
export function sameStreams(one: StreamSet, other: StreamSet): boolean {
  return STREAM_KINDS.every((kind) => one[kind] === other[kind]);
}
