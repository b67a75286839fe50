/** What the page needs to know of media at one moment. */

/** Somebody's streams. Objects stay the same while the track does. */
export interface PersonStreams {
  readonly mic: MediaStream | null;
  readonly webcam: MediaStream | null;
  readonly share: MediaStream | null;
}

/** Everybody's media at one moment. */
export interface MediaNow {
  /** Of the others, by participant id. */
  readonly streams: ReadonlyMap<string, PersonStreams>;
  readonly local: PersonStreams;
  readonly speakerId: string | null;
  readonly presenterId: string | null;
  readonly connections: ReadonlyMap<string, "connecting" | "connected" | "lost">;
}

/** Nothing flows: before the media layer is there. */
export const NO_MEDIA: MediaNow = {
  streams: new Map(),
  local: { mic: null, webcam: null, share: null },
  speakerId: null,
  presenterId: null,
  connections: new Map(),
};
