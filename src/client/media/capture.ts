/** Asking the browser for devices. Everything rejects with a `MediaError`. */
import type { MediaKind } from "../../protocol/commands.js";
import { deviceError, MediaError } from "./media-error.js";
import type { DevicesLike, MediaWorld } from "./ports.js";

/** Which device: the browser's choice if it is not there (`prefer`), or no other (`exactly`). */
export type Wanted = { readonly prefer: string | null } | { readonly exactly: string };

/** In a mesh everybody sends their picture to everybody: this is what a common uplink can carry to five others. */
const PICTURE: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 360 },
  frameRate: { ideal: 24, max: 30 },
};

/** What a shared screen is sent with: text has to be read, and few frames are enough for that. */
const SCREEN: MediaTrackConstraints = { frameRate: { ideal: 15, max: 30 } };

/** Opens a microphone or a camera. */
export async function capture(
  world: Pick<MediaWorld, "devices">,
  kind: MediaKind,
  wanted: Wanted,
): Promise<MediaStreamTrack> {
  const tracks = await open(world, kind, { [constraintOf(kind)]: constraints(kind, wanted) });
  const track = tracks.find((one) => one.kind === constraintOf(kind));
  if (track === undefined) throw new MediaError("no_device", kind);
  return track;
}

/** Opens both with one question to the person; what is not there is null. Rejects only where there is neither. */
export async function captureBoth(
  world: Pick<MediaWorld, "devices">,
  prefer: Readonly<Record<MediaKind, string | null>>,
): Promise<Record<MediaKind, MediaStreamTrack | null>> {
  const tracks = await open(world, "webcam", {
    audio: constraints("mic", { prefer: prefer.mic }),
    video: constraints("webcam", { prefer: prefer.webcam }),
  });
  const find = (kind: MediaKind): MediaStreamTrack | null =>
    tracks.find((one) => one.kind === constraintOf(kind)) ?? null;
  return { mic: find("mic"), webcam: find("webcam") };
}

/** Lets the person choose a screen; with its sound where browser and choice have some. */
export async function captureScreen({
  devices,
}: Pick<MediaWorld, "devices">): Promise<{ video: MediaStreamTrack; audio: MediaStreamTrack | null }> {
  // Phones have devices but no screen to share.
  if (devices === null || !("getDisplayMedia" in devices)) throw new MediaError("unsupported", "share");
  try {
    const stream = await devices.getDisplayMedia({ video: SCREEN, audio: true });
    const [video] = stream.getVideoTracks();
    if (video === undefined) throw new MediaError("no_device", "share");
    video.contentHint = "detail";
    return { video, audio: stream.getAudioTracks()[0] ?? null };
  } catch (error) {
    throw deviceError(error, "share");
  }
}

async function open(
  { devices }: Pick<MediaWorld, "devices">,
  kind: MediaKind,
  what: MediaStreamConstraints,
): Promise<readonly MediaStreamTrack[]> {
  const opened: DevicesLike | null = devices;
  if (opened === null) throw new MediaError("unsupported", kind);
  try {
    return (await opened.getUserMedia(what)).getTracks();
  } catch (error) {
    throw deviceError(error, kind);
  }
}

function constraintOf(kind: MediaKind): "audio" | "video" {
  return kind === "mic" ? "audio" : "video";
}

function constraints(kind: MediaKind, wanted: Wanted): MediaTrackConstraints | true {
  const deviceId =
    "exactly" in wanted
      ? { exact: wanted.exactly }
      : wanted.prefer === null
        ? null
        : { ideal: wanted.prefer };
  const base = kind === "mic" ? {} : PICTURE;
  if (deviceId === null) return kind === "mic" ? true : base;
  return { ...base, deviceId };
}
