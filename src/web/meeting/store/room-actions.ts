/** What the buttons of the room do. None of it rejects: what fails is told as a toast, with what was tried. */
import type { Meeting, Participant, RoomPermission } from "../../../client/meeting-types.js";
import { CHAT_TOPIC } from "../model/chat.js";
import { commandWords } from "../model/command-words.js";
import { withHand } from "../model/people.js";
import type { Notices } from "./notices.js";
import type { MediaDesk } from "./ports.js";

type Kind = "mic" | "webcam";

/** A moderator's own words with a decision. */
export interface Verdict {
  /** Empty: none. */
  readonly note: string;
  readonly ban: boolean;
}

interface ActionParts {
  readonly meeting: Meeting;
  readonly media: MediaDesk;
  readonly notices: Notices;
  /** Epoch milliseconds by the gateway's clock. */
  readonly now: () => number;
}

/** Everything that one can do in a room. Answers are true where the room took it. */
export type RoomActions = ReturnType<typeof roomActions>;

/** Makes the actions of one stay. */
export function roomActions({ meeting, media, notices, now }: ActionParts) {
  const attempt = async (tried: string, command: () => Promise<unknown>): Promise<boolean> => {
    try {
      await command();
      return true;
    } catch (error) {
      notices.tell(commandWords(tried, error), "bad");
      return false;
    }
  };
  const aimed = (tried: string, id: string, command: (person: Participant) => Promise<unknown>) =>
    attempt(tried, async () => {
      const person = meeting.participants.get(id);
      if (person === undefined) throw new Error("they are not in the room any more.");
      await command(person);
    });
  const knocking = (tried: string, id: string, command: (wait: Knock) => Promise<unknown>) =>
    attempt(tried, async () => {
      const request = meeting.entryRequests.get(id);
      if (request === undefined) throw new Error("they are not waiting any more.");
      await command(request);
    });

  return {
    setMic: (on: boolean) => media.setMic(on),
    setWebcam: (on: boolean) => media.setWebcam(on),
    share: (on: boolean) => (on ? media.shareScreen() : media.stopSharing()),
    hand: (up: boolean) =>
      attempt(up ? "The hand was not raised" : "The hand is still up", async () => {
        const self = meeting.localParticipant;
        if (self === null) return;
        await meeting.rename(self.displayName, withHand(self.metaData, up ? now() : null));
      }),
    say: (text: string) =>
      attempt("The message was not sent", () => meeting.pubSub.publish(CHAT_TOPIC, text, { persist: true })),
    leave: () => attempt("That did not work", () => meeting.leave()),
    end: () => attempt("The meeting was not ended", () => meeting.end()),

    admit: (id: string) => knocking("Not let in", id, (request) => request.allow()),
    admitAll: () =>
      attempt("Not let in", async () => {
        await meeting.admitAll();
        const left = meeting.entryRequests.size;
        if (left > 0) notices.tell("The room is full. The others go on waiting.");
      }),
    deny: (id: string, verdict: Verdict) =>
      knocking("Not turned away", id, (request) => request.deny(wordsOf(verdict))),

    answerAsk: (kind: Kind, accept: boolean) =>
      attempt("The answer was not taken", async () => {
        const request = meeting.mediaRequests.get(kind);
        if (request === undefined) return;
        await (accept ? request.accept() : request.reject());
      }),

    turnOff: (id: string, kind: Kind) =>
      aimed("Not turned off", id, (person) =>
        kind === "mic" ? person.disableMic() : person.disableWebcam(),
      ),
    askFor: (id: string, kind: Kind) =>
      aimed("Not asked", id, async (person) => {
        await (kind === "mic" ? person.enableMic() : person.enableWebcam());
        notices.tell(`${person.displayName === "" ? "The guest" : person.displayName} was asked.`);
      }),
    lock: (id: string, kind: Kind, locked: boolean) =>
      aimed(locked ? "Not locked" : "Not released", id, (person) => person.lockMedia(kind, locked)),
    toLobby: (id: string) => aimed("Not sent back", id, (person) => person.returnToLobby()),
    setRight: (id: string, right: RoomPermission, granted: boolean) =>
      aimed(granted ? "Not made one" : "Not taken back", id, (person) =>
        person.setPermission(right, granted),
      ),
    remove: (id: string, verdict: Verdict) =>
      aimed("Not removed", id, (person) => person.remove(wordsOf(verdict))),

    turnOffAll: (kind: Kind) => attempt("Not turned off", () => meeting.disableAll(kind)),
    lockAll: (kind: Kind, locked: boolean) =>
      attempt(locked ? "Not locked" : "Not released", () => meeting.lockMediaForAll(kind, locked)),
    lockRoom: (locked: boolean) =>
      attempt(locked ? "The room was not locked" : "The room is still locked", () =>
        meeting.lockRoom(locked),
      ),
    unban: (id: string) => attempt("The ban was not lifted", () => meeting.unban(id)),
  };
}

interface Knock {
  allow(): Promise<void>;
  deny(words: ReturnType<typeof wordsOf>): Promise<void>;
}

function wordsOf({ note, ban }: Verdict) {
  const text = note.trim();
  return { ...(text === "" ? {} : { note: text }), ban };
}
