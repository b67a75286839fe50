/** Frames that neither change the room nor the stay in it. */
import type { Emitter } from "./emitter.js";
import type {
  ConferenceTokenFrame,
  NotificationFrame,
  SignalFrame,
  TokenRefreshFrame,
} from "./frame-types.js";
import type { MeetingEvents } from "./meeting-events.js";

/** Tells the listeners of one. */
export function tellAside(
  frame: SignalFrame | TokenRefreshFrame | ConferenceTokenFrame | NotificationFrame,
  emitter: Emitter<MeetingEvents>,
): void {
  switch (frame.type) {
    case "signal": {
      const { type, ...signal } = frame;
      emitter.emit(type, signal);
      return;
    }
    case "token-refresh": {
      const { type, ...mark } = frame;
      emitter.emit(type, mark);
      return;
    }
    case "conference-token": {
      const { type, ...news } = frame;
      emitter.emit(type, news);
      return;
    }
    case "notification":
      // Only those get them who follow conferences, and they are in no meeting (`follow-notifications.ts`).
      return;
  }
}
