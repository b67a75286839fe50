/**
 * What a browser does for a call, seen from beside the meeting page: its connections, its devices, and the sound that comes out of it.
 * The page knows nothing of it. Nothing of Node or jest is imported here: `watchCall` is handed to the browser as text.
 */

/** What came in over all connections that are open, since they were opened. */
export interface Received {
  readonly audioBytes: number;
  readonly audioEnergy: number;
  readonly videoBytes: number;
}

/** What a test can ask a browser. */
export interface CallWatch {
  /** Every connection that the page ever made. */
  readonly peers: readonly RTCPeerConnection[];
  /** Every device that the page ever opened. */
  readonly tracks: readonly MediaStreamTrack[];
  /**
   * How loud what each of the page's sound elements plays has been in the last two thirds of a second, 0 to 1. What was heard once is
   * listened to from then on, whether the page still plays it or not.
   */
  played(): readonly number[];
  /** The loudest of all that was ever listened to, in the last two thirds of a second, 0 to 1. */
  loudest(): number;
  received(): Promise<Received>;
}

declare global {
  /** The browser's, for the tests that drive it. */
  var callWatch: CallWatch;
}

/** Runs in each page before its own scripts. Has everything in it that it needs. */
export function watchCall(): void {
  // Only pages that are served safely have devices; an empty one before the first address has none.
  if (!("mediaDevices" in navigator)) return;
  // The fake microphone beeps twice a second: a look over more than half a second has a beep in it.
  const LOOK_SAMPLES = 32_768;
  const peers: RTCPeerConnection[] = [];
  const tracks: MediaStreamTrack[] = [];
  const ears = new Map<MediaStream, AnalyserNode>();
  let context: AudioContext | null = null;

  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      peers.push(this);
    }
  };
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  };

  const earFor = (stream: MediaStream): AnalyserNode => {
    const before = ears.get(stream);
    if (before !== undefined) return before;
    context ??= new AudioContext();
    const ear = new AnalyserNode(context, { fftSize: LOOK_SAMPLES });
    context.createMediaStreamSource(stream).connect(ear);
    // What no element plays is not decoded, and would be silent for that reason alone.
    const player = new Audio();
    player.muted = true;
    player.srcObject = stream;
    void player.play();
    ears.set(stream, ear);
    return ear;
  };
  const loudnessAt = (ear: AnalyserNode): number => {
    const samples = new Float32Array(LOOK_SAMPLES);
    ear.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  };

  globalThis.callWatch = {
    peers,
    tracks,
    played: () =>
      [...document.querySelectorAll("audio")].flatMap(({ srcObject }) =>
        srcObject instanceof MediaStream ? [loudnessAt(earFor(srcObject))] : [],
      ),
    loudest: () => Math.max(0, ...[...ears.values()].map(loudnessAt)),
    received: async () => {
      const all = { audioBytes: 0, audioEnergy: 0, videoBytes: 0 };
      for (const peer of peers) {
        if (peer.connectionState === "closed") continue;
        const report = await peer.getStats();
        report.forEach((entry: Readonly<Record<string, unknown>>) => {
          if (entry["type"] !== "inbound-rtp") return;
          const bytes = Number(entry["bytesReceived"] ?? 0);
          if (entry["kind"] === "video") all.videoBytes += bytes;
          else {
            all.audioBytes += bytes;
            all.audioEnergy += Number(entry["totalAudioEnergy"] ?? 0);
          }
        });
      }
      return all;
    },
  };
}
