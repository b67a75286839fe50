/** What can go wrong with devices and media, each with a stable reason and a sentence for people. */
import { MeetingError } from "../meeting-error.js";
import type { DeviceKind, StreamKind } from "./kinds.js";

/** What an error is about. */
export type MediaSubject = StreamKind | DeviceKind;

const NAMES: Readonly<Record<MediaSubject, string>> = {
  mic: "microphone",
  webcam: "camera",
  share: "screen",
  speaker: "speaker",
};

const TEXTS = {
  /** The person, the browser or the system said no. */
  permission_denied: (it: string) =>
    `The ${it} may not be used: permission was not given. It can be changed in the browser's settings for this page.`,
  /** Nothing of the kind is plugged in, or the chosen one is not. */
  no_device: (it: string) => `No ${it} was found.`,
  /** Something else holds it, or the system cannot open it. */
  device_busy: (it: string) => `The ${it} cannot be opened. Another program may be using it.`,
  /** This browser cannot, or not on a page that is not encrypted. */
  unsupported: (it: string) => `This browser gives no access to the ${it} here.`,
  /** Pulled out, or taken away by the system, in the middle of use. */
  device_lost: (it: string) => `The ${it} was disconnected.`,
  /** A moderator has locked it. */
  locked: (it: string) => `A moderator has locked the ${it}.`,
  /** The room did not take it, or could not be asked. */
  refused: (it: string) => `The room did not let the ${it} be turned on or off.`,
  /** Needs a place in the room. */
  not_joined: (it: string) => `The ${it} can be turned on once you are in the room.`,
  /** A later wish, or a moderator, came before it was done. */
  cancelled: (it: string) => `The ${it} was turned off before it was ready.`,
  /** STUN and TURN servers could not be asked for: some people may be out of reach. */
  no_ice_servers: () => "Some people may not be reached: the list of relays could not be fetched.",
  /** The way to somebody could not be arranged. */
  connection_failed: () => "The connection to somebody in the room could not be made; it is tried again.",
} as const;

/** Why something about media failed. */
export type MediaErrorReason = keyof typeof TEXTS;

/** Something about media failed. */
export class MediaError extends Error {
  override readonly name = "MediaError";

  constructor(
    /** Stable word for programs. */
    readonly reason: MediaErrorReason,
    /** What it is about; null: no device. */
    readonly subject: MediaSubject | null,
    cause?: unknown,
  ) {
    super(TEXTS[reason](subject === null ? "device" : NAMES[subject]), { cause });
  }
}

/** What a browser says when it gives no device, by the name of its exception (Media Capture and Streams, section 10). */
const BY_NAME: Readonly<Record<string, MediaErrorReason>> = {
  NotAllowedError: "permission_denied",
  SecurityError: "permission_denied",
  NotFoundError: "no_device",
  OverconstrainedError: "no_device",
  NotReadableError: "device_busy",
  AbortError: "device_busy",
  InvalidStateError: "device_busy",
};

/** An exception of a browser's device functions, as an error of ours. */
export function deviceError(error: unknown, subject: MediaSubject): MediaError {
  if (error instanceof MediaError) return error;
  const name = error instanceof Error ? error.name : "";
  return new MediaError(
    Object.hasOwn(BY_NAME, name) ? (BY_NAME[name] ?? "unsupported") : "unsupported",
    subject,
    error,
  );
}

/** A refusal of the room, as an error of ours; what the room said is the `cause`. */
export function roomError(error: unknown, subject: MediaSubject): MediaError {
  if (error instanceof MediaError) return error;
  const locked = error instanceof MeetingError && error.reason === "media_locked";
  return new MediaError(locked ? "locked" : "refused", subject, error);
}
