/** People as a user of the SDK meets them: who is in, who knocks, and who asks for a microphone. */
import type { MediaKind } from "../protocol/commands.js";
import type { KnockView, ParticipantView } from "../protocol/events.js";
import type { ClientAction } from "./client-action.js";
import { refusedHere } from "./refusals.js";
import type { EntryRequest, MediaRequest, Participant } from "./meeting-types.js";

/** Asks the room for something; resolves once it took it, rejects with a `MeetingError`. */
export type Ask = (action: ClientAction) => Promise<void>;

/** Somebody in the room, for one stay: one object, that is brought up to the room's word on them. */
export interface Person {
  readonly shown: Participant;
  /** The room's present word, and in the end its last. */
  view: ParticipantView;
}

/** Makes the object for somebody's stay. */
export function makePerson(view: ParticipantView, local: boolean, ask: Ask): Person {
  const { participantId } = view;
  const turn = (kind: MediaKind, on: boolean): Promise<void> =>
    local
      ? ask({ type: "set-media", kind, on })
      : ask({ type: on ? "request-media" : "disable-media", participantId, kind });
  const shown: Participant = {
    ...factsOf(view),
    local,
    enableMic: () => turn("mic", true),
    disableMic: () => turn("mic", false),
    enableWebcam: () => turn("webcam", true),
    disableWebcam: () => turn("webcam", false),
    lockMedia: (kind, locked) => ask({ type: "lock-media", participantId, kind, locked }),
    remove: (words) => ask({ type: "remove", participantId, ...words }),
    returnToLobby: () => ask({ type: "return-to-lobby", participantId }),
    setPermission: (permission, granted) =>
      ask({ type: granted ? "grant-permission" : "take-permission", participantId, permission }),
  };
  return { shown, view };
}

/** Brings somebody up to the room's word on them. */
export function bringUp(person: Person, view: ParticipantView): void {
  person.view = view;
  Object.assign(person.shown, factsOf(view));
}

function factsOf({
  participantId: id,
  name: displayName,
  conferencePermissions: _,
  ...view
}: ParticipantView) {
  const { permissions } = view;
  const isHost = permissions.includes("allow_join");
  return { ...view, id, displayName, isHost, isModerator: permissions.includes("allow_mod") };
}

/** Makes the object for a knock, from its first to its last moment. An answer is for this knock, not for a later one of the same person. */
export function makeKnock(view: KnockView, ask: Ask): EntryRequest {
  const { participantId, since } = view;
  return {
    ...view,
    allow: () => ask({ type: "admit", participantId, since }),
    deny: (words) => ask({ type: "deny", participantId, since, ...words }),
  };
}

/** Makes the object for a moderator's wish for one's microphone or webcam. */
export function makeWish(participantId: string | null, kind: MediaKind, ask: Ask): MediaRequest {
  let isAnswered = false;
  const answer = async (accept: boolean): Promise<void> => {
    // A second answer might meet a newer wish of the same kind.
    if (isAnswered) throw refusedHere("request_unknown");
    isAnswered = true;
    try {
      await ask({ type: "answer-media", kind, accept });
    } catch (error) {
      isAnswered = false;
      throw error;
    }
  };
  return { participantId, accept: () => answer(true), reject: () => answer(false) };
}
