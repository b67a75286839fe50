/** What two browsers say to each other through the meeting's signals, to set up media between them. Everything is under `media`. */

/** What a track is. A screen may have sound of its own. */
export type TrackKind = "mic" | "webcam" | "share" | "share-audio";
/** All of them, in the order in which a connection has them. */
export const TRACK_KINDS: readonly TrackKind[] = ["mic", "webcam", "share", "share-audio"];

/** Beside every message: between which two attempts it passes, in which place, and whether its sender shares a screen. */
interface Envelope {
  /** The sender's attempt. */
  readonly mine: string;
  /** The receiver's attempt, as the sender knows it; null: not yet. */
  readonly yours: string | null;
  /** Counts the sender's messages: what comes late, or twice, is known by it. */
  readonly nth: number;
  readonly sharing: boolean;
}

/** What is said: that one is there; a session description, with what its tracks are; ways to be reached. */
export type MessageBody =
  | { readonly type: "hello" }
  | {
      readonly type: "description";
      readonly description: { readonly type: "offer" | "answer"; readonly sdp: string };
      /** What each track is, by its `mid` in the description. */
      readonly kinds: Readonly<Record<string, TrackKind>>;
    }
  | { readonly type: "candidates"; readonly candidates: readonly RTCIceCandidateInit[] };

/** A whole message. */
export type MediaMessage = Envelope & MessageBody;

/** The payload of the signal that carries a message. */
export function encodeMessage(message: MediaMessage): Readonly<Record<string, unknown>> {
  return { media: message };
}

/** Reads the payload of a signal; null: it is not about media, or not well formed. */
export function decodeMessage(payload: Readonly<Record<string, unknown>>): MediaMessage | null {
  const media = recordOf(payload["media"]);
  if (media === null) return null;
  const { mine, yours, nth, sharing } = media;
  if (typeof mine !== "string" || !(typeof yours === "string" || yours === null)) return null;
  const body = decodeBody(media);
  return body === null || typeof nth !== "number"
    ? null
    : { mine, yours, nth, sharing: sharing === true, ...body };
}

function decodeBody(media: Readonly<Record<string, unknown>>): MessageBody | null {
  switch (media["type"]) {
    case "hello":
      return { type: "hello" };
    case "description": {
      const { type, sdp } = recordOf(media["description"]) ?? {};
      if ((type !== "offer" && type !== "answer") || typeof sdp !== "string") return null;
      const kinds = Object.entries(recordOf(media["kinds"]) ?? {}).flatMap(([mid, name]) => {
        const kind = TRACK_KINDS.find((one) => one === name);
        return kind === undefined ? [] : [[mid, kind] as const];
      });
      return { type: "description", description: { type, sdp }, kinds: Object.fromEntries(kinds) };
    }
    case "candidates": {
      const { candidates } = media;
      if (!Array.isArray(candidates)) return null;
      const all: readonly unknown[] = candidates;
      return { type: "candidates", candidates: all.flatMap((one) => decodeCandidate(one) ?? []) };
    }
    default:
      return null;
  }
}

function decodeCandidate(input: unknown): RTCIceCandidateInit | null {
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = recordOf(input) ?? {};
  if (typeof candidate !== "string") return null;
  return {
    candidate,
    sdpMid: typeof sdpMid === "string" ? sdpMid : null,
    sdpMLineIndex: typeof sdpMLineIndex === "number" ? sdpMLineIndex : null,
    usernameFragment: typeof usernameFragment === "string" ? usernameFragment : null,
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}
