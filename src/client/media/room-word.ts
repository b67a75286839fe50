/** What the room says about one's own microphone or webcam, and how it is told. */
import type { MediaKind } from "../../protocol/commands.js";
import type { MediaMeeting, MediaParticipant } from "./ports.js";

/** The room's word on one's own microphone, or webcam. */
export interface RoomWord {
  /** Whether one has a place in the room; its line may be lost. */
  isIn(): boolean;
  isOn(): boolean;
  /** Cannot be turned on by oneself (`docs/rules.md` V5, V6). */
  isLocked(): boolean;
  /** Asks the room; rejects where it does not take it. */
  tell(on: boolean): Promise<void>;
}

/** Whether there is a place in the room: also while the line is lost and the place is kept. */
export function isInRoom(meeting: Pick<MediaMeeting, "state" | "localParticipant">): boolean {
  const { state } = meeting;
  return (state === "joined" || state === "reconnecting") && meeting.localParticipant !== null;
}

/** Whether the room says that somebody's is on. */
export function isOn(
  one: Pick<MediaParticipant, "micOn" | "webcamOn"> | null | undefined,
  kind: MediaKind,
): boolean {
  return (kind === "mic" ? one?.micOn : one?.webcamOn) ?? false;
}

/** The room's word, as the meeting's copy of the room has it at each moment. */
export function roomWord(meeting: MediaMeeting, kind: MediaKind): RoomWord {
  return {
    isIn: () => isInRoom(meeting),
    isOn: () => isInRoom(meeting) && isOn(meeting.localParticipant, kind),
    isLocked: () => {
      const self = meeting.localParticipant;
      if (self === null) return false;
      const own = kind === "mic" ? self.micLocked : self.webcamLocked;
      return own || (!self.isModerator && (meeting.room?.mediaLocks[kind] ?? false));
    },
    tell: (on) => {
      if (kind === "mic") return on ? meeting.enableMic() : meeting.disableMic();
      return on ? meeting.enableWebcam() : meeting.disableWebcam();
    },
  };
}
