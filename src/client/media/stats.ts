/** WebRTC's statistics (`webrtc-stats`), as far as somebody at a page or a test wants to know. */
import type { StreamKind, ConnectionState, MediaStats, PictureStats } from "./types.js";

type Entry = Readonly<Record<string, unknown>>;

/** Reads a connection's statistics. `tracks`: the ids of the received tracks. */
export function readStats(
  report: readonly unknown[],
  connection: ConnectionState,
  tracks: Readonly<Record<StreamKind, string | null>>,
): MediaStats {
  const entries = report.flatMap((one): Entry[] =>
    typeof one === "object" && one !== null ? [{ ...one }] : [],
  );
  const inbound = (kind: StreamKind): Entry =>
    entries.find(({ type, trackIdentifier }) => type === "inbound-rtp" && trackIdentifier === tracks[kind]) ??
    {};
  const transport = entries.find(({ type }) => type === "transport") ?? {};
  const pair =
    entries.find(({ id }) => id !== undefined && id === transport["selectedCandidatePairId"]) ??
    // Firefox has no transport entry, and marks the pair itself.
    entries.find(({ type, selected }) => type === "candidate-pair" && selected === true) ??
    {};
  const roundTrip = pair["currentRoundTripTime"];
  const mic = inbound("mic");
  return {
    connection,
    roundTripMs: typeof roundTrip === "number" ? roundTrip * 1_000 : null,
    bytesSent: count(pair, "bytesSent"),
    bytesReceived: count(pair, "bytesReceived"),
    mic: {
      audioEnergy: count(mic, "totalAudioEnergy"),
      audioLevel: count(mic, "audioLevel"),
      bytesReceived: count(mic, "bytesReceived"),
    },
    webcam: picture(inbound("webcam")),
    share: picture(inbound("share")),
  };
}

function picture(entry: Entry): PictureStats {
  return {
    framesDecoded: count(entry, "framesDecoded"),
    width: count(entry, "frameWidth"),
    height: count(entry, "frameHeight"),
    bytesReceived: count(entry, "bytesReceived"),
  };
}

function count(entry: Entry, member: string): number {
  const value = entry[member];
  return typeof value === "number" ? value : 0;
}
