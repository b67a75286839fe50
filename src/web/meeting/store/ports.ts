/** What the page's stores take from the world: devices, media, meetings, time. Made in `main.tsx`, by hand in tests. */
import type { Meeting } from "../../../client/meeting-types.js";
import type { Readable } from "../../shared/use-store.js";
import type { Ask } from "../entry/gateway.js";
import type { MediaNow } from "../model/media-now.js";

/** A kind of device. */
export type DeviceKind = "mic" | "webcam" | "speaker";

/** A device that can be chosen. */
export interface DeviceChoice {
  readonly id: string;
  readonly label: string;
}

/** One's own devices as the page shows them. */
export interface OwnDevices {
  readonly micOn: boolean;
  readonly webcamOn: boolean;
  /** The own picture; null while the camera is off. */
  readonly video: MediaStream | null;
  readonly lists: Readonly<Record<DeviceKind, readonly DeviceChoice[]>>;
  /** Ids of the chosen ones; null: whatever the browser takes. */
  readonly selected: Readonly<Record<DeviceKind, string | null>>;
  /** Why a device that is wished for is off, in a sentence for people. */
  readonly problem: string | null;
}

/** Devices that can be turned on and off and changed. None of it rejects: what fails stands in `problem`. */
export interface DeviceDesk extends Readable<OwnDevices> {
  setMic(on: boolean): Promise<void>;
  setWebcam(on: boolean): Promise<void>;
  choose(kind: DeviceKind, id: string): Promise<void>;
  /** Loudness of the microphone at this moment, from 0 to 1. */
  level(): number;
}

/** Devices before the door. */
export interface PreviewDesk extends DeviceDesk {
  /** Lets the devices go. After a hand-over to `joinMedia` it does nothing. */
  close(): void;
}

/** Media in the room. */
export interface MediaDesk extends DeviceDesk {
  readonly now: MediaNow;
  shareScreen(): Promise<void>;
  stopSharing(): Promise<void>;
  /** Hears of what went wrong by itself, such as a device that was pulled out. The answer undoes it. */
  onProblem(listener: (sentence: string) => void): () => void;
  close(): void;
}

/** What somebody wishes for at the door. */
export interface Wishes {
  readonly name: string;
  readonly mic: boolean;
  readonly webcam: boolean;
}

/** How a meeting is opened. */
export interface MeetingChoices extends Wishes {
  readonly token: string;
  readonly roomId: string;
  /** What a reload needs to take the seat again. */
  readonly keep: { load(): string | null; save(text: string | null): void };
}

/** Everything that the stores take from outside. */
export interface PageWorld {
  /** Epoch milliseconds of this machine. */
  readonly now: () => number;
  /** Calls once after so many milliseconds, unless undone. */
  readonly startTimer: (run: () => void, milliseconds: number) => () => void;
  /** What a reload finds again; null where the browser keeps nothing. */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null;
  readonly ask: Ask;
  readonly openMeeting: (choices: MeetingChoices) => Meeting;
  readonly openPreview: (wishes: Pick<Wishes, "mic" | "webcam">) => PreviewDesk;
  readonly joinMedia: (meeting: Meeting, preview: PreviewDesk | null) => MediaDesk;
  /** A short sound: somebody knocks. */
  readonly chime: () => void;
}
