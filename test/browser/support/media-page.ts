/**
 * What runs in the page of a media test: a meeting and its media, with their own functions to be called from outside. Bundled by
 * `media-world.ts`; nothing of Node or jest is imported here.
 */
import { initMeeting } from "../../../src/client/init-meeting.js";
import type { Meeting } from "../../../src/client/meeting-types.js";
import {
  joinMedia,
  openPreview,
  type MediaPreview,
  type MeetingMedia,
} from "../../../src/client/media/index.js";

/** Who comes, and how. */
export interface Coming {
  readonly url: string;
  readonly token: string;
  readonly name: string;
  readonly mic: boolean;
  readonly webcam: boolean;
  /** Camera and microphone come from a preview. */
  readonly preview: boolean;
}

/** Something that happened in the page, in words. */
export type Note = readonly [what: string, ...rest: readonly unknown[]];

/** What a test can do in the page. */
export class MediaPage {
  readonly notes: Note[] = [];
  /** Every connection that the page ever made. */
  readonly peers: RTCPeerConnection[] = [];
  /** Every device that the page ever opened. */
  readonly tracks: MediaStreamTrack[] = [];
  /** Length of the longest signal that was sent, as JSON. */
  longestSignal = 0;
  private parts: { readonly meeting: Meeting; readonly media: MeetingMedia } | null = null;
  private preview: MediaPreview | null = null;

  constructor() {
    this.record();
  }

  get meeting(): Meeting {
    if (this.parts === null) throw new Error("not come yet");
    return this.parts.meeting;
  }

  get media(): MeetingMedia {
    if (this.parts === null) throw new Error("not come yet");
    return this.parts.media;
  }

  /** Joins, or knocks; answers which. */
  async come({ url, token, name, mic, webcam, preview }: Coming): Promise<string> {
    const meeting = initMeeting({
      ...{ url, token, name, micEnabled: mic, webcamEnabled: webcam },
      keep: {
        load: () => sessionStorage.getItem("keep"),
        save: (text) => {
          if (text === null) sessionStorage.removeItem("keep");
          else sessionStorage.setItem("keep", text);
        },
      },
    });
    if (preview) {
      this.preview = openPreview({ mic, webcam });
      await this.preview.ready;
    }
    const media = joinMedia(this.measured(meeting), this.preview === null ? {} : { preview: this.preview });
    this.parts = { meeting, media };
    meeting.on("entry-requested", (request) => void request.allow());
    meeting.on("mic-requested", (request) => void request.accept());
    meeting.on("meeting-left", ({ why }) => this.notes.push(["left", why]));
    for (const event of ["connection", "speaker-changed", "presenter-changed"] as const)
      media.on(event, (...args: readonly unknown[]) => this.notes.push([event, ...args]));
    media.on("error", ({ reason }) => this.notes.push(["error", reason]));
    media.on("listener-error", ({ error }) => this.notes.push(["fault", String(error)]));
    media.on("stream", (id, kind, stream) => {
      this.notes.push(["stream", id, kind, stream !== null]);
      if (id !== meeting.participantId) play(id, kind, stream);
    });
    return (await meeting.join()).state;
  }

  /** How loud the preview is. */
  get previewLevel(): number {
    return this.preview?.level ?? 0;
  }

  /** A picture of somebody in numbers, to see whether it changes; null: there is none. */
  picture(id: string, kind: "webcam" | "share"): string | null {
    const video = document.getElementById(`${id}-${kind}`);
    if (!(video instanceof HTMLVideoElement) || video.videoWidth === 0) return null;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 32;
    const context = canvas.getContext("2d");
    if (context === null) return null;
    context.drawImage(video, 0, 0, 32, 32);
    return context.getImageData(0, 0, 32, 32).data.join();
  }

  /** What a promise that must fail failed with. */
  async failure(promise: Promise<unknown>): Promise<string> {
    try {
      await promise;
    } catch (error) {
      return error instanceof Error && "reason" in error ? String(error.reason) : String(error);
    }
    return "it did not fail";
  }

  private measured(meeting: Meeting): Meeting {
    const signal = meeting.signal.bind(meeting);
    meeting.signal = (to, payload) => {
      this.longestSignal = Math.max(this.longestSignal, JSON.stringify(payload).length);
      return signal(to, payload);
    };
    return meeting;
  }

  private record(): void {
    const { peers, tracks } = this;
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        peers.push(this);
      }
    };
    for (const name of ["getUserMedia", "getDisplayMedia"] as const) {
      const real = navigator.mediaDevices[name].bind(navigator.mediaDevices);
      navigator.mediaDevices[name] = async (constraints) => {
        const stream = await real(constraints);
        tracks.push(...stream.getTracks());
        return stream;
      };
    }
  }
}

function play(id: string, kind: string, stream: MediaStream | null): void {
  const name = `${id}-${kind}`;
  document.getElementById(name)?.remove();
  if (stream === null) return;
  const element = document.createElement(kind === "mic" ? "audio" : "video");
  element.id = name;
  element.autoplay = true;
  element.srcObject = stream;
  document.body.append(element);
}

declare global {
  /** The page's own, for the tests that drive it. */
  var mediaPage: MediaPage;
}

globalThis.mediaPage = new MediaPage();
