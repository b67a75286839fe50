/** The public entry `admitone/client/media`: microphone, webcam and screen between the people of a meeting, straight from browser to browser. */
import { completeWorld } from "./browser.js";
import { JoinedMedia } from "./meeting-media.js";
import type { MediaMeeting } from "./ports.js";
import type { MediaOptions, MeetingMedia } from "./types.js";

export { MediaError, type MediaErrorReason, type MediaSubject } from "./media-error.js";
export { openPreview } from "./preview.js";
export type { MediaMeeting, MediaParticipant, MediaSurroundings } from "./ports.js";
export type * from "./types.js";

/**
 * Brings media to a meeting, also before it is joined: nothing is sent, and no connection is made, before one is in the room. It follows
 * the meeting through everything, further stays included, until `close`. One for each meeting.
 */
export function joinMedia(meeting: MediaMeeting, options: MediaOptions = {}): MeetingMedia {
  return new JoinedMedia(meeting, completeWorld(options), options.preview ?? null);
}
